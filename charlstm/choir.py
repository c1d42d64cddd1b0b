"""Several networks that write side by side as if they were one, each its own lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.network import Context, Network
from charlstm.vocabulary import Vocabulary

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


def together(networks: Sequence[Network], vocabularies: Sequence[Vocabulary]) -> tuple[Network, Vocabulary]:
    """Return one network that writes what these do, one for each lane, and its characters.

    Where one of them is in all lanes, it is that one itself, so that it loses no speed.

    Args:
        networks: of each lane; the same object may stand in several.
        vocabularies: of each of them.
    """
    if all(network is networks[0] for network in networks):
        return networks[0], vocabularies[0]
    choir = Choir(networks, vocabularies)
    return choir, choir.vocabulary


@dataclass
class ChoirState:
    """What each of the different networks remembers of its lanes."""

    states: list[Any]
    read: int

    def copy(self) -> "ChoirState":
        """Return an independent copy, so that the texts can be continued in two ways."""
        return ChoirState([state.copy() for state in self.states], self.read)


class Choir:
    """A network whose lanes are written by several: to each lane the probabilities of its own, in ids of all.

    The lanes of one network stay one batched step, and a lane that has one of its own is one text, which
    is quicker. What a network does not know has probability 0 in its lanes, so at no temperature and
    with no filters is it drawn there.

    Args:
        networks: of each lane; the same object may stand in several.
        vocabularies: of each of them.

    Attributes:
        vocabulary: the characters of all, see `union`.
    """

    context: Context = "carried"  # how far back each looks is its own affair

    def __init__(self, networks: Sequence[Network], vocabularies: Sequence[Vocabulary]) -> None:
        self.window = max(network.window for network in networks)
        self.vocabulary = union(vocabularies)
        self.vocabulary_size = len(self.vocabulary)
        self._lanes = len(networks)
        lanes_of: dict[int, list[int]] = {}
        for lane, network in enumerate(networks):
            lanes_of.setdefault(id(network), []).append(lane)
        self._parts = [
            _Part(networks[lanes[0]], vocabularies[lanes[0]], self.vocabulary, lanes) for lanes in lanes_of.values()
        ]

    def start(self, lanes: int | None = None) -> ChoirState:
        """Return the state before any character; `lanes` is as many as there are networks."""
        self._check(lanes)
        return ChoirState([part.network.start(part.lanes_of_state) for part in self._parts], 0)

    def prime(self, ids: ArrayLike, lanes: int | None = None) -> ChoirState:
        """Return the state after reading the ids of a seed text, shape (characters,), into every lane.

        Each network reads of it what it can, see `Vocabulary.fold`.
        """
        self._check(lanes)
        text = self.vocabulary.decode(np.asarray(ids).tolist())
        states = [part.network.prime(part.vocabulary.read(text), part.lanes_of_state) for part in self._parts]
        return ChoirState(states, len(text))

    def prime_each(self, texts: Sequence[ArrayLike]) -> ChoirState:
        """Return the state after reading into each lane the ids of its own text, as each network can."""
        self._check(len(texts))
        words = [self.vocabulary.decode(np.asarray(ids).tolist()) for ids in texts]
        states = [part.prime_each([words[lane] for lane in part.lanes.tolist()]) for part in self._parts]
        return ChoirState(states, min(map(len, words)))

    def read(self, state: ChoirState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, one id for each lane or one for all, into `state` (changed in place).

        Raises:
            ValueError: a lane's network does not know its character. It is never drawn there.
        """
        of_lanes = np.broadcast_to(np.asarray(ids), (self._lanes,))
        own = [part.own_id[of_lanes[part.lanes]] for part in self._parts]
        for part, its_ids in zip(self._parts, own, strict=True):
            if its_ids.min() == UNKNOWN:
                unknown = self.vocabulary.characters[of_lanes[part.lanes[its_ids.argmin()]]]
                raise ValueError(f"a network is given {unknown!r} to read, which it does not know")
        for part, its_ids, its_state in zip(self._parts, own, state.states, strict=True):
            part.network.read(its_state, int(its_ids[0]) if part.lanes_of_state is None else its_ids)
        state.read += 1

    def probs(self, state: ChoirState) -> NDArray[np.float64]:
        """Return the raw probs of each lane's next character, float64 (lanes, V)."""
        probs = np.zeros((self._lanes, self.vocabulary_size))
        for part, its_state in zip(self._parts, state.states, strict=True):
            probs[part.places] = part.network.probs(its_state)
        return probs

    def _check(self, lanes: int | None) -> None:
        if lanes != self._lanes:
            raise ValueError(f"{lanes or 1} lanes are asked for, but there are networks for {self._lanes}")


class _Part:
    """One of the different networks, the lanes it writes, and its ids among those of all."""

    def __init__(self, network: Network, vocabulary: Vocabulary, of_all: Vocabulary, lanes: Sequence[int]) -> None:
        self.network = network
        self.vocabulary = vocabulary
        self.lanes = np.array(lanes)
        self.lanes_of_state = len(lanes) if len(lanes) > 1 else None
        id_of_all = np.array([of_all.ids[character] for character in vocabulary.characters])
        self.own_id = np.full(len(of_all), UNKNOWN)
        self.own_id[id_of_all] = np.arange(len(vocabulary))
        self.places = np.ix_(self.lanes, id_of_all)

    def prime_each(self, texts: Sequence[str]) -> Any:
        """Return the network's state after reading into each of its lanes a text, as it can."""
        ids = [self.vocabulary.read(text) for text in texts]
        return self.network.prime(ids[0]) if self.lanes_of_state is None else self.network.prime_each(ids)
