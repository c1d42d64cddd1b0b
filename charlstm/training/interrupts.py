"""Ctrl-C while TensorFlow computes: remembered, and raised at the next safe point."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_deferred() -> Iterator[Callable[[], None]]:
    """Defer a Ctrl-C until the function that this gives, `check_interrupt`, is called.

    TensorFlow's compiled code loses an interrupt that falls into it, or takes it for an error of its
    own. A second Ctrl-C acts at once. Outside the main thread, where Python allows no signal handlers,
    nothing is deferred.

    Yields:
        `check_interrupt`, which raises KeyboardInterrupt if Ctrl-C was pressed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    previous_handler = signal.getsignal(signal.SIGINT)
    interrupted = threading.Event()

    def defer(*_: object) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, previous_handler)

    def check_interrupt() -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, defer)
    try:
        yield check_interrupt
    finally:
        signal.signal(signal.SIGINT, previous_handler)
