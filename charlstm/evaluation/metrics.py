"""Metrics of a network on held-out text, and statistics of a generated text.

A share or a mean over nothing is NaN.
"""

import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.sampling import Probs, reweight
from charlstm.networks.network import Network
from charlstm.networks.ngrams import NgramNetwork
from charlstm.text.words import words_of

WINDOW_BATCH_SIZE = 1024
MAX_SEGMENTS, MIN_SEGMENT_LENGTH, WARM_UP = 64, 4096, 512
MOST_ROWS, SHORTEST_ROW = 1024, 64  # of a network that remembers a few characters: more and shorter segments are faster
ScoredBatches = Iterator[tuple[Probs, NDArray[np.integer]]]  # predicted probs (B, V), and the actual ids (B,)


def held_out_loss(network: Network, texts: Sequence[NDArray[np.integer]], step: int = 3) -> float:
    """Return the mean cross-entropy of held-out texts, in nats per character.

    Window context: every `step`-th character after the first window of a text is predicted from the
    window before it (the book's own windows). Stateful: each text is read from the initial state, and
    every character after the first is predicted. A text of at least two times MIN_SEGMENT_LENGTH is
    split into up to MAX_SEGMENTS segments, read as one batch; each segment is preceded by WARM_UP
    characters that are read but not scored.

    Args:
        texts: each as ids, shape (characters,).
        step: distance between scored positions, in characters (window context only).

    Returns:
        Nats per character, with the same weight for each scored character; infinite when one was
        given probability 0; NaN when there is nothing to score or the probabilities are not finite.
    """
    return float(held_out_losses(network, texts, (1.0,), step)[0])


def held_out_losses(
    network: Network, texts: Sequence[NDArray[np.integer]], temperatures: Sequence[float], step: int = 3
) -> NDArray[np.float64]:
    """Return `held_out_loss` with the probabilities reweighted by each temperature, shape (temperatures,)."""
    scored = _score_stateful(network, texts) if network.stateful else _score_windows(network, texts, step)
    sums, count = np.zeros(len(temperatures)), 0
    with np.errstate(divide="ignore"):
        for probs, ids in scored:
            given = [reweight(probs, temperature)[np.arange(len(ids)), ids] for temperature in temperatures]
            sums -= np.log(given).sum(axis=-1)
            count += len(ids)
    return sums / (count or np.nan) + 0.0


def _score_windows(network: Network, texts: Sequence[NDArray[np.integer]], step: int) -> ScoredBatches:
    for ids in texts:
        starts = np.arange(0, len(ids) - network.window, step)
        for first in range(0, len(starts), WINDOW_BATCH_SIZE):
            batch = starts[first : first + WINDOW_BATCH_SIZE]
            windows = ids[batch[:, None] + np.arange(network.window)]
            yield network.probs_after_windows(windows), ids[batch + network.window]


def _segments(network: Network, ids: NDArray[np.integer]) -> list[tuple[NDArray[np.integer], int]]:
    """Return the segments of a text that are read as one batch, each with its number of unscored characters."""
    count = max(1, min(MAX_SEGMENTS, len(ids) // MIN_SEGMENT_LENGTH))
    first, warm_up = (WARM_UP, WARM_UP) if count > 1 else (1, 1)
    if isinstance(network, NgramNetwork):
        count, warm_up = max(1, min(MOST_ROWS, len(ids) // SHORTEST_ROW)), network.window
    ends = np.linspace(first, max(first, len(ids)), count + 1).astype(int).tolist()
    return [(ids[max(0, start - warm_up) : end], min(start, warm_up)) for start, end in pairwise(ends)]


def _score_stateful(network: Network, texts: Sequence[NDArray[np.integer]]) -> ScoredBatches:
    segments = [segment for ids in texts for segment in _segments(network, ids)]
    longest = max((len(ids) for ids, _ in segments), default=0)
    # One row per segment, (segments, longest); shorter ones are padded with their own beginning, unscored.
    padded = np.array([np.resize(ids, longest) if len(ids) else np.zeros(longest, int) for ids, _ in segments], int)
    begin, end = np.array([(warm_up, len(ids)) for ids, warm_up in segments]).reshape(-1, 2).T
    state = network.initial_state(len(segments))
    for position in range(longest):
        scored = (begin <= position) & (position < end)
        if scored.any():  # false while all segments warm up
            yield network.probs(state)[scored], padded[scored, position]
        network.step(state, padded[:, position])


def real_word_share(text: str, known: Container[str], seed_text: str = "") -> float:
    """Return the share of a text's words that are known, in [0, 1]; a repeated word counts each time.

    Args:
        text: the generated text.
        known: the real words, for instance `model.real_words`.
        seed_text: what the text continues, see `word_spans`.
    """
    words = words_of(text, seed_text)
    return sum(word in known for word in words) / len(words) if words else math.nan


def distinct_word_share(text: str, seed_text: str = "") -> float:
    """Return the type-token ratio: distinct words over words. Only comparable between texts of the same length."""
    words = words_of(text, seed_text)
    return len({word.lower() for word in words}) / len(words) if words else math.nan


def repetition(text: str, length: int = 20) -> float:
    """Return the share of a text's characters that are inside an n-gram of `length` that occurs more than once.

    NaN for a text shorter than `length`.

    >>> repetition("all is one, all is one", length=10)
    0.9090909090909091
    """
    ngrams = [text[start : start + length] for start in range(len(text) - length + 1)]
    if not ngrams:
        return math.nan
    counts = Counter(ngrams)
    inside, end = 0, 0
    for start, ngram in enumerate(ngrams):
        if counts[ngram] > 1:
            inside += start + length - max(start, end)
            end = start + length
    return inside / len(text)


def took_top_choice(raw: Probs, character_ids: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return whether the character that was drawn is the network's likeliest, shape (...).

    Args:
        raw: float64 (..., V).
        character_ids: what was drawn, shape (...).
    """
    return raw.argmax(axis=-1) == character_ids


def surprisal(raw: Probs, character_ids: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return -log raw p of what was drawn, in nats, shape (...); its mean is the loss of a text.

    Args:
        raw: float64 (..., V).
        character_ids: what was drawn, shape (...).
    """
    drawn = np.take_along_axis(raw, np.expand_dims(character_ids, -1), axis=-1)[..., 0]
    with np.errstate(divide="ignore"):
        return -np.log(drawn) + 0.0
