"""A viewer's own text: checked, and what a network would read of it."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from charlstm.corpora.overlap import shared_passages
from charlstm.corpora.split import training_length
from charlstm.playback import sentences
from charlstm.text.character_mapping import Lowered, count_lowered
from charlstm.text.decoding import UTF_8, Case, CorpusError, codec_name, decode, in_case
from charlstm.text.folding import plain_punctuation
from charlstm.text.vocabulary import Vocabulary

LARGEST_TEXT = 2_000_000  # bytes
LONGEST_PASTE = 300_000  # characters: more makes a browser's field slow
SHORTEST_TEXT = 2_000  # characters: a tenth of it is held out, and must be longer than a training window
LARGEST_VOCABULARY = 2_000  # characters; the rarest beyond them are folded onto others, or left out
SMALLEST_VOCABULARY = 3  # characters; of two there is hardly anything to learn
MOST_CONTROLS = 0.01  # share of control characters, which a text does not have
SHARED_PASSAGE = 200  # characters in a row that no two texts share by chance
PREVIEW, PREVIEW_BEFORE = 160, 30  # characters of a preview, and in it before the first that is not ASCII


@dataclass(frozen=True)
class UserText:
    """A text that can be learned.

    Attributes:
        name: of the model, which can name a folder.
        content: as it is learned: in its case, with Unix line ends.
        case: of the content.
        lowered: what lower case changes in it, or would change where capitals are kept.
        characters: the number of characters that a network reads.
        different: the size of its vocabulary.
        left_out: the characters that have no counterpart in the vocabulary, and their counts.
        least_count: occurrences that a character needs to be in the vocabulary.
        repeats_itself: whether the held-out end has a passage that is in the training part, too.
    """

    name: str
    content: str
    case: Case
    lowered: Lowered
    characters: int
    different: int
    left_out: dict[str, int]
    least_count: int
    repeats_itself: bool


def read_text(content: bytes, title: str, name: str = "", case: Case = "lower", encoding: str = UTF_8) -> UserText:
    """Check a text and return what a network would learn from.

    Args:
        content: of a file, or what was pasted.
        title: the file's name, or what to call the text in a sentence.
        name: of the model; by default made of the title.
        case: "lower" lowers all capitals.
        encoding: of the content.

    Raises:
        CorpusError: it is empty, too short or too long, no text, or has too few different characters.
    """
    if not content.strip():
        raise CorpusError(sentences.empty_text(title))
    if len(content) > LARGEST_TEXT:
        raise CorpusError(sentences.text_too_large(title, len(content), LARGEST_TEXT))
    text = decode(content, title, case="keep", encoding=codec_name(encoding))
    lowered = count_lowered(Counter(text))
    text = in_case(text, case)
    plain = plain_punctuation(text)
    counts = Counter(plain)
    strange = sum(count for character, count in counts.items() if unicodedata.category(character) in ("Cc", "Cn"))
    if strange - counts["\n"] > MOST_CONTROLS * len(plain):
        raise CorpusError(sentences.not_a_text(title))
    if len(counts) < SMALLEST_VOCABULARY:
        raise CorpusError(sentences.too_few_characters(title, len(counts)))
    if len(text) < SHORTEST_TEXT:
        raise CorpusError(sentences.text_too_short(title, len(text), SHORTEST_TEXT))
    least = least_count(counts)
    vocabulary = Vocabulary.of_counts(counts, least)
    folded = vocabulary.fold(plain)
    learned = training_length(len(text))
    return UserText(
        name=name or folder_name(title),
        content=text,
        case=case,
        lowered=lowered,
        characters=len(folded.text),
        different=len(vocabulary),
        left_out=folded.dropped,
        least_count=least,
        repeats_itself=bool(shared_passages(text[:learned], text[learned:], SHARED_PASSAGE)),
    )


def preview(content: bytes, encoding: str) -> str:
    """Return words of a file as it is in an encoding, on one line, from where its letters are not all ASCII.

    Args:
        content: that the encoding can decode.
        encoding: a name for `codec_name`.
    """
    text = " ".join(decode(content, "", case="keep", encoding=codec_name(encoding)).split())
    first = next((place for place, character in enumerate(text) if not character.isascii()), 0)
    start = text.rfind(" ", 0, max(0, first - PREVIEW_BEFORE)) + 1
    start = start if first - start < PREVIEW else first
    shown = text[start : start + PREVIEW]
    return f"{'…' if start else ''}{shown}{'…' if start + PREVIEW < len(text) else ''}"


def least_count(counts: Mapping[str, int], most: int = LARGEST_VOCABULARY) -> int:
    """Return the least count that no more than `most` characters have.

    >>> least_count({"a": 5, "b": 2, "c": 1}, most=2)
    2
    """
    if len(counts) <= most:
        return 1
    return sorted(counts.values(), reverse=True)[most] + 1


def folder_name(title: str) -> str:
    """Return a file's name as a word that can name a folder, and be part of an address.

    >>> folder_name("My Poems (2nd edition).txt")
    'my-poems-2nd-edition'
    """
    stem = title.rsplit(".", 1)[0] if "." in title[1:] else title
    word = "".join(character if character.isalnum() else " " for character in stem.lower())
    return "-".join(word.split())[:40] or "text"
