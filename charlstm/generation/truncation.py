"""Filters that remove characters: which of a distribution are kept, from the likeliest on.

Each takes q, float64 (..., V), sorted from the likeliest to the least and summing to 1, and returns which are kept,
bool (..., V), at least one of each row.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.context import SMALLEST, Active, Context, Probs
from charlstm.generation.filters import Filters

REMOVE_THE_LIKELIEST = ("typical_p", "xtc")
Kept = NDArray[np.bool_]


def truncate(probs: Probs, tie_break: Probs, names: tuple[str, ...], filters: Filters, context: Context) -> Probs:
    """Return a distribution with what some filters remove at 0, renormalised after each of them.

    Args:
        probs: float64 (..., V).
        tie_break: float64 (..., V); of two equals, the one that is likelier by these comes first, then the lower id.
        names: of `KEPT`, in the order in which they act.
        filters: their values.
        context: what Mirostat and XTC need besides.
    """
    order = np.lexsort((-tie_break, -probs), axis=-1)
    q = np.take_along_axis(probs, order, axis=-1)
    for place, name in enumerate(names):
        if place and names[place - 1] in REMOVE_THE_LIKELIEST:
            again = np.argsort(-q, axis=-1, stable=True)
            order, q = np.take_along_axis(order, again, axis=-1), np.take_along_axis(q, again, axis=-1)
        left = np.where(KEPT[name](q, filters, context), q, 0.0)
        q = left / left.sum(axis=-1, keepdims=True)
    result = np.empty_like(probs)
    np.put_along_axis(result, order, q, axis=-1)
    return result


def _top_k(q: Probs, filters: Active, _: Context) -> Kept:
    return np.broadcast_to(np.arange(q.shape[-1]) < filters.top_k, q.shape)


def _top_p(q: Probs, filters: Active, _: Context) -> Kept:
    return _sum_before(q) < filters.top_p


def _min_p(q: Probs, filters: Active, _: Context) -> Kept:
    return q >= filters.min_p * q[..., :1]


def _typical_p(q: Probs, filters: Active, _: Context) -> Kept:
    """By the distance of the surprisal from the expected one."""
    logs = np.log(np.maximum(q, SMALLEST))  # the surprisal with its sign reversed, the same distance apart
    expected = np.sum(q * logs, axis=-1, keepdims=True)
    nearest = np.argsort(np.abs(logs - expected), stable=True)
    keep_sorted = _sum_before(np.take_along_axis(q, nearest, axis=-1)) < filters.typical_p
    keep = np.zeros_like(keep_sorted)
    np.put_along_axis(keep, nearest, keep_sorted, axis=-1)
    return keep


def _top_n_sigma(q: Probs, filters: Active, _: Context) -> Kept:
    """Of the logits of what is possible; their standard deviation is that of a sample, as in the authors' program."""
    possible = q > 0.0
    logits = np.log(np.maximum(q, SMALLEST))
    count = possible.sum(axis=-1, keepdims=True)
    mean = np.where(possible, logits, 0.0).sum(axis=-1, keepdims=True) / count
    squares = np.where(possible, (logits - mean) ** 2, 0.0).sum(axis=-1, keepdims=True)
    sigma = np.sqrt(squares / np.maximum(count - 1, 1))
    return possible & (logits >= logits[..., :1] - filters.top_n_sigma * sigma)


def _mirostat(q: Probs, filters: Active, context: Context) -> Kept:
    mu = np.asarray(2.0 * filters.mirostat_tau if context.mu is None else context.mu)[..., None]
    kept = -np.log2(np.maximum(q, SMALLEST)) <= mu
    kept[..., 0] = True
    return kept


def _xtc(q: Probs, filters: Active, context: Context) -> Kept:
    if context.xtc_u is None:
        return np.ones(q.shape, bool)
    applies = np.asarray(context.xtc_u)[..., None] < filters.xtc_probability
    choices = ((q >= filters.xtc_threshold) & (q > 0.0)).sum(axis=-1, keepdims=True)
    return ~(applies & (np.arange(q.shape[-1]) < choices - 1))


def _sum_before(q: Probs) -> Probs:
    """[..., V] -> the sum of those before each, [..., V]"""
    sums = np.cumsum(q, axis=-1)
    return np.concatenate([np.zeros_like(sums[..., :1]), sums[..., :-1]], axis=-1)


KEPT: dict[str, Callable[[Probs, Active, Context], Kept]] = {
    "top_k": _top_k,
    "top_p": _top_p,
    "min_p": _min_p,
    "typical_p": _typical_p,
    "top_n_sigma": _top_n_sigma,
    "mirostat": _mirostat,
    "xtc": _xtc,
}
