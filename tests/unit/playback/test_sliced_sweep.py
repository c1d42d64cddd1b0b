"""A sweep that is advanced in slices of time, to its end or until it is cancelled."""

import pytest

from charlstm.evaluation.sweep import SweepFigures
from charlstm.playback.sweeps.sliced_sweep import WORK_AT_ONCE, SlicedSweep


def steps_of(number, duration):
    """Return a sweep of so many steps, and a clock in whose seconds each takes `duration`."""
    now = [0.0]

    def steps():
        for step in range(number + 1):
            now[0] += duration
            yield step / number, SweepFigures.unknown((0.5,), (1,))

    return steps(), lambda: now[0]


def test_sweep_works_a_slice_at_a_time_until_it_is_done():
    """No slice is longer than allowed, except by its last step; a finished sweep does nothing."""
    steps, clock = steps_of(20, WORK_AT_ONCE / 4)
    sweep = SlicedSweep(steps, clock)
    shares = [sweep.share]
    while sweep.running:
        began = clock()
        sweep.advance()
        assert clock() - began <= WORK_AT_ONCE * 1.25 + 1e-9
        shares.append(sweep.share)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) >= 20 / 5
    sweep.advance()
    assert (sweep.share, sweep.running) == (1.0, False)


def test_cancelled_sweep_keeps_its_figures():
    """And makes no further step."""
    steps, clock = steps_of(20, WORK_AT_ONCE / 4)
    sweep = SlicedSweep(steps, clock)
    sweep.advance()
    kept = (sweep.share, sweep.figures)
    sweep.cancel()
    sweep.advance()
    assert (sweep.share, sweep.figures) == kept
    assert kept[0] == pytest.approx(3 / 20)
    assert not sweep.running
