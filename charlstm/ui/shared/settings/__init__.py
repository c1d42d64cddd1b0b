"""The settings of a page that writes: speed, length, random seed, epoch, and the filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from charlstm.generation.filters import USUAL_ORDER, Filters
from charlstm.model_folder.store import Model
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.components.address import LONGEST_TEXT, Address
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, reported_temperature
from charlstm.ui.shared import sentences
from charlstm.ui.shared.settings import strategies
from charlstm.ui.shared.settings.strategies import SCALES, SWITCHES, TEXTS

SPEEDS = (1, 2, 4, 10, 20, 30, 60, 120, AS_FAST_AS_POSSIBLE)
TICK = 0.75  # seconds from one message of a run to the next, at least; the views animate what one brings
HEAD_START = 0.25  # seconds of text that the first message brings besides, while the second one is on its way
READABLE_SPEED = 4  # characters a second up to which each choice can be followed
LONGEST_PATTERN = 20_000  # characters
LARGEST_RANDOM_SEED = 2**31 - 1
DEFAULTS: dict[str, Any] = {
    "temperature": DEFAULT,
    "speed": 30,
    "length": 400,
    "random_seed": 1,
    **strategies.OFF,
}
_WHOLE = {name: one for name, one in SCALES.items() if isinstance(one.step, int)}
RANGES = {
    "temperature": (LOWEST, HIGHEST),
    **{name: (one.least, one.most) for name, one in SCALES.items() if name not in _WHOLE},
}
WHOLE_RANGES = {
    "length": (1, 10_000),
    "random_seed": (0, LARGEST_RANDOM_SEED),
    **dict.fromkeys(SWITCHES, (0, 1)),
    **{name: (int(one.least), int(one.most)) for name, one in _WHOLE.items()},
}


@dataclass(frozen=True)
class PageSettings:
    """The settings of one page, which Streamlit's session holds.

    Attributes:
        prefix: of their keys in the session.
        one_text: whether the page writes one text; beam search writes no several ones.
    """

    prefix: str = ""
    one_text: bool = True

    def open_address(self, address: Address, model: Model) -> None:
        """Reset all settings to the values of an address, or to their defaults."""
        manifest, whole_ranges = model.manifest, {**WHOLE_RANGES, "top_k": (0, len(model.vocabulary))}
        self.reset_to(
            {
                **{name: address.number(name, *bounds, DEFAULTS[name]) for name, bounds in RANGES.items()},
                **{name: address.whole(name, *bounds, int(DEFAULTS[name])) for name, bounds in whole_ranges.items()},
                **{name: address.text(name, DEFAULTS[name])[:LONGEST_TEXT] for name in TEXTS},
                "speed": address.nearest("speed", SPEEDS, int(DEFAULTS["speed"])),
                "epoch": address.nearest("epoch", manifest.epochs, manifest.best_epoch),
            },
            model.folder.name,
        )

    def follow(self, model: Model) -> None:
        """Set the epoch to the best one of a network that was not the chosen one before."""
        if st.session_state.get(f"{self.prefix}settings_model", model.folder.name) != model.folder.name:
            self.reset_to({"epoch": model.manifest.best_epoch}, model.folder.name)

    def reset_to(self, values: Mapping[str, Any], model: str) -> None:
        """Give the widgets first values: these, or the current ones.

        Their keys change with it, because a widget in a closed popover takes a value only when it is created.

        Args:
            values: by the names of the settings.
            model: the name of the network that they are for.
        """
        session = st.session_state
        session[f"{self.prefix}settings_model"] = model
        kept = {name: self.text(name) if name in TEXTS else self.value(name) for name in DEFAULTS if name not in values}
        if "epoch" in self._starts():
            kept["epoch"] = session.get(self.key("epoch"), self._starts()["epoch"])
        session[f"{self.prefix}settings_version"] = session.get(f"{self.prefix}settings_version", -1) + 1
        session[f"{self.prefix}settings_start"] = {**kept, **values}

    def key(self, name: str) -> str:
        """Return the key of a setting's widget."""
        version = st.session_state.get(f"{self.prefix}settings_version", 0)
        return f"{self.prefix}{name}-{version}" if version else f"{self.prefix}{name}"

    def start(self, name: str) -> Any:
        """Return the first value of a setting's widget."""
        return self._starts()[name]

    def value(self, name: str) -> float:
        """Return the current value of a setting, also before its widget has been drawn for the first time."""
        if name == "temperature":
            return reported_temperature(self.key(name), self.start(name))
        return max(0, st.session_state.get(self.key(name), self.start(name)))

    def text(self, name: str) -> str:
        """Return the current value of a setting that is a text."""
        value = st.session_state.get(self.key(name), self.start(name))
        return value if isinstance(value, str) else ",".join(value)

    def whole(self, name: str) -> int:
        """Return the current value of a setting that is a whole number."""
        return int(self.value(name))

    def epoch(self, model: Model) -> int:
        """Return the chosen epoch of a model, or its best one where it does not have the chosen one."""
        chosen = st.session_state.get(self.key("epoch"), self._starts().get("epoch"))
        return chosen if chosen in model.manifest.epochs else model.manifest.best_epoch

    def filters(self, vocabulary: Vocabulary) -> Filters:
        """Return the current filters.

        Args:
            vocabulary: of the network, or of all that write, whose characters they may name.
        """
        values = {name: self.text(name) if name in TEXTS else self.value(name) for name in strategies.OFF}
        values["beams"] = values["beams"] and self.one_text
        return strategies.filters_of(values, vocabulary.characters)

    def switch_character(self, character: str, vocabulary: Vocabulary, model: str) -> None:
        """Ban a character, or allow it again."""
        banned = set(self.filters(vocabulary).ban) ^ {character}
        self.reset_to({"ban": strategies.pattern_of("".join(sorted(banned)))}, model)

    def tick(self) -> float:
        """Return the seconds from one message to the next, at least: at a slow speed one for each character."""
        speed = self.whole("speed")
        return 1 / speed if 0 < speed <= READABLE_SPEED else TICK

    def first_characters(self) -> float:
        """Return how many characters are due when a run begins: enough until the second message is there."""
        return max(1.0, self.value("speed") * (self.tick() + HEAD_START))

    def show(self, model: Model, several_networks: bool = False) -> None:
        """Show the widgets of all settings but the filters.

        Args:
            model: the chosen one.
            several_networks: whether other networks write, too, each after its best epoch; then no epoch is chosen.
        """
        key, start = self.key, self.start
        st.caption(sentences.SETTINGS_HELP)
        st.select_slider(sentences.SPEED, SPEEDS, start("speed"), format_func=sentences.speed, key=key("speed"))
        shortest, longest = WHOLE_RANGES["length"]
        st.number_input(sentences.LENGTH, shortest, longest, int(start("length")), step=100, key=key("length"))
        seed = min(int(start("random_seed")), LARGEST_RANDOM_SEED)
        st.number_input(sentences.RANDOM_SEED, 0, LARGEST_RANDOM_SEED, seed, step=1, key=key("random_seed"))
        self.show_epoch(model, several_networks)

    def show_epoch(self, model: Model, several_networks: bool = False) -> None:
        """Show the choice of the epoch, where there are several, and its held-out loss; see `show`."""
        epochs, best, start = list(model.manifest.epochs), model.manifest.best_epoch, self.start("epoch")
        if len(epochs) > 1:
            first = start if start in epochs else best
            st.select_slider(sentences.EPOCH, epochs, first, key=self.key("epoch"), disabled=several_networks)
        figures = model.figures(self.epoch(model))
        is_best = figures is not None and figures.epoch == best
        if several_networks:
            st.caption(sentences.BEST_EPOCHS)
        elif figures is not None:
            # The best epoch may have been calibrated after the training, which the history does not know.
            loss = model.manifest.held_out_loss if is_best else figures.held_out_loss
            st.caption(sentences.epoch_figures(figures.epoch, loss, is_best))

    def show_filters(self, vocabulary: Vocabulary) -> None:
        """Show the widgets of what changes the distribution besides the temperature, each kind in an expander.

        Args:
            vocabulary: of the network, or of all that write.
        """
        with st.expander(sentences.STRATEGIES):
            st.caption(sentences.STRATEGIES_HELP)
            for name in ("top_n_sigma", "top_k", "top_p", "min_p", "typical_p"):
                self._slider(name, len(vocabulary))
            self._switched("mirostat")
            self._switched("xtc")
        with st.expander(sentences.LOOPS):
            st.caption(sentences.LOOPS_HELP)
            self._switched("dry")
            for name in ("repetition_penalty", "frequency_penalty", "presence_penalty", "penalty_window"):
                self._slider(name)
        with st.expander(sentences.CHARACTERS):
            st.caption(sentences.CHARACTERS_HELP)
            for name, read in (("ban", strategies.read_ban), ("bias", strategies.read_bias)):
                st.text_input(
                    sentences.SETTING_LABELS[name], self.start(name), key=self.key(name), max_chars=LONGEST_PATTERN
                )
                reason = read(self.text(name), vocabulary.characters)[1]
                if reason:
                    st.caption(sentences.cannot_read(reason))
        with st.expander(sentences.ORDER):
            st.caption(sentences.order_help(USUAL_ORDER))
            first = [name for name in self.start("order").split(",") if name in USUAL_ORDER]
            st.multiselect(
                sentences.SETTING_LABELS["order"],
                USUAL_ORDER,
                first,
                format_func=sentences.strategy,
                key=self.key("order"),
            )
            st.caption(sentences.order(self.filters(vocabulary).stages))
        if self.one_text:
            with st.expander(sentences.BEAMS):
                st.caption(sentences.BEAMS_HELP)
                self._switched("beams")

    def _switched(self, switch: str) -> None:
        """Show a switch, and the numbers that hold while it is on."""
        on = st.toggle(sentences.SETTING_LABELS[switch], bool(self.start(switch)), key=self.key(switch))
        for name in SWITCHES[switch]:
            self._slider(name, disabled=not on)

    def _slider(self, name: str, most: float | None = None, disabled: bool = False) -> None:
        """Show the slider of a number.

        Args:
            name: of the setting.
            most: its highest value where it is less than usual.
            disabled: whether it counts for nothing now.
        """
        scale, kind = SCALES[name], int if name in _WHOLE else float
        highest = kind(scale.most if most is None else min(most, scale.most))
        start = min(max(kind(self.start(name)), kind(scale.least)), highest)
        label = sentences.SETTING_LABELS[name]
        st.slider(label, kind(scale.least), highest, start, scale.step, key=self.key(name), disabled=disabled)

    def _starts(self) -> Mapping[str, Any]:
        return st.session_state.get(f"{self.prefix}settings_start", DEFAULTS)


write = PageSettings()
compare = PageSettings("compare_", one_text=False)
read = PageSettings("read_")
