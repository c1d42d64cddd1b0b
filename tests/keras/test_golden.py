"""The golden run with the probabilities of Keras."""

import numpy as np
import tensorflow as tf

from charlstm.generation.draws import UniformDraws
from charlstm.generation.sampling import draw, reweight
from charlstm.model_folder.epoch_weights import epoch_file, read_epoch
from charlstm.model_folder.store import open_model
from charlstm.networks.architecture import LstmLayers
from charlstm.training.networks import book_network, set_tensors
from tests import golden


def test_golden_run_is_the_same_with_keras():
    """As in the book: the last 60 characters, one-hot, from a zero state for every character."""
    model = open_model(golden.MODEL)
    manifest, vocabulary = model.manifest, model.vocabulary
    assert isinstance(manifest.architecture, LstmLayers)
    keras_model = book_network(len(vocabulary), manifest.architecture.units[0], maxlen=None, unroll=False)
    set_tensors(keras_model, read_epoch(golden.MODEL / epoch_file(golden.EPOCH), manifest))
    probs_after = tf.function(keras_model, input_signature=[tf.TensorSpec([1, None, len(vocabulary)], tf.float32)])
    one_hot = np.eye(len(vocabulary), dtype=np.float32)
    draws = UniformDraws(golden.RANDOM_SEED)
    ids = vocabulary.encode(golden.SEED_TEXT).tolist()
    for position in range(golden.LENGTH):
        window = one_hot[ids[-manifest.window :]][None]
        raw = np.asarray(probs_after(window), dtype=np.float64)[0]
        raw /= raw.sum()
        ids.append(int(draw(raw, reweight(raw, golden.TEMPERATURE), draws[position])))
    assert vocabulary.decode(ids) == golden.SEED_TEXT + golden.TEXT
