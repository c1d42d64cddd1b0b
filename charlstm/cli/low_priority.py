"""The command line at the lowest priority, as a server starts it: `python -m charlstm.cli.low_priority train …`.

It has the lowest scheduling priority (or the niceness $CHARLSTM_NICE), is the first process that Linux
kills when memory runs out, and does not outlive its parent: a byte on its standard input is a Ctrl-C,
and the end of its standard input, which comes with the end of the parent however that ends, ends it
at once.
"""

import _thread
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

LOWEST_PRIORITY = "19"
FIRST_TO_BE_KILLED = "1000"  # the highest oom_score_adj
PARENT_ENDED = 3  # exit code


def main() -> None:
    """Lower this process's priority, listen to the parent, and run the command line."""
    with suppress(OSError, AttributeError, ValueError):  # not on Windows
        os.nice(int(os.environ.get("CHARLSTM_NICE", LOWEST_PRIORITY)))
    with suppress(OSError):  # Linux alone
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_BE_KILLED)
    # A process that a shell script starts in the background ignores Ctrl-C, and its children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_listen_to_parent, daemon=True).start()
    from charlstm.cli import app  # the import takes a while: it comes after all this

    app.main()


def _listen_to_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        _thread.interrupt_main()
    os._exit(PARENT_ENDED)


if __name__ == "__main__":
    main()
