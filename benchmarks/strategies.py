"""What each strategy adds to a recorded step, and what DRY does against loops at a low temperature."""

from benchmarks.measure import Claim, report, times_as_fast, use_one_core

use_one_core()

from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.evaluation.metrics import real_word_share, repetition  # noqa: E402
from charlstm.generation.filters import DRY_MULTIPLIER, NO_FILTERS, Filters  # noqa: E402
from charlstm.generation.loop import TextGenerator, generate_batch  # noqa: E402
from charlstm.model_folder.store import Model, open_model  # noqa: E402

MODELS = Path(__file__).resolve().parent.parent / "models"
BOOK, DEFAULT = "nietzsche-book", "nietzsche-all"
SEED_TEXT = "the will to power is not a being, not a becoming, but a pathos "
TEXT = MODELS.parent / "charlstm" / "ui" / "read" / "excerpt.txt"
TEXT_SO_FAR = 10_000  # characters, in which DRY looks for repetitions
CHARACTERS, ROUNDS = 400, 15
MOST = 1.3  # times as long as without
# Beam search reads ahead, so often as it is told to, and is no part of the claim.
STRATEGIES = {
    "top_k": Filters(top_k=10),
    "top_p": Filters(top_p=0.9),
    "min_p": Filters(min_p=0.05),
    "typical_p": Filters(typical_p=0.9),
    "top_n_sigma": Filters(top_n_sigma=1.0),
    "mirostat": Filters(mirostat_tau=2.0),
    "xtc": Filters(xtc_probability=0.5),
    "repetition_penalty": Filters(repetition_penalty=1.2),
    "frequency_penalty": Filters(frequency_penalty=0.2),
    "presence_penalty": Filters(presence_penalty=0.2),
    "dry": Filters(dry_multiplier=DRY_MULTIPLIER),
    "ban": Filters(ban="0123456789"),
    "bias": Filters(bias=(("e", -2.0),)),
}
TEMPERATURE, LENGTH, RANDOM_SEEDS = 0.2, 3000, range(16)  # of DRY's figures


def measure() -> list[Claim]:
    book = open_model(MODELS / BOOK)
    return [*_costs(open_model(MODELS / DEFAULT)), *_costs(book), *_loops(book)]


def _costs(model: Model) -> list[Claim]:
    recorded = {name: (_recording(model, filters), CHARACTERS) for name, filters in STRATEGIES.items()}
    ratios = times_as_fast((_recording(model, NO_FILTERS), CHARACTERS), recorded, ROUNDS)
    return [
        Claim(f"{model.folder.name}, a recorded step with {name}: time against none", ratio, MOST, at_least=False)
        for name, ratio in ratios.items()
    ]


def _recording(model: Model, filters: Filters) -> Callable[[], object]:
    """Return what writes a text and keeps its steps."""
    text = TEXT.read_text(encoding="utf-8")[:TEXT_SO_FAR]
    network, ids = model.network(model.manifest.best_epoch), model.vocabulary.fold_and_encode(text)
    after_text = TextGenerator(network, ids, 1, characters=model.vocabulary.characters)

    def record() -> None:
        generator = after_text.copy()
        kept = []
        for _ in range(CHARACTERS):
            kept.append(generator.step(0.5, filters))

    return record


def _loops(model: Model) -> list[Claim]:
    without, with_dry = (_texts(model, filters) for filters in (NO_FILTERS, STRATEGIES["dry"]))
    repeated = [float(np.mean([repetition(text) for text in texts])) for texts in (without, with_dry)]
    real = [
        float(np.mean([real_word_share(text, model.real_words, SEED_TEXT) for text in texts]))
        for texts in (without, with_dry)
    ]
    return [
        Claim("repeated 20-grams at 0.2 without DRY", 100 * repeated[0], None, unit="%"),
        Claim("repeated 20-grams at 0.2 with DRY", 100 * repeated[1], 100 * repeated[0] / 10, at_least=False, unit="%"),
        Claim("real words at 0.2 without DRY", 100 * real[0], None, unit="%"),
        Claim("real words at 0.2 with DRY", 100 * real[1], 100 * real[0] - 2, unit="%"),
    ]


def _texts(model: Model, filters: Filters) -> list[str]:
    vocabulary, temperatures = model.vocabulary, [TEMPERATURE] * len(RANDOM_SEEDS)
    network, ids = model.network(model.manifest.best_epoch), vocabulary.fold_and_encode(SEED_TEXT)
    steps = generate_batch(network, ids, temperatures, LENGTH, RANDOM_SEEDS, filters)
    written = np.array([step.character_ids for step in steps])
    return [vocabulary.decode(row.tolist()) for row in written.T]


if __name__ == "__main__":
    report(measure)
