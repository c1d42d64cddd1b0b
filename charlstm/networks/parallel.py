"""Several networks that write the rows of one batch, each network its own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.networks.network import Network, NetworkState, probs_after_windows
from charlstm.text.vocabulary import Vocabulary

UNKNOWN = -1


def union(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    """Return the characters of all, sorted; where all are the same, that one as it is.

    >>> union([Vocabulary(("b", "c")), Vocabulary(("a", "b"))]).characters
    ('a', 'b', 'c')
    """
    first = vocabularies[0]
    if all(vocabulary == first for vocabulary in vocabularies):
        return first
    return Vocabulary.of("".join("".join(vocabulary.characters) for vocabulary in vocabularies))


def combine_networks(networks: Sequence[Network], vocabularies: Sequence[Vocabulary]) -> tuple[Network, Vocabulary]:
    """Return one network whose row i is written by `networks[i]`, and its characters.

    Where the same one writes several rows, it is that one itself, so that it loses no speed. A single row is stepped
    as one text, which is quicker than a batch of one.

    Args:
        networks: of each row; the same object may stand in several.
        vocabularies: of each of them.
    """
    if len(networks) > 1 and all(network is networks[0] for network in networks):
        return networks[0], vocabularies[0]
    parallel = ParallelNetworks(networks, vocabularies)
    return parallel, parallel.vocabulary


@dataclass
class ParallelState:
    """The state of each of the different networks."""

    states: list[NetworkState]
    position: int

    def copy(self) -> "ParallelState":
        """Return an independent copy, so that the texts can be continued in two ways."""
        return ParallelState([state.copy() for state in self.states], self.position)


class ParallelNetworks:
    """A network of which each row is one of several networks, with ids of the union of their characters.

    The rows of one network stay one batched step, and a row that has a network of its own is stepped as
    one text, which is quicker. What a network does not know has probability 0 in its rows, so it is never
    drawn there.

    Args:
        networks: of each row; the same object may stand in several.
        vocabularies: of each of them.

    Attributes:
        vocabulary: the characters of all, see `union`.
    """

    stateful = True  # no one window applies: each network has its own

    def __init__(self, networks: Sequence[Network], vocabularies: Sequence[Vocabulary]) -> None:
        self.window = max(network.window for network in networks)
        self.vocabulary = union(vocabularies)
        self.vocabulary_size = len(self.vocabulary)
        self._batch_size = len(networks)
        rows_of: dict[int, list[int]] = {}
        for row, network in enumerate(networks):
            rows_of.setdefault(id(network), []).append(row)
        self._parts = [
            _Part(networks[rows[0]], vocabularies[rows[0]], self.vocabulary, rows) for rows in rows_of.values()
        ]

    def initial_state(self, batch_size: int | None = None) -> ParallelState:
        """Return the state before any character; `batch_size` is the number of networks."""
        self._check(batch_size)
        return ParallelState([part.network.initial_state(part.batch_size) for part in self._parts], 0)

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> ParallelState:
        """Return the state after the ids of a seed text, shape (characters,), the same in every row.

        Each network reads of it what it can, see `Vocabulary.fold`.
        """
        self._check(batch_size)
        text = self.vocabulary.decode(np.asarray(ids).tolist())
        states = [part.network.prefill(part.vocabulary.fold_and_encode(text), part.batch_size) for part in self._parts]
        return ParallelState(states, len(text))

    def prefill_each(self, texts: Sequence[ArrayLike]) -> ParallelState:
        """Return the state after the ids of a text for each row, of which its network reads what it can."""
        self._check(len(texts))
        decoded = [self.vocabulary.decode(np.asarray(ids).tolist()) for ids in texts]
        states = [part.prefill_each([decoded[row] for row in part.rows.tolist()]) for part in self._parts]
        return ParallelState(states, min(map(len, decoded)))

    def step(self, state: ParallelState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, one id for each row or one for all, into `state` (changed in place).

        Raises:
            ValueError: a row's network does not know its character. It is never drawn there.
        """
        of_rows = np.broadcast_to(np.asarray(ids), (self._batch_size,))
        own = [part.own_id[of_rows[part.rows]] for part in self._parts]
        for part, its_ids in zip(self._parts, own, strict=True):
            if its_ids.min() == UNKNOWN:
                unknown = self.vocabulary.characters[of_rows[part.rows[its_ids.argmin()]]]
                raise ValueError(f"a network is given {unknown!r} to read, which it does not know")
        for part, its_ids, its_state in zip(self._parts, own, state.states, strict=True):
            part.network.step(its_state, int(its_ids[0]) if part.batch_size is None else its_ids)
        state.position += 1

    def probs(self, state: ParallelState) -> NDArray[np.float64]:
        """Return the raw probs of each row's next character, float64 (batch, V)."""
        probs = np.zeros((self._batch_size, self.vocabulary_size))
        for part, its_state in zip(self._parts, state.states, strict=True):
            probs[part.places] = part.network.probs(its_state)
        return probs

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after a window for each row, float64 (batch, V)."""
        return probs_after_windows(self, windows)

    def _check(self, batch_size: int | None) -> None:
        if batch_size != self._batch_size:
            raise ValueError(f"a batch of {batch_size or 1} is asked for, but there are {self._batch_size} networks")


class _Part:
    """One of the different networks, the rows it writes, and its ids among those of all."""

    def __init__(self, network: Network, vocabulary: Vocabulary, of_all: Vocabulary, rows: Sequence[int]) -> None:
        self.network = network
        self.vocabulary = vocabulary
        self.rows = np.array(rows)
        self.batch_size = len(rows) if len(rows) > 1 else None
        id_of_all = np.array([of_all.ids[character] for character in vocabulary.characters])
        self.own_id = np.full(len(of_all), UNKNOWN)
        self.own_id[id_of_all] = np.arange(len(vocabulary))
        self.places = np.ix_(self.rows, id_of_all)

    def prefill_each(self, texts: Sequence[str]) -> Any:
        """Return the network's state after a text for each of its rows."""
        ids = [self.vocabulary.fold_and_encode(text) for text in texts]
        return self.network.prefill(ids[0]) if self.batch_size is None else self.network.prefill_each(ids)
