"""Figures about a network and about a text: how well, how surprising, how repetitive.

A share or a mean of nothing is NaN.
"""

import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.sampling import Probs, reweight
from charlstm.networks.network import Network
from charlstm.text.word_list import WORD

WINDOWS_AT_ONCE = 1024
PARTS, FEWEST_IN_PART, WARM_UP = 64, 4096, 512
LONGEST_WORD = 100  # characters of a seed text that can belong to the word at its end
Scored = Iterator[tuple[Probs, NDArray[np.integer]]]  # distributions, (scored, V), and what came, (scored,)


def held_out_loss(network: Network, texts: Sequence[NDArray[np.integer]], step: int = 3) -> float:
    """Return the mean nats a character that the network gives to texts it never trained on.

    Window context: every `step`-th position after the first window of a text is scored from the
    window before it, read afresh (the book's own windows). Carried context: a text is read from
    nothing and every character after the first is scored. A text of twice FEWEST_IN_PART and more is
    read in up to PARTS parts side by side instead, each warmed up on the WARM_UP characters before
    it, and scored after those.

    Args:
        texts: each as ids, shape (characters,).
        step: distance between scored positions, in characters (window context only).

    Returns:
        Nats a character, each scored character weighing the same; infinite when one was given
        probability 0; NaN when there is nothing to score or the network's numbers are not finite.
    """
    return float(held_out_losses(network, texts, (1.0,), step)[0])


def held_out_losses(
    network: Network, texts: Sequence[NDArray[np.integer]], temperatures: Sequence[float], step: int = 3
) -> NDArray[np.float64]:
    """Return `held_out_loss` of what the network's distributions are at each of some temperatures, (temperatures,)."""
    scored = _stateful(network, texts) if network.stateful else _by_windows(network, texts, step)
    sums, count = np.zeros(len(temperatures)), 0
    with np.errstate(divide="ignore"):
        for probs, ids in scored:
            given = [reweight(probs, temperature)[np.arange(len(ids)), ids] for temperature in temperatures]
            sums -= np.log(given).sum(axis=-1)
            count += len(ids)
    return sums / (count or np.nan) + 0.0


def _by_windows(network: Network, texts: Sequence[NDArray[np.integer]], step: int) -> Scored:
    for ids in texts:
        starts = np.arange(0, len(ids) - network.window, step)
        for first in range(0, len(starts), WINDOWS_AT_ONCE):
            part = starts[first : first + WINDOWS_AT_ONCE]
            windows = ids[part[:, None] + np.arange(network.window)]
            yield network.probs_after_windows(windows), ids[part + network.window]


def _parts(ids: NDArray[np.integer]) -> list[tuple[NDArray[np.integer], int]]:
    """Return the parts of a text that are read side by side, and how many characters of each only warm up."""
    count = max(1, min(PARTS, len(ids) // FEWEST_IN_PART))
    warm_up = WARM_UP if count > 1 else 1
    ends = np.linspace(warm_up, max(warm_up, len(ids)), count + 1).astype(int).tolist()
    return [(ids[start - warm_up : end], warm_up) for start, end in pairwise(ends)]


def _stateful(network: Network, texts: Sequence[NDArray[np.integer]]) -> Scored:
    parts = [part for ids in texts for part in _parts(ids)]
    longest = max((len(ids) for ids, _ in parts), default=0)
    # One row a part; the shorter ones begin again at their end, unscored.
    padded = np.array([np.resize(ids, longest) if len(ids) else np.zeros(longest, int) for ids, _ in parts], int)
    begin, end = np.array([(warm_up, len(ids)) for ids, warm_up in parts]).reshape(-1, 2).T
    state = network.initial_state(len(parts))
    for place in range(longest):
        now = (begin <= place) & (place < end)
        if now.any():  # not while all of them warm up
            yield network.probs(state)[now], padded[now, place]
        network.step(state, padded[:, place])


def word_spans(text: str, seed_text: str = "") -> list[tuple[int, int]]:
    """Return where the words of a text start and end, as slices of it.

    A word that touches the end may not be finished, and is left out. Where `text` goes on from a
    seed text that ended within a word, that word is the first, and starts before 0.

    >>> word_spans("at which is no", seed_text="to want th")
    [(-2, 2), (3, 8), (9, 11)]
    """
    before = seed_text[-LONGEST_WORD:]
    finished = len((before + text).rstrip("'’"))
    spans = (match.span() for match in WORD.finditer(before + text))
    return [(start - len(before), end - len(before)) for start, end in spans if len(before) < end < finished]


def words_of(text: str, seed_text: str = "") -> list[str]:
    """Return the words of `word_spans`, each whole."""
    before = seed_text[-LONGEST_WORD:]
    return [(before + text)[len(before) + start : len(before) + end] for start, end in word_spans(text, seed_text)]


def real_word_share(text: str, known: Container[str], seed_text: str = "") -> float:
    """Return which share of the words of a text is known, each counted as often as it stands there.

    Args:
        text: what was written.
        known: the real words, for instance `lexicon.english() | model.words`.
        seed_text: what it was written after, see `word_spans`.
    """
    words = words_of(text, seed_text)
    return sum(word in known for word in words) / len(words) if words else math.nan


def distinct_word_share(text: str, seed_text: str = "") -> float:
    """Return the number of different words over the number of words; only texts of one length compare."""
    words = words_of(text, seed_text)
    return len(set(words)) / len(words) if words else math.nan


def repetition(text: str, length: int = 20) -> float:
    """Return which share of a text's characters lies inside a run of `length` that stands there more than once.

    NaN for a text shorter than `length`.

    >>> repetition("all is one, all is one", length=10)
    0.9090909090909091
    """
    runs = [text[start : start + length] for start in range(len(text) - length + 1)]
    if not runs:
        return math.nan
    counts = Counter(runs)
    inside, end = 0, 0
    for start, run in enumerate(runs):
        if counts[run] > 1:
            inside += start + length - max(start, end)
            end = start + length
    return inside / len(text)


def took_top_choice(raw: Probs, character_ids: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return at which choices the network's likeliest character was taken, shape (...).

    Args:
        raw: float64 (..., V).
        character_ids: what was drawn, shape (...).
    """
    return raw.argmax(axis=-1) == character_ids


def surprise(raw: Probs, character_ids: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return -log raw p of what was drawn, in nats, shape (...); their mean is the loss a network gives to a text.

    Args:
        raw: float64 (..., V).
        character_ids: what was drawn, shape (...).
    """
    drawn = np.take_along_axis(raw, np.expand_dims(character_ids, -1), axis=-1)[..., 0]
    with np.errstate(divide="ignore"):
        return -np.log(drawn) + 0.0
