"""Chunks of a text: the content of a batch, and of an epoch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.training.data.chunks import ChunkStream

texts = st.integers(2, 400), st.integers(1, 30), st.integers(1, 8)


@given(*texts, st.integers(0, 100))
def test_epoch_is_chunks_without_overlap(characters, length, batch_size, seed):
    """With ids that are their own positions: x is a chunk, y the same shifted by one, and no character occurs twice."""
    stream = ChunkStream(np.arange(characters), length, batch_size)
    seen = []
    for x, y in stream.batches(np.random.default_rng(seed)):
        assert x.shape == y.shape == (stream.batch_size, length)
        np.testing.assert_array_equal(y, x + 1)
        np.testing.assert_array_equal(x - x[:, :1], np.tile(np.arange(length), (len(x), 1)))
        seen.extend(x.ravel().tolist())
    assert len(seen) == len(set(seen)) == len(stream) * stream.batch_size * length
    assert max(seen, default=-1) < characters - 1
    if characters >= 2 * length + batch_size * length:
        assert len(seen) >= characters - (2 + batch_size) * length


def test_epoch_follows_from_the_random_generator():
    """The same seed gives the same epoch; another one other chunks in another order."""
    stream = ChunkStream(np.arange(1000), 10, 4)
    first, again, other = (
        np.concatenate([x[:, 0] for x, _ in stream.batches(np.random.default_rng(seed))]) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert len({*(first % 10)}) == 1
    assert first[0] % 10 != other[0] % 10
    assert not (np.diff(first) > 0).all()


@pytest.mark.parametrize("characters", [0, 1, 9, 10])
def test_text_without_a_whole_chunk_has_no_batch(characters):
    """A chunk needs a character to follow it."""
    stream = ChunkStream(np.arange(characters), 10, 4)
    assert len(stream) == 0
    assert list(stream.batches(np.random.default_rng(1))) == []
