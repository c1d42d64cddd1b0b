"""How good a network is, by one protocol for all: the loss on held-out text, and what stands in what it writes."""

import math
import time
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.corpus import Corpus
from charlstm.corpora.overlap import Hashes, ngram_hashes, ngram_overlap
from charlstm.evaluation.metrics import PARTS, WARM_UP, distinct_word_share, held_out_loss, real_word_share
from charlstm.evaluation.sweep import rows_at_once
from charlstm.generation.loop import TextGenerator, generate_batch
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.report import Writing
from charlstm.networks.network import Network
from charlstm.text.folding import plain_punctuation
from charlstm.text.vocabulary import Vocabulary

TEMPERATURES = BOOK_TEMPERATURES
RUNS, LENGTH = 64, 2000
SAMPLE = 400  # characters over which distinct words are counted, as in the book's samples
COPIED = 50  # characters in a row from which on a passage counts as copied
SEED_TEXT = "a machine that reads the philosophers learns their spelling first, and only later "
SPEED_LENGTH = 500  # characters written to measure the speed


def losses(network: Network, vocabulary: Vocabulary, corpus: Corpus) -> dict[str, float]:
    """Return the held-out loss on the last tenth of each text of a corpus, by the name of its file.

    Of a corpus too long for memory, some places of that tenth are scored, each by itself.

    A text is read as the network can: a printer's quotes and dashes as a typewriter's, what is not in
    the vocabulary by its counterpart or left out.
    """
    texts: dict[str, list[NDArray[np.unsignedinteger]]] = {}
    for name, text in zip(corpus.held_out_files, corpus.held_out, strict=True):
        texts.setdefault(name, []).append(vocabulary.encode(read_by(vocabulary, text)))
    return {name: held_out_loss(network, ids) for name, ids in texts.items()}


def protocol(network: Network) -> str:
    """Say how `losses` scores a text."""
    if not network.stateful:
        return f"every third character, each from the {network.window} before it, read afresh"
    return (
        f"every character, the state carried on; a long text in up to {PARTS} parts side by side, "
        f"each after {WARM_UP} characters to warm up"
    )


def corpus_ngrams(vocabulary: Vocabulary, corpus: Corpus) -> Hashes:
    """Return the sorted hashes of all runs of COPIED characters of a corpus, as the network reads it.

    Of a corpus too long for memory, only those of its sample.
    """
    texts = (read_by(vocabulary, text) for text in corpus.sample)
    return np.sort(np.concatenate([ngram_hashes(text, COPIED) for text in texts]))


def writing(
    network: Network,
    vocabulary: Vocabulary,
    known: Container[str],
    learned: Hashes,
    temperature: float,
    runs: int = RUNS,
    length: int = LENGTH,
) -> Writing:
    """Return what stands in `runs` texts of `length` characters, written from SEED_TEXT with random seeds from 1 on.

    Args:
        network: what gives the probabilities.
        vocabulary: its characters.
        known: which words are real.
        learned: what may have been copied, as `corpus_ngrams` gives it.
        temperature: in [0, infinity].
        runs: how many texts.
        length: characters of each.
    """
    seed_text = vocabulary.fold(SEED_TEXT).text
    texts = _texts(network, vocabulary, seed_text, temperature, runs, length)
    return Writing(
        temperature,
        _mean([real_word_share(text, known, seed_text) for text in texts]),
        _distinct_words(texts),
        float(np.mean([ngram_overlap(text, learned, COPIED) for text in texts])),
    )


def held_out_shares(vocabulary: Vocabulary, corpus: Corpus, known: Container[str]) -> tuple[float, float]:
    """Return the shares of real and of distinct words in the held-out text itself, counted as `writing` does."""
    texts = [read_by(vocabulary, text) for text in corpus.held_out]
    return _mean([real_word_share(text, known) for text in texts]), _distinct_words(texts)


def characters_a_second(network: Network, vocabulary: Vocabulary, length: int = SPEED_LENGTH) -> float:
    """Return how many characters of one text a core writes in a second, drawing included."""
    writer = TextGenerator(network, vocabulary.encode(vocabulary.fold(SEED_TEXT).text), random_seed=1)
    began = time.process_time()
    for _ in range(length):
        writer.step(0.5)
    return length / (time.process_time() - began)


def _texts(
    network: Network, vocabulary: Vocabulary, seed_text: str, temperature: float, runs: int, length: int
) -> list[str]:
    at_once, seed_ids, texts = rows_at_once(network), vocabulary.encode(seed_text), []
    for first in range(1, runs + 1, at_once):
        random_seeds = range(first, min(first + at_once, runs + 1))
        steps = generate_batch(network, seed_ids, [temperature] * len(random_seeds), length, random_seeds)
        ids = np.array([step.character_ids for step in steps])
        texts += [vocabulary.decode(lane) for lane in ids.T.tolist()]
    return texts


def _distinct_words(texts: Sequence[str]) -> float:
    """Return the mean share in stretches of SAMPLE characters; of shorter texts, in all that there is."""
    samples = [text[start : start + SAMPLE] for text in texts for start in range(0, len(text) - SAMPLE + 1, SAMPLE)]
    return _mean([distinct_word_share(sample) for sample in samples or texts])


def _mean(shares: Sequence[float]) -> float:
    """The mean of those that are known; 0 where none is, as in texts of blanks alone: nothing in them is a word."""
    known = [share for share in shares if not math.isnan(share)]
    return float(np.mean(known)) if known else 0.0


def read_by(vocabulary: Vocabulary, text: str) -> str:
    """A text as the network reads it: a printer's punctuation as a typewriter's, unless it knows the printer's."""
    return vocabulary.fold(text if "“" in vocabulary.ids else plain_punctuation(text)).text
