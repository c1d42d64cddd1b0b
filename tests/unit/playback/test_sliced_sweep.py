"""A sweep advanced by the clock: in slices, to its end or until it is cancelled."""

import pytest

from charlstm.evaluation.sweep import SweepFigures
from charlstm.playback.sweeps.sliced_sweep import WORK_AT_ONCE, SlicedSweep


def steps_of(number, passing):
    """A sweep of so many steps, each of which takes some seconds of a clock."""
    now = [0.0]

    def steps():
        for step in range(number + 1):
            now[0] += passing
            yield step / number, SweepFigures.unknown((0.5,), (1,))

    return steps(), lambda: now[0]


def test_sweeper_works_a_slice_at_a_time_until_it_is_done():
    """No slice is longer than it may be, but for its last step; at the end it rests."""
    steps, clock = steps_of(20, WORK_AT_ONCE / 4)
    sweeper = SlicedSweep(steps, clock)
    shares = [sweeper.share]
    while sweeper.running:
        began = clock()
        sweeper.advance()
        assert clock() - began <= WORK_AT_ONCE * 1.25 + 1e-9
        shares.append(sweeper.share)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) >= 20 / 5
    sweeper.advance()
    assert (sweeper.share, sweeper.running) == (1.0, False)


def test_sweeper_that_is_cancelled_keeps_what_it_has():
    """No further step is taken, and the figures so far stay."""
    steps, clock = steps_of(20, WORK_AT_ONCE / 4)
    sweeper = SlicedSweep(steps, clock)
    sweeper.advance()
    kept = (sweeper.share, sweeper.figures)
    sweeper.cancel()
    sweeper.advance()
    assert (sweeper.share, sweeper.figures) == kept
    assert kept[0] == pytest.approx(3 / 20)
    assert not sweeper.running
