"""What the cumulative chart shows, as tables: the choices at one position in all rows of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.loop import Step
from charlstm.generation.sampling import NO_FILTERS, Filters, Probs, reweight
from charlstm.playback import sentences
from charlstm.playback.tables import choice as one_choice
from charlstm.playback.tables.choice import Intervals, display_symbol
from charlstm.text.vocabulary import Vocabulary

FRAMES_PER_SECOND = 4  # of choices as they are made; each has several distributions to be read
SHORTEST_INTERVAL = 1e-5  # shorter ones cannot be seen, and are left out
NUMBER_COLUMNS = (*one_choice.NUMBER_COLUMNS, "u")  # of `batch_figures_table`


@dataclass(frozen=True)
class BatchChoice:
    """The choices at one position in all rows of a batch."""

    raw: Probs  # (batch, V)
    reweighted: Probs  # (batch, V)
    temperatures: NDArray[np.float64]  # (batch,)
    u: NDArray[np.float64]  # (batch,)
    filters: Filters
    character_ids: NDArray[np.intp] | None = None  # (batch,); None before they are drawn
    networks: tuple[str, ...] = ()  # the name of each row's network; none where it is the same in all

    @classmethod
    def of(cls, steps: Sequence[Step], networks: tuple[str, ...] = (), taken: bool = True) -> "BatchChoice":
        """Return the choices of each row's step at one position; `taken` is whether it was made."""
        raw, reweighted = (
            np.stack(probs) for probs in zip(*((step.raw, step.reweighted) for step in steps), strict=True)
        )
        temperatures, u = (np.array(one) for one in zip(*((step.temperature, step.u) for step in steps), strict=True))
        ids = np.array([step.character_id for step in steps]) if taken else None
        return cls(raw, reweighted, temperatures, u, steps[0].filters, ids, networks)

    @property
    def drawn(self) -> NDArray[np.intp]:
        """The ids of the drawn characters, -1 before they are drawn, shape (batch,)."""
        return np.full(len(self.u), -1) if self.character_ids is None else self.character_ids

    @property
    def removed(self) -> NDArray[np.bool_]:
        """The characters that were removed by a filter, (batch, V)."""
        return (self.reweighted == 0.0) & (self.raw > 0.0) & (self.filters != NO_FILTERS)

    @property
    def same_u(self) -> bool:
        """Whether all rows are given the same uniform draw."""
        return bool(np.all(self.u == self.u[0]))


def bars_table(choice: BatchChoice, vocabulary: Vocabulary, frame: int = 0) -> pa.Table:
    """Return the table of the cumulative chart: a row for each interval that can be seen.

    Args:
        choice: of a batch, whose rows stand one after the other in the table.
        vocabulary: of V characters.
        frame: the number of the choice among those of one message, see `tables.animation`.
    """
    intervals = Intervals.of(choice.raw, choice.reweighted)
    unfiltered_start, unfiltered_end = _unfiltered_intervals(choice)
    unfiltered_length = unfiltered_end - unfiltered_start
    drawn = intervals.ids == choice.drawn[:, None]
    seen = (intervals.end - intervals.start > SHORTEST_INTERVAL) | drawn | (unfiltered_length > SHORTEST_INTERVAL)
    seen[:, 0] = True  # the first has the row's headings
    row, rank = np.nonzero(seen)
    ids = intervals.ids[row, rank]
    symbols = np.array([display_symbol(character) for character in vocabulary.characters], dtype=object)
    removed_share = np.nansum(unfiltered_length * (intervals.end == intervals.start), axis=-1)
    heading, short_heading = np.full((2, len(row)), None, dtype=object)
    heading[rank == 0], short_heading[rank == 0] = zip(*_headings(choice, vocabulary, removed_share), strict=True)
    return pa.table(
        {
            "row": row,
            "rank": rank,
            "symbol": symbols[ids],
            "start": intervals.start[row, rank],
            "end": intervals.end[row, rank],
            "raw": choice.raw[row, ids],
            "reweighted": choice.reweighted[row, ids],
            "drawn": drawn[row, rank],
            "unfiltered_start": unfiltered_start[row, rank],
            "unfiltered_end": unfiltered_end[row, rank],
            "removed": choice.removed[row, ids],
            "heading": heading,
            "short_heading": short_heading,
            "u": choice.u[row],
            "same_u": np.full(len(row), choice.same_u),
            "frame": np.full(len(row), frame),
        }
    )


def _unfiltered_intervals(choice: BatchChoice) -> tuple[Probs, Probs]:
    """Return where the intervals start and end by the temperature alone, (batch, V); NaN without filters."""
    if choice.filters == NO_FILTERS:
        unknown = np.full(choice.raw.shape, np.nan)
        return unknown, unknown
    unfiltered = Intervals.of(choice.raw, reweight(choice.raw, choice.temperatures))
    return unfiltered.start, unfiltered.end


def _headings(choice: BatchChoice, vocabulary: Vocabulary, removed_share: Probs) -> list[tuple[str, str]]:
    """Return the heading and the short heading of each row's bar; `removed_share` is what filters removed, (batch,)."""
    temperatures, removed = choice.temperatures.tolist(), removed_share.tolist()
    networks = choice.networks or (None,) * len(removed)
    if choice.character_ids is None:
        return [sentences.bar_of_next(*row) for row in zip(networks, temperatures, removed, strict=True)]
    taken = np.arange(len(removed)), choice.character_ids
    symbols = [display_symbol(vocabulary.characters[id_]) for id_ in choice.character_ids]
    raw, reweighted = choice.raw[taken].tolist(), choice.reweighted[taken].tolist()
    rows = zip(networks, temperatures, symbols, raw, reweighted, removed, strict=True)
    return [sentences.bar_taken(*row) for row in rows]


def batch_figures_table(choice: BatchChoice, vocabulary: Vocabulary) -> pa.Table:
    """Return the figures of all characters for reading, one row of the batch after the other, the likeliest first.

    Its column names are shown on the page.
    """
    intervals = Intervals.of(choice.raw, choice.reweighted)
    raw, reweighted, removed = (
        np.take_along_axis(values, intervals.ids, axis=-1).ravel()
        for values in (choice.raw, choice.reweighted, choice.removed)
    )
    batch, characters = choice.raw.shape
    return pa.table(
        {
            "column": np.repeat(np.arange(1, batch + 1), characters),
            **({"network": np.repeat(np.array(choice.networks), characters)} if choice.networks else {}),
            "temperature": np.repeat(choice.temperatures, characters),
            "character": [display_symbol(vocabulary.characters[id_]) for id_ in intervals.ids.ravel()],
            "raw": raw,
            "reweighted": reweighted,
            "interval from": intervals.start.ravel(),
            "interval to": intervals.end.ravel(),
            "u": np.repeat(choice.u, characters),
            "drawn": (intervals.ids == choice.drawn[:, None]).ravel(),
            "removed": removed,
        }
    )
