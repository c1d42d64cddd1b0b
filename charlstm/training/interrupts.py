"""Ctrl-C while TensorFlow is at work: held back until it can be obeyed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_deferred() -> Iterator[Callable[[], None]]:
    """Hold a Ctrl-C back until the function that this gives is called, which then raises KeyboardInterrupt.

    TensorFlow's compiled parts lose an interruption that falls into them, or mistake it for an error of
    their own. A second Ctrl-C acts at once, for whoever cannot wait. In a thread other than the main
    one, where Python lets nobody listen, nothing is held back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    usual = signal.getsignal(signal.SIGINT)
    pressed = threading.Event()

    def hold(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, usual)

    def obey() -> None:
        if pressed.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hold)
    try:
        yield obey
    finally:
        signal.signal(signal.SIGINT, usual)
