"""Every sentence of a text as bits."""

import math

from charlstm.ui.read import sentences

NO_U = "no u falls on what is drawn by the smallest share"
TYPE = "Type a text"
TYPE_HELP = "In the field of Surprise, where it can be pasted, too."
DECODE, FLIP, TOSS = "Decode", "Flip a bit", "Toss coins"
DECODE_HELP = "Decode the text's own bits."
FLIP_HELP = "Decode with one bit flipped."
TOSS_HELP = "Decode coin tosses."
COINS = "coin tosses"
NO_BITS = "This text has no bits that could be flipped."
BITS_VIEW = {
    "text": "Text from the bits",
    "field": "{name}: {count} bits, black and white",
    "count": "{count} bits",
    "flip": "Click a bit to flip it",
    "bit": "Bit of {name}; Enter flips it",
    "value": "{number} of {count}: {bit}",
    "one": "1",
    "zero": "0",
    "stripes": "stripes are structure",
}


def from_bits(count: int, characters: int, cut: bool, temperature: float) -> str:
    """State that the text's own bits are decoded.

    Args:
        count: of the bits.
        characters: that are coded.
        cut: whether the text has more.
        temperature: of the prediction.
    """
    its = f"the first {_characters(characters)}" if cut else _characters(characters)
    if temperature == 0:
        return (
            f"**{count:,} bits** code {its}. At temperature 0 all but the likeliest is impossible; the coder keeps its "
            f"smallest share for it, {sentences.LARGEST_COST} bits."
        )
    if not count:
        return f"**0 bits** code {its}: this is what the decoder writes from no bits at all."
    return (
        f"**{count:,} bits**, whole words of 32, code {its}, as the network reads the text. The decoder draws each "
        "with a u from the bits."
    )


def after_flip(
    number: int, count: int, difference: int | None, decodes: bool, written: int | None, only: int | None
) -> str:
    """State which bit was flipped, and what became of the text.

    Args:
        number: of the bit, from 1.
        count: of the bits.
        difference: the character, from 0, from which on the text is another; None where it is not.
        decodes: whether the decoder still writes.
        written: the characters after which the bits ended; None where they did not.
        only: how many characters are coded, where the text has more.
    """
    of = f"of {count:,}" if only is None else f"of the first {only:,} characters' {count:,}"
    begin = f"Bit {number:,} {of} is flipped"
    if difference is None:
        return (
            f"{begin}. So far, the text is the same."
            if decodes
            else f"{begin}: the text is the same.{_bits_end(written)}"
        )
    harm = " A wrong letter in plain English would have hurt nobody." if only is None and written is None else ""
    return f"{begin}: **from character {difference + 1:,} on it is another text.**{_bits_end(written)}{harm}"


def from_coins(count: int, temperature: float, written: int | None) -> str:
    """State that coin tosses are decoded.

    Args:
        count: of the tosses.
        temperature: of the decoder.
        written: the characters after which the bits ended; None where they did not.
    """
    begin = f"**{count:,} coin tosses** instead of the text's bits"
    if temperature == 0:
        return f"{begin}. At temperature 0 the bits decide nothing: every toss writes the same, the likeliest."
    return f"{begin}, and the decoder still writes: to decode random bits is to draw at random.{_bits_end(written)}"


def _bits_end(written: int | None) -> str:
    return "" if written is None else f" After {_characters(written)} the bits end."


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count:,} characters"


def drawn_by_bits(number: int, character: str, u: float | None, share: float) -> str:
    """Head the chart of a decoded character.

    Args:
        number: of the character, from 1.
        character: that was decoded.
        u: the uniform number that the bits gave; None where the character has only the coder's smallest share.
        share: that the coder gives the character, above 0.
    """
    bits = f"{sentences.figure(-math.log2(share))} bits"
    if u is None:
        return f"Character {number:,}: “{character}” is next to impossible; the coder's smallest share takes {bits}."
    return f"Character {number:,}: the bits give u = {u:.3f}, which falls on “{character}”. It takes {bits}."


def bits_read(begin: int, end: int, count: int) -> str:
    """State how many of the bits the decoder had read when it drew a character, the last from `begin` on."""
    return f"By then {end:,} of {count:,} bits were read; the last {end - begin} are marked."
