"""The book's own code, to compare with."""

import numpy as np


def by_the_book(text: str, maxlen: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Deep Learning with Python, listing 8.3, with its numpy types."""
    sentences = []
    next_chars = []
    for i in range(0, len(text) - maxlen, step):
        sentences.append(text[i : i + maxlen])
        next_chars.append(text[i + maxlen])
    chars = sorted(set(text))
    char_indices = {char: chars.index(char) for char in chars}
    x = np.zeros((len(sentences), maxlen, len(chars)), dtype=np.bool_)
    y = np.zeros((len(sentences), len(chars)), dtype=np.bool_)
    for i, sentence in enumerate(sentences):
        for t, char in enumerate(sentence):
            x[i, t, char_indices[char]] = 1
        y[i, char_indices[next_chars[i]]] = 1
    return x, y
