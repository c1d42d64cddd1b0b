"""What the cumulative chart shows, as tables: one position in all columns, taken or still ahead."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.loop import BatchStep
from charlstm.generation.sampling import NO_FILTERS, Filters, Probs, reweight, sampling_probs
from charlstm.playback import sentences
from charlstm.playback.tables.choice import Intervals, visible
from charlstm.text.vocabulary import Vocabulary

SHORTEST = 1e-5  # shorter parts are nothing to see, and left out
NUMBERS = ("raw", "reweighted", "die", "die from", "die to")  # the table's columns of figures


@dataclass(frozen=True)
class BatchChoice:
    """One position in all lanes; `character_ids` is None where nothing was drawn yet."""

    raw: Probs  # (lanes, V)
    reweighted: Probs  # (lanes, V)
    temperatures: NDArray[np.float64]  # (lanes,)
    u: NDArray[np.float64]  # (lanes,)
    filters: Filters
    character_ids: NDArray[np.intp] | None = None  # (lanes,)
    networks: tuple[str, ...] = ()  # the name of each lane's; none where it is the same in all

    @classmethod
    def of(cls, step: BatchStep, networks: tuple[str, ...] = ()) -> "BatchChoice":
        """Return a step that was taken."""
        return cls(step.raw, step.reweighted, step.temperatures, step.u, step.filters, step.character_ids, networks)

    @classmethod
    def ahead(
        cls,
        raw: Probs,
        u: NDArray[np.float64],
        temperatures: NDArray[np.float64],
        filters: Filters,
        networks: tuple[str, ...] = (),
    ) -> "BatchChoice":
        """Return the next step, before it is taken."""
        reweighted = sampling_probs(raw, temperatures, filters)
        return cls(raw, reweighted, temperatures, u, filters, networks=networks)

    @property
    def drawn(self) -> NDArray[np.intp]:
        """The drawn characters, -1 where nothing was drawn yet, shape (lanes,)."""
        return np.full(len(self.u), -1) if self.character_ids is None else self.character_ids

    @property
    def same_dice(self) -> bool:
        """Whether one die serves all lanes."""
        return bool(np.all(self.u == self.u[0]))


def bars_table(choice: BatchChoice, vocabulary: Vocabulary, frame: int = 0) -> pa.Table:
    """Return the table of `cumulative`: a row for each part that can be seen, from the first lane on.

    `frame` is the choice's place among those that are played.
    """
    parts = Intervals.of(choice.raw, choice.reweighted)
    before_start, before_end = _before_the_cut(choice)
    drawn = parts.ids == choice.drawn[:, None]
    visible_parts = (parts.end - parts.start > SHORTEST) | drawn | (before_end - before_start > SHORTEST)
    visible_parts[:, 0] = True  # what is said once a lane stands in its first row
    lane, rank = np.nonzero(visible_parts)
    ids = parts.ids[lane, rank]
    symbols = np.array([visible(character) for character in vocabulary.characters], dtype=object)
    reweighted = choice.reweighted[lane, ids]
    cut_off = np.nansum((before_end - before_start) * (parts.end == parts.start), axis=-1)
    said, short = np.full((2, len(lane)), None, dtype=object)
    said[rank == 0], short[rank == 0] = zip(*_said(choice, vocabulary, cut_off), strict=True)
    return pa.table(
        {
            "lane": lane,
            "rank": rank,
            "symbol": symbols[ids],
            "start": parts.start[lane, rank],
            "end": parts.end[lane, rank],
            "raw": choice.raw[lane, ids],
            "reweighted": reweighted,
            "drawn": drawn[lane, rank],
            "before_start": before_start[lane, rank],
            "before_end": before_end[lane, rank],
            "cut": (reweighted == 0.0) & (choice.filters != NO_FILTERS),
            "said": said,
            "short": short,
            "u": choice.u[lane],
            "shared": np.full(len(lane), choice.same_dice),
            "frame": np.full(len(lane), frame),
        }
    )


def _before_the_cut(choice: BatchChoice) -> tuple[Probs, Probs]:
    """Return what the temperature alone would have laid end to end; NaN where no filter cuts."""
    if choice.filters == NO_FILTERS:
        nothing = np.full(choice.raw.shape, np.nan)
        return nothing, nothing
    before = Intervals.of(choice.raw, reweight(choice.raw, choice.temperatures))
    return before.start, before.end


def _said(choice: BatchChoice, vocabulary: Vocabulary, cut_off: Probs) -> list[tuple[str, str]]:
    """Return what stands over each bar, and the same in fewer words; `cut_off` is what each lost, (lanes,)."""
    temperatures, lost = choice.temperatures.tolist(), cut_off.tolist()
    networks = choice.networks or (None,) * len(lost)
    if choice.character_ids is None:
        return [sentences.bar_ahead(*line) for line in zip(networks, temperatures, lost, strict=True)]
    taken = np.arange(len(lost)), choice.character_ids
    characters = [visible(vocabulary.characters[id_]) for id_ in choice.character_ids]
    raw, reweighted = choice.raw[taken].tolist(), choice.reweighted[taken].tolist()
    lines = zip(networks, temperatures, characters, raw, reweighted, lost, strict=True)
    return [sentences.bar_taken(*line) for line in lines]


def batch_figures_table(choice: BatchChoice, vocabulary: Vocabulary) -> pa.Table:
    """Return the same figures for every character, for reading: column after column, likeliest first."""
    parts = Intervals.of(choice.raw, choice.reweighted)
    raw, reweighted = (np.take_along_axis(probs, parts.ids, axis=-1) for probs in (choice.raw, choice.reweighted))
    lanes, characters = raw.shape
    return pa.table(
        {
            "column": np.repeat(np.arange(1, lanes + 1), characters),
            **({"network": np.repeat(np.array(choice.networks), characters)} if choice.networks else {}),
            "temperature": np.repeat(choice.temperatures, characters),
            "character": [visible(vocabulary.characters[id_]) for id_ in parts.ids.ravel()],
            "raw": raw.ravel(),
            "reweighted": reweighted.ravel(),
            "die from": parts.start.ravel(),
            "die to": parts.end.ravel(),
            "die": np.repeat(choice.u, characters),
            "drawn": (parts.ids == choice.drawn[:, None]).ravel(),
            "cut": ((reweighted == 0.0) & (raw > 0.0)).ravel() & (choice.filters != NO_FILTERS),
        }
    )
