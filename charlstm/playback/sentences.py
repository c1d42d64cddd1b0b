"""Every sentence of the players and their tables."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from charlstm.generation.filters import PARTS

MOST_LISTED = 12  # characters of a ban
BEAM_NOTE = "beam search: no random number was used"
_NAMES = {
    "dry_multiplier": "DRY",
    "top_n_sigma": "top-nσ",
    "mirostat_tau": "Mirostat",
    "xtc_probability": "XTC",
    "repetition_penalty": "repetition penalty",
    "frequency_penalty": "frequency penalty",
    "presence_penalty": "presence penalty",
}
_NOT_LISTED = {*PARTS, "ban", "bias", "order"}


def draw(u: float | None, taken: bool) -> str:
    """State the uniform draw under the intervals; `u` is None before it, and where a person picked the character."""
    if u is not None:
        return f"random number u = {u:.3f}"
    return "picked by hand: no random number was used" if taken else "a random number u will fall on one of these"


def percent(probability: float) -> str:
    """Format a probability; what is not 0 is never shown as 0, nor as 1 what is less.

    >>> percent(0.0001), percent(0.0), percent(0.4215), percent(0.9999)
    ('<0.1%', '0.0%', '42.1%', '>99.9%')
    """
    if 0.0 < probability < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 < probability < 1.0 else f"{probability:.1%}"


def setting(value: float) -> str:
    """Format a temperature, or the value of a filter, with no more digits than it needs."""
    return f"{value:.3g}"


def in_force(temperature: float, filters: Mapping[str, Any], epoch: int | None) -> str:
    """List the settings that a character was drawn with; those that belong to others are left out."""
    if "beam_width" in filters:
        named = [f"by beam search, {filters['beam_width']} texts"]
    else:
        named = [f"at temperature {setting(temperature)}"]
    after = [] if epoch is None else [f"epoch {epoch}"]
    return ", ".join([*named, *strategies(filters), *after])


def strategies(filters: Mapping[str, Any]) -> list[str]:
    """Name what is set besides the temperature; with beam search only what counts there."""
    numbers = {} if "beam_width" in filters else {k: one for k, one in filters.items() if k not in _NOT_LISTED}
    named = [f"{_NAMES.get(name, name.replace('_', '-'))} {setting(value)}" for name, value in numbers.items()]
    if filters.get("ban"):
        named.append(
            f"without “{filters['ban'] if len(filters['ban']) <= MOST_LISTED else filters['ban'][:MOST_LISTED] + '…'}”"
        )
    if filters.get("bias"):
        named.append("with a bias")
    return named


def what_if(number: int, character: str, was: str, u: float, now_in_force: str) -> str:
    """State what the same uniform draw would give with other settings."""
    falls = f"also draw “{character}”" if character == was else f"draw “{character}” instead of “{was}”"
    return f"What if? Character {number} {now_in_force}: the same u = {u:.3f} would {falls}"


def slow_text(end: str, read: int, characters: int) -> str:
    """Describe the first stage: the text so far, of whose characters the network reads some."""
    if not characters:
        return (
            "There is no text yet: the network starts without any. Press Slow motion again for each of the four stages."
        )
    which = f"all {read} characters of it" if read == characters else f"its last {read} characters"
    return f"The text so far: “…{end}”. The network reads {which}. Press Slow motion again for each of the four stages."


def slow_raw(count: int, likeliest: str, share: float, bits: float) -> str:
    """Describe the second stage: the raw distribution."""
    return (
        f"Stage 1 of 4: raw. The network gives each of the {count} characters a probability, “{likeliest}” the "
        f"largest, {percent(share)}. The entropy is {bits:.2f} bits: ≈ {2**bits:.1f} equally likely characters."
    )


def slow_reweighted(
    temperature: float, likeliest: str, raw: float, reweighted: float, removed: int, strategies: str
) -> str:
    """Describe the third stage: the temperature, and the strategies, of which there may be none."""
    if temperature == 0.0:
        how = "Temperature 0 keeps only the likeliest"
    elif math.isinf(temperature):
        how = "An infinite temperature makes all equally likely"
    else:
        power = f"Every probability to the power of 1/{setting(temperature)} = {setting(1 / temperature)}"
        how = f"{power}, then scaled to sum to 1"
    count = f"{removed} character{' is' if removed == 1 else 's are'}"
    filtered = f" With {strategies}: {count} removed." if strategies else ""
    shares = f"“{likeliest}” had {percent(raw)}, and now has {percent(reweighted)}."
    return f"Stage 2 of 4: reweighted. {how}. {shares}{filtered}"


def slow_draw(u: float, start: float, end: float, character: str) -> str:
    """Describe the fourth stage: the uniform draw."""
    return (
        f"Stage 3 of 4: the draw. The random number u = {u:.3f} lies between {start:.3f} and {end:.3f}, "
        f"the interval of “{character}”."
    )


def slow_search(ahead: int, character: str) -> str:
    """Describe the fourth stage where beam search is on."""
    return (
        f"Stage 3 of 4: no draw. Beam search has written its likeliest texts {ahead} characters ahead; the likeliest "
        f"goes on with “{character}”."
    )


def slow_search_chooses(character: str) -> str:
    """Describe the third stage where beam search is on."""
    return f"Stage 2 of 4: nothing is reweighted. Beam search is certain of “{character}”, whatever the temperature."


def slow_appended(character: str, raw: float, reweighted: float, how: str) -> str:
    """Describe the last stage: the character."""
    return (
        f"Stage 4 of 4: “{character}” is {how} and appended, {percent(raw)} raw, {percent(reweighted)} reweighted. "
        "The text is one character longer, and the loop begins again."
    )


def next_choice(end: str) -> str:
    """Head the chart of the next choice, after a text with this end."""
    where = f"The next character after “…{end}”" if end else "The first character"
    return f"{where} (click a bar to pick it yourself)"


def likeliest(shares: Sequence[tuple[str, float, float]]) -> str:
    """List the likeliest characters, each with its reweighted and its raw probability."""
    return (
        "The likeliest: "
        + ", ".join(f"“{one}” {percent(share)} (raw {percent(raw)})" for one, share, raw in shares)
        + "."
    )


def taken(number: int, character: str, how: str, in_force: str) -> str:
    """Head the chart of a choice that was made."""
    return f"Character {number}: “{character}” was {how} {in_force}"


def chosen(picked: bool, found: bool) -> str:
    """Say how a character was chosen."""
    return "picked by hand" if picked else "found" if found else "drawn"


def cost_of_search(bits: float, human: float) -> str:
    """State what the text of beam search costs, and what people wrote."""
    return f"This text costs {bits:.2f} bits a character; what people wrote, {human:.2f}."


def share(value: float) -> str:
    """Format a share; a dash where it is NaN."""
    return "–" if math.isnan(value) else f"{value:.0%}"


def bits(value: float) -> str:
    """Format an entropy; a dash where it is NaN."""
    return "–" if math.isnan(value) else f"{value:.2f} bits"


def empty_text(title: str) -> str:
    """State that a text is empty."""
    return f"{title} is empty: there is nothing to learn from it."


def text_too_large(title: str, size: int, most: int) -> str:
    """State that a text is larger than the page takes."""
    return (
        f"{title} has {size / 1e6:.1f} MB, and the limit here is {most / 1e6:.0f} MB; "
        "`python -m charlstm train` on your own machine learns larger ones."
    )


def not_a_text(title: str) -> str:
    """State that a file is something else."""
    return f"{title} is not a text file: it is full of control characters."


def too_few_characters(title: str, different: int) -> str:
    """State that a text has too few different characters to learn from."""
    count = "only one character" if different == 1 else f"only {different} different characters"
    return f"{title} has {count}, so there is almost nothing to predict: use a text made of words."


def text_too_short(title: str, characters: int, least: int) -> str:
    """State that a text is too short to learn from and to hold some of it out."""
    return f"{title} has {characters:,} characters; at least {least:,} are needed."
