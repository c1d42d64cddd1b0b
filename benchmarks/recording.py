"""Keeping every Step of a run, against writing without keeping any."""

from benchmarks.measure import Claim, report, times_as_fast, use_one_core

use_one_core()

import numpy as np  # noqa: E402

from benchmarks import contestants  # noqa: E402
from charlstm.generation.loop import TextGenerator  # noqa: E402
from charlstm.networks.lstm import LstmNetwork  # noqa: E402

CHARACTERS, TEMPERATURE = 1000, 0.5


def measure() -> list[Claim]:
    network = LstmNetwork(contestants.tensors(), context="carried", window=contestants.WINDOW)
    plain = TextGenerator(network, np.arange(20), random_seed=1)
    recorded = TextGenerator(network, np.arange(20), random_seed=1)
    kept = []

    def write() -> None:
        for _ in range(CHARACTERS):
            plain.step(TEMPERATURE)

    def record() -> None:
        for _ in range(CHARACTERS):
            kept.append(recorded.step(TEMPERATURE))

    ratios = times_as_fast((write, CHARACTERS), {"recording": (record, CHARACTERS)}, rounds=100)
    return [Claim("recording full Steps: time against not recording", ratios["recording"], 1.3, at_least=False)]


if __name__ == "__main__":
    report(measure)
