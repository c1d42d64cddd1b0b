"""The mathematics of choosing: reweighting a distribution by a temperature, filtering it, and the draw.

Every function takes arrays and returns arrays; the last axis runs over the V characters, and any
axes before it are those of a batch. Randomness enters only as the argument `u`.
"""

import math
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.generation.context import NO_CONTEXT, SMALLEST, Context, Probs
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.penalties import PENALTIES, add_bias, penalise
from charlstm.generation.truncation import KEPT, truncate

LOW_TEMPERATURE = 0.05  # from here down, the largest probability to the power of 1/T may underflow
BOOK_TEMPERATURES = (0.2, 0.5, 1.0, 1.2)  # at which the book writes a sample after each epoch


def check_temperature(temperature: ArrayLike) -> None:
    """Raise ValueError, in one sentence, unless every temperature is in [0, infinity]."""
    # One character's choice is kept cheap.
    valid = temperature >= 0.0 if type(temperature) is float else np.all(np.asarray(temperature) >= 0.0)
    if not valid:
        raise ValueError(f"the temperature is {temperature!r}; it must be zero or more, up to infinity")


def reweight(probs: Probs, temperature: ArrayLike) -> Probs:
    """Return the distribution q with q_i proportional to p_i^(1/T).

    Source: Deep Learning with Python, listing 8.1 (`reweight_distribution`), with its limits:
    T = 0 puts everything on the largest p_i (the lowest id wins a tie), T = infinity is uniform
    over the characters with p_i > 0.

    Args:
        probs: float64 (..., V), each row non-negative with sum 1.
        temperature: one number in [0, infinity], or one for each row, shape (...).

    Returns:
        float64 (..., V), each row with sum 1; zeros stay zeros.

    Raises:
        ValueError: a temperature is negative or not a number.

    >>> reweight(np.array([0.8, 0.2]), 0.5).round(4).tolist()
    [0.9412, 0.0588]
    >>> reweight(np.array([0.8, 0.2]), 0.0).tolist()
    [1.0, 0.0]
    """
    check_temperature(temperature)
    if type(temperature) is float:
        return _reweight_by_one(probs, temperature)
    of_rows = np.asarray(temperature)
    values = set(of_rows.ravel().tolist())
    if len(values) == 1:
        return _reweight_by_one(probs, values.pop())
    powers = np.empty_like(probs)
    for value in values:
        chosen = of_rows == value
        powers[chosen] = _powers(probs[chosen], value)
    powers /= np.where(of_rows == 1.0, 1.0, np.vecdot(powers, _ones(powers.shape[-1])))[..., None]
    return powers


def _reweight_by_one(probs: Probs, temperature: float) -> Probs:
    """[V] -> [V], or [batch, V] -> [batch, V]"""
    if temperature == 1.0:
        return probs.copy()
    powers = _powers(probs, temperature)
    # The dot product with ones is the quickest sum of a row.
    ones = _ones(powers.shape[-1])
    powers /= powers.dot(ones) if powers.ndim == 1 else np.vecdot(powers, ones)[..., None]
    return powers


def _powers(probs: Probs, temperature: float) -> Probs:
    """p^(1/T), [V] -> [V], or [batch, V] -> [batch, V]; the largest of a row is above 0"""
    if temperature == math.inf:
        return (probs > 0.0).astype(np.float64)
    if temperature == 0.0:
        return (np.arange(probs.shape[-1]) == probs.argmax(-1, keepdims=True)).astype(np.float64)
    # 0 stays 0. A large power could turn all to 0, so there the largest is made 1 beforehand:
    # it stays 1 under any power, an infinite one included.
    return np.power(probs / _largest(probs) if temperature < LOW_TEMPERATURE else probs, 1.0 / temperature)


@lru_cache(maxsize=8)
def _ones(count: int) -> NDArray[np.float64]:
    return np.ones(count)


def _largest(probs: Probs) -> NDArray[np.float64]:
    """[V] -> one number, or [batch, V] -> [batch, 1]"""
    if probs.ndim == 1:
        return probs[probs.argmax()]  # sooner than the maximum itself
    return np.maximum.reduce(probs, axis=-1, keepdims=True)


def sampling_probs(
    raw: Probs, temperature: ArrayLike, filters: Filters = NO_FILTERS, context: Context = NO_CONTEXT
) -> Probs:
    """Return what is drawn from: the raw distribution after bias, penalties, temperature and filters.

    Args:
        raw: float64 (..., V).
        temperature: one number in [0, infinity], or one for each row, shape (...).
        filters: what they remove has probability 0.
        context: what they need of the text and the run; without it, as at the beginning of a text.

    Raises:
        ValueError: a temperature is negative or not a number.
    """
    if filters is NO_FILTERS or filters == NO_FILTERS:
        return reweight(raw, temperature)
    probs = raw if context.bias is None else add_bias(raw, context.bias)
    for kind, group in groupby(filters.stages, _kind):
        names = tuple(group)
        if kind == "temperature":
            probs = reweight(probs, temperature)
        elif kind == "penalty":
            probs = penalise(probs, names, filters, context)
        else:
            probs = truncate(probs, raw, names, filters, context)
    return probs


def _kind(stage: str) -> str:
    return "penalty" if stage in PENALTIES else "filter" if stage in KEPT else stage


def apply_filters(raw: Probs, reweighted: Probs, filters: Filters) -> Probs:
    """Return the reweighted distribution with what the filters remove at 0, renormalised.

    Args:
        raw: float64 (..., V); its `ranking` decides between equals.
        reweighted: float64 (..., V).
        filters: which to apply; their penalties are of a text, and not applied here.

    >>> apply_filters(np.array([0.5, 0.3, 0.2]), np.array([0.5, 0.3, 0.2]), Filters(top_k=2)).round(3).tolist()
    [0.625, 0.375, 0.0]
    """
    names = tuple(name for name in filters.stages if name in KEPT)
    return truncate(reweighted, raw, names, filters, NO_CONTEXT) if names else reweighted


def ranking(raw: Probs) -> NDArray[np.intp]:
    """Return the ids from the likeliest character to the least, ties by id; shape as `raw`.

    This is the order in which a draw accumulates them, and the charts show them. It is made from the raw
    probabilities, so that it is the same at every temperature.
    """
    return (-raw).argsort(-1, "stable")


def draw(raw: Probs, reweighted: Probs, u: ArrayLike) -> NDArray[np.intp]:
    """Return the character that the uniform draw `u` selects: inverse transform sampling.

    The reweighted probabilities are laid end to end from 0 to 1 in the order of `ranking(raw)`;
    the character is the first whose end lies beyond u. So the same u at a higher temperature
    never lands on a likelier character (but for a u within rounding, 1e-15, of an end).

    Args:
        raw: float64 (V,) or (batch, V), gives the order.
        reweighted: float64, shape as `raw`, gives the lengths.
        u: in [0, 1), one number, or one for each row, shape (batch,).

    Returns:
        one id, or ids of shape (batch,). A character of probability 0 is never returned.
    """
    likeliest = raw.argmax(-1)
    if raw.ndim == 1:
        # Most draws select the likeliest character, and then nothing needs to be sorted.
        return likeliest if u < reweighted[likeliest] else _search(raw, reweighted, u)
    u = np.asarray(u)
    beyond = np.flatnonzero(u >= reweighted[np.arange(len(u)), likeliest])
    if len(beyond):
        likeliest[beyond] = _search(raw[beyond], reweighted[beyond], u[beyond])
    return likeliest


def _search(raw: Probs, reweighted: Probs, u: Any) -> NDArray[np.intp]:
    """raw [V], reweighted [V], u -> id, or raw [batch, V], reweighted [batch, V], u [batch] -> ids [batch]"""
    order = ranking(raw)
    if raw.ndim == 1:
        ends = np.add.accumulate(reweighted[order])
        place = ends.searchsorted(u, "right")
        # Where rounding left the last end at or below u, the last character that has any length.
        return order[place if place < len(ends) else ends.searchsorted(ends[-1])]
    rows = np.arange(len(raw))
    ends = np.add.accumulate(reweighted[rows[:, None], order], axis=1)
    place = (ends <= u[:, None]).sum(axis=1)
    last = (ends < ends[:, -1:]).sum(axis=1)
    return order[rows, np.minimum(place, last)]


def entropy(probs: Probs) -> NDArray[np.float64]:
    """Return the entropy of each distribution in bits, shape (...); 0 log 0 counts as 0."""
    logs = np.log2(np.maximum(probs, SMALLEST))
    return -np.vecdot(probs, logs) + 0.0
