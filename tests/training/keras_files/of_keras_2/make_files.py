"""Make the files of this folder anew, with tf-keras."""

from pathlib import Path

import numpy as np
import tf_keras
from tf_keras.src.layers.rnn.cudnn_gru import CuDNNGRU
from tf_keras.src.layers.rnn.cudnn_lstm import CuDNNLSTM
from tf_keras.src.saving.legacy.hdf5_format import preprocess_weights_for_loading

FOLDER = Path(__file__).parent
CHARACTERS, WINDOW, TEXTS = 5, 6, 4
layers, Sequential = tf_keras.layers, tf_keras.Sequential


def softmax():
    return layers.Dense(CHARACTERS, activation="softmax")


def windows(*others):
    return Sequential([layers.Input((WINDOW, CHARACTERS)), *others])


def networks():
    """Return the network of each file, and the one that predicts in its place where it cannot run here."""
    cudnn_lstm = windows(CuDNNLSTM(3), softmax())
    cudnn_gru = windows(CuDNNGRU(3, return_sequences=True), CuDNNGRU(2), softmax())
    both_ways = windows(layers.Bidirectional(CuDNNLSTM(3)), softmax())
    return {
        "lstm.h5": (windows(layers.LSTM(3), softmax()), None),
        "lstm.keras": (windows(layers.LSTM(3), softmax()), None),
        "gru-reset-before.hdf5": (
            windows(
                layers.GRU(3, reset_after=False, return_sequences=True), layers.Dropout(0.2), layers.GRU(2), softmax()
            ),
            None,
        ),
        "simple-rnn.h5": (
            windows(
                layers.SimpleRNN(3), layers.BatchNormalization(), layers.Dense(CHARACTERS), layers.Activation("softmax")
            ),
            None,
        ),
        "hard-sigmoid.h5": (
            windows(
                layers.LSTM(3, recurrent_activation="hard_sigmoid", return_sequences=True),
                layers.GRU(3, recurrent_activation="hard_sigmoid"),
                softmax(),
            ),
            None,
        ),
        "bidirectional.keras": (windows(layers.Bidirectional(layers.LSTM(3)), softmax()), None),
        "stateful.keras": (
            Sequential(
                [
                    layers.Embedding(CHARACTERS, 2, batch_input_shape=(1, None)),
                    layers.GRU(3, return_sequences=True, stateful=True),
                    layers.Dense(CHARACTERS),
                ]
            ),
            None,
        ),
        "time-distributed.h5": (
            Sequential(
                [
                    layers.Input((None, CHARACTERS)),
                    layers.LSTM(3, return_sequences=True),
                    layers.TimeDistributed(softmax()),
                ]
            ),
            None,
        ),
        "time-major.h5": (
            Sequential([layers.Input(batch_shape=(WINDOW, 1, CHARACTERS)), layers.LSTM(3, time_major=True), softmax()]),
            windows(layers.LSTM(3), softmax()),
        ),
        "cudnn-lstm.h5": (cudnn_lstm, windows(layers.LSTM(3), softmax())),
        "cudnn-lstm.keras": (cudnn_lstm, windows(layers.LSTM(3), softmax())),
        "cudnn-gru.h5": (cudnn_gru, windows(layers.GRU(3, return_sequences=True), layers.GRU(2), softmax())),
        "cudnn-bidirectional.h5": (both_ways, windows(layers.Bidirectional(layers.LSTM(3)), softmax())),
    }


def randomise(network, generator):
    network.set_weights([
        np.abs(weight + generator.normal(size=weight.shape)) if "variance" in variable.name
        else weight + generator.normal(size=weight.shape)
        for weight, variable in zip(network.get_weights(), network.weights, strict=True)
    ])  # fmt: skip


def copy_weights(network, twin):
    for layer, other in zip(network.layers, twin.layers, strict=True):
        other.set_weights(preprocess_weights_for_loading(other, layer.get_weights()))


def main():
    generator = np.random.default_rng(0)
    ids = generator.integers(CHARACTERS, size=(TEXTS, WINDOW))
    expected = {"ids": ids}
    for name, (network, twin) in networks().items():
        randomise(network, generator)
        network.save(FOLDER / name, save_format="keras" if name.endswith(".keras") else "h5")
        if twin is not None:
            copy_weights(network, twin)
        running = twin or network
        one_hot = len(running.inputs[0].shape) == 3
        given = []
        for text in ids:
            running.reset_states()
            given.append(running.predict((np.eye(CHARACTERS)[text] if one_hot else text)[None], verbose=0)[0])
        expected[name] = np.array(given)
    np.savez(FOLDER / "expected.npz", allow_pickle=False, **expected)


if __name__ == "__main__":
    main()
