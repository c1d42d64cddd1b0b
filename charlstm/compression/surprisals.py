"""What each character of a text costs, and where its interval lies."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.compression.frequencies import TOTAL
from charlstm.compression.text_coder import Predictor
from charlstm.networks.network import Network
from charlstm.networks.threads import one_blas_thread
from charlstm.text.vocabulary import Vocabulary


class Surprisals(NamedTuple):
    """The characters of a text as a coder takes them.

    Attributes:
        text: as the network reads it, after folding.
        low: where the interval of each character begins within that of the one before, in [0, 1), float64 (len(text),).
        width: of this interval, above 0, up to 1: how likely the coder takes the character to be.
    """

    text: str
    low: NDArray[np.float64]
    width: NDArray[np.float64]

    @property
    def bits(self) -> NDArray[np.float64]:
        """The surprisal of each character in bits, which is what it costs, float64 (len(text),)."""
        return -np.log2(self.width)


def surprisals(network: Network, vocabulary: Vocabulary, text: str, temperature: float = 1.0) -> Surprisals:
    """Return the surprisal and the interval of each character of a text, after folding it onto those of the network.

    Args:
        network: what predicts the characters.
        vocabulary: its characters.
        text: any text.
        temperature: of the prediction, in [0, infinity].

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    folded = vocabulary.fold(text).text
    predictor = Predictor(network, temperature)
    low, width = np.empty(len(folded)), np.empty(len(folded))
    with one_blas_thread():
        for position, id_ in enumerate(vocabulary.encode(folded).tolist()):
            frequencies = predictor.frequencies()
            low[position], width[position] = frequencies[:id_].sum(), frequencies[id_]
            predictor.read(id_)
    return Surprisals(folded, low / TOTAL, width / TOTAL)
