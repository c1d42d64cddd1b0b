"""A text as a network reads it, piece by piece: what each of its characters costs, at every temperature."""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.sampling import Probs
from charlstm.networks.network import Network
from charlstm.networks.threads import one_blas_thread
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.words import WORD

LONGEST_TEXT = 200_000  # characters that are read
TEMPERATURES = tuple(hundredth / 100 for hundredth in range(201))  # of the costs
RANKS = (1, 5, 10)  # of a character among all, by which it is called a top choice, among the top 5, the top 10
BLOCK = 16  # characters whose costs are computed at once
STRIDE = 256  # characters between two states that are kept, as long as these are not too many
MOST_STATES = 256  # that are kept; one of the largest networks here takes 0.1 or 0.3 MB
VALUES_AT_ONCE = 400_000  # of the reweighted probabilities, so that they stay in the processor's cache
_INVERSE = 1.0 / np.array(TEMPERATURES[1:])


class _Checkpoint(NamedTuple):
    """Where a text is taken up again: the network's state, if it needs one, and the sum of the costs up to there."""

    state: Any
    nats: NDArray[np.float64]


class CostlyWord(NamedTuple):
    """A word of a text, where it begins, and the sum of the bits of its characters."""

    word: str
    begin: int
    bits: float


class Reading:
    """A text as one network reads it.

    Each character is predicted from those before it, the first from the initial state, as the network would predict it
    while it writes. States are kept along the text, so that any place is soon found again, and of an edited text only
    what follows the first change is read again.

    Args:
        network: what predicts.
        vocabulary: its characters.
        text: any text, of which at most LONGEST_TEXT characters are read.
        most_states: that are kept; of a text longer than so many strides, fewer in between.

    Attributes:
        text: the text after folding.
        folded: the characters that were replaced by others, and their occurrences.
        dropped: the characters that have no counterpart in the vocabulary, and their occurrences.
        read: how many characters of `text` have been read.
    """

    def __init__(
        self, network: Network, vocabulary: Vocabulary, text: str = "", most_states: int = MOST_STATES
    ) -> None:
        self.network, self.vocabulary = network, vocabulary
        self.text, self.read = "", 0
        self.folded: dict[str, int] = {}
        self.dropped: dict[str, int] = {}
        self._ids = np.empty(0, vocabulary.dtype)
        self._probs, self._ranks = np.empty(0), np.empty(0, np.int32)
        self._state = network.initial_state()
        self._nats = np.zeros(len(TEMPERATURES))
        self._stride, self._most_states = STRIDE, most_states
        self._checkpoints = [_Checkpoint(self._kept(), self._nats.copy())]
        self._recalled: _Recalled | None = None
        # A page may change the text while an earlier run of its script, in another thread, still reads.
        self._lock = threading.RLock()
        self.change(text)

    @property
    def finished(self) -> bool:
        """Whether all of the text has been read."""
        return self.read == len(self.text)

    @property
    def bits(self) -> NDArray[np.float64]:
        """The surprisal of each character that has been read, in bits, float64 (read,)."""
        with np.errstate(divide="ignore"):
            return -np.log2(self._probs[: self.read]) + 0.0

    @property
    def ranks(self) -> NDArray[np.int32]:
        """The rank of each character that has been read, 0 for the top choice, ties by id, (read,)."""
        return self._ranks[: self.read]

    @property
    def costs(self) -> NDArray[np.float64]:
        """The mean cost of what has been read at each of TEMPERATURES, in nats per character; NaN before any."""
        return self._nats / self.read if self.read else np.full(len(TEMPERATURES), np.nan)

    def change(self, text: str) -> int:
        """Replace the text, and return how many characters need not be read again."""
        with self._lock:
            return self._change(text[:LONGEST_TEXT])

    def _change(self, text: str) -> int:
        found, counts = self.vocabulary.fold(text), Counter(text)
        ids = self.vocabulary.encode(found.text)
        known = self.vocabulary.ids
        self.dropped = found.dropped
        self.folded = {one: count for one, count in counts.items() if one not in known and one not in found.dropped}
        shorter = min(self.read, len(ids))
        different = np.flatnonzero(self._ids[:shorter] != ids[:shorter])
        same = int(different[0]) if len(different) else shorter
        if same < self.read:
            self._return_to(same)
        self.text, self._ids = found.text, ids
        probs, ranks = np.empty(len(ids)), np.empty(len(ids), np.int32)
        probs[: self.read], ranks[: self.read] = self._probs[: self.read], self._ranks[: self.read]
        self._probs, self._ranks = probs, ranks
        return same

    def advance(
        self, most: int = LONGEST_TEXT, seconds: float = math.inf, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Read on.

        Args:
            most: characters to read.
            seconds: after which no further character is begun.
            clock: seconds that never fall; tests give their own.
        """
        with self._lock, one_blas_thread():
            end, deadline = min(self.read + most, len(self._ids)), clock() + seconds
            while self.read < end and clock() < deadline:
                self._read_block(min(end, (self.read // BLOCK + 1) * BLOCK), deadline, clock)

    def probs_at(self, position: int) -> Probs:
        """Return the raw probabilities of the character at a position, up to `read`, float64 (V,)."""
        with self._lock, one_blas_thread():
            if position == self.read:
                return self.network.probs(self._state)
            number = position // self._stride
            if self._recalled is None or self._recalled.begin != number * self._stride:
                self._recalled = _Recalled(number * self._stride, self._state_at(number))
            return self._recalled.probs_at(position, self.network, self._ids)

    def _kept(self) -> Any:
        """Return a copy of the current state; None where the network's window of the text is all that it needs."""
        return self._state.copy() if self.network.stateful else None

    def _state_at(self, number: int) -> Any:
        """Return a copy of the state at a checkpoint."""
        state = self._checkpoints[number].state
        return self.network.prefill(self._ids[: number * self._stride]) if state is None else state.copy()

    def _return_to(self, position: int) -> None:
        """Forget what was read from a position on; up to there the text is still the same."""
        number = position // self._stride
        self._state, self._nats = self._state_at(number), self._checkpoints[number].nats.copy()
        self._recalled = None
        del self._checkpoints[number + 1 :]
        self.read = number * self._stride
        self.advance(position - self.read)

    def _read_block(self, end: int, deadline: float, clock: Callable[[], float]) -> None:
        """Read up to `end`, which is at most a block away, and at least one character."""
        begin, rows = self.read, []
        for id_ in self._ids[begin:end].tolist():
            rows.append(self.network.probs(self._state))
            self.network.step(self._state, id_)
            if clock() >= deadline:
                break
        end = begin + len(rows)
        self._note(np.stack(rows), begin, end)
        self.read = end
        if end % self._stride == 0:
            self._checkpoints.append(_Checkpoint(self._kept(), self._nats.copy()))
            if len(self._checkpoints) > self._most_states:
                del self._checkpoints[1::2]
                self._stride *= 2

    def _note(self, probs: Probs, begin: int, end: int) -> None:
        """Note the characters from `begin` to `end`, which had the probabilities (end - begin, V)."""
        ids = self._ids[begin:end].astype(np.intp)
        own = probs[np.arange(len(ids)), ids][:, None]
        before = (probs > own) | ((probs == own) & (np.arange(probs.shape[1]) < ids[:, None]))
        self._probs[begin:end], self._ranks[begin:end] = own[:, 0], before.sum(axis=1)
        at_once = max(1, VALUES_AT_ONCE // (len(_INVERSE) * probs.shape[1]))
        for start in range(0, len(ids), at_once):
            self._nats += costs_at_temperatures(probs[start : start + at_once], ids[start : start + at_once])


class _Recalled:
    """The probabilities of the characters after a checkpoint, as far as they were asked for."""

    def __init__(self, begin: int, state: Any) -> None:
        self.begin = begin
        self._state = state
        self._rows: list[Probs] = []

    def probs_at(self, position: int, network: Network, ids: NDArray[np.integer]) -> Probs:
        """Return the probabilities of the character at a position."""
        while len(self._rows) <= position - self.begin:
            if self._rows:
                network.step(self._state, int(ids[self.begin + len(self._rows) - 1]))
            self._rows.append(network.probs(self._state))
        return self._rows[position - self.begin]


def costs_at_temperatures(probs: Probs, ids: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return what characters cost together at each of TEMPERATURES: the sum of -log q_T, in nats.

    At 0 only top choices are possible: there the sum is 0 or infinite.

    Args:
        probs: raw, float64 (characters, V).
        ids: of the characters, shape (characters,).
    """
    with np.errstate(divide="ignore"):
        logs = np.log(probs)
    likeliest = probs.argmax(axis=1)
    logs -= np.take_along_axis(logs, likeliest[:, None], axis=1)
    own = logs[np.arange(len(ids)), ids]
    totals = np.exp(logs[:, None, :] * _INVERSE[:, None]).sum(axis=2)  # (characters, temperatures)
    costs = np.log(totals).sum(axis=0) - own.sum() * _INVERSE
    return np.concatenate([[0.0 if (likeliest == ids).all() else np.inf], costs])


def best_temperature(costs: NDArray[np.float64]) -> float | None:
    """Return the one of TEMPERATURES with the least cost, the nearest to 1 of equal ones; None where all are infinite.

    Args:
        costs: of a text at each of TEMPERATURES, as `Reading.costs` has them.
    """
    least = np.nanmin(costs, initial=np.inf)
    if not np.isfinite(least):
        return None
    return min((TEMPERATURES[place] for place in np.flatnonzero(costs == least)), key=lambda one: abs(one - 1.0))


def rank_classes(ranks: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return for each rank the number of RANKS that it reaches: 0 for the top choice, up to 3 beyond the top 10."""
    return np.searchsorted(RANKS, ranks, side="right")


def costliest_words(text: str, bits: NDArray[np.float64], most: int) -> list[CostlyWord]:
    """Return the words that cost most, each word once, the costliest first.

    Args:
        text: as it was read.
        bits: of the characters that have been read, shape (read,); a word that is not read to its end is left out.
        most: words to return.
    """
    read = len(bits)
    spans = [match.span() for match in WORD.finditer(text, 0, min(len(text), read + 1)) if match.end() <= read]
    if not spans:
        return []
    costs = np.add.reduceat(np.append(bits, 0.0), np.ravel(spans))[::2]
    found: dict[str, CostlyWord] = {}
    for place in np.argsort(-costs, kind="stable").tolist():
        begin, end = spans[place]
        found.setdefault(text[begin:end], CostlyWord(text[begin:end], begin, float(costs[place])))
        if len(found) == most:
            break
    return list(found.values())
