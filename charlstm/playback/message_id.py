"""Numbers for the messages to a component, because the browser may receive two of them in the wrong order."""

import time


def next_message_id() -> int:
    """Return a number that is higher than any before, also after a restart of the server.

    A component ignores a message whose number is lower than that of the last one. The numbers are
    microseconds since 1970, which JavaScript's numbers hold exactly.
    """
    return time.time_ns() // 1000
