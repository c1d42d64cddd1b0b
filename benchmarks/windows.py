"""The book's one-hot training arrays: `one_hot_windows` against the book's own Python loops."""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

import statistics  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.training.windows import one_hot_windows  # noqa: E402
from charlstm.vocabulary import Vocabulary  # noqa: E402

CHARACTERS, DIFFERENT, MAXLEN, STEP = 600_893, 57, 60, 3


def text() -> str:
    """Return a text as long as the book's, of as many different characters."""
    alphabet = [chr(ord("0") + place) for place in range(DIFFERENT)]
    chosen = np.random.default_rng(1).integers(DIFFERENT, size=CHARACTERS)
    chosen[:DIFFERENT] = np.arange(DIFFERENT)
    return "".join(alphabet[place] for place in chosen)


def by_the_book(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y as Deep Learning with Python, listing 8.3, fills them."""
    sentences = []
    next_chars = []
    for i in range(0, len(text) - MAXLEN, STEP):
        sentences.append(text[i : i + MAXLEN])
        next_chars.append(text[i + MAXLEN])
    chars = sorted(set(text))
    char_indices = {char: chars.index(char) for char in chars}
    x = np.zeros((len(sentences), MAXLEN, len(chars)), dtype=np.bool_)
    y = np.zeros((len(sentences), len(chars)), dtype=np.bool_)
    for i, sentence in enumerate(sentences):
        for t, char in enumerate(sentence):
            x[i, t, char_indices[char]] = 1
        y[i, char_indices[next_chars[i]]] = 1
    return x, y


def ours(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the same arrays, from the text itself."""
    vocabulary = Vocabulary.of(text)
    return one_hot_windows(vocabulary.encode(text), len(vocabulary), MAXLEN, STEP)


def measure(rounds: int = 5) -> list[Claim]:
    words = text()
    for mine, theirs in zip(ours(words), by_the_book(words), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    ratios = [seconds(lambda: by_the_book(words)) / seconds(lambda: ours(words)) for _ in range(rounds)]
    return [Claim("the book's one-hot arrays: against its Python loops", statistics.median(ratios), 10)]


if __name__ == "__main__":
    report(measure)
