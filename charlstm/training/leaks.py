"""Passages that stand both in what is learned and in what is held out: with them, a held-out loss would flatter."""

from charlstm.corpus import Corpus
from charlstm.long_corpus import LongCorpus
from charlstm.long_passages import long_shared_passages
from charlstm.passages import Passage, shared_passages
from charlstm.training.recipes import TrainingError

LEAST = 200  # characters in a row that no two texts share by chance
TOLD = 3  # passages that an error names


def check_leaks(corpus: Corpus | LongCorpus) -> None:
    """Raise TrainingError, naming the places, where LEAST held-out characters in a row are learned too.

    Of a corpus too long for memory, the held-out places that are scored are searched for in all that is learned.
    """
    told = _told_of_long(corpus) if isinstance(corpus, LongCorpus) else _told_of_short(corpus)
    if told:
        more = f"; and {len(told) - TOLD} more" if len(told) > TOLD else ""
        raise TrainingError(
            f"the corpus {corpus.name} holds out passages that it also learns ({'; '.join(told[:TOLD])}{more}): "
            "remove them, or train with --allow-repeats, and do not compare its held-out loss"
        )


def _told_of_short(corpus: Corpus) -> list[str]:
    passages = shared_passages(corpus.training, "\n".join(corpus.held_out), LEAST)
    return [_told(corpus, passage) for passage in passages]


def _told_of_long(corpus: LongCorpus) -> list[str]:
    return [
        f"{length:,} characters at byte {held_out.start:,} of {held_out.path.name} are those at byte "
        f"{learned.start:,} of {learned.path.name}"
        for learned, held_out, length in long_shared_passages(corpus.learned, corpus.scored, LEAST)
    ]


def _told(corpus: Corpus, passage: Passage) -> str:
    learned_of, learned = _place(corpus.training_texts, passage.in_one)
    held_of, held_out = _place(corpus.held_out, passage.in_other)
    start = len(corpus.training_texts[held_of]) + held_out
    of = [corpus.files[number] if corpus.files else corpus.name for number in (held_of, learned_of)]
    return f"{passage.length:,} characters at {start:,} of {of[0]} are those at {learned:,} of {of[1]}"


def _place(parts: tuple[str, ...], place: int) -> tuple[int, int]:
    """Return which of the parts, which were joined by line breaks, holds a place, and where in it."""
    for number, part in enumerate(parts):
        if place <= len(part):
            return number, place
        place -= len(part) + 1
    return len(parts) - 1, len(parts[-1])
