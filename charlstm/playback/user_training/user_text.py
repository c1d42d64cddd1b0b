"""A text that a viewer brings: checked, and what a network would read of it."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from charlstm.corpora.overlap import shared_passages
from charlstm.corpora.split import training_length
from charlstm.playback import sentences
from charlstm.text.decoding import CorpusError, decode
from charlstm.text.folding import plain_punctuation
from charlstm.text.vocabulary import Vocabulary

LARGEST_TEXT = 2_000_000  # bytes
LONGEST_PASTE = 300_000  # characters: more makes a browser's field slow
SHORTEST_TEXT = 2_000  # characters: a tenth of it is held out, and must be longer than what is learned at once
MOST_CHARACTERS = 2_000  # different ones; the rarest beyond them are folded onto others, or left out
LEAST_CHARACTERS = 3  # different ones; of two there is hardly anything to learn
MOST_CONTROLS = 0.01  # share of characters that no text has
SHARED = 200  # characters in a row that no two texts share by chance
SEED_LENGTH = 70  # characters, at most


@dataclass(frozen=True)
class UserText:
    """A text that can be learned.

    Attributes:
        name: what it is called, one word that can name a folder.
        content: as it is learned: lower case, Unix line ends.
        characters: how many of them a network reads.
        different: how many different ones.
        left_out: characters that have no counterpart among those, and how often each stands.
        least_count: how often a character must stand to be one of them.
        repeats: whether the held-out end has a passage that is learned too.
    """

    name: str
    content: str
    characters: int
    different: int
    left_out: dict[str, int]
    least_count: int
    repeats: bool

    @property
    def seed_text(self) -> str:
        """The beginning of what is held out, for the samples to go on from."""
        start = training_length(len(self.content))
        whole_words = self.content[start : start + SEED_LENGTH].split()[1:-1]
        return " ".join(whole_words) + " " if whole_words else self.content[start : start + SEED_LENGTH]


def read_text(content: bytes, title: str, name: str = "") -> UserText:
    """Check a text and return what there is to learn of it.

    Args:
        content: of a file, or what was pasted as UTF-8.
        title: the file's name, or what to call it in a sentence.
        name: of what is learned from it; made of the title where there is none.

    Raises:
        CorpusError: it is empty, too short or too long, no text, or has next to no different characters.
    """
    if not content.strip():
        raise CorpusError(sentences.empty_text(title))
    if len(content) > LARGEST_TEXT:
        raise CorpusError(sentences.text_too_large(title, len(content), LARGEST_TEXT))
    text = decode(content, title)
    plain = plain_punctuation(text)
    counts = Counter(plain)
    strange = sum(count for character, count in counts.items() if unicodedata.category(character) in ("Cc", "Cn"))
    if strange - counts["\n"] > MOST_CONTROLS * len(plain):
        raise CorpusError(sentences.not_a_text(title))
    if len(counts) < LEAST_CHARACTERS:
        raise CorpusError(sentences.too_few_characters(title, len(counts)))
    if len(text) < SHORTEST_TEXT:
        raise CorpusError(sentences.text_too_short(title, len(text), SHORTEST_TEXT))
    least = least_count(counts)
    folded = Vocabulary.of_counts(counts, least).fold(plain)
    learned = training_length(len(text))
    return UserText(
        name=name or one_word(title),
        content=text,
        characters=len(folded.text),
        different=sum(count >= least for count in counts.values()),
        left_out=folded.dropped,
        least_count=least,
        repeats=bool(shared_passages(text[:learned], text[learned:], SHARED)),
    )


def least_count(counts: Mapping[str, int], most: int = MOST_CHARACTERS) -> int:
    """Return how often a character must stand for no more than `most` to do so.

    >>> least_count({"a": 5, "b": 2, "c": 1}, most=2)
    2
    """
    if len(counts) <= most:
        return 1
    return sorted(counts.values(), reverse=True)[most] + 1


def one_word(title: str) -> str:
    """Return a file's name as a word that can name a folder, and stand in an address.

    >>> one_word("My Poems (2nd edition).txt")
    'my-poems-2nd-edition'
    """
    stem = title.rsplit(".", 1)[0] if "." in title[1:] else title
    word = "".join(character if character.isalnum() else " " for character in stem.lower())
    return "-".join(word.split())[:40] or "text"
