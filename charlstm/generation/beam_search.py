"""Beam search: the likeliest text, found by keeping a few of the likeliest ones while looking ahead."""

from typing import Any, Generic, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.context import SMALLEST
from charlstm.generation.penalties import add_bias
from charlstm.networks.network import Network, StateT


class _Beam(NamedTuple, Generic[StateT]):
    """One of the likeliest texts: its characters that are not taken yet, its log probability, the network's state."""

    ids: tuple[int, ...]
    log_probability: float
    state: StateT


class BeamSearch(Generic[StateT]):
    """A search that is some characters ahead of the text, and gives one after the other.

    Each character is the next one of the likeliest text that is known when all are `beam_lookahead` characters ahead;
    texts that go on otherwise are then given up. So a text can be written character by character, of any length.

    Source: Graves 2012, "Sequence Transduction with Recurrent Neural Networks", section 3; what is ahead is bounded
    as in the decoding of speech that has no end.

    Args:
        network: what gives the probabilities.
        state: after the text so far, of one text or of a batch of one; it is copied.
        start: the position of the next character.
        filters: with which the search began.
        bias: of the logits, float64 (V,), or None.
    """

    def __init__(
        self, network: Network[StateT], state: StateT, start: int, filters: Any, bias: NDArray[np.float64] | None
    ) -> None:
        self.start = self._position = start
        self._filters = filters
        self._network, self._bias = network, bias
        self._beams = [_Beam((), 0.0, state.copy())]
        self._one_row = network.probs(state).ndim > 1

    def goes_on(self, position: int, filters: Any) -> bool:
        """Return whether this search is that of the next character at a position, with these filters."""
        return position == self._position and filters == self._filters

    def copy(self) -> Self:
        """Return an independent copy."""
        other = object.__new__(type(self))
        other.__dict__ |= self.__dict__
        other._beams = [beam._replace(state=beam.state.copy()) for beam in self._beams]
        return other

    def likeliest(self) -> int:
        """Return the id of the next character."""
        while len(self._beams[0].ids) <= self._filters.beam_lookahead:
            self._extend(self._filters.beam_width)
        return self._beams[0].ids[0]

    def take(self, id_: int, picked: bool) -> None:
        """Note that a character was appended; one that a person picked ends the search."""
        self._beams = [beam._replace(ids=beam.ids[1:]) for beam in self._beams if beam.ids[:1] == (id_,)]
        self._position = -1 if picked else self._position + 1

    def _extend(self, width: int) -> None:
        """Make all texts one character longer, and keep the likeliest, the likeliest first."""
        probs = np.stack([self._probs(beam.state) for beam in self._beams])
        known = np.array([beam.log_probability for beam in self._beams])
        scores = known[:, None] + np.log(np.maximum(probs, SMALLEST))
        best = np.argsort(-scores, axis=None, kind="stable")[:width]
        parents, ids = np.unravel_index(best, scores.shape)
        beams, last_use = [], {parent: number for number, parent in enumerate(parents.tolist())}
        for number, (parent, id_) in enumerate(zip(parents.tolist(), ids.tolist(), strict=True)):
            beam = self._beams[parent]
            state = beam.state if last_use[parent] == number else beam.state.copy()
            self._network.step(state, np.array([id_]) if self._one_row else id_)
            beams.append(_Beam((*beam.ids, id_), float(scores[parent, id_]), state))
        self._beams = beams

    def _probs(self, state: StateT) -> NDArray[np.float64]:
        probs = self._network.probs(state).reshape(-1)
        return probs if self._bias is None else add_bias(probs, self._bias)
