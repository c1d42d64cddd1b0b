"""The command line at the lowest priority, as a server starts it: `python -m charlstm.cli.low_priority train …`.

It takes only what the machine has to spare (how far it steps back is $CHARLSTM_NICE, or 19), is the
first to go where memory runs out, and does not outlive whoever started it: a byte on its standard
input is a Ctrl-C, and the end of its standard input, which comes with the end of its parent however
that ends, ends it at once.
"""

import _thread
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

LOWEST_PRIORITY = "19"
FIRST_TO_GO = "1000"  # of what Linux ends when memory runs out
ABANDONED = 3  # the exit code when the parent has gone


def main() -> None:
    """Step back behind all other processes, listen to the parent, and run the command line."""
    with suppress(OSError, AttributeError, ValueError):  # not on Windows
        os.nice(int(os.environ.get("CHARLSTM_NICE", LOWEST_PRIORITY)))
    with suppress(OSError):  # Linux alone
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    # What a shell script starts in the background is deaf to Ctrl-C, and so would be all that it starts itself.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_listen, daemon=True).start()
    from charlstm.cli import app  # which takes a while: by now it is behind the others, and listens

    app.main()


def _listen() -> None:
    while os.read(sys.stdin.fileno(), 1):
        _thread.interrupt_main()
    os._exit(ABANDONED)


if __name__ == "__main__":
    main()
