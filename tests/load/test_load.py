"""More viewers than fit, and a server with a tenth of a core: the page goes on evenly slower, it never stops."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser.app_server import Server
from tests.load.viewer import write_together

SECONDS = 5.0
MORE_THAN_FIT = 24  # viewers of the large network: two cores write for about a dozen


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("corpora"))
    yield started
    started.stop()


@contextmanager
def a_tenth_of_a_core(process) -> Iterator[None]:
    """Let a process run a tenth of the time only."""
    ended = threading.Event()

    def pause() -> None:
        while not ended.is_set():
            process.send_signal(signal.SIGSTOP)
            ended.wait(0.09)
            process.send_signal(signal.SIGCONT)
            ended.wait(0.01)

    thread = threading.Thread(target=pause)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        process.send_signal(signal.SIGCONT)


def test_each_of_too_many_viewers_goes_on(server):
    """Text and chart, and no run of the script is cut off by another one."""
    viewers = write_together(server.address, MORE_THAN_FIT, SECONDS)
    assert len(viewers) == MORE_THAN_FIT
    for viewer in viewers:
        assert viewer.characters > 10
        assert viewer.choices >= 4
        assert viewer.cut_off == 0


def test_one_viewer_goes_on_with_a_tenth_of_a_core(server):
    """Slower, but text and chart go on."""
    write_together(server.address, 1, 0.1)  # the network is in memory
    with a_tenth_of_a_core(server.process):
        (viewer,) = write_together(server.address, 1, SECONDS)
    assert viewer.characters > 10
    assert viewer.choices >= 4
    assert viewer.cut_off == 0
