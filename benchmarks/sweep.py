"""A sweep of 20 temperatures, 16 texts of 400 characters each, on one core: all together, and one at a time."""

import time
from collections.abc import Callable

from benchmarks.measure import Claim, report, use_one_core

use_one_core()

from charlstm.evaluation import metrics  # noqa: E402
from charlstm.evaluation.sweep import sweep  # noqa: E402
from charlstm.generation.loop import generate  # noqa: E402
from charlstm.generation.sampling import entropy  # noqa: E402
from charlstm.model_folder.epoch_weights import epoch_file, read_epoch  # noqa: E402
from charlstm.model_folder.store import Model, open_model  # noqa: E402
from charlstm.networks.lstm import LstmNetwork  # noqa: E402
from charlstm.networks.network import Context, Network  # noqa: E402
from tests import golden  # noqa: E402

TEMPERATURES = [tenth / 10 for tenth in range(1, 21)]
RUNS, LENGTH = 16, 400
NAIVE_SHARE = 16  # one text at a time is measured on one run in so many, and scaled
TARGETS: dict[Context, float] = {"carried": 2.0, "window": 60.0}


def core_seconds(work: Callable[[Network, Model], None], network: Network, model: Model) -> float:
    """Return how long a core works at it; what else happens on the machine does not count."""
    began = time.process_time()
    work(network, model)
    return time.process_time() - began


def together(network: Network, model: Model) -> None:
    known = model.real_words
    for _ in sweep(network, model.vocabulary, golden.SEED_TEXT, TEMPERATURES, RUNS, LENGTH, 1, known):
        pass


def one_at_a_time(network: Network, model: Model) -> None:
    """Write one run at each temperature, and count the same figures."""
    known = model.real_words
    seed_ids = model.vocabulary.encode(golden.SEED_TEXT)
    for temperature in TEMPERATURES:
        steps = list(generate(network, seed_ids, temperature, LENGTH, 1))
        text = model.vocabulary.decode(step.character_id for step in steps)
        metrics.real_word_share(text, known, golden.SEED_TEXT)
        metrics.distinct_word_share(text, golden.SEED_TEXT)
        metrics.repetition(text)
        for step in steps:
            entropy(step.reweighted)


def measure() -> list[Claim]:
    model = open_model(golden.MODEL)
    tensors = read_epoch(golden.MODEL / epoch_file(model.manifest.best_epoch), model.manifest)
    claims = []
    for context, target in TARGETS.items():
        network = LstmNetwork(tensors, context, model.manifest.window)
        ours = core_seconds(together, network, model)
        naive = core_seconds(one_at_a_time, network, model) * NAIVE_SHARE
        name = f"sweep of 20 x 16 x 400 characters, {context} context"
        alone = f"the same, one text at a time (1 run in {NAIVE_SHARE}, scaled), {context} context"
        claims.append(Claim(name, ours, target, at_least=False, unit=" s"))
        claims.append(Claim(alone, naive, None, unit=" s"))
    return claims


if __name__ == "__main__":
    report(measure)
