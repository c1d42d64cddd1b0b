"""Networks that learned bits: they continue those of a text, which are then decoded."""

import zlib
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from charlstm.compression.bit_strings import Bits, text_of_ascii_bits, words_of_bits
from charlstm.compression.steps import steps_until_bits_end
from charlstm.generation.loop import TextGenerator
from charlstm.model_folder.store import Model, open_model
from charlstm.networks.network import Network
from charlstm.networks.threads import one_blas_thread
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.read.bits.state import Codes

FOLDER = Path(__file__).parent / "networks"
NAMES = ("ascii", "gzip", "network")  # of them, in the order of `Codes.bits`
# How much of a text's code a network is given to continue, in whole bytes, or words of the coder. What gzip says of
# its own code stands at the beginning, and without it nothing could be unpacked.
GIVEN = (0.25, 0.6, 0.25)
UNITS = (8, 8, 32)
NEW_BITS = (1600, 800, 384)
TEMPERATURE = 0.5  # at which they write
NEW_CHARACTERS = 250  # at most, that are decoded, by the network, from the bits that one continued


@cache
def bit_models() -> dict[str, Model]:
    """Return the networks that learned bits, by name."""
    return {name: open_model(FOLDER / name) for name in NAMES}


@dataclass(frozen=True)
class Continuation:
    """A code that was continued, decoded.

    Attributes:
        given: the text of what was given.
        text: of what follows.
        bits: that the network wrote, as a text of 0 and 1.
        broken: whether not all of them could be unpacked.
    """

    given: str
    text: str
    bits: str
    broken: bool = False


@dataclass
class ExperimentState:
    """What the view remembers of one viewer.

    Attributes:
        codes: of the text.
        random_seed: of what is written.
        continued: a continuation for each of NAMES.
    """

    codes: Codes | None = None
    random_seed: int = 1
    continued: list[Continuation] = field(default_factory=list)

    def write(self, models: dict[str, Model], codes: Codes) -> None:
        """Let each network continue the code that it has learned, unless that has been done."""
        if self.codes is codes and self.continued:
            return
        self.codes = codes
        with one_blas_thread():
            self.continued = [self._continued(models[name], codes, place) for place, name in enumerate(NAMES)]

    def again(self) -> None:
        """Let them write something else."""
        self.random_seed += 1
        self.continued = []

    def _continued(self, model: Model, codes: Codes, place: int) -> Continuation:
        bits, unit, broken = codes.bits[place], UNITS[place], False
        given = bits[: max(unit, round(GIVEN[place] * len(bits)) // unit * unit)]
        new = continue_bits(model, given, NEW_BITS[place], self.random_seed)
        whole = np.concatenate([given, new])
        if NAMES[place] == "ascii":
            before, text = text_of_ascii_bits(given), text_of_ascii_bits(whole)
        elif NAMES[place] == "gzip":
            before, (text, broken) = unpacked(given)[0], unpacked(whole)
        else:
            before, text = decoded(codes.network, codes.vocabulary, codes.text, whole)
        new_text = _printable(text[len(before) :])
        return Continuation(_printable(before), new_text, "".join(map(str, new.tolist())), broken)


def continue_bits(model: Model, bits: Bits, count: int, random_seed: int) -> Bits:
    """Return so many bits that follow, drawn at TEMPERATURE from what the network has learned.

    Args:
        model: of the characters 0 and 1.
        bits: that are given; at least one.
        count: of the bits to write.
        random_seed: of the draws.
    """
    network = model.network()
    ids = model.vocabulary.encode("".join(map(str, bits.tolist())))
    generator = TextGenerator(network, ids, random_seed)
    written = model.vocabulary.decode([generator.step(TEMPERATURE).character_id for _ in range(count)])
    return np.array(list(written), np.uint8)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in text)


def unpacked(bits: Bits) -> tuple[str, bool]:
    """Return as much text as gzip can unpack, � where a byte is no character, and whether it cannot unpack the rest."""
    unpacker, parts, broken = zlib.decompressobj(wbits=31), [], False
    try:
        for byte in np.packbits(bits, bitorder="little"):
            parts.append(unpacker.decompress(bytes([byte])))
    except zlib.error:
        broken = True
    return b"".join(parts).decode("utf-8", errors="replace"), broken


def decoded(network: Network, vocabulary: Vocabulary, text: str, bits: Bits) -> tuple[str, str]:
    """Return what bits that begin like a text's are decoded as: the beginning that is the text's, and all.

    Args:
        network: which coded the text.
        vocabulary: its characters.
        text: that was coded.
        bits: which from some place on are others than the text's.
    """
    steps = islice(steps_until_bits_end(network, words_of_bits(bits)), len(text) + NEW_CHARACTERS)
    whole = vocabulary.decode([step.character_id for step in steps])
    shorter = min(len(text), len(whole))
    same = next((place for place in range(shorter) if text[place] != whole[place]), shorter)
    return whole[:same], whole[: same + NEW_CHARACTERS]
