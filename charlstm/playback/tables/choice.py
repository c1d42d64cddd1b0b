"""What a chart of one choice shows, as tables: a step that was made, or the next one."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.filters import NO_FILTERS
from charlstm.generation.sampling import Probs, ranking
from charlstm.generation.step import Step
from charlstm.playback import sentences
from charlstm.text.character_mapping import printable_name
from charlstm.text.marks import without_rest
from charlstm.text.vocabulary import Vocabulary

NUMBER_COLUMNS = ("raw", "reweighted", "interval from", "interval to", "u")  # of the tables to read
BLANKS = {" ": "␣", "\n": "↵", "\t": "⇥"}
# What cannot be seen alone, by the abbreviations of the Unicode Standard; all others by their number.
INVISIBLE = {
    "\xa0": "NBSP",
    "\xad": "SHY",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2060": "WJ",
    "\ufeff": "BOM",
    **{chr(0xFE00 + number): f"VS{number + 1}" for number in range(16)},
}
DISPLAY_SYMBOLS = BLANKS | INVISIBLE
TOLD = 3  # characters of a choice that are told in words
QUOTED = 24  # characters of a text that a heading quotes


@dataclass(frozen=True)
class Choice:
    """What a chart shows of a step that was made, or of the next one."""

    raw: Probs  # (V,)
    reweighted: Probs  # (V,)
    temperature: float
    character_id: int | None = None  # None before it is drawn
    u: float | None = None  # None where a person picked the character, and before the draw
    filtered: bool = False  # whether filters were in force

    @classmethod
    def of(cls, step: Step) -> "Choice":
        """Return the choice of a step that was made."""
        u = step.u if step.drawn else None
        filtered = step.filters != NO_FILTERS
        return cls(step.raw, step.reweighted, step.temperature, step.character_id, u, filtered)

    @property
    def removed(self) -> NDArray[np.bool_]:
        """The characters that were removed by a filter, (V,)."""
        return (self.reweighted == 0.0) & (self.raw > 0.0) & self.filtered


@cache
def chart_symbol(character: str) -> str:
    """Return a character as charts show it: a blank as a symbol, a mark on a circle, what is invisible by name."""
    return DISPLAY_SYMBOLS.get(character) or printable_name(character)


def display_symbol(character: str) -> str:
    """Return a character as a sentence can quote it."""
    return isolated(chart_symbol(character))


def isolated(text: str) -> str:
    """Return a text so that what is written from right to left leaves the order of a sentence around it as it is."""
    return f"\u2068{text}\u2069" if any(map(_is_written_leftwards, text)) else text


def _is_written_leftwards(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL", "AN")


def likeliest_in_words(choice: Choice, vocabulary: Vocabulary) -> str:
    """Return what the chart of a choice shows first, for those who do not see it."""
    ids = ranking(choice.reweighted)[:TOLD]
    shares = zip(ids, choice.reweighted[ids], choice.raw[ids], strict=True)
    return sentences.likeliest([(display_symbol(vocabulary.characters[id_]), *both) for id_, *both in shares])


def quoted_end(text: str) -> str:
    """Return the end of a text as a heading quotes it."""
    end = text if len(text) <= QUOTED else without_rest(text[-QUOTED:])
    return isolated("".join(BLANKS.get(character, character) for character in end))


def intervals_by_id(choice: Choice) -> tuple[Probs, Probs]:
    """Return where each character's interval starts and ends, by id, float64 (V,) each.

    The reweighted probabilities are laid end to end from 0 to 1, the likeliest raw character first. A uniform draw u
    chooses the character whose interval [start, end) contains it.
    """
    order = ranking(choice.raw)
    ends = np.cumsum(choice.reweighted[order])
    start, end = np.empty_like(ends), np.empty_like(ends)
    end[order] = ends / ends[-1]
    start[order] = np.concatenate([[0.0], end[order][:-1]])
    return start, end


def figures_table(choice: Choice, vocabulary: Vocabulary) -> pa.Table:
    """Return the figures of all characters for reading, the likeliest first; its column names are shown."""
    order = ranking(choice.raw)
    start, end = intervals_by_id(choice)
    return pa.table(
        {
            "character": [chart_symbol(vocabulary.characters[id_]) for id_ in order],
            "raw": choice.raw[order],
            "reweighted": choice.reweighted[order],
            "interval from": start[order],
            "interval to": end[order],
            "drawn": [id_ == choice.character_id for id_ in order.tolist()],
            "removed": choice.removed[order],
        }
    )


def columns_figures_table(choices: Sequence[Choice], networks: Sequence[str], vocabulary: Vocabulary) -> pa.Table:
    """Return the figures of several texts' choices for reading, one text after the other.

    Args:
        choices: one of each text.
        networks: the name of each text's network; none where one writes them all.
        vocabulary: of all of them.
    """
    tables = []
    for number, choice in enumerate(choices):
        table = figures_table(choice, vocabulary)
        about = {"column": number + 1, **({"network": networks[number]} if networks else {})}
        about |= {"temperature": choice.temperature, "u": choice.u}
        for place, (name, value) in enumerate(about.items()):
            table = table.add_column(place, name, pa.array([value] * len(table)))
        tables.append(table)
    return pa.concat_tables(tables)
