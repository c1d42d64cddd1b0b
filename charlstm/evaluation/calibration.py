"""Temperature scaling: the temperature with the least held-out loss, and a network whose logits are divided by it.

A network trained for many epochs is overconfident. Dividing its logits by one number, fitted on
held-out text, calibrates its probabilities without changing their order.

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
from charlstm.evaluation.protocol import fold_for
from charlstm.generation.loop import generate
from charlstm.model_folder.epoch_weights import Tensors, epoch_file, read_epoch, to_storage_dtype, write_epoch
from charlstm.model_folder.manifest import ModelError, write_manifest
from charlstm.model_folder.passage_index import write_passages
from charlstm.model_folder.schema import is_finite
from charlstm.model_folder.store import Model
from charlstm.model_folder.training_records import Sample, write_history, write_samples, write_words
from charlstm.networks.architecture import NgramCounts
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary

TEMPERATURES = tuple(hundredth / 100 for hundredth in range(70, 161))


@dataclass(frozen=True)
class Calibration:
    """The best temperature, and the held-out loss at 1 (before) and at it (after), in nats per character."""

    temperature: float
    before: float
    after: float


def fit_temperature(network: Network, texts: Sequence[NDArray[np.integer]]) -> Calibration:
    """Return the one of TEMPERATURES with the least held-out loss; of equal ones, the nearest to 1.

    Args:
        network: to be calibrated.
        texts: each as ids, shape (characters,).

    Raises:
        ValueError: the loss is NaN (the texts are too short) or infinite (a character has probability 0).
    """
    losses = dict(zip(TEMPERATURES, held_out_losses(network, texts, TEMPERATURES).tolist(), strict=True))
    before = losses[1.0]
    if not math.isfinite(before):
        raise ValueError("the held-out text is too short, or the network finds some of it impossible")
    best = min(losses, key=lambda temperature: (losses[temperature], abs(temperature - 1.0)))
    return Calibration(best, before, losses[best])


def calibrate(model: Model, corpus: Corpus, into: Path) -> Calibration:
    """Write a model folder with a model's best epoch, calibrated on the held-out text of its corpus.

    The history, the words and the index of passages are copied; the samples of that epoch are generated again, with
    the same seed texts and random seeds.

    Args:
        model: any model.
        corpus: the one it was trained on.
        into: the folder to write: missing or empty.

    Raises:
        ModelError: the folder `into` is not empty, or the network has no logits.
        ValueError: see `fit_temperature`.
        OSError: the folder cannot be written.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise ModelError(f"{into} is not empty: the calibrated network needs a folder of its own")
    manifest, vocabulary, epoch = model.manifest, model.vocabulary, model.manifest.best_epoch
    if isinstance(manifest.architecture, NgramCounts):
        raise ModelError(f"{model.folder} cannot be calibrated: it counts, and has no logits that could be divided")
    texts = [vocabulary.encode(fold_for(vocabulary, text)) for text in corpus.held_out]
    calibration = fit_temperature(model.network(), texts)
    earlier = manifest.recipe.get("calibrated", 1.0)
    temperature = calibration.temperature * (earlier if is_finite(earlier) else 1.0)
    calibrated = replace(
        manifest,
        name=into.resolve().name,
        epochs=(epoch,),
        held_out_loss=round(calibration.after, 6),
        recipe={**manifest.recipe, "calibrated": round(temperature, 6)},
    )
    into.mkdir(parents=True, exist_ok=True)
    write_epoch(into, epoch, to_storage_dtype(_with_divided_logits(model.tensors(), calibration.temperature)))
    write_history(into, model.history)
    write_words(into, model.words)
    if model.passages is not None:
        write_passages(into, model.passages)
    tensors = read_epoch(into / epoch_file(epoch), calibrated)
    network = manifest.architecture.network(tensors, manifest.context, manifest.window)
    samples = [_regenerated(network, vocabulary, one) if one.epoch == epoch else one for one in model.samples]
    write_samples(into, samples)
    write_manifest(into, calibrated)
    return calibration


def _with_divided_logits(tensors: Tensors, temperature: float) -> Tensors:
    """Return the weights of the network whose logits are divided by a temperature: a smaller dense layer."""
    return {name: one / np.float32(temperature) if name.startswith("dense/") else one for name, one in tensors.items()}


def _regenerated(network: Network, vocabulary: Vocabulary, sample: Sample) -> Sample:
    """Return a sample with the text that this network generates."""
    ids = vocabulary.encode(sample.seed_text)
    steps = generate(network, ids, sample.temperature, len(sample.text), sample.random_seed)
    return replace(sample, text=vocabulary.decode(step.character_id for step in steps))
