"""What changes a distribution besides the temperature: penalties, filters, bias, and their order."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any

from charlstm.model_folder.schema import shown

# In which they act, unless another order is chosen. Bias comes before all of them.
USUAL_ORDER = (
    *("repetition_penalty", "frequency_penalty", "presence_penalty", "dry", "top_n_sigma", "temperature"),
    *("top_k", "top_p", "min_p", "typical_p", "mirostat", "xtc"),
)
PENALTY_WINDOW = 64  # characters
# For characters, by benchmarks/strategies.py; those that are published, 0.8, 1.75 and 2, are for words and their parts.
DRY_MULTIPLIER, DRY_BASE, DRY_ALLOWED_LENGTH = 0.5, 1.3, 13
MIROSTAT_ETA = 0.1
XTC_THRESHOLD = 0.1
BEAM_LOOKAHEAD = 20  # characters
LARGEST_BEAM_WIDTH, LARGEST_BEAM_LOOKAHEAD = 32, 200
LONGEST_WINDOW = 1_000_000
LONGEST_MATCH = 100  # characters of DRY; longer ones count as these
# The fields that belong to another one, which is what switches them on, and their values where none is given.
PARTS = {
    "penalty_window": (("repetition_penalty", "frequency_penalty", "presence_penalty"), PENALTY_WINDOW),
    "dry_base": (("dry_multiplier",), DRY_BASE),
    "dry_allowed_length": (("dry_multiplier",), DRY_ALLOWED_LENGTH),
    "mirostat_eta": (("mirostat_tau",), MIROSTAT_ETA),
    "xtc_threshold": (("xtc_probability",), XTC_THRESHOLD),
    "beam_lookahead": (("beam_width",), BEAM_LOOKAHEAD),
}
_SWITCHES = {"dry": "dry_multiplier", "mirostat": "mirostat_tau", "xtc": "xtc_probability"}


def _range(rule: str, metadata: dict[str, float]) -> Any:
    return field(default=None, metadata={"rule": rule, **metadata})


def _number(least: float, most: float, rule: str) -> Any:
    return _range(rule, {"least": least, "most": most})


def _whole(least: int, most: float, rule: str) -> Any:
    return _range(rule, {"least": least, "most": most, "whole": True})


_ABOVE_ZERO = math.nextafter(0.0, 1.0)
_SHARE, _SHARE_ABOVE_ZERO = "from 0 to 1", "above 0, up to 1"


@dataclass(frozen=True)
class Filters:
    """What is done to the distribution besides the temperature; None does nothing.

    They act in the order of `USUAL_ORDER`, or in their own, each on what the one before it left, renormalised;
    each leaves at least one character. Greedy choice, always the likeliest, is top_k = 1, or a temperature of 0.

    Filters, which remove characters:

    Attributes:
        top_k: only the k likeliest, k at least 1. Fan et al. 2018, "Hierarchical Neural Story
            Generation".
        top_p: only the likeliest whose sum first reaches p, in (0, 1] (nucleus sampling). Holtzman
            et al. 2020, "The Curious Case of Neural Text Degeneration".
        min_p: only those at least p times as likely as the likeliest, p in [0, 1]. Nguyen et al.
            2024, "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs".
        typical_p: only those whose surprisal is nearest to the expected one, the entropy, until
            their sum reaches p, in (0, 1]. Meister et al. 2023, "Locally Typical Sampling".
        top_n_sigma: only those whose logit is at most n standard deviations of all logits below the largest, n in
            [0, 100]. Tang et al. 2025, "Top-nσ: Eliminating Noise in Logit Space for Robust Token Sampling of LLM".
        mirostat_tau: the surprisal in bits that the text shall have on average, in (0, 30]: characters of more than
            `mu` bits are removed, and mu follows what was drawn (Mirostat 2.0). Basu et al. 2021, "Mirostat: A Neural
            Text Decoding Algorithm that Directly Controls Perplexity", algorithm 2.
        mirostat_eta: how fast mu follows, in [0, 1].
        xtc_probability: how often the likeliest are removed, in [0, 1]: of those of at least the threshold, all but the
            last ("Exclude Top Choices"). P. E. Weidmann, oobabooga/text-generation-webui, pull request 6335.
        xtc_threshold: a probability, in [0, 1].

    Penalties, which make likely characters less likely, by what stands in the text:

    Attributes:
        repetition_penalty: the logarithm of the probability is multiplied by this where the character stands in the
            last `penalty_window` characters, in (0, 10]. Keskar et al. 2019, "CTRL", section 4.1.
        frequency_penalty: is subtracted from the logit as often as the character stands there, in [-10, 10].
        presence_penalty: is subtracted once if it stands there, in [-10, 10]. Both: OpenAI's API reference.
        penalty_window: characters.
        dry_multiplier: DRY ("Don't Repeat Yourself"): where the last n characters stand in the text already, and this
            character followed them, `multiplier * base ** (n - allowed_length)` is subtracted from its logit, if n is
            at least allowed_length; in (0, 100]. P. E. Weidmann, oobabooga/text-generation-webui, pull request 5677.
        dry_base: in [1, 10].
        dry_allowed_length: characters.

    The rest:

    Attributes:
        ban: characters that are never drawn, unless nothing else is possible.
        bias: what is added to the logits of characters, each pair a character and a number in [-100, 100].
        order: names of `USUAL_ORDER` that act first, in this order; the others follow in theirs.
        beam_width: nothing is drawn: of so many of the likeliest texts, which are read `beam_lookahead` characters
            ahead, the likeliest one's next character is taken (beam search). Bias counts; temperature and all else do
            not. Graves 2012, "Sequence Transduction with Recurrent Neural Networks", section 3.
        beam_lookahead: characters.

    Raises:
        ValueError: a value is outside its range, or belongs to another one that is not there.
    """

    top_k: int | None = _whole(1, math.inf, "a whole number, 1 or more")
    top_p: float | None = _number(_ABOVE_ZERO, 1.0, _SHARE_ABOVE_ZERO)
    min_p: float | None = _number(0.0, 1.0, _SHARE)
    typical_p: float | None = _number(_ABOVE_ZERO, 1.0, _SHARE_ABOVE_ZERO)
    top_n_sigma: float | None = _number(0.0, 100.0, "from 0 to 100")
    mirostat_tau: float | None = _number(_ABOVE_ZERO, 30.0, "above 0, up to 30")
    mirostat_eta: float | None = _number(0.0, 1.0, _SHARE)
    xtc_probability: float | None = _number(0.0, 1.0, _SHARE)
    xtc_threshold: float | None = _number(0.0, 1.0, _SHARE)
    repetition_penalty: float | None = _number(_ABOVE_ZERO, 10.0, "above 0, up to 10")
    frequency_penalty: float | None = _number(-10.0, 10.0, "from -10 to 10")
    presence_penalty: float | None = _number(-10.0, 10.0, "from -10 to 10")
    penalty_window: int | None = _whole(1, LONGEST_WINDOW, f"a whole number from 1 to {LONGEST_WINDOW:,}")
    dry_multiplier: float | None = _number(_ABOVE_ZERO, 100.0, "above 0, up to 100")
    dry_base: float | None = _number(1.0, 10.0, "from 1 to 10")
    dry_allowed_length: int | None = _whole(1, LONGEST_MATCH, f"a whole number from 1 to {LONGEST_MATCH}")
    beam_width: int | None = _whole(1, LARGEST_BEAM_WIDTH, f"a whole number from 1 to {LARGEST_BEAM_WIDTH}")
    beam_lookahead: int | None = _whole(0, LARGEST_BEAM_LOOKAHEAD, f"a whole number from 0 to {LARGEST_BEAM_LOOKAHEAD}")
    ban: str = ""
    bias: tuple[tuple[str, float], ...] = ()
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and "rule" in one.metadata:
                _check(one.name, value, one.metadata)
        for name, (owners, usual) in PARTS.items():
            on = any(getattr(self, owner) is not None for owner in owners)
            if getattr(self, name) is None and on:
                object.__setattr__(self, name, usual)
            elif getattr(self, name) is not None and not on:
                raise ValueError(f"{name} is of no use without {' or '.join(owners)}: set that too, or leave it out")
        object.__setattr__(self, "ban", "".join(sorted(set(self.ban))))
        object.__setattr__(self, "bias", tuple(sorted((character, float(value)) for character, value in self.bias)))
        _check_bias(self.bias)
        _check_order(self.order)

    def active(self) -> dict[str, Any]:
        """Return what is set, by name, as values that JSON has too.

        >>> Filters(top_k=5, ban="10").active()
        {'top_k': 5, 'ban': '01'}
        """
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        as_json: dict[str, Any] = {"bias": dict(self.bias), "order": list(self.order)}
        return {name: as_json.get(name, value) for name, value in values.items() if value not in (None, "", ())}

    @classmethod
    def of(cls, active: Mapping[str, Any]) -> "Filters":
        """Return the filters of what `active` has returned.

        Raises:
            ValueError: a value is outside its range, or belongs to another one that is not there.
        """
        pairs = tuple(active.get("bias", {}).items())
        return cls(**{**active, "bias": pairs, "order": tuple(active.get("order", ()))})

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """What acts, the temperature included, in its order, as names of `USUAL_ORDER`."""
        order = (*self.order, *(name for name in USUAL_ORDER if name not in self.order))
        return tuple(
            name for name in order if name == "temperature" or getattr(self, _SWITCHES.get(name, name)) is not None
        )


@lru_cache(maxsize=64)
def before_mirostat(filters: Filters) -> Filters:
    """Return these filters, which have Mirostat, without it and all that acts after it but the temperature."""
    after = filters.stages[filters.stages.index("mirostat") :]
    removed = {_SWITCHES.get(name, name) for name in after}
    values = filters.active()
    kept = {name: value for name, value in values.items() if name not in removed}
    parts = {name for name, (owners, _) in PARTS.items() if not any(owner in kept for owner in owners)}
    return Filters.of({name: value for name, value in kept.items() if name not in parts})


def _check(name: str, value: Any, rule: Any) -> None:
    kind: Any = int if rule.get("whole") else (int, float)
    if isinstance(value, bool) or not isinstance(value, kind) or not rule["least"] <= value <= rule["most"]:
        raise ValueError(f"{name} is {value!r}; it must be {rule['rule']}")


def _check_bias(bias: tuple[tuple[str, float], ...]) -> None:
    for character, value in bias:
        if len(character) != 1:
            raise ValueError(f"the bias of {shown(character)} is not of one character")
        if not -100.0 <= value <= 100.0:
            raise ValueError(f"the bias of {character!r} is {value!r}; it must be from -100 to 100")
    if len({character for character, _ in bias}) < len(bias):
        raise ValueError("the bias of a character is there more than once")


def _check_order(order: tuple[str, ...]) -> None:
    for name in order:
        if name not in USUAL_ORDER:
            raise ValueError(f"the order has {shown(name)}, which is none of {', '.join(USUAL_ORDER)}")
    if len(set(order)) < len(order):
        raise ValueError("the order has a name more than once")


NO_FILTERS = Filters()
