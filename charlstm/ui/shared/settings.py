"""The knobs that a page which writes folds away: speed, length, dice, epoch, and which characters may be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from charlstm.generation.sampling import Filters
from charlstm.model_folder.store import Model
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE
from charlstm.ui.components.address import Address
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST
from charlstm.ui.shared import sentences

SPEEDS = (1, 2, 4, 10, 20, 30, 60, 120, AS_FAST_AS_POSSIBLE)
LONGEST = 10_000
LEAST_SHARE = 0.01  # of top-p and typical-p
LARGEST_RANDOM_SEED = 2**31 - 1
DEFAULTS: dict[str, float] = {
    "temperature": DEFAULT,
    "speed": 30,
    "length": 400,
    "random_seed": 1,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "typical_p": 1.0,
}


@dataclass(frozen=True)
class Knobs:
    """A page's own set of them.

    Attributes:
        prefix: of all that they keep in the session.
    """

    prefix: str = ""

    def begin(self, address: Address, model: Model) -> None:
        """Let the knobs start where an address says."""
        number, whole = address.number, address.whole
        best = model.manifest.best_epoch
        self.start_at(
            {
                "temperature": number("temperature", LOWEST, HIGHEST, DEFAULT),
                "speed": address.nearest("speed", SPEEDS, 30),
                "length": whole("length", 1, LONGEST, 400),
                "random_seed": whole("random_seed", 0, LARGEST_RANDOM_SEED, 1),
                "epoch": address.nearest("epoch", model.manifest.epochs, best),
                "top_k": whole("top_k", 0, len(model.vocabulary), 0),
                "top_p": number("top_p", LEAST_SHARE, 1.0, 1.0),
                "min_p": number("min_p", 0.0, 1.0, 0.0),
                "typical_p": number("typical_p", LEAST_SHARE, 1.0, 1.0),
            }
        )

    def start_at(self, places: Mapping[str, float]) -> None:
        """Let the knobs begin anew, at these places or where they are.

        Their widgets are new ones, because one that is folded away takes its value only at its beginning.
        """
        session = st.session_state
        kept = {name: self.value(name) for name in DEFAULTS if name not in places}
        session[f"{self.prefix}knobs_turn"] = session.get(f"{self.prefix}knobs_turn", -1) + 1
        session[f"{self.prefix}knobs_start"] = {**kept, **places}

    def key(self, name: str) -> str:
        """Return the key of a knob's widget."""
        turn = st.session_state.get(f"{self.prefix}knobs_turn", 0)
        return f"{self.prefix}{name}-{turn}" if turn else f"{self.prefix}{name}"

    def start(self, name: str) -> float:
        """Return where a knob begins."""
        return self._starts()[name]

    def value(self, name: str) -> float:
        """Return the present place of a knob, also before its widget has been drawn for the first time."""
        return max(0, st.session_state.get(self.key(name), self.start(name)))

    def whole(self, name: str) -> int:
        """Return the present place of a knob that stands at whole numbers."""
        return int(self.value(name))

    def epoch(self, model: Model) -> int:
        """Return the chosen epoch of a model."""
        chosen = st.session_state.get(self.key("epoch"), self._starts().get("epoch"))
        return chosen if chosen in model.manifest.epochs else model.manifest.best_epoch

    def filters(self) -> Filters:
        """Return the filters in force; a knob at its end lets all pass."""
        shares = {name: min(max(self.value(name), LEAST_SHARE), 1.0) for name in ("top_p", "typical_p")}
        return Filters(
            top_k=self.whole("top_k") or None,
            min_p=min(self.value("min_p"), 1.0) or None,
            **{name: share if share < 1.0 else None for name, share in shares.items()},
        )

    def interval(self, tick: float) -> float:
        """Return the seconds between two ticks: no more often than characters come, nor than `tick`."""
        speed = self.value("speed")
        return tick if speed == AS_FAST_AS_POSSIBLE else max(tick, min(0.5, 1 / speed))

    def first(self, tick: float) -> float:
        """Return how many characters come when a run begins: what the views show until the first tick."""
        return max(1.0, self.value("speed") * self.interval(tick))

    def settings(self, model: Model, several: bool = False) -> None:
        """Show the knobs. Their first values are given to the widgets themselves: see `start_at`.

        Args:
            model: the chosen one.
            several: whether other networks write too, each as it is best; then there is no epoch to choose.
        """
        key, start = self.key, self.start
        epochs, best = list(model.manifest.epochs), model.manifest.best_epoch
        st.caption(sentences.SETTINGS_HELP)
        st.select_slider(sentences.SPEED, SPEEDS, start("speed"), format_func=sentences.speed, key=key("speed"))
        st.number_input(sentences.LENGTH, 1, LONGEST, int(start("length")), step=100, key=key("length"))
        seed = min(int(start("random_seed")), LARGEST_RANDOM_SEED)
        st.number_input(sentences.RANDOM_SEED, 0, LARGEST_RANDOM_SEED, seed, step=1, key=key("random_seed"))
        if len(epochs) > 1:
            first = start("epoch") if start("epoch") in epochs else best
            st.select_slider(sentences.EPOCH, epochs, first, key=key("epoch"), disabled=several)
        figures = model.figures(self.epoch(model))
        is_best = figures is not None and figures.epoch == best
        if several:
            st.caption(sentences.BEST_EPOCHS)
        elif figures is not None:
            # The best epoch may have been calibrated after the training, whose history this is.
            loss = model.manifest.held_out_loss if is_best else figures.held_out_loss
            st.caption(sentences.epoch_figures(figures.epoch, loss, is_best))

    def strategies(self, model: Model) -> None:
        """Show which characters may be drawn, folded away once more."""
        key, start = self.key, self.start
        with st.expander(sentences.STRATEGIES):
            st.caption(sentences.STRATEGIES_HELP)
            most = len(model.vocabulary)
            st.slider(sentences.TOP_K, 0, most, min(int(start("top_k")), most), key=key("top_k"))
            st.slider(sentences.TOP_P, LEAST_SHARE, 1.0, start("top_p"), 0.01, key=key("top_p"))
            st.slider(sentences.MIN_P, 0.0, 1.0, start("min_p"), 0.01, key=key("min_p"))
            st.slider(sentences.TYPICAL_P, LEAST_SHARE, 1.0, start("typical_p"), 0.01, key=key("typical_p"))

    def _starts(self) -> Mapping[str, float]:
        return st.session_state.get(f"{self.prefix}knobs_start", DEFAULTS)


write = Knobs()
compare = Knobs("compare_")


def places_of(filters: Filters) -> dict[str, float]:
    """Return where the knobs of the filters stand for these."""
    ends = {name: DEFAULTS[name] for name in ("top_k", "top_p", "min_p", "typical_p")}
    return ends | filters.active()
