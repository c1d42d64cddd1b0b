"""The settings of what changes the distribution besides the temperature: their values, and their widgets."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from charlstm.generation import filters
from charlstm.generation.filters import PARTS, USUAL_ORDER, Filters
from charlstm.text.character_class import characters_in, numbers_in, pattern_of


class Scale(NamedTuple):
    """What a number can be on the page.

    Attributes:
        least: the lowest.
        most: the highest; of top-k it is as many characters as the network has, at most.
        start: the first value; of what no switch turns on, it is off there.
        step: from one value to the next; whole numbers have a whole step.
    """

    least: float
    most: float
    start: float
    step: float


MOST_TOP_K = 10_000
SCALES = {
    "top_k": Scale(0, MOST_TOP_K, 0, 1),
    "top_p": Scale(0.01, 1.0, 1.0, 0.01),
    "min_p": Scale(0.0, 1.0, 0.0, 0.01),
    "typical_p": Scale(0.01, 1.0, 1.0, 0.01),
    "top_n_sigma": Scale(0.0, 5.0, 0.0, 0.1),
    "mirostat_tau": Scale(0.1, 6.0, 2.0, 0.1),
    "mirostat_eta": Scale(0.0, 1.0, filters.MIROSTAT_ETA, 0.01),
    "xtc_probability": Scale(0.0, 1.0, 0.5, 0.05),
    "xtc_threshold": Scale(0.0, 0.5, filters.XTC_THRESHOLD, 0.01),
    "dry_multiplier": Scale(0.1, 3.0, filters.DRY_MULTIPLIER, 0.1),
    "dry_base": Scale(1.0, 3.0, filters.DRY_BASE, 0.05),
    "dry_allowed_length": Scale(1, 50, filters.DRY_ALLOWED_LENGTH, 1),
    "repetition_penalty": Scale(1.0, 2.0, 1.0, 0.05),
    "frequency_penalty": Scale(0.0, 2.0, 0.0, 0.05),
    "presence_penalty": Scale(0.0, 2.0, 0.0, 0.05),
    "penalty_window": Scale(1, 1_000, filters.PENALTY_WINDOW, 1),
    "beam_width": Scale(1, 16, 4, 1),
    "beam_lookahead": Scale(0, 60, filters.BEAM_LOOKAHEAD, 1),
}
# The switches, and the numbers that hold while they are on.
SWITCHES = {
    "dry": ("dry_multiplier", "dry_base", "dry_allowed_length"),
    "mirostat": ("mirostat_tau", "mirostat_eta"),
    "xtc": ("xtc_probability", "xtc_threshold"),
    "beams": ("beam_width", "beam_lookahead"),
}
TEXTS = ("ban", "bias", "order")
OFF: dict[str, Any] = {
    **{name: scale.start for name, scale in SCALES.items()},
    **dict.fromkeys(SWITCHES, 0),
    **dict.fromkeys(TEXTS, ""),
}
_SWITCHED = {name: switch for switch, names in SWITCHES.items() for name in names}


def filters_of(values: Mapping[str, Any], characters: Sequence[str]) -> Filters:
    """Return the filters that the settings ask for.

    Args:
        values: of each name of `OFF`.
        characters: of the network, which patterns refer to; a pattern that cannot be read counts for nothing.
    """
    on: dict[str, Any] = {}
    for name, scale in SCALES.items():
        value = min(max(values[name], scale.least), scale.most)
        is_on = values[_SWITCHED[name]] if name in _SWITCHED else value != scale.start
        if is_on:
            on[name] = int(value) if isinstance(scale.step, int) else float(value)
    window = int(min(max(values["penalty_window"], 1), SCALES["penalty_window"].most))
    on.pop("penalty_window", None)
    if any(name in on for name in PARTS["penalty_window"][0]):
        on["penalty_window"] = window
    order = [name for name in str(values["order"]).split(",") if name in USUAL_ORDER]
    ban, bias = read_ban(str(values["ban"]), characters)[0], read_bias(str(values["bias"]), characters)[0]
    return Filters.of({**on, "ban": ban, "bias": bias, "order": list(dict.fromkeys(order))})


def values_of(active: Filters) -> dict[str, Any]:
    """Return the values of the settings that stand for these filters."""
    values = active.active()
    bias = " ".join(f"{pattern_of(one)}={value:.15g}" for one, value in active.bias)
    texts = {"ban": pattern_of(active.ban), "bias": bias, "order": ",".join(active.order)}
    switches = {switch: int(names[0] in values) for switch, names in SWITCHES.items()}
    return OFF | {name: value for name, value in values.items() if name in SCALES} | switches | texts


def read_ban(pattern: str, characters: Sequence[str]) -> tuple[str, str]:
    """Return the banned characters, and why there are none although there is a pattern, or an empty text."""
    try:
        found = characters_in(pattern, characters)
    except ValueError as error:
        return "", str(error)
    if len(found) == len(characters):
        return "", "all"
    return found, "" if found or not pattern else "none"


def read_bias(text: str, characters: Sequence[str]) -> tuple[dict[str, float], str]:
    """Return the bias of characters, and why it cannot be read, or an empty text."""
    try:
        found = numbers_in(text.strip(), characters)
        Filters(bias=tuple(found.items()))
    except ValueError as error:
        return {}, str(error)
    return found, "" if found or not text.strip() else "none"
