"""Figures about a network and about a text: how well, how surprising, how repetitive."""

import math

import numpy as np
from numpy.typing import NDArray

from charlstm.network import Network

WINDOWS_AT_ONCE = 1024


def held_out_loss(network: Network, ids: NDArray[np.integer], step: int = 3) -> float:
    """Return the mean nats a character that the network gives to a text it never trained on.

    Window context: every `step`-th position after the first window is scored from the window
    before it, read afresh (the book's own windows). Carried context: the whole text is read once
    from nothing, and every character after the first is scored.

    Args:
        ids: the held-out text, shape (characters,).
        step: distance between scored positions, in characters (window context only).

    Returns:
        Nats a character; infinite when a character was given probability 0; NaN when there is
        nothing to score or the network's numbers are not finite.
    """
    scored = _window_probs(network, ids, step) if network.context == "window" else _carried_probs(network, ids)
    if not len(scored):
        return math.nan
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(scored)))


def _window_probs(network: Network, ids: NDArray[np.integer], step: int) -> NDArray[np.float64]:
    starts = np.arange(0, len(ids) - network.window, step)
    scored = np.empty(len(starts))
    for first in range(0, len(starts), WINDOWS_AT_ONCE):
        part = starts[first : first + WINDOWS_AT_ONCE]
        windows = ids[part[:, None] + np.arange(network.window)]
        probs = network.probs_after_windows(windows)
        scored[first : first + len(part)] = probs[np.arange(len(part)), ids[part + network.window]]
    return scored


def _carried_probs(network: Network, ids: NDArray[np.integer]) -> NDArray[np.float64]:
    state = network.start()
    scored = np.empty(max(0, len(ids) - 1))
    for place, (id_, following) in enumerate(zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True)):
        network.read(state, id_)
        scored[place] = network.probs(state)[following]
    return scored
