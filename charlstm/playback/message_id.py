"""The order of the messages to a component: the browser may hand two of them over the wrong way round."""

import time


def rising_number() -> int:
    """Return a number that is higher than any before, also when the server was started anew in between.

    A component gets one with each message, and passes over what is older than what it has. They are
    microseconds, which JavaScript's numbers hold exactly.
    """
    return time.time_ns() // 1000
