"""Penalties and bias: what is added to the logits of characters, by what stands in the text."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.context import SMALLEST, Active, Context, Probs
from charlstm.generation.filters import Filters

LOWEST = -1e9  # of a logit, below all that a penalty leaves
LARGEST_PENALTY = 1e6  # far below what leaves any probability; a power of a long match would be infinite


def penalise(probs: Probs, names: tuple[str, ...], filters: Filters, context: Context) -> Probs:
    """Return a distribution after some penalties, normalised; what is impossible stays so.

    Args:
        probs: float64 (..., V).
        names: of `PENALTIES`, in the order in which they act.
        filters: their values.
        context: what stands in the text.
    """
    logits = np.log(np.maximum(probs, SMALLEST))
    for name in names:
        logits = PENALTIES[name](logits, filters, context)
    return _normalised(logits, probs > 0.0)


def add_bias(probs: Probs, bias: Probs) -> Probs:
    """Return a distribution after a bias of the logits, float64 (V,); what has -infinity is impossible.

    Where that would leave nothing, the bias does not hold.
    """
    possible = (probs > 0.0) & np.isfinite(bias)
    biased = _normalised(np.log(np.maximum(probs, SMALLEST)) + np.where(np.isfinite(bias), bias, 0.0), possible)
    return np.where(possible.any(axis=-1, keepdims=True), biased, probs)


def _normalised(logits: Probs, possible: NDArray[np.bool_]) -> Probs:
    logits = np.where(possible, logits, LOWEST)
    weights = np.where(possible, np.exp(logits - logits.max(axis=-1, keepdims=True)), 0.0)
    return weights / np.maximum(weights.sum(axis=-1, keepdims=True), SMALLEST)


def _repetition(logits: Probs, filters: Active, context: Context) -> Probs:
    if context.counts is None:
        return logits
    # Logits are logarithms of probabilities here, never above 0, so that none is ever divided; another penalty that
    # acted before may have left them unnormalised.
    logits = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return np.where(context.counts > 0, logits * filters.repetition_penalty, logits)


def _frequency(logits: Probs, filters: Active, context: Context) -> Probs:
    return logits if context.counts is None else logits - filters.frequency_penalty * context.counts


def _presence(logits: Probs, filters: Active, context: Context) -> Probs:
    return logits if context.counts is None else logits - filters.presence_penalty * (context.counts > 0)


def _dry(logits: Probs, filters: Active, context: Context) -> Probs:
    if context.match_lengths is None:
        return logits
    excess = context.match_lengths - filters.dry_allowed_length
    with np.errstate(over="ignore"):
        penalty = filters.dry_multiplier * np.power(filters.dry_base, np.maximum(excess, 0), dtype=np.float64)
    return logits - np.where(excess >= 0, np.minimum(penalty, LARGEST_PENALTY), 0.0)


PENALTIES: dict[str, Callable[[Probs, Active, Context], Probs]] = {
    "repetition_penalty": _repetition,
    "frequency_penalty": _frequency,
    "presence_penalty": _presence,
    "dry": _dry,
}
