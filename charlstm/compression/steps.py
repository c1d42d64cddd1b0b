"""A text in a network's own characters as bits, and the step that makes each character of any bits.

A decoder draws: what it takes from the bits is a uniform number, and the character is the one on which this falls.
"""

from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np

from charlstm.compression.coder import Decoder, Encoder, Words
from charlstm.compression.frequencies import to_frequencies
from charlstm.compression.text_coder import Predictor, Watch
from charlstm.generation.loop import Step
from charlstm.generation.sampling import Probs, ranking
from charlstm.networks.network import Network


def encode_ids(network: Network, ids: Sequence[int], temperature: float = 1.0, watch: Watch = lambda _: None) -> Words:
    """Return a text as bits, from which `steps_from_bits` writes it. Whoever calls holds NumPy to one thread.

    Args:
        network: what predicts the characters.
        ids: of the text.
        temperature: of the prediction, in [0, infinity].
        watch: told of the progress.

    Returns:
        uint32 (words,).

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    encoder, predictor = Encoder(), Predictor(network, temperature)
    for id_ in ids:
        encoder.code(predictor.frequencies(), id_)
        predictor.read(id_)
        watch(1)
    return encoder.words()


def steps_from_bits(network: Network, words: Words, temperature: float = 1.0) -> Iterator[Step]:
    """Write a text without end from any bits, as a decoder does: each character is drawn with a `u` from the bits.

    When the bits are used up, it goes on with what the last ones left, which is no longer random. Whoever calls holds
    NumPy to one thread (`networks/threads.py`), so that bits and text are the same on the next machine.

    Args:
        network: what predicts the characters.
        words: the bits, uint32 (words,).
        temperature: of the prediction, in [0, infinity].

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    decoder, predictor = Decoder(words), Predictor(network, temperature)
    for position in count():
        raw, reweighted = predictor.probs()
        frequencies = to_frequencies(reweighted)
        at = decoder.uniform() * frequencies.sum()
        id_ = decoder.code(frequencies)
        share = (at - frequencies[:id_].sum()) / frequencies[id_]
        yield Step(position, id_, temperature, _as_drawn(raw, reweighted, id_, share), raw, reweighted)
        predictor.read(id_)


def _as_drawn(raw: Probs, reweighted: Probs, id_: int, share: float) -> float:
    """Return the uniform number at a share of a character's interval, where `sampling.draw` has this interval."""
    order = ranking(raw)
    ends = np.add.accumulate(reweighted[order])
    place = int(np.flatnonzero(order == id_)[0])
    begin = float(ends[place - 1]) if place else 0.0
    return min(begin + share * float(reweighted[id_]), float(np.nextafter(1.0, 0.0)))
