"""The bits of a text, and the text that a decoder writes from them, from all but one of them, or from coin tosses."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from charlstm.compression.bit_strings import Bits, ascii_bits, bits_of_words, gzip_bits, words_of_bits
from charlstm.compression.steps import Decoded, decode_steps, encode_ids
from charlstm.compression.text_coder import coin_flips
from charlstm.networks.network import Network
from charlstm.networks.threads import one_blas_thread
from charlstm.text.vocabulary import Vocabulary

LENGTH = 600  # characters of the text that are coded, and at most that any bits write
WORD = 32  # bits that the decoder reads at once
LEAST_SEEN = 1 / 256  # of an interval: where `u` falls on a narrower one, the chart shows little
LEAST_COINS = 30  # words of coin tosses for a text that has no bits
SECONDS = 0.25  # of decoding in one message


class Origin(Enum):
    """Where the bits that are decoded come from."""

    TEXT = "text"
    FLIPPED = "flipped"
    COINS = "coins"


@dataclass
class Codes:
    """A text in three codes.

    Attributes:
        network: which predicts it.
        vocabulary: its characters.
        temperature: of the prediction.
        text: as the network reads it.
        bits: in ASCII, after gzip, and as the network codes it.
    """

    network: Network
    vocabulary: Vocabulary
    temperature: float
    text: str
    bits: tuple[Bits, Bits, Bits] = field(init=False)

    def __post_init__(self) -> None:
        ids = self.vocabulary.encode(self.text).tolist()
        with one_blas_thread():
            words = encode_ids(self.network, ids, self.temperature)
        self.bits = (ascii_bits(self.text), gzip_bits(self.text), bits_of_words(words))

    def is_of(self, network: Network, temperature: float, text: str) -> bool:
        """Return whether these are the codes of this text, by this network, at this temperature."""
        return self.network is network and self.temperature == temperature and self.text == text


@dataclass
class BitsState:
    """What the view remembers of one viewer.

    Attributes:
        coded: the text in its codes; None before the view is drawn for the first time.
        origin: of the bits that are decoded.
        flipped: the bit that is another one, where one is.
        toss: which coin tosses.
        bits: that are decoded.
        decoded: the characters, from the first on.
        used_up: whether the bits have ended before the text was as long as it may become.
        version: of what is decoded.
        place: the selected character; None for the last one.
        moves: how often the page itself has selected a character.
        sent: the version of which the view is known to have something, and how many characters.
    """

    coded: Codes | None = None
    origin: Origin = Origin.TEXT
    flipped: int = 0
    toss: int = 0
    bits: Bits = field(default_factory=lambda: np.zeros(0, np.uint8))
    decoded: list[Decoded] = field(default_factory=list)
    used_up: bool = False
    version: int = 0
    place: int | None = None
    moves: int = 0
    sent: tuple[int, int] = (0, 0)
    _decoder: Iterator[Decoded] = field(default_factory=lambda: iter(()))
    _selects: bool = False

    @property
    def codes(self) -> Codes:
        """The text in its codes, which the view has from its first drawing on."""
        assert self.coded is not None
        return self.coded

    @property
    def length(self) -> int:
        """How many characters are decoded in the end, unless the bits end before."""
        return len(self.codes.text) if self.origin is Origin.TEXT else LENGTH

    @property
    def goes_on(self) -> bool:
        """Whether something is still to be decoded."""
        return not self.used_up and len(self.decoded) < self.length

    @property
    def written(self) -> str:
        """What has been decoded."""
        return self.codes.vocabulary.decode([one.step.character_id for one in self.decoded])

    @property
    def difference(self) -> int | None:
        """Where what was decoded is first another text than the coded one; None where it is the same so far."""
        if self.origin is Origin.COINS:
            return None
        text = self.codes.text
        different = (place for place, one in enumerate(self.written) if place >= len(text) or one != text[place])
        return next(different, None)

    def last_word(self, place: int) -> tuple[int, int]:
        """Return from which bit to which one the decoder had read last when it drew a character: two words at first."""
        words = self.decoded[place].words
        return WORD * (words - 1 if words > 2 else 0), WORD * words

    def code(self, network: Network, vocabulary: Vocabulary, temperature: float, text: str) -> None:
        """Code this text, if it has not been; what is decoded then begins anew."""
        text = text[:LENGTH]
        before = self.coded
        if before is None or not before.is_of(network, temperature, text):
            self.coded = Codes(network, vocabulary, temperature, text)
            self.flipped = 0
            only_warmer = before is not None and before.is_of(network, before.temperature, text)
            self.decode(Origin.COINS if only_warmer and self.origin is Origin.COINS else Origin.TEXT)

    def decode(self, origin: Origin) -> None:
        """Decode bits of this origin."""
        self.origin, self.bits = origin, self._bits_of(origin)
        self._decoder = decode_steps(self.codes.network, words_of_bits(self.bits), self.codes.temperature)
        self.decoded, self.used_up, self.place, self._selects = [], False, None, True
        self.version += 1
        self.moves += 1

    def decode_text(self) -> None:
        """Decode the text's own bits."""
        self.decode(Origin.TEXT)

    def flip(self, bit: int | None = None) -> None:
        """Decode the text's bits, of which one is another: this one, or another one than before."""
        count = len(self.codes.bits[-1])
        if not count:
            return
        if bit is None:
            bit = (self.flipped + count // 3 + 1) % count
        self.flipped = bit
        self.decode(Origin.FLIPPED)

    def toss_coins(self) -> None:
        """Decode other coin tosses than before, as many as the text has bits."""
        self.toss += 1
        self.decode(Origin.COINS)

    def advance(self, seconds: float = SECONDS) -> None:
        """Decode on for about so many seconds."""
        deadline = time.perf_counter() + seconds
        with one_blas_thread():
            while self.goes_on and time.perf_counter() < deadline:
                decoded = next(self._decoder)
                self.used_up = decoded.used_up and self.origin is not Origin.TEXT
                if not self.used_up:
                    self.decoded.append(decoded)
        if self._selects:
            self._select()

    def select(self, place: int) -> None:
        """Select a character as the viewer has done; none where there is no such place."""
        self.place, self._selects = place if 0 <= place < len(self.decoded) else None, False

    def _select(self) -> None:
        """Select the character from which on the text is another, or at the end a surprising one."""
        place = self.difference
        if place is None and not self.goes_on and self.decoded:
            found = [(one.share < LEAST_SEEN, one.share, place) for place, one in enumerate(self.decoded)]
            place = min(found)[-1]
        if place is not None:
            self.place, self._selects = place, False
            self.moves += 1

    def _bits_of(self, origin: Origin) -> Bits:
        bits = self.codes.bits[-1].copy()
        if origin is Origin.COINS:
            return bits_of_words(coin_flips(self.toss, LENGTH)[: len(bits) // WORD or LEAST_COINS])
        if origin is Origin.FLIPPED:
            bits[self.flipped] ^= np.uint8(1)
        return bits
