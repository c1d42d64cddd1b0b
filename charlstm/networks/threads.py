"""How many threads NumPy's matrix products may use in this process.

A step multiplies a vector with a few hundred columns at a time: too little work for several threads,
which on a busy machine wait for each other far longer than they compute (`python -m benchmarks.threads`).
"""

import os
from functools import cache

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
