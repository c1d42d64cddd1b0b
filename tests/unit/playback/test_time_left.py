"""The time that a training still takes, by a clock that the test sets."""

from itertools import pairwise

import pytest

from charlstm.playback.user_training.time_left import TimeLeft

STARTUP, FIRST_BATCH, BATCH, SCORING = 40.0, 6.0, 0.5, 3.0  # seconds
BATCHES = 20
EPOCH = BATCHES * BATCH + SCORING


def trained(epochs, slower=1.0):
    """Yield the time after each message of a training, the estimate then, and the seconds that it really takes on."""
    left, now, told = TimeLeft(epochs), STARTUP, []
    left.note(now, 0, finished=True)
    for epoch in range(1, epochs + 1):
        pace = slower if epoch > 2 else 1.0
        for done in range(1, BATCHES + 1):
            now += FIRST_BATCH if (epoch, done) == (1, 1) else BATCH * pace
            left.note(now, epoch - 1 + done / BATCHES)
            told.append((now, left.seconds(now)))
        now += SCORING * pace
        left.note(now, epoch, finished=True)
        told.append((now, left.seconds(now)))
    return [(at, estimate, now - at) for at, estimate in told]


def test_nothing_is_said_before_an_epoch_is_finished():
    """Learning alone would promise too little, and the start of TensorFlow too much."""
    told = trained(10)
    assert [estimate for _, estimate, _ in told[:BATCHES]] == [None] * BATCHES
    assert told[BATCHES][1] is not None


@pytest.mark.parametrize("epochs", [3, 10, 200])
def test_estimate_counts_start_up_once_and_scoring_in_every_epoch(epochs):
    """From the first finished epoch on it is the time that the training really takes."""
    for _, estimate, really in trained(epochs)[BATCHES:]:
        assert estimate == pytest.approx(really, rel=0.1, abs=SCORING)


def test_estimate_never_jumps_by_a_factor():
    """Nor where the machine is suddenly half as fast: from one message to the next it changes by less than half."""
    estimates = [estimate for _, estimate, _ in trained(40, slower=2.0)[BATCHES:]]
    for before, after in pairwise(estimates):
        if before > 4 * EPOCH:
            assert before / 1.5 < after < 1.5 * before


def test_estimate_of_an_epoch_that_takes_longer_does_not_run_out():
    """What comes after it is left in any case."""
    left = TimeLeft(5)
    for now, progress, finished in ((1.0, 0.5, False), (6.0, 1.0, True), (8.0, 1.5, False)):
        left.note(now, progress, finished)
    assert left.seconds(8.0) == pytest.approx(38.0)
    assert left.seconds(500.0) == pytest.approx(35.0)


def test_resumed_training_counts_from_where_it_goes_on():
    """Its earlier epochs took no time of this process."""
    left = TimeLeft(20)
    left.note(0.0, 10, finished=True)
    left.note(30.0, 10.1)
    assert left.seconds(30.0) is None
    left.note(39.0, 11, finished=True)
    assert left.seconds(39.0) == pytest.approx(90.0)
