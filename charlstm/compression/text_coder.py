"""A text as bits, predicted by a network, and the text of bits.

The network predicts the characters that it knows, one text alone, one step at a time. Bits that adapt tell the rest:
whether a character is known at all, and in which form (`forms.py`) it stands in the text.
"""

from collections.abc import Callable
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from charlstm.compression.adaptive import AdaptiveBits
from charlstm.compression.coder import Coder, Decoder, Encoder, Words
from charlstm.compression.forms import Forms, Piece
from charlstm.compression.frequencies import PRECISION, TOTAL, Frequencies, to_frequencies
from charlstm.generation.sampling import Probs, check_temperature, reweight
from charlstm.networks.network import Network, StateT
from charlstm.networks.threads import one_blas_thread
from charlstm.text.vocabulary import Vocabulary

PIECES_PER_CHECK = 8192
# The bit of a check is 1 so rarely that it costs 16 bits, and that a decoder gone astray takes it for a 0.
CHECK_FREQUENCY = TOTAL >> 16
Watch = Callable[[int], object]  # called with how many more characters are done


class AstrayError(ValueError):
    """The bits were not written with these probabilities; what was decoded is not the text."""


class Predictor(Generic[StateT]):
    """A network that reads one text, and the frequencies of its next character at a temperature."""

    def __init__(self, network: Network[StateT], temperature: float) -> None:
        check_temperature(temperature)
        self._network = network
        self._temperature = float(temperature)
        self._state = network.initial_state()

    def probs(self) -> tuple[Probs, Probs]:
        """Return the probabilities of the next character, raw and reweighted, each (V,)."""
        raw = self._network.probs(self._state)
        return raw, reweight(raw, self._temperature)

    def frequencies(self) -> Frequencies:
        """Return the frequencies of the next character, (V,)."""
        return to_frequencies(self.probs()[1])

    def read(self, id_: int) -> None:
        """Read the next character."""
        self._network.step(self._state, id_)


def encode_text(
    network: Network, vocabulary: Vocabulary, text: str, temperature: float = 1.0, watch: Watch = lambda _: None
) -> Words:
    """Return a text as bits.

    Args:
        network: what predicts the characters.
        vocabulary: its characters.
        text: any Unicode.
        temperature: of the prediction, in [0, infinity].
        watch: told of the progress.

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    encoder = Encoder()
    coder = _TextCoder(encoder, network, vocabulary, temperature)
    with one_blas_thread():
        for piece in coder.forms.pieces(text):
            watch(len(coder.code(piece)))
    return encoder.words()


def decode_text(
    network: Network,
    vocabulary: Vocabulary,
    words: Words,
    characters: int,
    temperature: float = 1.0,
    watch: Watch = lambda _: None,
    checked: bool = True,
) -> str:
    """Return the text that `encode_text` turned into these bits.

    Args:
        network: the same, and all of the following the same, as for `encode_text`.
        vocabulary: its characters.
        words: the bits, uint32 (words,).
        characters: of the text.
        temperature: of the prediction.
        watch: told of the progress.
        checked: if not, every bit string is decoded, and gives some text of this length.

    Raises:
        AstrayError: the bits or the probabilities are others; not every such case is noticed.
        ValueError: the temperature is negative or not a number.
    """
    coder = _TextCoder(Decoder(words), network, vocabulary, temperature, checked)
    parts: list[str] = []
    left = characters
    with one_blas_thread():
        while left > 0:
            parts.append(coder.code(Piece()))
            left -= len(parts[-1])
            watch(len(parts[-1]))
    return "".join(parts)[:characters]


def write_from_bits(
    network: Network, words: Words, characters: int, temperature: float = 1.0
) -> NDArray[np.unsignedinteger]:
    """Return what a decoder writes that takes any bits for those of a text: of coin flips, a text as if it were drawn.

    Args:
        network: what predicts the characters.
        words: the bits, uint32 (words,), best as many as `coin_flips` makes.
        characters: of the text.
        temperature: of the prediction, in [0, infinity].

    Returns:
        The ids of the text, (characters,); from where the bits are used up, they are not those of a drawn text.

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    decoder, predictor = Decoder(words), Predictor(network, temperature)
    ids = np.empty(characters, np.min_scalar_type(network.vocabulary_size - 1))
    with one_blas_thread():
        for position in range(characters):
            ids[position] = decoder.code(predictor.frequencies())
            predictor.read(int(ids[position]))
    return ids


def coin_flips(random_seed: int, characters: int) -> Words:
    """Return coin flips, the same for the same random seed, enough to write a text of so many characters from them."""
    words = 2 + -(-characters * PRECISION // 32)
    return np.random.Generator(np.random.PCG64(random_seed)).integers(1 << 32, size=words, dtype=np.uint32)


class _TextCoder:
    """All choices of a text, in either direction: an encoder is given each piece, a decoder an empty one."""

    def __init__(
        self, coder: Coder, network: Network, vocabulary: Vocabulary, temperature: float, checked: bool = True
    ) -> None:
        self.forms = Forms(vocabulary)
        self._coder = coder
        self._checked = checked
        self._predictor = Predictor(network, temperature)
        self._characters = vocabulary.characters
        self._bits = AdaptiveBits(coder)
        self._pieces = 0
        self._after_unknown = False
        self._place = _Place()

    def code(self, piece: Piece) -> str:
        """Return the characters of the next piece."""
        self._pieces += 1
        if self._pieces % PIECES_PER_CHECK == 0:
            self._check()
        self._after_unknown = self._bits.code(piece.unknown, ("unknown", self._after_unknown))
        if self._after_unknown:
            return self._bits.code_character(piece.text, "unknown")
        id_ = self._coder.code(self._predictor.frequencies(), piece.id)
        self._predictor.read(id_)
        known, second = self._characters[id_], self.forms.second[id_]
        context = ("changed", second is not None, *self._place.context)
        changed = self._bits.code(piece.changed, context, (*context, id_))
        to_second = changed and second is not None and self._bits.code(piece.second, ("second", id_))
        self._place.move(known, to_second)
        if not changed:
            return known
        return second if to_second and second else self._bits.code_character(piece.text, id_)

    def _check(self) -> None:
        if not self._coder.code_bit(CHECK_FREQUENCY, True) and self._checked:
            raise AstrayError(f"the bits lead astray before character {self._pieces:,}")


class _Place:
    """What the characters before a letter say of whether it is a capital."""

    def __init__(self) -> None:
        self._previous = "\n"
        self._capital = False
        self._sentence_ended = True

    @property
    def context(self) -> tuple[bool, bool, bool, bool]:
        """Whether this is within a word, after a capital, at the beginning of a sentence, or of a line."""
        return self._previous.isalpha(), self._capital, self._sentence_ended, self._previous == "\n"

    def move(self, character: str, capital: bool) -> None:
        """Go to the place after a known character."""
        if character.isalnum():
            self._sentence_ended = False
            self._capital = capital
        elif character in ".!?":
            self._sentence_ended = True
        self._previous = character
