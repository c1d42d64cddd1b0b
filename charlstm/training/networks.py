"""Keras models, as the book builds them."""

import keras


def book_network(vocabulary_size: int, units: int, maxlen: int, unroll: bool) -> keras.Model:
    """Return the book's network: one LSTM and a softmax over the characters.

    Source: Deep Learning with Python, listing 8.5.

    Args:
        vocabulary_size: V.
        units: memory cells of the LSTM.
        maxlen: characters in a window.
        unroll: lay the steps out side by side in the graph; the same numbers, sooner on a CPU.

    Returns:
        A model from float32 (batch, maxlen, V), one-hot, to probs, float32 (batch, V).
    """
    return keras.Sequential(
        [
            keras.Input((maxlen, vocabulary_size)),
            keras.layers.LSTM(units, unroll=unroll, name="lstm_1"),
            keras.layers.Dense(vocabulary_size, activation="softmax", name="dense"),
        ]
    )
