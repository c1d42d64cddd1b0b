"""Counts of n-grams as a network: what followed the last characters in the text says what follows now.

With h the last characters, h' the same without the first of them, N(h) how often h stands in the text, n(hc) how often
c follows it there, and T(h) how many different characters do, Witten and Bell interpolate

    p(c | h) = (n(hc) + (T(h) + m(h)) p(c | h')) / (N(h) + T(h))

down to p(c) = 1/V before any character is counted. Rare n-grams are left out; m(h) is the part of N(h) of which no
n(hc) is left, and goes to the shorter context.

Sources: Witten and Bell 1991, "The zero-frequency problem"; Chen and Goodman 1999, "An empirical study of smoothing
techniques for language modeling".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.networks.network import prefill_ends, probs_after_windows

LARGEST_ORDER = 8  # characters of the longest n-grams
MOST_OF_A_LENGTH = 250_000  # n-grams that are kept
DTYPES = (np.uint8, np.uint16, np.uint32)  # of the tensors
UNSEEN = -1
Tensors = Mapping[str, NDArray[Any]]


@dataclass
class NgramState:
    """What the network remembers of a text, or of a batch of texts: its last characters.

    Attributes:
        nodes: int64 (rows, order - 1), the n-gram that the last character is, the last two, …; UNSEEN where the text
            that was counted does not have it. Never changed in place.
    """

    nodes: NDArray[np.int64]
    position: int
    batch_size: int | None  # None: one text, probabilities come as (V,); else (batch_size, V)

    def copy(self) -> "NgramState":
        """Return an independent copy, so that a text can be continued in two ways."""
        return NgramState(self.nodes, self.position, self.batch_size)


class NgramNetwork:
    """N-gram counts, interpolated as Witten and Bell do.

    An n-gram is a node of a tree, whose children are the n-grams that are one character longer. The nodes are numbered
    from the shortest to the longest, those of one length in the order of their ids, so the children of a node stand
    side by side.

    Args:
        tensors: as `NgramCounter.tensors` gives them.
        order: characters of the longest n-grams.
    """

    stateful = True

    def __init__(self, tensors: Tensors, order: int) -> None:
        self.window = max(1, order - 1)
        self.vocabulary_size = characters = len(tensors["ngram_1/counts"])
        self._contexts = order - 1
        contexts, longer = range(1, order), range(2, order + 1)
        self._ids = _joined(tensors, "ids", longer)
        children, occurrences = _joined(tensors, "children", contexts), _joined(tensors, "counts", contexts)
        parents, counts = np.repeat(np.arange(len(children)), children), _joined(tensors, "counts", longer)
        totals = np.maximum(occurrences + children, 1)  # 0 of a character that does not occur
        left_out = occurrences - np.bincount(parents, counts, len(children))
        self._shares = counts / totals[parents]
        # Node -1, which is UNSEEN, is an n-gram without children that leaves all to the shorter context.
        self._rest = np.append(np.where(occurrences > 0, (children + left_out) / totals, 1.0), 1.0)
        self._children = np.append(children, 0)
        self._first = np.cumsum(self._children) - self._children
        # Rising, so that a child is found by bisection; the last one is above all that is looked for.
        self._keys = np.append(parents * characters + self._ids, np.iinfo(np.int64).max)
        self._of_one = _without_context(tensors["ngram_1/counts"])

    def initial_state(self, batch_size: int | None = None) -> NgramState:
        """Return the state before any character: one text, or a batch of texts."""
        return NgramState(np.full((batch_size or 1, self._contexts), UNSEEN, np.int64), 0, batch_size)

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> NgramState:
        """Return the state after the ids of a seed text, shape (characters,), the same in every row of a batch.

        Only as many of the last are read as the network remembers.
        """
        ids, one = np.asarray(ids), self.initial_state()
        for id_ in ids[-self.window :].tolist():
            self.step(one, id_)
        return NgramState(np.repeat(one.nodes, batch_size or 1, axis=0), len(ids), batch_size)

    def prefill_each(self, texts: Sequence[ArrayLike]) -> NgramState:
        """Return the state after the ids of a text for each row, no more of their ends than it remembers."""
        return prefill_ends(self, texts, self.window)

    def step(self, state: NgramState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each row, into `state`."""
        state.position += 1
        if self._contexts:
            of_rows = np.asarray(ids, np.int64).reshape(-1, 1)
            wanted = state.nodes[:, :-1] * self.vocabulary_size + of_rows
            places = self._keys.searchsorted(wanted)
            longer = np.where(self._keys[places] == wanted, places + self.vocabulary_size, UNSEEN)
            state.nodes = np.concatenate([np.broadcast_to(of_rows, (len(longer), 1)), longer], axis=1)

    def probs(self, state: NgramState) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (batch_size, V).

        Sums are added up from the shortest context to the longest, so a row of a batch is what it is alone, to the bit.
        """
        nodes, rows = state.nodes, len(state.nodes)
        # What the longer contexts leave: to each context, and at last to none.
        left = np.ones((rows, self._contexts + 1))
        np.multiply.accumulate(self._rest[nodes[:, ::-1]], axis=1, out=left[:, 1:])
        children = self._children[nodes]
        flat = children.ravel()
        ends = flat.cumsum()
        places = np.repeat(self._first[nodes].ravel() - ends + flat, flat)
        places += np.arange(len(places))
        values = self._shares[places]
        values *= np.repeat(left[:, -2::-1].ravel(), flat)
        ids = self._ids[places]
        if rows > 1:
            ids += np.repeat(np.arange(0, rows * self.vocabulary_size, self.vocabulary_size), children.sum(axis=1))
        seen = np.bincount(ids, values, rows * self.vocabulary_size).reshape(rows, -1)
        probs = self._of_one * left[:, -1:] + seen
        return probs[0] if state.batch_size is None else probs

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows of ids, (windows, characters) -> float64 (windows, V)."""
        return probs_after_windows(self, windows)


def _without_context(counts: NDArray[np.unsignedinteger]) -> NDArray[np.float64]:
    """Return p(c) of each character, float64 (V,)."""
    occurrences, kinds = counts.sum(dtype=np.float64), np.count_nonzero(counts)
    if not kinds:
        return np.full(len(counts), 1.0 / len(counts))
    return (counts + kinds / len(counts)) / (occurrences + kinds)


def _joined(tensors: Tensors, name: str, lengths: Iterable[int]) -> NDArray[np.int64]:
    """Return the tensors of this name, of all n-grams of these lengths."""
    return np.concatenate([np.zeros(0, np.int64), *(tensors[f"ngram_{length}/{name}"] for length in lengths)])


class NgramCounter:
    """Counts the n-grams of texts, first those of one character, then of two, and so on.

    Args:
        texts: ids of each, shape (characters,); no n-gram reaches from one into the next.
        vocabulary_size: V.
        least_count: n-grams of two characters and more that occur less often are left out; so are the rarest where
            there are more than MOST_OF_A_LENGTH of one length.

    Attributes:
        order: characters of the longest n-grams that are counted; 0 before any.
    """

    def __init__(self, texts: Sequence[NDArray[np.integer]], vocabulary_size: int, least_count: int) -> None:
        self.order = 0
        self._vocabulary_size, self._least_count = vocabulary_size, least_count
        self._ids = np.concatenate([np.zeros(0, np.int64), *texts]).astype(np.int64)
        self._left = np.concatenate([np.zeros(0, np.int64), *(np.arange(len(text), 0, -1) for text in texts)])
        self._counts = [np.zeros(vocabulary_size, np.int64)]
        self._ids_of: list[NDArray[np.int64]] = []
        self._children: list[NDArray[np.int64]] = []
        # Where a counted n-gram of `order` characters begins, and which of them it is.
        self._begins = np.arange(len(self._ids))
        self._nodes = np.zeros(len(self._ids), np.int64)

    def count_longer(self) -> None:
        """Count the n-grams that are one character longer than those before."""
        if self.order == 0:
            self._nodes = self._ids
            self._counts = [np.bincount(self._ids, minlength=self._vocabulary_size)]
        else:
            inside = self._left[self._begins] > self.order
            begins, nodes = self._begins[inside], self._nodes[inside]
            keys = nodes * self._vocabulary_size + self._ids[begins + self.order]
            found, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
            kept = counts >= _least_count(counts, self._least_count)
            parents, ids = np.divmod(found[kept], self._vocabulary_size)
            self._children.append(np.bincount(parents, minlength=len(self._counts[-1])))
            self._ids_of.append(ids)
            self._counts.append(counts[kept])
            self._begins, self._nodes = begins[kept[which]], (np.cumsum(kept) - 1)[which[kept[which]]]
        self.order += 1

    @property
    def kept(self) -> tuple[int, ...]:
        """How many different n-grams of two characters, of three and so on are kept."""
        return tuple(map(len, self._ids_of))

    @property
    def tensors(self) -> dict[str, NDArray[np.unsignedinteger]]:
        """All counts, in the smallest of DTYPES that they fit into.

        ngram_1/counts (V,) says how often each character occurs. For each length from 2 on, the n-grams stand in the
        order of their ids: ngram_2/ids says the last character of each, and ngram_2/counts how often it occurs; and
        ngram_1/children, ngram_2/children … how many of the next length begin with each.
        """
        tensors = {f"ngram_{length}/counts": counts for length, counts in enumerate(self._counts, start=1)}
        tensors |= {f"ngram_{length}/ids": ids for length, ids in enumerate(self._ids_of, start=2)}
        tensors |= {f"ngram_{length}/children": numbers for length, numbers in enumerate(self._children, start=1)}
        return {name: one.astype(np.min_scalar_type(one.max(initial=0))) for name, one in tensors.items()}


def _least_count(counts: NDArray[np.integer], least: int) -> int:
    """Return the lowest least count, `least` or higher, that no more than MOST_OF_A_LENGTH of these counts have."""
    if np.count_nonzero(counts >= least) <= MOST_OF_A_LENGTH:
        return least
    return int(np.partition(counts, -MOST_OF_A_LENGTH - 1)[-MOST_OF_A_LENGTH - 1]) + 1


def problem_with(tensors: Tensors, order: int) -> str | None:
    """Return what tensors of the right names and shapes have that no counts have, or None."""
    for name, tensor in tensors.items():
        if tensor.dtype not in DTYPES:
            return f"the tensor {name} has the type {tensor.dtype}, not uint8, uint16 or uint32"
    counts = tensors["ngram_1/counts"].astype(np.int64)
    characters = len(counts)
    for length in range(1, order):
        longer, ids = f"ngram_{length + 1}", tensors[f"ngram_{length + 1}/ids"].astype(np.int64)
        children = tensors[f"ngram_{length}/children"].astype(np.int64)
        counts_of_children = tensors[f"{longer}/counts"].astype(np.int64)
        if children.sum() != len(ids):
            return f"the tensor ngram_{length}/children does not add up to the {len(ids):,} n-grams of {longer}"
        parents = np.repeat(np.arange(len(children)), children)
        if ids.max(initial=0) >= characters or (np.diff(parents * characters + ids) <= 0).any():
            return f"the tensor {longer}/ids has ids that do not rise, or that no character has"
        if counts_of_children.min(initial=1) < 1:
            return f"the tensor {longer}/counts has an n-gram that does not occur"
        if (np.bincount(parents, counts_of_children, len(counts)) > counts).any():
            return f"the tensor {longer}/counts has n-grams that occur more often than their beginnings"
        counts = counts_of_children
    return None
