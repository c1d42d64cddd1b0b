"""A text in a network's own characters as bits, and the step that makes each character of any bits.

A decoder draws: what it takes from the bits is a uniform number, and the character is the one on which this falls.
"""

from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from typing import NamedTuple

import numpy as np

from charlstm.compression.coder import Decoder, Encoder, Words
from charlstm.compression.frequencies import LEAST, TOTAL, to_frequencies
from charlstm.compression.text_coder import Predictor, Watch
from charlstm.generation.sampling import Probs, ranking
from charlstm.generation.step import Step
from charlstm.networks.network import Network


class Decoded(NamedTuple):
    """A character that is decoded.

    Attributes:
        step: which drew it.
        share: of all numbers that the coder gives the character; its cost is -log2 of it.
        words: that the decoder had read by then.
        used_up: whether so little of the bits was left by then that `u` is no longer as random as they are: there ends
            what is written from any bits, while a text's own last characters are coded in this rest.
    """

    step: Step
    share: float
    words: int
    used_up: bool

    @property
    def smallest(self) -> bool:
        """Whether the character has only what the coder gives to each one, however unlikely: no `u` falls on it."""
        return self.share <= LEAST / TOTAL


def encode_ids(network: Network, ids: Sequence[int], temperature: float = 1.0, watch: Watch = lambda _: None) -> Words:
    """Return a text as bits, from which `decode_steps` writes it. Whoever calls holds NumPy to one thread.

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


def decode_steps(network: Network, words: Words, temperature: float = 1.0) -> Iterator[Decoded]:
    """Write a text without end from any bits, as a decoder does: each character is drawn with a `u` from the bits.

    When the bits are used up, it goes on with what the last ones left. Whoever calls holds NumPy to one thread
    (`networks/threads.py`), so that bits and text are the same on the next machine.

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
        read, used_up = decoder.words_read, decoder.used_up
        at = decoder.uniform() * frequencies.sum()
        id_ = decoder.code(frequencies)
        share = (at - frequencies[:id_].sum()) / frequencies[id_]
        step = Step(position, id_, temperature, _as_drawn(raw, reweighted, id_, share), raw, reweighted)
        yield Decoded(step, float(frequencies[id_]) / TOTAL, read, used_up)
        predictor.read(id_)


def steps_until_bits_end(network: Network, words: Words, temperature: float = 1.0) -> Iterator[Step]:
    """Write from any bits, as `decode_steps` does, until they are used up."""
    return (one.step for one in takewhile(lambda one: not one.used_up, decode_steps(network, words, temperature)))


def _as_drawn(raw: Probs, reweighted: Probs, id_: int, share: float) -> float:
    """Return the uniform number at a share of a character's interval, where `sampling.draw` has this interval."""
    order = ranking(raw)
    ends = np.add.accumulate(reweighted[order])
    place = int(np.flatnonzero(order == id_)[0])
    begin = float(ends[place - 1]) if place else 0.0
    return min(begin + share * float(reweighted[id_]), float(np.nextafter(1.0, 0.0)))
