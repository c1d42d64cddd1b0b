"""Data leakage: passages that training and held-out text share, which make the held-out loss too low."""

from charlstm.corpora.corpus import InMemoryCorpus, LoadedCorpus
from charlstm.corpora.on_disk import OnDiskCorpus
from charlstm.corpora.on_disk_overlap import on_disk_shared_passages
from charlstm.corpora.overlap import Passage, shared_passages
from charlstm.text.decoding import CorpusError

MIN_LENGTH = 200  # characters; shorter passages may be shared by chance
LISTED_PASSAGES = 3  # that an error message lists


def check_leakage(corpus: LoadedCorpus) -> None:
    """Check that training and held-out text share no passage of at least MIN_LENGTH characters.

    Of a corpus on the disk, the evaluated spans are compared with the whole training text.

    Raises:
        CorpusError: they share passages; names the files and positions.
    """
    shared = _shared_in_memory(corpus) if isinstance(corpus, InMemoryCorpus) else _shared_on_disk(corpus)
    if shared:
        listed = "; ".join(shared[:LISTED_PASSAGES])
        more = f"; and {len(shared) - LISTED_PASSAGES} more" if len(shared) > LISTED_PASSAGES else ""
        raise CorpusError(
            f"the corpus {corpus.name} holds out passages that it also learns ({listed}{more}): "
            "remove them, or train with --allow-repeats, and do not compare its held-out loss"
        )


def _shared_in_memory(corpus: InMemoryCorpus) -> list[str]:
    passages = shared_passages(corpus.training, "\n".join(corpus.held_out), MIN_LENGTH)
    return [_description(corpus, passage) for passage in passages]


def _shared_on_disk(corpus: OnDiskCorpus) -> list[str]:
    return [
        f"{length:,} characters at byte {held_out.start:,} of {held_out.path.name} are those at byte "
        f"{training.start:,} of {training.path.name}"
        for training, held_out, length in on_disk_shared_passages(
            corpus.training_spans, corpus.evaluated_spans, MIN_LENGTH
        )
    ]


def _description(corpus: InMemoryCorpus, passage: Passage) -> str:
    training_index, training_start = _locate(corpus.training_texts, passage.first_start)
    held_out_index, held_out_start = _locate(corpus.held_out, passage.second_start)
    held_out_start += len(corpus.training_texts[held_out_index])
    training_file, held_out_file = (corpus.held_out_files[index] for index in (training_index, held_out_index))
    return (
        f"{passage.length:,} characters at {held_out_start:,} of {held_out_file} are those at "
        f"{training_start:,} of {training_file}"
    )


def _locate(texts: tuple[str, ...], position: int) -> tuple[int, int]:
    """Return which of some texts contains a position in all of them joined by line feeds, and the position in it."""
    for index, text in enumerate(texts):
        if position <= len(text):
            return index, position
        position -= len(text) + 1
    return len(texts) - 1, len(texts[-1])
