"""An index of a text, by which the passages that another text has from it are found without the text itself.

It is a Bloom filter of the text's n-grams of NGRAM characters. A passage of MIN_PASSAGE characters has RUN of them,
one after the other, so there is a passage where so many in a row are in the filter.

Certain: each copied passage of at least MIN_PASSAGE characters lies within one that is found, and none that is found
is shorter. Not certain: an n-gram that the text lacks is taken for one of its own with the probability
`PassageIndex.ngram_error`. So a passage may be found where none is, with `PassageIndex.passage_error` at a position;
an end may lie one character too far, by which 29 copied characters become 30; and two copied passages that overlap
in NGRAM - 1 characters or more are found as one, whether the text has them as one or not.

Source: Bloom 1970, "Space/time trade-offs in hash coding with allowable errors".
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.corpus import InMemoryCorpus, LoadedCorpus
from charlstm.corpora.overlap import FACTOR, Hashes, ngram_hashes
from charlstm.text.character_mapping import TextEncoder
from charlstm.text.decoding import CorpusError

MIN_PASSAGE = 30  # characters of a passage that is found
NGRAM = 26  # characters of an n-gram in the filter
RUN = MIN_PASSAGE - NGRAM + 1  # n-grams in the shortest passage
BITS_PER_NGRAM = 10  # of the filter, at most
SMALLEST, LARGEST = 64, 2_990_000  # bytes of the filter
MOST_HASHES = 7  # bits that are set for an n-gram; with 10 bits for each, more would fill the filter
MOST_NGRAMS = 5_000_000  # different ones; with more, the filter would find passages where there are none


@dataclass(frozen=True)
class PassageIndex:
    """An index of a text.

    Attributes:
        bits: of the filter; in each byte the lowest comes first.
        hash_count: bits that are set for each n-gram, from 1 to MOST_HASHES.
    """

    bits: bytes
    hash_count: int

    @property
    def ngram_error(self) -> float:
        """The probability that an n-gram is found that the text does not have."""
        ones = np.bitwise_count(np.frombuffer(self.bits, np.uint8)).sum(dtype=np.int64)
        return float(ones / (8 * len(self.bits))) ** self.hash_count

    @property
    def passage_error(self) -> float:
        """The probability that a passage is found at a position by chance, where no n-gram is the text's."""
        return self.ngram_error**RUN


def index_corpus(corpus: LoadedCorpus, encoder: TextEncoder) -> PassageIndex:
    """Return the index of the training part of a corpus, as a network reads it.

    Args:
        corpus: in memory.
        encoder: with the vocabulary of the network.

    Raises:
        CorpusError: the corpus is too long.
    """
    if not isinstance(corpus, InMemoryCorpus):
        raise _too_long(corpus.training_characters)
    return index_passages(encoder.fold(corpus.training))


def index_passages(text: str) -> PassageIndex:
    """Return the index of a text.

    Args:
        text: what was learned, folded as the network reads it.

    Raises:
        CorpusError: it has more than MOST_NGRAMS different n-grams.
    """
    hashes = np.sort(ngram_hashes(text, NGRAM))
    different = len(hashes) - int(np.count_nonzero(hashes[1:] == hashes[:-1]))
    if different > MOST_NGRAMS:
        raise _too_long(len(text))
    size = min(LARGEST, max(SMALLEST, math.ceil(BITS_PER_NGRAM * different / 8)))
    hash_count = min(MOST_HASHES, round(math.log(2) * 8 * size / max(1, different)))
    bits = np.zeros(8 * size, np.bool_)
    for number in range(hash_count):
        bits[_places(hashes, number, size)] = True
    return PassageIndex(np.packbits(bits, bitorder="little").tobytes(), hash_count)


def _too_long(characters: int) -> CorpusError:
    return CorpusError(
        f"a text of {characters:,} characters is too long for an index of its passages: about {MOST_NGRAMS:,} fit"
    )


def copied_passages(index: PassageIndex, text: str) -> list[tuple[int, int]]:
    """Return the passages of a text that the indexed text has too, as the module says: all, and rarely one more.

    Args:
        index: from `index_passages`.
        text: any text, folded as the indexed one is.

    Returns:
        The beginning and the end of each, in characters, rising; the longest possible ones, which may overlap.
    """
    changes = np.diff(_contained(index, ngram_hashes(text, NGRAM)).astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    long = ends - begins >= RUN
    return list(zip(begins[long].tolist(), (ends[long] + NGRAM - 1).tolist(), strict=True))


def _contained(index: PassageIndex, hashes: Hashes) -> NDArray[np.bool_]:
    """Return whether each n-gram is in the filter, shape (n-grams,)."""
    bits = np.frombuffer(index.bits, np.uint8)
    candidates = np.arange(len(hashes))
    for number in range(index.hash_count):
        places = _places(hashes[candidates], number, len(bits))
        candidates = candidates[(bits[places >> 3] >> (places & 7).astype(np.uint8)) & 1 == 1]
    contained = np.zeros(len(hashes), np.bool_)
    contained[candidates] = True
    return contained


def _places(hashes: Hashes, number: int, size: int) -> NDArray[np.int64]:
    """Return which bit of a filter of `size` bytes the hash function of a number gives each n-gram."""
    with np.errstate(over="ignore"):
        mixed = hashes + np.uint64(number + 1) * FACTOR
        # The finaliser of SplitMix64: each bit of a hash changes each bit of what comes out half of the time.
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    # The upper half of the bits as a fraction of the filter.
    return ((mixed >> np.uint64(32)) * np.uint64(8 * size) >> np.uint64(32)).astype(np.int64)


def copied_characters(index: PassageIndex, text: str) -> NDArray[np.bool_]:
    """Return for each character of a text whether it is in a copied passage, (len(text),).

    Args:
        index: of what may be copied.
        text: as the network reads it.
    """
    copied = np.zeros(len(text), np.bool_)
    for begin, end in copied_passages(index, text):
        copied[begin:end] = True
    return copied
