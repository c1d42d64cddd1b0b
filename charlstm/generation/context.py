"""What a choice depends on besides the probabilities: the text so far, and numbers that a run brings along."""

from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.draws import UniformDrawsOfBatch
from charlstm.generation.filters import LONGEST_MATCH, Filters

Ids = NDArray[np.integer]
Probs = NDArray[np.float64]
Active = Any  # Filters in which the values are there that a function reads
SMALLEST = np.finfo(np.float64).tiny  # the logarithm of 0 does not exist


class Context(NamedTuple):
    """What filters need of the text and the run; what none of them needs is None. Of a batch, a row for each text.

    Attributes:
        counts: how often each character stands in the last `Filters.penalty_window`, (..., V).
        match_lengths: after how many of the last characters each has come before, at most LONGEST_MATCH, (..., V);
            lengths below `Filters.dry_allowed_length` are 0.
        bias: what is added to each logit, (V,); -infinity bans.
        mu: the surprisal in bits above which Mirostat removes, a number or (batch,).
        xtc_u: the uniform number in [0, 1) by which XTC removes or does not, a number or (batch,).
        beam_start: the position at which the beam search began that chose the character.
    """

    counts: NDArray[np.integer] | None = None
    match_lengths: NDArray[np.integer] | None = None
    bias: NDArray[np.float64] | None = None
    mu: float | NDArray[np.float64] | None = None
    xtc_u: float | NDArray[np.float64] | None = None
    beam_start: int | None = None

    def row(self, number: int) -> "Context":
        """Return what belongs to one text of a batch."""
        if self is NO_CONTEXT:
            return self
        counts, match_lengths, bias, mu, xtc_u, beam_start = self
        return Context(
            None if counts is None else counts[number],
            None if match_lengths is None else match_lengths[number],
            bias,
            None if mu is None else float(np.ravel(mu)[number]),
            None if xtc_u is None else float(np.ravel(xtc_u)[number]),
            beam_start,
        )


NO_CONTEXT = Context()


class History:
    """The ids of a text, which become more.

    Args:
        ids: (characters,).
    """

    def __init__(self, ids: Ids) -> None:
        self._length = len(ids)
        self._room = np.concatenate([ids, np.zeros(self._length + 256, ids.dtype)])

    def copy(self) -> "History":
        """Return an independent copy."""
        return History(self.ids)

    @property
    def ids(self) -> Ids:
        """All ids so far, (characters,); they stand until the next is added."""
        return self._room[: self._length]

    def append(self, id_: Any) -> None:
        """Add one id."""
        if self._length == len(self._room):
            self._room = History(self._room)._room
        self._room[self._length] = id_
        self._length += 1


class RunContext:
    """What filters need of one run as it goes on, or of a batch of runs.

    Args:
        texts: the ids of the text so far, (characters,), or where this is a batch one such for each row.
        draws: the numbers of XTC, by position.
        vocabulary_size: V.
        characters: of the vocabulary, by id; none where no filter names a character.
    """

    def __init__(self, texts: Any, draws: Any, vocabulary_size: int, characters: Sequence[str]) -> None:
        self._is_batch = isinstance(draws, UniformDrawsOfBatch)
        dtype = np.min_scalar_type(vocabulary_size - 1)
        self._histories = [History(np.asarray(row, dtype)) for row in (texts if self._is_batch else [texts])]
        self._draws, self._vocabulary_size, self._characters = draws, vocabulary_size, tuple(characters)
        self._mirostat: tuple[int, float, float | NDArray[np.float64]] | None = None  # of which position, tau, mu

    def copy(self) -> "RunContext":
        """Return an independent copy."""
        other = copy(self)
        other._histories = [history.copy() for history in self._histories]
        return other

    def append(self, ids: int | Ids) -> None:
        """Note the next character, or that of each row."""
        if self._is_batch:
            for history, id_ in zip(self._histories, ids, strict=True):  # type: ignore[arg-type]
                history.append(id_)
        else:
            self._histories[0].append(ids)

    def of(self, position: int, filters: Filters) -> Context:
        """Return the context of the character at a position, which is the next one."""
        context = text_context([history.ids for history in self._histories], self._vocabulary_size, filters)
        if not self._is_batch:
            context = context.row(0)
        if filters.ban or filters.bias:
            context = context._replace(bias=bias_of(filters, self._characters))
        if filters.mirostat_tau is not None:
            context = context._replace(mu=self._mu(position, filters.mirostat_tau))
        if filters.xtc_probability is not None:
            context = context._replace(xtc_u=self._draws[position])
        return context

    def follow(self, position: int, filters: Filters, mu: Any, surprisal: Any) -> None:
        """Note the surprisal in bits of what was chosen there with Mirostat and this mu: one, or one for each row."""
        assert filters.mirostat_tau is not None
        assert filters.mirostat_eta is not None
        next_mu = mu - filters.mirostat_eta * (surprisal - filters.mirostat_tau)
        self._mirostat = position + 1, filters.mirostat_tau, next_mu

    def resume(self, last_steps: Sequence[Any]) -> None:
        """Go on with Mirostat from the `Step`s of a batch that were made last, one of each row."""
        filters = last_steps[0].filters
        if filters.mirostat_tau is not None:
            mu = np.array([step.context.mu for step in last_steps])
            self.follow(last_steps[0].position, filters, mu, np.array([step.surprisal for step in last_steps]))

    def _mu(self, position: int, tau: float) -> float | NDArray[np.float64]:
        """Return the current mu, which begins anew with another tau, and after characters without Mirostat."""
        if self._mirostat is not None and self._mirostat[:2] == (position, tau):
            mu = self._mirostat[2]
            return mu if self._is_batch else float(mu)
        return np.full(len(self._histories), 2.0 * tau) if self._is_batch else 2.0 * tau


@lru_cache(maxsize=64)
def bias_of(filters: Filters, characters: tuple[str, ...]) -> NDArray[np.float64]:
    """Return what the filters add to the logit of each character, (V,): -infinity where it is banned.

    Raises:
        ValueError: the characters are not known.
    """
    if not characters:
        raise ValueError("these filters name characters: say which the network has")
    bias = np.array([dict(filters.bias).get(character, 0.0) for character in characters])
    bias[[character in filters.ban for character in characters]] = -np.inf
    return bias


def text_context(texts: Sequence[Ids], vocabulary_size: int, filters: Filters) -> Context:
    """Return what filters need of a batch of texts.

    Args:
        texts: the ids of each, (characters,).
        vocabulary_size: V.
        filters: what is not needed by these is None.
    """
    context, window, least = NO_CONTEXT, filters.penalty_window, filters.dry_allowed_length
    if window is not None:
        counts = [count_characters(text[-window:], vocabulary_size) for text in texts]
        context = context._replace(counts=np.stack(counts))
    if least is not None:
        lengths = [match_lengths(text, vocabulary_size, least) for text in texts]
        context = context._replace(match_lengths=np.stack(lengths))
    return context


def count_characters(ids: Ids, vocabulary_size: int) -> NDArray[np.integer]:
    """Return how often each character stands in a text, (V,)."""
    return np.bincount(ids, minlength=vocabulary_size)


def match_lengths(ids: Ids, vocabulary_size: int, least: int) -> NDArray[np.integer]:
    """Return for each character after how many of the last characters it has come before, (V,).

    Args:
        ids: of the text, (characters,).
        vocabulary_size: V.
        least: shorter lengths are 0.

    >>> match_lengths(np.array([0, 1, 2, 3, 1, 2, 0, 1, 2]), 5, least=2)
    array([2, 0, 0, 3, 0])
    """
    lengths = np.zeros(vocabulary_size, np.intp)
    # Mostly there is none, which a search in bytes finds soonest; one across two ids is none either, as seen below.
    if len(ids) <= least or ids[-least:].tobytes() not in ids[:-1].tobytes():
        return lengths
    # Where the last characters but one begin to differ is all that counts: places before which they are the same.
    ends = np.flatnonzero(ids[least - 1 : -1] == ids[-1]) + least
    for back in range(2, LONGEST_MATCH + 1):
        if back > least:
            lengths[ids[ends]] = back - 1
            ends = ends[ends >= back]
        if not ends.size:
            return lengths
        ends = ends[ids[ends - back] == ids[-back]]
    lengths[ids[ends]] = LONGEST_MATCH
    return lengths
