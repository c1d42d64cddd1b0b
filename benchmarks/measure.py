"""What every benchmark shares: one core, rounds that take turns, ratios, and the table.

Import this before numpy: it keeps every library to one thread.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


@dataclass(frozen=True)
class Claim:
    """One line of the table: what is claimed, and what was measured.

    `target` is None where a figure is only given for comparison.
    """

    claim: str
    measured: float
    target: float | None
    at_least: bool = True  # else at most
    unit: str = "x"

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.measured >= self.target if self.at_least else self.measured <= self.target


def use_one_core() -> None:
    """Keep this process to one thread and one core. Call it before numpy is imported."""
    os.environ.update(ONE_THREAD)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def times_as_fast(
    ours: tuple[Callable[[], object], int], others: Mapping[str, tuple[Callable[[], object], int]], rounds: int
) -> dict[str, float]:
    """Return how many times as fast as each of `others` ours is.

    The contestants take turns, round after round, and each ratio is the median of the rounds' own
    ratios, so that what else happens on the machine strikes all of them alike.

    Args:
        ours: the work, and how many characters it makes.
        others: the same, by name.
        rounds: how many; one more is run first, and not counted.
    """
    ratios: dict[str, list[float]] = {name: [] for name in others}
    for number in range(rounds + 1):
        before = seconds(ours[0]) / ours[1]
        for name, (work, characters) in others.items():
            theirs = seconds(work) / characters
            after = seconds(ours[0]) / ours[1]
            if number:
                ratios[name].append(theirs / ((before + after) / 2))
            before = after
    return {name: statistics.median(values) for name, values in ratios.items()}


def table(claims: list[Claim]) -> str:
    """Return the claims as a Markdown table, one a line."""
    lines = ["| claim | target | measured | met |", "| --- | ---: | ---: | --- |"]
    for claim in claims:
        sign = "≥" if claim.at_least else "≤"
        target = "" if claim.target is None else f"{sign} {claim.target:,g}{claim.unit}"
        met = {True: "yes", False: "**no**", None: ""}[claim.met]
        lines.append(f"| {claim.claim} | {target} | {claim.measured:,.4g}{claim.unit} | {met} |")
    return "\n".join(lines)


def report(measure: Callable[[], list[Claim]]) -> None:
    """Run one script: print its table, or JSON when `python -m benchmarks` asks for it."""
    claims = measure()
    print(json.dumps([asdict(claim) for claim in claims]) if "--json" in sys.argv else table(claims))
