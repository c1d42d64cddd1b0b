"""Passages that stand both in what is learned and in what is held out: with them, a held-out loss would flatter."""

from charlstm.corpora.corpus import InMemoryCorpus, LoadedCorpus
from charlstm.corpora.on_disk import OnDiskCorpus
from charlstm.corpora.on_disk_overlap import on_disk_shared_passages
from charlstm.corpora.overlap import Passage, shared_passages
from charlstm.text.decoding import CorpusError

LEAST = 200  # characters in a row that no two texts share by chance
NAMED = 3  # passages that an error names


def check_leakage(corpus: LoadedCorpus) -> None:
    """Raise CorpusError, naming the places, where LEAST held-out characters in a row are learned too.

    Of a corpus too long for memory, the held-out places that are scored are searched for in all that is learned.
    """
    shared = _shared_in_memory(corpus) if isinstance(corpus, InMemoryCorpus) else _shared_on_disk(corpus)
    if shared:
        more = f"; and {len(shared) - NAMED} more" if len(shared) > NAMED else ""
        raise CorpusError(
            f"the corpus {corpus.name} holds out passages that it also learns ({'; '.join(shared[:NAMED])}{more}): "
            "remove them, or train with --allow-repeats, and do not compare its held-out loss"
        )


def _shared_in_memory(corpus: InMemoryCorpus) -> list[str]:
    passages = shared_passages(corpus.training, "\n".join(corpus.held_out), LEAST)
    return [_description(corpus, passage) for passage in passages]


def _shared_on_disk(corpus: OnDiskCorpus) -> list[str]:
    return [
        f"{length:,} characters at byte {held_out.start:,} of {held_out.path.name} are those at byte "
        f"{learned.start:,} of {learned.path.name}"
        for learned, held_out, length in on_disk_shared_passages(corpus.learned, corpus.scored, LEAST)
    ]


def _description(corpus: InMemoryCorpus, passage: Passage) -> str:
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
