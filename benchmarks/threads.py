"""Writing with NumPy's products on one thread, as charlstm limits them, against as many as NumPy takes by itself.

python -m benchmarks.threads    # two minutes; once on the machine as it is, once with all its cores busy
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.measure import Claim, report

MODELS = ("nietzsche-all", "nietzsche-book")
ROUNDS, SECONDS = 3, 2.0
# As in a notebook: the public API alone, and nothing that the page or the command line sets up.
PROGRAM = f"""
import itertools, sys, time
import charlstm
model = charlstm.open_model(f"models/{{sys.argv[1]}}")
steps = charlstm.generate(model, "what is noble? ", length=10**9)
for _ in itertools.islice(steps, 20): pass
began, count = time.monotonic(), 0
while time.monotonic() - began < {SECONDS}:
    next(steps)
    count += 1
print(count / (time.monotonic() - began))
"""


def characters_a_second(model: str, threads: str) -> float:
    environment = os.environ | {"CHARLSTM_BLAS_THREADS": threads}
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        environment.pop(name, None)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, model], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return float(run.stdout)


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core of the machine busy with a process of its own."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def compared(model: str, state: str, target: float | None) -> list[Claim]:
    pairs = [(characters_a_second(model, "1"), characters_a_second(model, "0")) for _ in range(ROUNDS)]
    one, many = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(limited / unlimited for limited, unlimited in pairs)
    return [
        Claim(f"{model}, {state}: characters a second on one thread", one, None, unit=""),
        Claim(f"{model}, {state}: on as many threads as NumPy takes", many, None, unit=""),
        Claim(f"{model}, {state}: one thread against NumPy's own number", ratio, target),
    ]


def measure() -> list[Claim]:
    claims = [claim for model in MODELS for claim in compared(model, "idle cores", None)]
    with busy_cores():
        claims += [claim for model in MODELS for claim in compared(model, "busy cores", 1.0)]
    return claims


if __name__ == "__main__":
    report(measure)
