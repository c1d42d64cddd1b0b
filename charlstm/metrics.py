"""Figures about a network and about a text: how well, how surprising, how repetitive.

A share or a mean of nothing is NaN.
"""

import math
from collections import Counter
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.lexicon import WORD
from charlstm.lstm import LstmNetwork
from charlstm.network import Network
from charlstm.sampling import Probs

WINDOWS_AT_ONCE = 1024
PARTS, FEWEST_IN_PART, WARM_UP = 64, 4096, 512
LONGEST_WORD = 100  # characters of a seed text that can belong to the word at its end


def held_out_loss(network: Network, ids: NDArray[np.integer], step: int = 3) -> float:
    """Return the mean nats a character that the network gives to a text it never trained on.

    Window context: every `step`-th position after the first window is scored from the window
    before it, read afresh (the book's own windows). Carried context: the text is read from nothing
    and every character after the first is scored. A text of twice FEWEST_IN_PART and more is read in
    up to PARTS parts side by side instead, each warmed up on the WARM_UP characters before it, and
    scored after those.

    Args:
        ids: the held-out text, shape (characters,).
        step: distance between scored positions, in characters (window context only).

    Returns:
        Nats a character; infinite when a character was given probability 0; NaN when there is
        nothing to score or the network's numbers are not finite.
    """
    scored = (
        _window_probs(network, ids, step)
        if isinstance(network, LstmNetwork) and network.context == "window"
        else _carried_probs(network, ids)
    )
    if not len(scored):
        return math.nan
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(scored)))


def mean_held_out_loss(network: Network, texts: Sequence[NDArray[np.integer]], step: int = 3) -> float:
    """Return the `held_out_loss` of several texts, each weighing as much as it is long."""
    lengths = np.array([len(text) for text in texts])
    losses = [held_out_loss(network, text, step) for text in texts]
    counted = [(loss, length) for loss, length in zip(losses, lengths, strict=True) if not math.isnan(loss)]
    if not counted:
        return math.nan
    return sum(loss * length for loss, length in counted) / sum(length for _, length in counted)


def _window_probs(network: LstmNetwork, ids: NDArray[np.integer], step: int) -> NDArray[np.float64]:
    starts = np.arange(0, len(ids) - network.window, step)
    scored = np.empty(len(starts))
    for first in range(0, len(starts), WINDOWS_AT_ONCE):
        part = starts[first : first + WINDOWS_AT_ONCE]
        windows = ids[part[:, None] + np.arange(network.window)]
        probs = network.probs_after_windows(windows)
        scored[first : first + len(part)] = probs[np.arange(len(part)), ids[part + network.window]]
    return scored


def _carried_probs(network: Network, ids: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return what each scored character was given, float64 (scored,)."""
    parts = max(1, min(PARTS, len(ids) // FEWEST_IN_PART))
    first = WARM_UP if parts > 1 else min(1, len(ids))
    scored = len(ids) - first
    length = -(-scored // parts)
    starts = first + np.arange(parts) * length
    probs = np.empty((parts, length))
    state = network.start(parts)
    for place in range(-first, length):
        here = np.minimum(starts + place, len(ids) - 1)  # the last part may be shorter
        if place >= 0:
            probs[:, place] = network.probs(state)[np.arange(parts), ids[here]]
        network.read(state, ids[here])
    return probs.reshape(-1)[:scored]


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


def took_likeliest(raw: Probs, character_ids: NDArray[np.integer]) -> NDArray[np.bool_]:
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
