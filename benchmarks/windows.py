"""The book's one-hot training arrays: `one_hot_windows` against the book's own Python loops."""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

import statistics  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.text.vocabulary import Vocabulary  # noqa: E402
from charlstm.training.data.windows import one_hot_windows  # noqa: E402
from tests.book import by_the_book  # noqa: E402

CHARACTERS, DIFFERENT, MAXLEN, STEP = 600_893, 57, 60, 3


def text() -> str:
    """Return a text as long as the book's, of as many different characters."""
    alphabet = [chr(ord("0") + place) for place in range(DIFFERENT)]
    chosen = np.random.default_rng(1).integers(DIFFERENT, size=CHARACTERS)
    chosen[:DIFFERENT] = np.arange(DIFFERENT)
    return "".join(alphabet[place] for place in chosen)


def ours(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the same arrays, from the text itself."""
    vocabulary = Vocabulary.of(text)
    return one_hot_windows(vocabulary.encode(text), len(vocabulary), MAXLEN, STEP)


def measure(rounds: int = 5) -> list[Claim]:
    words = text()
    for mine, theirs in zip(ours(words), by_the_book(words, MAXLEN, STEP), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    ratios = [seconds(lambda: by_the_book(words, MAXLEN, STEP)) / seconds(lambda: ours(words)) for _ in range(rounds)]
    return [Claim("the book's one-hot arrays: against its Python loops", statistics.median(ratios), 10)]


if __name__ == "__main__":
    report(measure)
