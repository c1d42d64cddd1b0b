"""Examples of a text that stays on the disk: what an epoch sees, in which order, and how well it is shuffled."""

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
    """A corpus whose n-th character is the n-th of Unicode's ideographs, so that each id is a place; H is held out."""
    monkeypatch.setattr(on_disk, "BLOCK", 300)
    monkeypatch.setattr(on_disk, "REACH", 30)
    monkeypatch.setattr(on_disk, "PLACE_CHARACTERS", 20)
    monkeypatch.setattr(pools, "BLOCKS", 10)
    learned = "".join(chr(0x4E00 + place) for place in range(18_000))
    path = tmp_path / "text.txt"
    path.write_text(learned + " " + "H" * 6000, encoding="utf-8")
    return scan_files("numbered", [path])


def stream(corpus, stream_of):
    """The pools of a corpus, with ids that are places: characters of the sample come first, in order."""
    reader = TextEncoder.of_counts(
        count_characters(corpus.block(number).text() for number in range(corpus.blocks)), "none", 1
    )
    return PooledStream(corpus, reader, stream_of), reader.vocabulary


def places(vocabulary, x):
    return np.array([ord(character) - 0x4E00 for character in vocabulary.characters])[x]


def test_an_epoch_sees_every_learned_character_once_and_no_held_out_one(numbered):
    """Up to what does not fill a stretch or a batch at the end of a pool; its length was known about right."""
    pooled, vocabulary = stream(numbered, partial(ChunkStream, length=LENGTH, batch_size=4))
    assert "h" not in vocabulary.characters
    assert numbered.blocks > 100
    for epoch in range(3):
        batches = list(pooled.batches(np.random.default_rng(epoch)))
        assert abs(len(batches) - len(pooled)) <= 0.02 * len(pooled)
        seen = np.concatenate([x.ravel() for x, _ in batches])
        assert len(seen) == len(set(seen.tolist()))
        pool_count = -(-numbered.blocks // 10)
        assert len(seen) >= 18_000 - pool_count * (2 + 4) * LENGTH


def test_windows_of_a_pool_are_all_seen(numbered):
    """Every step-th character of each pool begins one."""
    pooled, _ = stream(numbered, partial(WindowStream, maxlen=LENGTH, step=3, batch_size=16))
    seen = sum(len(y) for _, y in pooled.batches(np.random.default_rng(1)))
    pool_count = -(-numbered.blocks // 10)
    assert 0 <= 18_001 / 3 - seen <= pool_count * (LENGTH + 3) / 3


def test_the_order_follows_from_the_dice_alone(numbered):
    """A run that goes on sees the batches that an unbroken one sees; another epoch has another order."""
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


def test_a_batch_is_from_all_over_the_text(numbered):
    """Its places are spread as evenly as those of a whole shuffle: mean and deviation of a uniform draw."""
    pooled, vocabulary = stream(numbered, partial(ChunkStream, length=LENGTH, batch_size=16))
    batches = [places(vocabulary, x[:, 0]) / 18_000 for x, _ in pooled.batches(np.random.default_rng(1))]
    means, deviations = np.array([batch.mean() for batch in batches]), np.array([batch.std() for batch in batches])
    assert means.mean() == pytest.approx(0.5, abs=0.02)
    assert deviations.mean() == pytest.approx(12**-0.5, abs=0.05)
    # With only 10 blocks in a pool a batch's mean moves as that of 10 to 16 draws.
    assert means.std() < 1.5 * 12**-0.5 / 10**0.5


def test_two_examples_of_a_batch_share_a_block_once_in_the_blocks_of_a_pool(numbered):
    """Which is what the class says of its shuffle."""
    pooled, vocabulary = stream(numbered, partial(ChunkStream, length=LENGTH, batch_size=16))
    together = pairs = 0
    for x, _ in pooled.batches(np.random.default_rng(2)):
        blocks = places(vocabulary, x[:, 0]) // 100
        together += (blocks[:, None] == blocks).sum() - len(blocks)
        pairs += len(blocks) * (len(blocks) - 1)
    assert together / pairs == pytest.approx(1 / 10, rel=0.25)


def test_what_is_left_out_is_counted_as_it_comes(numbered):
    """Characters that the sample did not have are dropped, and told."""
    known = count_characters([numbered.block(0).text(), " "])
    reader = TextEncoder.of_counts(known, "none", 1)
    pooled = PooledStream(numbered, reader, partial(ChunkStream, length=LENGTH, batch_size=4))
    before = reader.left_out.total()
    list(pooled.batches(np.random.default_rng(1)))
    assert reader.left_out.total() - before == numbered.training_characters - known.total()
