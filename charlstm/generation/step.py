"""A step: the record of one character's choice, of one text or of a batch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.generation.context import NO_CONTEXT, Context
from charlstm.generation.filters import NO_FILTERS, Filters, before_mirostat
from charlstm.generation.sampling import Probs, draw, sampling_probs

LEAST_CHOSEN = 1e-6  # at least, of a character that a person picked: an impossible one would end Mirostat for good


class Step(NamedTuple):
    """One character's choice, complete enough to redraw it or to check it.

    Where a person picked the character, or beam search found it, `u` was not used.
    """

    position: int  # 0 is the first generated character
    character_id: int
    temperature: float
    u: float  # the uniform draw, in [0, 1)
    raw: Probs  # (V,)
    reweighted: Probs  # (V,), what was drawn from: 0 where a filter removed the character
    picked: bool = False
    filters: Filters = NO_FILTERS
    context: Context = NO_CONTEXT  # what the filters needed besides

    @property
    def drawn(self) -> bool:
        """Whether `u` selected the character."""
        return not self.picked and self.context.beam_start is None

    @property
    def found(self) -> bool:
        """Whether beam search found the character."""
        return not self.picked and self.context.beam_start is not None

    @property
    def surprisal(self) -> float:
        """The surprisal in bits of the character for Mirostat: before that, and what acts after it, removed any."""
        return float(_surprisal(self.raw, self.temperature, self.filters, self.context, self.character_id))


def make_step(
    position: int,
    raw: Probs,
    u: float,
    temperature: float,
    filters: Filters = NO_FILTERS,
    picked: int | None = None,
    context: Context = NO_CONTEXT,
    found: int | None = None,
) -> Step:
    """Return the step that these probabilities, this draw and these settings make.

    Args:
        position: of the character, from 0.
        raw: the probs of the network, float64 (V,).
        u: the uniform draw, in [0, 1).
        temperature: in [0, infinity].
        filters: what they remove cannot be drawn.
        picked: the id that a person picked; `u` then counts for nothing.
        context: what the filters need of the text and the run.
        found: the id that beam search found.
    """
    reweighted = sampling_probs(raw, temperature, filters, context) if found is None else _certain(raw, found)
    chosen = found if picked is None else picked
    character_id = int(draw(raw, reweighted, u)) if chosen is None else chosen
    return Step(position, character_id, temperature, u, raw, reweighted, picked is not None, filters, context)


class BatchStep(NamedTuple):
    """The same record for a batch of texts that advance together, one row each."""

    position: int
    character_ids: NDArray[np.intp]  # (batch,)
    temperatures: NDArray[np.float64]  # (batch,)
    u: NDArray[np.float64]  # (batch,)
    raw: Probs  # (batch, V)
    reweighted: Probs  # (batch, V)
    filters: Filters = NO_FILTERS
    picked: frozenset[int] = frozenset()  # the rows whose character a person picked
    context: Context = NO_CONTEXT

    @property
    def surprisal(self) -> NDArray[np.float64]:
        """That of each row, (batch,)."""
        return _surprisal(self.raw, self.temperatures, self.filters, self.context, self.character_ids)

    def rows(self) -> list[Step]:
        """Return each row's own record."""
        columns = self.character_ids.tolist(), self.temperatures.tolist(), self.u.tolist(), self.raw, self.reweighted
        return [
            Step(self.position, *row, number in self.picked, self.filters, self.context.row(number))
            for number, row in enumerate(zip(*columns, strict=True))
        ]


def make_batch_step(
    position: int,
    raw: Probs,
    u: NDArray[np.float64],
    temperatures: NDArray[np.float64],
    filters: Filters = NO_FILTERS,
    picked: Mapping[int, int] = MappingProxyType({}),
    context: Context = NO_CONTEXT,
    found: int | None = None,
) -> BatchStep:
    """Return what `make_step` does, for each row of a batch; `picked` has ids by row."""
    reweighted = sampling_probs(raw, temperatures, filters, context) if found is None else _certain(raw, found)
    ids = draw(raw, reweighted, u)
    for row, id_ in picked.items():
        ids[row] = id_
    return BatchStep(position, ids, temperatures, u, raw, reweighted, filters, frozenset(picked), context)


def _certain(raw: Probs, id_: int) -> Probs:
    """Return the distribution in which one character is certain, shape as `raw`."""
    certain = np.zeros_like(raw)
    certain[..., id_] = 1.0
    return certain


def _surprisal(raw: Probs, temperature: ArrayLike, filters: Filters, context: Context, ids: ArrayLike) -> Probs:
    """Raw probs (..., V), ids (...) -> (...)"""
    if filters.stages.index("temperature") > filters.stages.index("mirostat"):
        temperature = 1.0  # acts later, as what `before_mirostat` leaves out
    probs = sampling_probs(raw, temperature, before_mirostat(filters), context)
    chosen = np.take_along_axis(probs, np.asarray(ids)[..., None], axis=-1)[..., 0]
    return -np.log2(np.maximum(chosen, LEAST_CHOSEN))
