"""A text as bits: how many, against the surprisals and other compressors, and how fast in both directions.

python -m benchmarks.compression    # five minutes; the sizes need nietzsche.txt, and are left out without it
"""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

import sys  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.compression.other_compressors import compressed_sizes  # noqa: E402
from charlstm.compression.text_coder import coin_flips, decode_text, encode_text, write_from_bits  # noqa: E402
from charlstm.corpora import named  # noqa: E402
from charlstm.corpora.corpus import load_corpus  # noqa: E402
from charlstm.evaluation.scoring import score_text  # noqa: E402
from charlstm.model_folder.location import models_folder  # noqa: E402
from charlstm.model_folder.store import open_model  # noqa: E402

LARGE, BOOK = "nietzsche-all", "nietzsche-book"
CORPUS = "nietzsche"
SPEED_LENGTH, ROUNDS = 3000, 5
UNIT = " bits"


def sizes() -> list[Claim]:
    """Return the bits per character of the held-out tail, folded, with the large network and with the others."""
    if named.cached_path(CORPUS) is None:
        print(f"left out: the corpus {CORPUS!r} is not on this machine", file=sys.stderr)
        return []
    model = open_model(models_folder() / LARGE)
    network, vocabulary = model.network(), model.vocabulary
    (tail,) = load_corpus(CORPUS).held_out
    scored = score_text(network, vocabulary, tail)
    bits = 32 * len(encode_text(network, vocabulary, scored.text))
    surprisal = scored.surprisal.sum() / np.log(2)
    others = compressed_sizes(scored.text.encode())
    length = len(scored.text)
    return [
        Claim(f"held-out tail of {CORPUS}, {LARGE}: bits a character", bits / length, 1.6, False, UNIT),
        Claim(f"held-out tail of {CORPUS}: coded bits over the sum of the surprisals", bits / surprisal, 1.005, False),
        *(
            Claim(f"held-out tail of {CORPUS}: {name}, bits a character", 8 * size / length, None, unit=UNIT)
            for name, size in others.items()
        ),
    ]


def speeds(name: str, target: float) -> list[Claim]:
    """Return the speeds of coding and decoding a text that the network wrote, the best of several rounds."""
    model = open_model(models_folder() / name)
    network, vocabulary = model.network(), model.vocabulary
    text = vocabulary.decode(write_from_bits(network, coin_flips(1, SPEED_LENGTH), SPEED_LENGTH))
    words = encode_text(network, vocabulary, text)
    assert decode_text(network, vocabulary, words, len(text)) == text
    coding, decoding = [], []
    for _ in range(ROUNDS):
        coding.append(seconds(lambda: encode_text(network, vocabulary, text)))
        decoding.append(seconds(lambda: decode_text(network, vocabulary, words, len(text))))
    return [
        Claim(
            f"{name}, one core, the best of {ROUNDS}: {what}, characters a second",
            len(text) / min(took),
            target,
            unit="",
        )
        for what, took in (("coding", coding), ("decoding", decoding))
    ]


def measure() -> list[Claim]:
    return [*sizes(), *speeds(BOOK, 1500), *speeds(LARGE, 500)]


if __name__ == "__main__":
    report(measure)
