"""The surprisal of each character of a text to a network."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary


class ScoredText(NamedTuple):
    """A text as a network reads it, and the surprisal of each of its characters.

    Attributes:
        text: the text after folding.
        surprisal: -log p of each character given those before it, in nats, float64 (len(text),).
        dropped: the characters without a counterpart in the vocabulary, and their occurrences.
    """

    text: str
    surprisal: NDArray[np.float64]
    dropped: dict[str, int]

    @property
    def loss(self) -> float:
        """The mean surprisal in nats per character; NaN for an empty text."""
        return float(self.surprisal.mean()) if len(self.surprisal) else float("nan")


def surprisal_of_text(network: Network, ids: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return -log p of each character given those before it, in nats, float64 (characters,).

    The first is predicted from the initial state; each is predicted as the network would while it writes.

    Args:
        network: what gives the probabilities.
        ids: the text, shape (characters,).
    """
    state = network.initial_state()
    probs = np.empty(len(ids))
    for position, id_ in enumerate(ids.tolist()):
        probs[position] = network.probs(state)[id_]
        network.step(state, id_)
    with np.errstate(divide="ignore"):
        return -np.log(probs) + 0.0


def score_text(network: Network, vocabulary: Vocabulary, text: str) -> ScoredText:
    """Return the surprisal of each character of a text, after folding it onto the network's characters."""
    folded = vocabulary.fold(text)
    return ScoredText(folded.text, surprisal_of_text(network, vocabulary.encode(folded.text)), folded.dropped)
