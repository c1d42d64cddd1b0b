"""Every sentence of the Compare page."""

import math
from collections.abc import Sequence

from charlstm.playback.sentences import bits, percent, share
from charlstm.playback.tables.batch_focus import FocusedChoices
from charlstm.playback.tables.choice import Choice, isolated
from charlstm.ui.shared.sentences import COLUMN_HEADINGS, FIGURES, literally

TITLE = "Compare side by side"
END_OF_TOUR = "**The tour ends here**: four temperatures, and the **same random numbers** for all."
COMPARE_INTRODUCTION = (
    "**The same random numbers at several temperatures.** At every position all columns use the same random number, so "
    "nothing differs but the temperature. They write the same text until one of them draws another character; from "
    "there on each continues its own."
)
COMPARE_NETWORKS_INTRODUCTION = (
    "**The same random numbers for several networks.** Choose a network at the top of each column; at every position "
    "all use the same random number. At one temperature, nothing but the networks makes the columns differ."
)
SEVERAL_NETWORKS = "A network for each column"
SEVERAL_NETWORKS_HELP = (
    "Choose a network at the top of each column, also while it writes. Before anything is written, all columns begin "
    "at the same temperature."
)
COLUMNS = "Columns"
INDEPENDENT_DRAWS = "Separate random numbers"
INDEPENDENT_DRAWS_HELP = (
    "Each column then has its own random numbers: the first uses the random seed, the second the next number, "
    "and so on. This takes effect with the next text; changing the number of columns starts again."
)
COMPARED_FIGURES = FIGURES | {"entropy": "mean entropy"}
RUNS_OF_EACH = "{runs} runs of each"
RUNS_OF_EACH_HELP = (
    "Writes many texts for each column, with different random numbers, and shows how much their figures vary: the "
    "median, and the range of the middle 80% of the texts."
)
RUNS_ARE_BELOW = "The figures of {runs} runs of each column are below, under the chart."
RUNS_EXPLAINED = "Of {runs} runs: the median, and in brackets what the middle 80% of them lie between."
DIVERGES_AT = "first difference"
BATCH_IS_FULL = (
    "These texts have reached the limit of {longest:,} characters each. Clear them, or press Generate to start again."
)
COMPARED_NEXT = "The next character of each column, and the random number that will choose it"
COLUMNS_EXPLAINED = (
    "Each bar lays its column's characters end to end, the likeliest first, and the one at u is drawn: the lower the "
    "temperature, the more of the bar the likeliest fill. After the first difference, each bar has its own order."
)
COLUMNS_OF_NETWORKS_EXPLAINED = (
    "Each bar lays its column's characters end to end, the likeliest for its network first, and the one at u is drawn: "
    "the more certain a network, and the lower the temperature, the more of the bar the likeliest fill."
)
COLUMNS_ALT = (
    "A bar for each column: its reweighted probabilities at one position laid end to end from 0 to 1, the likeliest "
    "first, and the random number u as a line. The menu More shows the same figures as a table."
)


def about_real_words(coverage: float) -> str:
    """State what counts as a real word; `coverage` is NaN where the words of the learned text are not known."""
    covered = "" if math.isnan(coverage) else f"; the list alone has {coverage:.1%} of that text's words"
    return f"Real words are in an English list or in the text that the network learned{covered}."


def about_real_words_of_each(coverages: dict[str, float]) -> str:
    """State what counts as a real word where each column has a network; `coverages` by its name, or NaN as above."""
    known = [f"{share:.1%} of those of {literally(name)}" for name, share in coverages.items() if not math.isnan(share)]
    covered = f". Of the words of these texts the list alone has: {', '.join(known)}" if known else ""
    return f"Real words are in an English list or in the text that the column's network learned{covered}."


def compared_figure(
    name: str, value: float, spread: tuple[float, float, float] | None, runs: int
) -> tuple[str, str, str]:
    """Return the label of a column's figure, its value, and its spread over many runs."""
    template, text = ("{:.2f}", bits(value)) if name == "entropy" else ("{:.0%}", share(value))
    if spread is None:
        return COMPARED_FIGURES[name], text, ""
    low, median, high = map(template.format, spread)
    return COMPARED_FIGURES[name], text, f"{runs} runs: {median} ({low.removesuffix('%')}–{high})"


def repeating(runs: int, length: int) -> str:
    """State what is being written."""
    return f"Writing {runs} texts of {length} characters for each column"


def diverges_at(column: int, position: int | None) -> str:
    """State where a column diverges from the one to its left; the first has none."""
    if position is None:
        return "–" if column == 0 else "not yet"
    return f"at {position + 1}"


def compared(number: int, same_u: bool) -> str:
    """Head the chart of a position that was written."""
    numbers = "the same u for every bar" if same_u else "each bar has its own u"
    return f"Character {number}: {numbers}"


def comparing(same_u: bool) -> str:
    """Head the chart while the texts stream."""
    return f"The choices as they are made: {'the same u for every bar' if same_u else 'each bar has its own u'}"


def last_shared(number: int, same_u: bool, what_if: bool) -> str:
    """Head the chart of the last choice that all columns make after the same text."""
    numbers = "the same u for every bar" if same_u else "each bar has its own u"
    now = ", at the temperatures set now" if what_if else ""
    return f"The last choice before the texts differ: character {number}{now}; {numbers}"


def about_choices(focused: FocusedChoices) -> str:
    """Head the chart."""
    number, same_u = focused.positions[-1] + 1, focused.same_u
    if focused.kind == "shared":
        return last_shared(number, same_u, focused.what_if)
    if focused.kind == "next":
        return COMPARED_NEXT
    return comparing(same_u) if focused.kind == "streaming" else compared(number, same_u)


def columns_in_words(choices: Sequence[Choice], what_if: bool, networks: Sequence[str], symbols: Sequence[str]) -> str:
    """State what the chart shows, a sentence for each bar; `networks` is empty where one writes all columns."""
    (one, _), (many, _), (drew, _), (would_draw, _), _ = COLUMN_HEADINGS
    drawn = would_draw if what_if else drew
    told = []
    for number, choice in enumerate(choices):
        values = {"network": networks[number] if networks else "", "temperature": f"{choice.temperature:.2f}"}
        sentence = (many if networks else one).format(**values)
        if choice.character_id is not None:
            raw, reweighted = choice.raw[choice.character_id], choice.reweighted[choice.character_id]
            character = isolated(symbols[choice.character_id])
            sentence += drawn.format(character=character, raw=percent(raw), reweighted=percent(reweighted))
        told.append(sentence)
    return ". ".join(told)


def introduction(title: str | None) -> str:
    """State what the page is, with the title of the network that writes all columns, or None where each has its own."""
    if title is None:
        return "**A network in each column**, and the **same random numbers** for all."
    return f"**{literally(title)}** at several **temperatures**, with the **same random numbers**."
