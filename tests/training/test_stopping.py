"""Ctrl-C is obeyed when it is asked for, and a second one at once."""

import signal
import threading

import pytest

from charlstm.training.interrupts import interrupts_deferred


def test_ctrl_c_waits_until_it_can_be_obeyed():
    """Nothing happens where it falls; the next question for it raises."""
    with pytest.raises(KeyboardInterrupt), interrupts_deferred() as obey:
        obey()
        signal.raise_signal(signal.SIGINT)
        waited = True
        obey()
    assert waited


def test_second_ctrl_c_is_obeyed_at_once():
    """Whoever presses again need not wait."""
    asked = False
    with pytest.raises(KeyboardInterrupt), interrupts_deferred() as obey:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        asked = True
        obey()
    assert not asked


def test_ctrl_c_is_as_before_afterwards():
    """Whoever listened before listens again, also after an error; another thread changes nothing."""
    usual = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="lost"), interrupts_deferred():
        raise ValueError("lost")
    assert signal.getsignal(signal.SIGINT) is usual
    seen = []

    def elsewhere() -> None:
        with interrupts_deferred() as obey:
            obey()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [usual]
