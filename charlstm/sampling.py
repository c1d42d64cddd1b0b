"""The mathematics of choosing: reweighting a distribution by a temperature, and the draw.

Every function takes arrays and returns arrays; the last axis runs over the V characters, and any
axes before it are lanes. Chance enters only as the argument `u`.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

COLD = 0.05  # from here down, the largest probability to the power of 1/T may be lost
Probs = NDArray[np.float64]


def check_temperature(temperature: ArrayLike) -> None:
    """Raise ValueError, in one sentence, unless every temperature is in [0, infinity]."""
    if type(temperature) is float:  # one character's choice: kept cheap
        valid = temperature >= 0.0
    else:
        valid = bool(np.all(np.asarray(temperature, dtype=np.float64) >= 0.0))
    if not valid:
        raise ValueError(f"the temperature is {temperature!r}; it must be zero or more, up to infinity")


def reweight(probs: Probs, temperature: ArrayLike) -> Probs:
    """Return the distribution q with q_i proportional to p_i^(1/T).

    Source: Deep Learning with Python, listing 8.1 (`reweight_distribution`), with its limits:
    T = 0 puts everything on the largest p_i (the lowest id wins a tie), T = infinity is uniform
    over the characters with p_i > 0.

    Args:
        probs: float64 (..., V), each row non-negative with sum 1.
        temperature: one number in [0, infinity], or one for each lane, shape (...).

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
    if type(temperature) is float or np.ndim(temperature) == 0:
        return _reweight_by_one(probs, float(temperature))  # type: ignore[arg-type]
    lanes = np.asarray(temperature, dtype=np.float64)
    values = set(lanes.tolist())
    if len(values) == 1:
        return _reweight_by_one(probs, values.pop())
    reweighted = np.empty_like(probs)
    for value in values:
        chosen = lanes == value
        reweighted[chosen] = _reweight_by_one(probs[chosen], value)
    return reweighted


def _reweight_by_one(probs: Probs, temperature: float) -> Probs:
    """[V] -> [V], or [lanes, V] -> [lanes, V]"""
    if temperature == 1.0:
        return probs.copy()
    if temperature == 0.0:
        return _first_of_largest(probs)
    if temperature == math.inf:
        reweighted = (probs > 0.0).astype(np.float64)
    else:
        # 0 stays 0. A large power could turn all to 0, so there the largest is made 1 beforehand:
        # it stays 1 under any power, an infinite one included.
        relative = probs / _largest(probs) if temperature < COLD else probs
        reweighted = np.power(relative, 1.0 / temperature)
    # The dot product with ones is the quickest sum of a row.
    if probs.ndim == 1:
        reweighted /= reweighted.dot(_ones(len(reweighted)))
    else:
        reweighted /= np.vecdot(reweighted, _ones(reweighted.shape[-1]))[..., None]
    return reweighted


@lru_cache(maxsize=8)
def _ones(count: int) -> NDArray[np.float64]:
    return np.ones(count)


def _largest(probs: Probs) -> NDArray[np.float64]:
    """[V] -> one number, or [lanes, V] -> [lanes, 1]"""
    if probs.ndim == 1:
        return probs[probs.argmax()]  # sooner than the maximum itself
    return np.maximum.reduce(probs, axis=-1, keepdims=True)


def _first_of_largest(probs: Probs) -> Probs:
    chosen = np.zeros_like(probs)
    np.put_along_axis(chosen, np.argmax(probs, axis=-1, keepdims=True), 1.0, axis=-1)
    return chosen


def ranking(raw: Probs) -> NDArray[np.intp]:
    """Return the ids from the likeliest character to the least, ties by id; shape as `raw`.

    This is the order in which a draw walks, and the charts show. It is made from the raw
    probabilities, so that it is the same at every temperature.
    """
    return (-raw).argsort(-1, "stable")


def draw(raw: Probs, reweighted: Probs, u: ArrayLike) -> NDArray[np.intp]:
    """Return the character on which the die `u` falls.

    The reweighted probabilities are laid end to end from 0 to 1 in the order of `ranking(raw)`;
    the character is the first whose end lies beyond u. So the same u at a higher temperature
    never lands on a likelier character (but for a u within rounding, 1e-15, of an end).

    Args:
        raw: float64 (..., V), gives the order.
        reweighted: float64 (..., V), gives the lengths.
        u: in [0, 1), one for each lane, shape (...).

    Returns:
        ids, shape (...). A character of probability 0 is never returned.
    """
    likeliest = raw.argmax(-1)
    if raw.ndim == 1:
        # Most dice fall on the likeliest character, and then nothing needs to be sorted.
        return likeliest if u < reweighted[likeliest] else _walk(raw, reweighted, u)
    u = np.asarray(u)
    beyond = np.flatnonzero(u >= np.take_along_axis(reweighted, likeliest[:, None], axis=-1)[:, 0])
    likeliest[beyond] = _walk(raw[beyond], reweighted[beyond], u[beyond])
    return likeliest


def _walk(raw: Probs, reweighted: Probs, u: Any) -> NDArray[np.intp]:
    """raw [V], reweighted [V], u -> id, or raw [lanes, V], reweighted [lanes, V], u [lanes] -> ids [lanes]"""
    order = ranking(raw)
    if raw.ndim == 1:
        ends = np.add.accumulate(reweighted[order])
        place = ends.searchsorted(u, "right")
        # Where rounding left the last end at or below u, the last character that has any length.
        return order[place if place < len(ends) else ends.searchsorted(ends[-1])]
    ends = np.add.accumulate(np.take_along_axis(reweighted, order, axis=-1), axis=-1)
    place = np.count_nonzero(ends <= u[:, None], axis=-1)
    last = np.count_nonzero(ends < ends[:, -1:], axis=-1)
    return np.take_along_axis(order, np.minimum(place, last)[:, None], axis=-1)[:, 0]


def entropy(probs: Probs) -> NDArray[np.float64]:
    """Return the entropy of each distribution in bits, shape (...); 0 log 0 counts as 0."""
    logs = np.log2(probs, out=np.zeros_like(probs), where=probs > 0.0)
    return -np.sum(probs * logs, axis=-1) + 0.0
