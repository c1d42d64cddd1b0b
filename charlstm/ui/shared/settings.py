"""The settings of a page that writes: speed, length, random seed, epoch, and the filters."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from charlstm.generation.filters import Filters
from charlstm.model_folder.store import Model
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE
from charlstm.ui.components.address import Address
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, reported_temperature
from charlstm.ui.shared import sentences

SPEEDS = (1, 2, 4, 10, 20, 30, 60, 120, AS_FAST_AS_POSSIBLE)
TICK = 0.75  # seconds from one message of a run to the next, at least; the views animate what one brings
HEAD_START = 0.25  # seconds of text that the first message brings besides, while the second one is on its way
READABLE_SPEED = 4  # characters a second up to which each choice can be followed
LARGEST_RANDOM_SEED = 2**31 - 1
LEAST_SHARE = 0.01  # of top-p and typical-p
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
RANGES = {
    "temperature": (LOWEST, HIGHEST),
    "top_p": (LEAST_SHARE, 1.0),
    "min_p": (0.0, 1.0),
    "typical_p": (LEAST_SHARE, 1.0),
}
WHOLE_RANGES = {"length": (1, 10_000), "random_seed": (0, LARGEST_RANDOM_SEED)}  # top_k: up to the vocabulary's size
NO_FILTER_VALUES = {name: DEFAULTS[name] for name in ("top_k", "top_p", "min_p", "typical_p")}


@dataclass(frozen=True)
class PageSettings:
    """The settings of one page, which Streamlit's session holds.

    Attributes:
        prefix: of their keys in the session.
    """

    prefix: str = ""

    def open_address(self, address: Address, model: Model) -> None:
        """Reset all settings to the values of an address, or to their defaults."""
        manifest, whole_ranges = model.manifest, {**WHOLE_RANGES, "top_k": (0, len(model.vocabulary))}
        self.reset_to(
            {
                **{name: address.number(name, *bounds, DEFAULTS[name]) for name, bounds in RANGES.items()},
                **{name: address.whole(name, *bounds, int(DEFAULTS[name])) for name, bounds in whole_ranges.items()},
                "speed": address.nearest("speed", SPEEDS, int(DEFAULTS["speed"])),
                "epoch": address.nearest("epoch", manifest.epochs, manifest.best_epoch),
            },
            model.folder.name,
        )

    def follow(self, model: Model) -> None:
        """Set the epoch to the best one of a network that was not the chosen one before."""
        if st.session_state.get(f"{self.prefix}settings_model", model.folder.name) != model.folder.name:
            self.reset_to({"epoch": model.manifest.best_epoch}, model.folder.name)

    def reset_to(self, values: Mapping[str, float], model: str) -> None:
        """Give the widgets first values: these, or the current ones.

        Their keys change with it, because a widget in a closed popover takes a value only when it is created.

        Args:
            values: by the names of the settings.
            model: the name of the network that they are for.
        """
        session = st.session_state
        session[f"{self.prefix}settings_model"] = model
        kept = {name: self.value(name) for name in DEFAULTS if name not in values}
        session[f"{self.prefix}settings_version"] = session.get(f"{self.prefix}settings_version", -1) + 1
        session[f"{self.prefix}settings_start"] = {**kept, **values}

    def key(self, name: str) -> str:
        """Return the key of a setting's widget."""
        version = st.session_state.get(f"{self.prefix}settings_version", 0)
        return f"{self.prefix}{name}-{version}" if version else f"{self.prefix}{name}"

    def start(self, name: str) -> float:
        """Return the first value of a setting's widget."""
        return self._starts()[name]

    def value(self, name: str) -> float:
        """Return the current value of a setting, also before its widget has been drawn for the first time."""
        if name == "temperature":
            return reported_temperature(self.key(name), self.start(name))
        return max(0, st.session_state.get(self.key(name), self.start(name)))

    def whole(self, name: str) -> int:
        """Return the current value of a setting that is a whole number."""
        return int(self.value(name))

    def epoch(self, model: Model) -> int:
        """Return the chosen epoch of a model, or its best one where it does not have the chosen one."""
        chosen = st.session_state.get(self.key("epoch"), self._starts().get("epoch"))
        return chosen if chosen in model.manifest.epochs else model.manifest.best_epoch

    def filters(self) -> Filters:
        """Return the current filters; one at the end of its scale is off."""
        shares = {name: min(max(self.value(name), LEAST_SHARE), 1.0) for name in ("top_p", "typical_p")}
        values = {
            "top_k": self.whole("top_k") or None,
            "min_p": min(self.value("min_p"), 1.0) or None,
            **{name: share if share < 1.0 else None for name, share in shares.items()},
        }
        return Filters.of({name: value for name, value in values.items() if value is not None})

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

    def show_filters(self, model: Model) -> None:
        """Show the widgets of the filters, in an expander."""
        with st.expander(sentences.STRATEGIES):
            st.caption(sentences.STRATEGIES_HELP)
            most = len(model.vocabulary)
            st.slider(sentences.TOP_K, 0, most, min(int(self.start("top_k")), most), key=self.key("top_k"))
            labels = {"top_p": sentences.TOP_P, "min_p": sentences.MIN_P, "typical_p": sentences.TYPICAL_P}
            for name, label in labels.items():
                st.slider(label, *RANGES[name], float(self.start(name)), 0.01, key=self.key(name))

    def _starts(self) -> Mapping[str, float]:
        return st.session_state.get(f"{self.prefix}settings_start", DEFAULTS)


write = PageSettings()
compare = PageSettings("compare_")
read = PageSettings("read_")


def values_of(filters: Filters) -> dict[str, float]:
    """Return the values of the settings that stand for these filters."""
    return NO_FILTER_VALUES | filters.active()
