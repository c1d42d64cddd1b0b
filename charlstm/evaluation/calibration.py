"""The temperature at which a network would be most often right, and a network made so that this is 1.

A network that has read its texts often is surer of itself than it should be. Dividing its logits by
one number, which text that it never learned tells, makes its probabilities honest; what it thinks
likeliest stays so.

Source: Guo et al. 2017, "On Calibration of Modern Neural Networks" (temperature scaling).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.corpus import Corpus
from charlstm.evaluation.metrics import held_out_losses
from charlstm.evaluation.protocol import read_by
from charlstm.generation.loop import generate
from charlstm.model_folder import store
from charlstm.model_folder.manifest import is_finite
from charlstm.model_folder.store import Model, ModelError, Sample
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary

TEMPERATURES = tuple(hundredth / 100 for hundredth in range(70, 161))


@dataclass(frozen=True)
class Calibration:
    """The best temperature, and the held-out loss at 1 and at it, in nats a character."""

    temperature: float
    before: float
    after: float


def fit_temperature(network: Network, texts: Sequence[NDArray[np.integer]]) -> Calibration:
    """Return the one of TEMPERATURES at which the loss on held-out texts is least, 1 where it is no worse.

    Args:
        texts: each as ids, shape (characters,).

    Raises:
        ValueError: there is nothing to score.
    """
    losses = dict(zip(TEMPERATURES, held_out_losses(network, texts, TEMPERATURES).tolist(), strict=True))
    before = losses[1.0]
    if not math.isfinite(before):
        raise ValueError("the held-out text is too short, or the network finds some of it impossible")
    best = min(losses, key=lambda temperature: (losses[temperature], abs(temperature - 1.0)))
    return Calibration(best, before, losses[best])


def calibrate(model: Model, corpus: Corpus, into: Path) -> Calibration:
    """Make a model folder of a model's best epoch, calibrated on the held-out text of its corpus.

    The history stays that of the training; the samples of that epoch are written again, with the
    same seed texts and dice.

    Raises:
        ModelError: there is something in the folder `into`.
        ValueError: see `fit_temperature`.
        OSError: the folder cannot be written.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise ModelError(f"{into} is not empty: the calibrated network needs a folder of its own")
    manifest, vocabulary, epoch = model.manifest, model.vocabulary, model.manifest.best_epoch
    texts = [vocabulary.encode(read_by(vocabulary, text)) for text in corpus.held_out]
    found = fit_temperature(model.network(), texts)
    earlier = manifest.recipe.get("calibrated", 1.0)
    temperature = found.temperature * (earlier if is_finite(earlier) else 1.0)
    calibrated = replace(
        manifest,
        name=into.resolve().name,
        epochs=(epoch,),
        held_out_loss=round(found.after, 6),
        recipe={**manifest.recipe, "calibrated": round(temperature, 6)},
    )
    into.mkdir(parents=True, exist_ok=True)
    store.write_epoch(into, epoch, store.stored(_divided(model.tensors(), found.temperature)))
    store.write_history(into, model.history)
    store.write_words(into, model.words)
    tensors = store.read_epoch(into / store.epoch_file(epoch), calibrated)
    network = manifest.architecture.network(tensors, manifest.context, manifest.window)
    samples = [_again(network, vocabulary, one) if one.epoch == epoch else one for one in model.samples]
    store.write_samples(into, samples)
    store.write_manifest(into, calibrated)
    return found


def _divided(tensors: store.Tensors, temperature: float) -> store.Tensors:
    """Return the weights of the network whose logits are those of this one divided by a temperature."""
    return {name: one / np.float32(temperature) if name.startswith("dense/") else one for name, one in tensors.items()}


def _again(network: Network, vocabulary: Vocabulary, sample: Sample) -> Sample:
    """Return a sample as this network writes it."""
    ids = vocabulary.encode(sample.seed_text)
    steps = generate(network, ids, sample.temperature, len(sample.text), sample.random_seed)
    return replace(sample, text=vocabulary.decode(step.character_id for step in steps))
