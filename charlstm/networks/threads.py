"""How many threads NumPy's matrix products may use in this process.

A step multiplies a vector with a few hundred columns at a time: too little work for several threads,
which on a busy machine wait for each other far longer than they compute (`python -m benchmarks.threads`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threadpoolctl

ENVIRONMENT_VARIABLE = "CHARLSTM_BLAS_THREADS"  # another number of threads; 0 leaves NumPy's as it is


@cache
def limit_blas_threads() -> None:
    """Limit NumPy's BLAS, once for the whole process, to one thread, or to $CHARLSTM_BLAS_THREADS.

    Every network calls this when it is made, so that it is as fast in a notebook as on the page.
    """
    import threadpoolctl

    wanted = os.environ.get(ENVIRONMENT_VARIABLE, "1")
    threads = int(wanted) if wanted.isdecimal() else 1
    if threads:
        threadpoolctl.threadpool_limits(threads, user_api="blas")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit NumPy's BLAS to one thread for a while: several may round otherwise, and not the same each time."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> "threadpoolctl.ThreadpoolController":
    """Return what knows the libraries of this process; looking for them takes longer than many steps."""
    import threadpoolctl

    return threadpoolctl.ThreadpoolController()
