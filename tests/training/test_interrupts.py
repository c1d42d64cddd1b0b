"""Ctrl-C is raised at the next check, and a second one at once."""

import signal
import threading

import pytest

from charlstm.training.interrupts import interrupts_deferred


@pytest.fixture(autouse=True)
def usual_handler():
    """Python's own, which a process that was started in the background does not have."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_raised_at_the_next_check():
    """And not before."""
    with pytest.raises(KeyboardInterrupt), interrupts_deferred() as check_interrupt:
        check_interrupt()
        signal.raise_signal(signal.SIGINT)
        deferred = True
        check_interrupt()
    assert deferred


def test_second_ctrl_c_is_raised_at_once():
    """Without a check."""
    checked = False
    with pytest.raises(KeyboardInterrupt), interrupts_deferred() as check_interrupt:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        checked = True
        check_interrupt()
    assert not checked


def test_handler_of_ctrl_c_is_restored():
    """Also after an error; another thread changes nothing."""
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="lost"), interrupts_deferred():
        raise ValueError("lost")
    assert signal.getsignal(signal.SIGINT) is handler
    seen = []

    def in_another_thread() -> None:
        with interrupts_deferred() as check_interrupt:
            check_interrupt()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=in_another_thread)
    thread.start()
    thread.join()
    assert seen == [handler]
