"""The knobs that a page which writes folds away: speed, length, dice, epoch, and what may be drawn at all."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from charlstm.sampling import Filters
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.pace import AS_FAST_AS_POSSIBLE

SPEEDS = (1, 2, 4, 10, 20, 30, 60, 120, AS_FAST_AS_POSSIBLE)
DEFAULTS = {"speed": 30, "length": 400, "random_seed": 1}
LONGEST = 10_000


@dataclass(frozen=True)
class Knobs:
    """A page's own set of them; their values can be asked for at any time.

    Attributes:
        prefix: of their keys, so that each page has its own.
    """

    prefix: str = ""

    @property
    def speed(self) -> int:
        """Characters a second, or AS_FAST_AS_POSSIBLE."""
        return self._number("speed")

    @property
    def length(self) -> int:
        """How many characters Generate and Continue write."""
        return self._number("length")

    @property
    def random_seed(self) -> int:
        """What starts the dice."""
        return self._number("random_seed")

    @property
    def filters(self) -> Filters:
        """The filters in force; a knob at its end lets all pass."""
        shares = {name: min(max(self._value(name, 1.0), 0.01), 1.0) for name in ("top_p", "typical_p")}
        return Filters(
            top_k=max(self._value("top_k", 0), 0) or None,
            min_p=min(max(self._value("min_p", 0.0), 0.0), 1.0) or None,
            **{name: share if share < 1.0 else None for name, share in shares.items()},
        )

    def epoch(self, model: Model) -> int:
        """Return the chosen epoch of a model, or its best."""
        epoch = self._value("epoch", None)
        return epoch if epoch in model.manifest.epochs else model.manifest.best_epoch

    def interval(self, tick: float) -> float:
        """Return the seconds between two ticks: no more often than characters come, nor than `tick`."""
        return tick if self.speed == AS_FAST_AS_POSSIBLE else min(0.5, max(tick, 1 / self.speed))

    def show(self, model: Model) -> None:
        """Draw the knobs.

        Their first values are given to the widgets and not through the session's state: a widget that
        is still folded away would miss those.
        """
        epochs, best = list(model.manifest.epochs), model.manifest.best_epoch
        st.caption(words.SETTINGS_HELP)
        st.select_slider(words.SPEED, SPEEDS, DEFAULTS["speed"], format_func=words.speed, key=self._key("speed"))
        st.number_input(words.LENGTH, 1, LONGEST, DEFAULTS["length"], step=100, key=self._key("length"))
        st.number_input(words.RANDOM_SEED, 0, 2**31 - 1, DEFAULTS["random_seed"], step=1, key=self._key("random_seed"))
        if len(epochs) > 1:
            st.select_slider(words.EPOCH, epochs, best, key=self._key("epoch"))
        figures = model.figures(self.epoch(model))
        if figures is not None:
            st.caption(words.epoch_figures(figures.epoch, figures.held_out_loss, figures.epoch == best))

    def show_filters(self, model: Model) -> None:
        """Draw the knobs of what may be drawn at all, folded away once more."""
        with st.expander(words.STRATEGIES):
            st.caption(words.STRATEGIES_HELP)
            st.slider(words.TOP_K, 0, len(model.vocabulary), 0, key=self._key("top_k"))
            st.slider(words.TOP_P, 0.01, 1.0, 1.0, 0.01, key=self._key("top_p"))
            st.slider(words.MIN_P, 0.0, 1.0, 0.0, 0.01, key=self._key("min_p"))
            st.slider(words.TYPICAL_P, 0.01, 1.0, 1.0, 0.01, key=self._key("typical_p"))

    def _key(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def _value(self, name: str, default: Any) -> Any:
        return st.session_state.get(self._key(name), default)

    def _number(self, name: str) -> int:
        """Return the present value of a knob, also before its widget has been drawn for the first time."""
        return max(0, int(self._value(name, DEFAULTS[name])))
