"""Figures about a network and about a text: how well, how surprising, how repetitive."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.lstm import LstmNetwork
from charlstm.network import Network

WINDOWS_AT_ONCE = 1024
PARTS, FEWEST_IN_PART, WARM_UP = 64, 4096, 512


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
