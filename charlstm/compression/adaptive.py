"""Bits of which nothing is known beforehand: their frequencies are learned while they are coded."""

from collections.abc import Hashable

from charlstm.compression.coder import Coder
from charlstm.compression.frequencies import LEAST, TOTAL

CODE_POINT_BITS = 21
LAST_CODE_POINT, SURROGATES = 0x10FFFF, range(0xD800, 0xE000)
REPLACEMENT = "\ufffd"  # for the code points, which only damaged bits can tell, that are no characters


class AdaptiveBits:
    """Codes bits and characters, each in a context whose earlier bits say how likely it is.

    All arithmetic is that of whole numbers, the same on every machine.
    """

    def __init__(self, coder: Coder) -> None:
        self._coder = coder
        self._counts: dict[Hashable, list[int]] = {}

    def code(self, bit: bool | None, *contexts: Hashable) -> bool:
        """Return the next bit.

        Args:
            bit: as for `Coder.code_bit`.
            contexts: from the most general to the one most like this place, each of which begins with what the one
                before it expects.
        """
        likely, weight = TOTAL // 2, 1  # the frequency of a 1; how much it counts, in quarters of an earlier bit
        seen = [self._counts.setdefault(context, [0, 0]) for context in contexts]
        for zeros, ones in seen:
            likely = (4 * ones * TOTAL + weight * likely) // (4 * (zeros + ones) + weight)
            weight = 16
        found = self._coder.code_bit(min(max(likely, LEAST), TOTAL - LEAST), bit)
        for counts in seen:
            counts[found] += 1
        return found

    def code_character(self, character: str | None, context: Hashable) -> str:
        """Return the next character, any of Unicode, bit by bit; those before it in this context are likelier."""
        value = None if character is None else ord(character)
        prefix = 1  # a 1, then the bits so far
        for place in reversed(range(CODE_POINT_BITS)):
            bit = None if value is None else bool(value >> place & 1)
            prefix = 2 * prefix + self.code(bit, (context, prefix))
        found = prefix - (1 << CODE_POINT_BITS)
        return REPLACEMENT if found > LAST_CODE_POINT or found in SURROGATES else chr(found)
