"""Examples of a text on the disk: the content of an epoch, its order, and how well it is shuffled."""

from functools import partial

import numpy as np
import pytest

from charlstm.corpora import on_disk
from charlstm.corpora.on_disk import scan_files
from charlstm.text.character_mapping import TextEncoder, count_characters
from charlstm.training.data import pools
from charlstm.training.data.chunks import ChunkStream
from charlstm.training.data.pools import PooledStream
from charlstm.training.data.windows import WindowStream

LENGTH = 8


@pytest.fixture
def numbered(tmp_path, monkeypatch):
    """A corpus whose n-th character is Unicode's n-th ideograph, so that each id is a position; H is held out."""
    monkeypatch.setattr(on_disk, "BLOCK_BYTES", 300)
    monkeypatch.setattr(on_disk, "BOUNDARY_BYTES", 30)
    monkeypatch.setattr(on_disk, "EVALUATED_CHARACTERS", 20)
    monkeypatch.setattr(pools, "BLOCKS", 10)
    training = "".join(chr(0x4E00 + position) for position in range(18_000))
    path = tmp_path / "text.txt"
    path.write_text(training + " " + "H" * 6000, encoding="utf-8")
    return scan_files("numbered", [path])


def stream(corpus, stream_of):
    """Return the pools of a corpus, whose ids are positions, and its vocabulary."""
    encoder = TextEncoder.of_counts(
        count_characters(corpus.block(number).text() for number in range(corpus.block_count)), "none", 1
    )
    return PooledStream(corpus, encoder, stream_of), encoder.vocabulary


def positions(vocabulary, x):
    return np.array([ord(character) - 0x4E00 for character in vocabulary.characters])[x]


def test_epoch_has_every_training_character_once_and_no_held_out_one(numbered):
    """Except those at the end of a pool that fill no chunk or batch; the number of batches is estimated well."""
    pooled, vocabulary = stream(numbered, partial(ChunkStream, length=LENGTH, batch_size=4))
    assert "h" not in vocabulary.characters
    assert numbered.block_count > 100
    for epoch in range(3):
        batches = list(pooled.batches(np.random.default_rng(epoch)))
        assert abs(len(batches) - len(pooled)) <= 0.02 * len(pooled)
        seen = np.concatenate([x.ravel() for x, _ in batches])
        assert len(seen) == len(set(seen.tolist()))
        pool_count = -(-numbered.block_count // 10)
        assert len(seen) >= 18_000 - pool_count * (2 + 4) * LENGTH


def test_epoch_has_all_windows_of_each_pool(numbered):
    """One from every step-th character on."""
    pooled, _ = stream(numbered, partial(WindowStream, maxlen=LENGTH, step=3, batch_size=16))
    seen = sum(len(y) for _, y in pooled.batches(np.random.default_rng(1)))
    pool_count = -(-numbered.block_count // 10)
    assert 0 <= 18_001 / 3 - seen <= pool_count * (LENGTH + 3) / 3


def test_order_follows_from_the_random_generator_alone(numbered):
    """A resumed run has the batches of an uninterrupted one; another epoch has another order."""
    stream_of = partial(ChunkStream, length=LENGTH, batch_size=4)
    first = list(stream(numbered, stream_of)[0].batches(np.random.default_rng(7)))
    pooled, _ = stream(numbered, stream_of)
    list(pooled.batches(np.random.default_rng(3)))  # an epoch before
    again = list(pooled.batches(np.random.default_rng(7)))
    assert len(first) == len(again)
    for (x, y), (same_x, same_y) in zip(first, again, strict=True):
        np.testing.assert_array_equal(x, same_x)
        np.testing.assert_array_equal(y, same_y)
    other = next(pooled.batches(np.random.default_rng(8)))[0]
    assert not np.array_equal(other, first[0][0])


def test_batch_is_from_the_whole_text(numbered):
    """Its positions are spread as by a shuffle of the whole text: mean and deviation of a uniform draw."""
    pooled, vocabulary = stream(numbered, partial(ChunkStream, length=LENGTH, batch_size=16))
    batches = [positions(vocabulary, x[:, 0]) / 18_000 for x, _ in pooled.batches(np.random.default_rng(1))]
    means, deviations = np.array([batch.mean() for batch in batches]), np.array([batch.std() for batch in batches])
    assert means.mean() == pytest.approx(0.5, abs=0.02)
    assert deviations.mean() == pytest.approx(12**-0.5, abs=0.05)
    # With only 10 blocks in a pool a batch's mean moves as that of 10 to 16 draws.
    assert means.std() < 1.5 * 12**-0.5 / 10**0.5


def test_two_examples_of_a_batch_share_a_block_with_the_documented_probability(numbered):
    """1 / BLOCKS."""
    pooled, vocabulary = stream(numbered, partial(ChunkStream, length=LENGTH, batch_size=16))
    in_one_block = pairs = 0
    for x, _ in pooled.batches(np.random.default_rng(2)):
        blocks = positions(vocabulary, x[:, 0]) // 100
        in_one_block += (blocks[:, None] == blocks).sum() - len(blocks)
        pairs += len(blocks) * (len(blocks) - 1)
    assert in_one_block / pairs == pytest.approx(1 / 10, rel=0.25)


def test_dropped_characters_are_counted_in_each_epoch(numbered):
    """Those that the counted sample did not have."""
    known = count_characters([numbered.block(0).text(), " "])
    encoder = TextEncoder.of_counts(known, "none", 1)
    pooled = PooledStream(numbered, encoder, partial(ChunkStream, length=LENGTH, batch_size=4))
    before = encoder.dropped.total()
    list(pooled.batches(np.random.default_rng(1)))
    assert encoder.dropped.total() - before == numbered.training_characters - known.total()
