"""Windows of a text: the book's arrays, and the same examples as a stream."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.text.vocabulary import Vocabulary
from charlstm.training.data.windows import WindowStream, one_hot_windows, window_starts
from tests.book import by_the_book

texts = st.text(st.sampled_from("abcdefg \n"), min_size=1, max_size=200)
lengths = st.integers(1, 30)
steps = st.integers(1, 7)


def arrays_of(text, maxlen, step):
    vocabulary = Vocabulary.of(text)
    return one_hot_windows(vocabulary.encode(text), len(vocabulary), maxlen, step)


def examples_of(stream, generator=None):
    """Return all examples of an epoch, as rows of maxlen + 1 ids."""
    batches = list(stream.batches(generator))
    assert len(batches) == len(stream)
    rows = [np.column_stack([x, y]) for x, y in batches]
    return np.concatenate(rows) if rows else np.zeros((0, stream.maxlen + 1), int)


@given(texts, lengths, steps)
def test_one_hot_windows_are_the_books_arrays(text, maxlen, step):
    """Shape, dtype and every entry, also where the text is shorter than a window."""
    for ours, theirs in zip(arrays_of(text, maxlen, step), by_the_book(text, maxlen, step), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs, strict=True)


@given(texts, lengths, steps, st.integers(1, 9))
def test_stream_has_the_examples_of_the_arrays(text, maxlen, step, batch_size):
    """In the order of the text, without a random generator."""
    vocabulary = Vocabulary.of(text)
    stream = WindowStream(vocabulary.encode(text), maxlen, step, batch_size)
    x, y = one_hot_windows(vocabulary.encode(text), len(vocabulary), maxlen, step)
    rows = examples_of(stream)
    np.testing.assert_array_equal(np.eye(len(vocabulary), dtype=bool)[rows[:, :-1]], x)
    np.testing.assert_array_equal(np.eye(len(vocabulary), dtype=bool)[rows[:, -1]], y)
    sizes = [len(following) for _, following in stream.batches()]
    assert all(size == batch_size for size in sizes[:-1])
    assert sum(sizes) == len(window_starts(len(text), maxlen, step))


@given(texts, lengths, steps, st.integers(1, 9), st.integers(0, 100))
def test_shuffled_stream_is_a_permutation(text, maxlen, step, batch_size, seed):
    """Each example once; the same order again for the same seed."""
    stream = WindowStream(Vocabulary.of(text).encode(text), maxlen, step, batch_size)
    shuffled = examples_of(stream, np.random.default_rng(seed))
    assert sorted(shuffled.tolist()) == sorted(examples_of(stream).tolist())
    np.testing.assert_array_equal(shuffled, examples_of(stream, np.random.default_rng(seed)))


def test_shuffled_stream_has_another_order_each_epoch():
    """Two epochs of one generator differ from each other and from the text's order."""
    stream = WindowStream(np.arange(250, dtype=np.uint8), maxlen=10, step=3, batch_size=16)
    generator = np.random.default_rng(1)
    orders = [examples_of(stream, generator)[:, 0].tolist() for _ in range(2)] + [examples_of(stream)[:, 0].tolist()]
    assert len({tuple(order) for order in orders}) == 3


@pytest.mark.parametrize("characters", [0, 1, 59, 60])
def test_text_no_longer_than_a_window_has_no_examples(characters):
    """A window needs a character to follow it."""
    ids = np.zeros(characters, dtype=np.uint8)
    x, y = one_hot_windows(ids, 57)
    assert (x.shape, y.shape) == ((0, 60, 57), (0, 57))
    assert list(WindowStream(ids, 60, 3, 128).batches()) == []


def test_windows_of_the_books_corpus_are_as_many_as_in_the_book():
    """600,893 characters give 200,278 windows at maxlen 60 and step 3."""
    assert len(window_starts(600_893, 60, 3)) == 200_278
    assert WindowStream(np.zeros(600_893, np.uint8), 60, 3, 128).windows == 200_278
