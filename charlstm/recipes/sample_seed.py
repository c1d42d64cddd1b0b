"""The seed text of a training's samples: the recipe's, or the beginning of a line or sentence of the text itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from charlstm.recipes.recipe import Recipe, find_recipe
from charlstm.text.marks import FOLLOWERS, without_rest
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import WordList
from charlstm.text.words import WORD

KNOWN_WORDS = 0.9  # of a sentence: the least share of words that a text has with which it is one of its own
SEARCHED = 1 << 20  # characters of a held-out text in which a seed text is looked for
_BEGINNING = re.compile(r"(?:\n|[.!?…।॥。！？؟۔][\"'”’»)\]]*\s)\s*(?=\S)")
_TORN = re.compile(rf"\u200d.|.[{FOLLOWERS}]|[\U0001f1e6-\U0001f1ff]{{2}}", re.DOTALL)  # if it were cut in two


@dataclass(frozen=True)
class SampleSeed:
    """The seed text of all samples of a training.

    Attributes:
        text: of known characters.
        dropped: the characters that it lost since they are unknown, and how often each occurred.
        held_out: whether it is from the held-out text.
    """

    text: str
    dropped: dict[str, int]
    held_out: bool = False


def sample_seed(recipe: Recipe, vocabulary: Vocabulary, words: WordList, held_out: Sequence[str]) -> SampleSeed:
    """Return the seed text of a training's samples.

    It is the recipe's where that was chosen by hand. The one of the recipes that come with the program is taken where
    it could be a sentence of the text (`could_be_of`), else words of the held-out text, which are not simply recited.

    Args:
        recipe: of the training.
        vocabulary: of the network.
        words: of the text.
        held_out: each held-out text.
    """
    chosen = recipe.sample_seed_text
    folded = vocabulary.fold(chosen)
    if chosen != find_recipe("book").sample_seed_text or could_be_of(vocabulary, words, chosen):
        return SampleSeed(folded.text, folded.dropped)
    own = [_beginning(vocabulary, text, len(chosen)) for text in held_out]
    found = next((text for text in own if text), "")
    return SampleSeed(found, {}, held_out=True) if found else SampleSeed(folded.text, folded.dropped)


def could_be_of(vocabulary: Vocabulary, words: WordList, sentence: str) -> bool:
    """Return whether a network can read all of a sentence, and its text has nearly all of its words."""
    if vocabulary.fold(sentence).dropped:
        return False
    parts = WORD.findall(sentence)
    return not words.lists or sum(part in words for part in parts) >= KNOWN_WORDS * len(parts)


def _beginning(vocabulary: Vocabulary, text: str, length: int) -> str:
    """Return the first line or sentence, and what follows it up to a length, of which nothing is lost, if there is one.

    In a text without lines and sentences it is the first whole words.
    """
    searched = text[:SEARCHED]
    first_word = re.search(r"\s+(?=\S)", searched)
    rest = len(searched) - len(without_rest(searched))
    places = [found.end() for found in _BEGINNING.finditer(searched)] + [first_word.end() if first_word else rest]
    begun = ""
    for place in places:
        folded = vocabulary.fold(_whole_words(searched[place:], length))
        if not folded.dropped and 2 * len(folded.text) >= length:
            return folded.text
        begun = max(begun, folded.text, key=len)
    return begun


def _whole_words(text: str, length: int) -> str:
    """Return the beginning of a text up to a length, which ends with a blank, or where no letter and mark are torn."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in re.finditer(r"\s+", text[:length]) if 2 * found.end() >= length]
    if ends:
        return text[: ends[-1]]
    while length > 1 and _TORN.fullmatch(text[length - 1 : length + 1]):
        length -= 1
    return text[:length]
