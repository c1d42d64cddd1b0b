"""The bits of a text, and the text that a decoder writes from them, from all but one of them, or from coin flips."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from charlstm.compression.bit_strings import Bits, ascii_bits, bits_of_words, gzip_bits, words_of_bits
from charlstm.compression.steps import encode_ids, steps_from_bits
from charlstm.compression.text_coder import coin_flips
from charlstm.generation.loop import Step
from charlstm.networks.network import Network
from charlstm.networks.threads import one_blas_thread
from charlstm.text.vocabulary import Vocabulary

LENGTH = 600  # characters of the text that are coded, and that coin flips write
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
        toss: which coin flips.
        steps: the characters that are decoded, from the first on.
        version: of what is decoded.
        place: the selected character; None for the last one.
        moves: how often the page itself has selected a character.
        sent: the version of which the view is known to have something, and how many characters.
    """

    coded: Codes | None = None
    origin: Origin = Origin.TEXT
    flipped: int = 0
    toss: int = 0
    steps: list[Step] = field(default_factory=list)
    version: int = 0
    place: int | None = None
    moves: int = 0
    sent: tuple[int, int] = (0, 0)
    _decoder: Iterator[Step] = field(default_factory=lambda: iter(()))

    @property
    def codes(self) -> Codes:
        """The text in its codes, which the view has from its first drawing on."""
        assert self.coded is not None
        return self.coded

    @property
    def length(self) -> int:
        """How many characters are decoded in the end."""
        return LENGTH if self.origin is Origin.COINS else len(self.codes.text)

    @property
    def goes_on(self) -> bool:
        """Whether something is still to be decoded."""
        return len(self.steps) < self.length

    @property
    def written(self) -> str:
        """What has been decoded."""
        return self.codes.vocabulary.decode([step.character_id for step in self.steps])

    @property
    def difference(self) -> int | None:
        """Where what was decoded is first another text than the coded one; None where it is the same so far."""
        if self.origin is Origin.COINS:
            return None
        pairs = zip(self.written, self.codes.text, strict=False)
        return next((place for place, (one, other) in enumerate(pairs) if one != other), None)

    def code(self, network: Network, vocabulary: Vocabulary, temperature: float, text: str) -> None:
        """Code this text, if it has not been; what is decoded then begins anew."""
        text = text[:LENGTH]
        if self.coded is None or not self.coded.is_of(network, temperature, text):
            self.coded = Codes(network, vocabulary, temperature, text)
            self.flipped = min(self.flipped, max(0, len(self.coded.bits[-1]) - 1))
            self.decode(self.origin)

    def decode(self, origin: Origin) -> None:
        """Decode bits of this origin."""
        self.origin = origin
        words = coin_flips(self.toss, LENGTH) if origin is Origin.COINS else words_of_bits(self._bits())
        self._decoder = steps_from_bits(self.codes.network, words, self.codes.temperature)
        self.steps, self.place = [], None
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
        """Decode other coin flips than before."""
        self.toss += 1
        self.decode(Origin.COINS)

    def advance(self, seconds: float = SECONDS) -> None:
        """Decode on for about so many seconds."""
        deadline = time.perf_counter() + seconds
        with one_blas_thread():
            while self.goes_on and time.perf_counter() < deadline:
                self.steps.append(next(self._decoder))

    def _bits(self) -> Bits:
        bits = self.codes.bits[-1].copy()
        if self.origin is Origin.FLIPPED and len(bits):
            bits[self.flipped] ^= np.uint8(1)
        return bits
