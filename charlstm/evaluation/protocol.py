"""The evaluation that is the same for all networks: loss on held-out text, and statistics of generated texts."""

import math
import time
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.corpus import Corpus
from charlstm.corpora.overlap import Hashes, ngram_hashes, ngram_overlap
from charlstm.evaluation.metrics import MAX_SEGMENTS, WARM_UP, distinct_word_share, held_out_loss, real_word_share
from charlstm.evaluation.sweep import texts_per_batch
from charlstm.generation.loop import TextGenerator, generate_batch
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.report import TextStatistics
from charlstm.networks.network import Network
from charlstm.text.folding import plain_punctuation
from charlstm.text.vocabulary import Vocabulary

TEMPERATURES = BOOK_TEMPERATURES
RUNS, LENGTH = 64, 2000
SAMPLE_LENGTH = 400  # characters in which distinct words are counted, as long as the book's samples
NGRAM_LENGTH = 50  # characters: shorter passages of the corpus do not count as memorised
SEED_TEXT = "a machine that reads the philosophers learns their spelling first, and only later "
SPEED_LENGTH = 500  # characters generated to measure the speed


def held_out_loss_by_file(network: Network, vocabulary: Vocabulary, corpus: Corpus) -> dict[str, float]:
    """Return the loss on the held-out tenth of each text of a corpus, in nats per character, by file name.

    Texts are converted by `fold_for` first. Of a corpus too large for memory, only its evaluated spans are scored.
    """
    texts: dict[str, list[NDArray[np.unsignedinteger]]] = {}
    for name, text in zip(corpus.held_out_files, corpus.held_out, strict=True):
        texts.setdefault(name, []).append(vocabulary.encode(fold_for(vocabulary, text)))
    return {name: held_out_loss(network, ids) for name, ids in texts.items()}


def describe_scoring(network: Network) -> str:
    """Return a description of the characters that `held_out_loss_by_file` scores."""
    if not network.stateful:
        return f"every third character, each from the {network.window} before it, read afresh"
    return (
        f"every character, the state carried on; a long text in up to {MAX_SEGMENTS} parts side by side, "
        f"each after {WARM_UP} characters to warm up"
    )


def corpus_ngrams(vocabulary: Vocabulary, corpus: Corpus) -> Hashes:
    """Return the sorted hashes of all n-grams of NGRAM_LENGTH characters of a corpus, after `fold_for`.

    Of a corpus too large for memory, only those of its sample.
    """
    texts = (fold_for(vocabulary, text) for text in corpus.sample)
    return np.sort(np.concatenate([ngram_hashes(text, NGRAM_LENGTH) for text in texts]))


def text_statistics(
    network: Network,
    vocabulary: Vocabulary,
    known: Container[str],
    ngrams: Hashes,
    temperature: float,
    runs: int = RUNS,
    length: int = LENGTH,
) -> TextStatistics:
    """Return statistics of texts generated from SEED_TEXT, with the random seeds from 1 to `runs`.

    Args:
        network: the network that generates.
        vocabulary: its characters.
        known: the real words.
        ngrams: of the corpus, from `corpus_ngrams`.
        temperature: in [0, infinity].
        runs: number of texts.
        length: characters of each.
    """
    seed_text = vocabulary.fold(SEED_TEXT).text
    texts = _generate_texts(network, vocabulary, seed_text, temperature, runs, length)
    return TextStatistics(
        temperature,
        _mean([real_word_share(text, known, seed_text) for text in texts]),
        _distinct_words(texts),
        float(np.mean([ngram_overlap(text, ngrams, NGRAM_LENGTH) for text in texts])),
    )


def held_out_word_shares(vocabulary: Vocabulary, corpus: Corpus, known: Container[str]) -> tuple[float, float]:
    """Return the shares of real and of distinct words in the held-out text, as `TextStatistics` has them."""
    texts = [fold_for(vocabulary, text) for text in corpus.held_out]
    return _mean([real_word_share(text, known) for text in texts]), _distinct_words(texts)


def measure_speed(network: Network, vocabulary: Vocabulary, length: int = SPEED_LENGTH) -> float:
    """Return how many characters of one text are generated per second of CPU time, sampling included."""
    generator = TextGenerator(network, vocabulary.encode(vocabulary.fold(SEED_TEXT).text), random_seed=1)
    began = time.process_time()
    for _ in range(length):
        generator.step(0.5)
    return length / (time.process_time() - began)


def fold_for(vocabulary: Vocabulary, text: str) -> str:
    """Return a text folded onto a vocabulary, with ASCII punctuation if the vocabulary has no typographic quotes."""
    return vocabulary.fold(text if "“" in vocabulary.ids else plain_punctuation(text)).text


def _generate_texts(
    network: Network, vocabulary: Vocabulary, seed_text: str, temperature: float, runs: int, length: int
) -> list[str]:
    batch_size, seed_ids, texts = texts_per_batch(network), vocabulary.encode(seed_text), []
    for first in range(1, runs + 1, batch_size):
        random_seeds = range(first, min(first + batch_size, runs + 1))
        steps = generate_batch(network, seed_ids, [temperature] * len(random_seeds), length, random_seeds)
        ids = np.array([step.character_ids for step in steps])
        texts += [vocabulary.decode(row) for row in ids.T.tolist()]
    return texts


def _distinct_words(texts: Sequence[str]) -> float:
    """Return the mean share of distinct words in samples of SAMPLE_LENGTH; if all texts are shorter, in the texts."""
    samples = [
        text[start : start + SAMPLE_LENGTH]
        for text in texts
        for start in range(0, len(text) - SAMPLE_LENGTH + 1, SAMPLE_LENGTH)
    ]
    return _mean([distinct_word_share(sample) for sample in samples or texts])


def _mean(shares: Sequence[float]) -> float:
    """Return the mean of the shares that are not NaN; 0 if all are: no text has a word."""
    known = [share for share in shares if not math.isnan(share)]
    return float(np.mean(known)) if known else 0.0
