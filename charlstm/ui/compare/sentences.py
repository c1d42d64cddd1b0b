"""Every sentence of the Compare page."""

import math

from charlstm.playback.sentences import bits, share
from charlstm.ui.shared.sentences import FIGURES, literally

COMPARE_INTRODUCTION = (
    "**The same dice at several temperatures.** At every position each column is given the same die, so nothing "
    "differs but the temperature. They write the same text until one of them takes another character; from there "
    "on each reads its own."
)
COMPARE_NETWORKS_INTRODUCTION = (
    "**The same dice for several networks.** Each column is written by a network of its own, which is chosen at its "
    "head, and at every position all are given the same die. What differs at one temperature is what they have learned."
)
SEVERAL_NETWORKS = "A network for each column"
SEVERAL_NETWORKS_HELP = (
    "Each column then has a choice of networks at its head, which acts in mid-run, too. Where nothing is written yet, "
    "all columns begin at one temperature."
)
COLUMNS = "Columns"
INDEPENDENT_DRAWS = "Independent dice"
INDEPENDENT_DRAWS_HELP = (
    "Each column then throws dice of its own: the first those of the random seed, the next those of the following "
    "number, and so on. This acts on the next text; another number of columns begins anew."
)
COMPARED_FIGURES = FIGURES | {"entropy": "mean entropy"}
RUNS_OF_EACH = "{runs} runs of each"
RUNS_OF_EACH_HELP = (
    "Writes many texts as each column does, at its temperature, with other dice each, and shows the spread of their "
    "figures: the median, and between which values the middle 80% of the texts lie."
)
DIVERGES_AT = "parts at"
BATCH_IS_FULL = (
    "These texts are as long as they may become here ({longest:,} characters each). Clear, or Generate, to begin again."
)
COMPARED_NEXT = "The next character of each column, and the die that waits for it"
CUMULATIVE_EXPLAINED = (
    "Each bar lays its column's characters end to end, the likeliest first, and the one under the die is taken: the "
    "lower the temperature, the more of the bar the likeliest fill. Once the texts have parted, each bar has an order "
    "of its own."
)
CUMULATIVE_OF_NETWORKS_EXPLAINED = (
    "Each bar lays its column's characters end to end, the ones that its network finds the likeliest first, and the "
    "one under the die is taken: the surer a network, and the lower the temperature, the more of the bar the likeliest "
    "fill."
)
CUMULATIVE_ALT = (
    "A bar for each column: its reweighted probabilities at one position laid end to end from 0 to 1, the likeliest "
    "first, and the die as a line. The switch below the chart shows the same figures as a table."
)


def about_real_words(coverage: float) -> str:
    """State what counts as a real word; `coverage` is NaN where the words of the learned text are not known."""
    covered = "" if math.isnan(coverage) else f"; the list alone has {coverage:.1%} of the words of that text"
    return f"Real words stand in an English list, or in the text that the network learned from{covered}."


def about_real_words_of_each(coverages: dict[str, float]) -> str:
    """State what counts as a real word where each column has a network; `coverages` by its name, or NaN as above."""
    known = [f"{share:.1%} of those of {literally(name)}" for name, share in coverages.items() if not math.isnan(share)]
    covered = f". Of the words of these texts the list alone has: {', '.join(known)}" if known else ""
    return f"Real words stand in an English list, or in the text that the column's own network learned from{covered}."


def compared_figure(
    name: str, value: float, spread: tuple[float, float, float] | None, runs: int
) -> tuple[str, str, str]:
    """Return the label of a column's figure, its value, and its spread over many runs."""
    template, text = ("{:.2f}", bits(value)) if name == "entropy" else ("{:.0%}", share(value))
    if spread is None:
        return COMPARED_FIGURES[name], text, ""
    low, median, high = map(template.format, spread)
    return COMPARED_FIGURES[name], text, f"{runs} runs: {median} ({low} to {high})"


def repeating(runs: int, length: int) -> str:
    """State what is being written."""
    return f"Writing {runs} texts of {length} characters for each column"


def diverges_at(column: int, position: int | None) -> str:
    """State where a column diverges from the one to its left; the first has none."""
    if position is None:
        return "–" if column == 0 else "not yet"
    return f"character {position + 1}"


def compared(number: int, same_u: bool) -> str:
    """Head the cumulative chart of a position that was written."""
    dice = "the same die fell on every bar" if same_u else "each bar had a die of its own"
    return f"Character {number}: {dice}"


def comparing(same_u: bool) -> str:
    """Head the cumulative chart while the texts stream."""
    return f"The choices as they are made: {'the same die for every bar' if same_u else 'each bar has its own die'}"
