"""The golden run with Keras as the engine."""

import numpy as np
import tensorflow as tf

from charlstm.generation.loop import UniformDraws
from charlstm.generation.sampling import draw, reweight
from charlstm.model_folder.store import epoch_file, open_model, read_epoch
from charlstm.training.keras_weights import set_tensors
from charlstm.training.networks import book_network
from tests import golden


def test_golden_run_with_keras_as_the_engine():
    """The book's way: the last 60 characters, one-hot, fed afresh for every character."""
    model = open_model(golden.MODEL)
    manifest, vocabulary = model.manifest, model.vocabulary
    keras_model = book_network(len(vocabulary), manifest.architecture.units[0], maxlen=None, unroll=False)
    set_tensors(keras_model, read_epoch(golden.MODEL / epoch_file(golden.EPOCH), manifest))
    probs_after = tf.function(keras_model, input_signature=[tf.TensorSpec([1, None, len(vocabulary)], tf.float32)])
    one_hot = np.eye(len(vocabulary), dtype=np.float32)
    dice = UniformDraws(golden.RANDOM_SEED)
    ids = vocabulary.encode(golden.SEED_TEXT).tolist()
    for position in range(golden.LENGTH):
        window = one_hot[ids[-manifest.window :]][None]
        raw = np.asarray(probs_after(window), dtype=np.float64)[0]
        raw /= raw.sum()
        ids.append(int(draw(raw, reweight(raw, golden.TEMPERATURE), dice[position])))
    assert vocabulary.decode(ids) == golden.SEED_TEXT + golden.TEXT
