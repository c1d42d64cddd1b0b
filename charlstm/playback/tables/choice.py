"""What a chart of one choice shows, as tables: a step that was made, or the next one."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.loop import Step
from charlstm.generation.sampling import NO_FILTERS, Probs, ranking
from charlstm.playback import sentences
from charlstm.text.vocabulary import Vocabulary

NUMBER_COLUMNS = ("raw", "reweighted", "interval from", "interval to")  # of `figures_table`
DISPLAY_SYMBOLS = {" ": "␣", "\n": "↵", "\t": "⇥"}
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
        u = None if step.picked else step.u
        filtered = step.filters != NO_FILTERS
        return cls(step.raw, step.reweighted, step.temperature, step.character_id, u, filtered)

    @property
    def removed(self) -> NDArray[np.bool_]:
        """The characters that were removed by a filter, (V,)."""
        return (self.reweighted == 0.0) & (self.raw > 0.0) & self.filtered


def display_symbol(character: str) -> str:
    """Return a character as a chart can show it: spaces and line breaks as symbols."""
    return DISPLAY_SYMBOLS.get(character, character)


def likeliest_in_words(choice: Choice, vocabulary: Vocabulary) -> str:
    """Return what the chart of a choice shows first, for those who do not see it."""
    ids = ranking(choice.reweighted)[:TOLD]
    shares = zip(ids, choice.reweighted[ids], choice.raw[ids], strict=True)
    return sentences.likeliest([(display_symbol(vocabulary.characters[id_]), *both) for id_, *both in shares])


def quoted_end(text: str) -> str:
    """Return the end of a text as a heading quotes it."""
    return "".join(map(display_symbol, text[-QUOTED:]))


@dataclass(frozen=True)
class Intervals:
    """Distributions laid end to end from 0 to 1, as the draw walks them, in the order of `ids`; all (..., V).

    A uniform draw u chooses the character whose interval [start, end) contains it.
    """

    ids: NDArray[np.intp]  # from the likeliest raw character to the least likely
    start: Probs
    end: Probs

    @classmethod
    def of(cls, raw: Probs, probs: Probs) -> "Intervals":
        """Lay `probs` end to end in the order of the raw probs."""
        ids = ranking(raw)
        end = np.cumsum(np.take_along_axis(probs, ids, axis=-1), axis=-1)
        end /= end[..., -1:]
        return cls(ids, np.concatenate([np.zeros_like(end[..., :1]), end[..., :-1]], axis=-1), end)

    def by_id(self) -> tuple[Probs, Probs]:
        """Return where each character's interval starts and ends, by id."""
        start, end = np.empty_like(self.start), np.empty_like(self.end)
        np.put_along_axis(start, self.ids, self.start, axis=-1)
        np.put_along_axis(end, self.ids, self.end, axis=-1)
        return start, end


def intervals_by_id(choice: Choice) -> tuple[Probs, Probs]:
    """Return where each character's interval starts and ends, by id, float64 (V,) each."""
    return Intervals.of(choice.raw, choice.reweighted).by_id()


def figures_table(choice: Choice, vocabulary: Vocabulary) -> pa.Table:
    """Return the figures of all characters for reading, the likeliest first; its column names are shown."""
    order = ranking(choice.raw)
    start, end = intervals_by_id(choice)
    return pa.table(
        {
            "character": [display_symbol(vocabulary.characters[id_]) for id_ in order],
            "raw": choice.raw[order],
            "reweighted": choice.reweighted[order],
            "interval from": start[order],
            "interval to": end[order],
            "drawn": [id_ == choice.character_id for id_ in order.tolist()],
            "removed": choice.removed[order],
        }
    )
