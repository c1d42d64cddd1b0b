"""The indexes of what the networks learned: how large, how often they err, how fast a text is looked through.

python -m benchmarks.passages [CORPUS …]    # seconds; compares with a search in each corpus that is at hand
"""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

import sys  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.corpora import named  # noqa: E402
from charlstm.corpora.corpus import InMemoryCorpus, load_corpus  # noqa: E402
from charlstm.corpora.overlap import ngram_hashes  # noqa: E402
from charlstm.corpora.passages import MIN_PASSAGE, copied_passages  # noqa: E402
from charlstm.model_folder.location import models_folder  # noqa: E402
from charlstm.model_folder.passage_index import LARGEST_FILE, PASSAGES  # noqa: E402
from charlstm.model_folder.store import Model, find_models  # noqa: E402
from charlstm.text.character_mapping import TextEncoder  # noqa: E402

LARGE, CORPUS = "nietzsche-all", "nietzsche"
SPEED_LENGTH, RANDOM_LENGTH, ROUNDS = 200_000, 2_000_000, 20
Spans = list[tuple[int, int]]


def exact_passages(learned: str, text: str) -> Spans:
    """Return the passages of a text whose n-grams of MIN_PASSAGE characters are all in what was learned."""
    shared = np.isin(ngram_hashes(text, MIN_PASSAGE), ngram_hashes(learned, MIN_PASSAGE))
    changes = np.diff(shared.astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return list(zip(begins.tolist(), (ends + MIN_PASSAGE - 1).tolist(), strict=True))


def errors(model: Model, corpus: InMemoryCorpus) -> list[Claim]:
    """Return the errors of an index on the held-out text, compared with a search in what was learned."""
    assert model.passages is not None
    encoder = TextEncoder(model.vocabulary, model.manifest.recipe["folding"])
    text = "\n".join(map(encoder.fold, corpus.held_out))
    exact, found = exact_passages(encoder.fold(corpus.training), text), copied_passages(model.passages, text)
    missed = [one for one in exact if not any(_within(one, other) for other in found)]
    wrong = [one for one in found if not any(_within(other, one) for other in exact)]
    too_long = [one for one in found if one not in set(exact) and one not in set(wrong)]
    where = f"{model.folder.name}, {len(text):,} held-out characters with {len(exact):,} copied passages"
    return [
        Claim(f"{where}: missed", len(missed), 0, False, ""),
        Claim(f"{where}: found that are none, at 10,000 positions", 1e4 * len(wrong) / len(text), 1, False, ""),
        Claim(f"{where}: found with an end too far", len(too_long), None, unit=""),
    ]


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def chance(model: Model) -> Claim:
    """Return how many passages are found in random characters, where there are none."""
    assert model.passages is not None
    ids = np.random.default_rng(1).integers(0, len(model.vocabulary), RANDOM_LENGTH)
    found = copied_passages(model.passages, model.vocabulary.decode(ids.tolist()))
    share = 1e4 * len(found) / RANDOM_LENGTH
    return Claim(f"{model.folder.name}, random characters: passages found, at 10,000 positions", share, 1, False, "")


def speed(model: Model) -> Claim:
    """Return the time for a text that the network wrote, the best of several rounds."""
    index = model.passages
    assert index is not None
    samples = "\n".join(sample.text for sample in model.samples)
    text = (samples * (SPEED_LENGTH // len(samples) + 1))[:SPEED_LENGTH]
    took = min(seconds(lambda: copied_passages(index, text)) for _ in range(ROUNDS))
    return Claim(f"{model.folder.name}, one core: seconds for {SPEED_LENGTH:,} characters", took, 0.5, False, "")


def measure() -> list[Claim]:
    models = [model for model in find_models(models_folder())[0] if model.passages is not None]
    claims = []
    for model in models:
        size = (model.folder / PASSAGES).stat().st_size / 1e6
        claims.append(Claim(f"{model.folder.name}: size of the index", size, LARGEST_FILE / 1e6, False, " MB"))
    for model in (one for one in models if one.folder.name == LARGE):
        claims += [chance(model), speed(model)]
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    for name in given or ([CORPUS] if named.cached_path(CORPUS) else []):
        corpus = load_corpus(name)
        for model in models:
            if isinstance(corpus, InMemoryCorpus) and model.manifest.corpus.get("sha256") == corpus.sha256:
                claims += errors(model, corpus)
    return claims


if __name__ == "__main__":
    report(measure)
