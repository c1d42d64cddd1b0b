"""A text as bits and back."""

import subprocess
import sys
from typing import cast

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from charlstm.compression import text_coder
from charlstm.compression.text_coder import AstrayError, coin_flips, decode_text, encode_text, write_from_bits
from charlstm.evaluation.scoring import score_text
from charlstm.generation.sampling import reweight
from charlstm.networks.network import Network
from tests.unit.compression.conftest import ARCHITECTURES, VOCABULARIES, Known, random_network

texts = st.text(max_size=60) | st.text("abAB .\"'\r\n\t“”’—éÉ한국\0😀\ufeff", max_size=60)
temperatures = st.sampled_from([0.0, 0.001, 0.3, 1.0, 1.7, 1e300, float("inf")])
networks = st.builds(
    random_network, st.sampled_from(VOCABULARIES), st.integers(0, len(ARCHITECTURES) - 1), st.integers(0, 50)
)
SPARE = 96  # bits: the coder's last words, and those that learn that no form is another
PROSE = "Is it not so? The bee, a cab.\nA FACE! "


@given(texts, networks, temperatures)
@example("", random_network("ab", 0, 1), 1.0)
@example("a", random_network("a", 0, 1), 1.0)
@example("\r\r\n\n\ufeffA\0", random_network("\n a", 0, 1), 1.0)
@settings(max_examples=200)
def test_any_text_comes_back(text, known: Known, temperature):
    """Whatever the network, the vocabulary and the temperature are."""
    words = encode_text(*known, text, temperature)
    assert decode_text(*known, words, len(text), temperature) == text


@pytest.mark.parametrize("characters", [25_000, pytest.param(200_000, marks=pytest.mark.slow)])
def test_a_long_text_comes_back(characters):
    """It is coded in several blocks; one character in fifty is unknown."""
    known = random_network("\n ab", 1, 1)
    text = "".join(
        np.random.default_rng(1).choice(list("abababababababababababababab A B \nü  한 ab bb aa"), characters)
    )
    assert decode_text(*known, encode_text(*known, text), characters) == text


@given(st.lists(st.integers(0, 2**32 - 1), max_size=40), networks, temperatures)
@example([0, 0], random_network("ab", 0, 1), 1.0)
@example([1, 0], random_network("ab", 0, 1), 1.0)
def test_every_bit_string_gives_a_text(words, known: Known, temperature):
    """Unchecked, of the length that is asked for, in characters that UTF-8 can write; so does the network alone."""
    words = np.array(words, np.uint32)
    text = decode_text(*known, words, 100, temperature, checked=False)
    assert len(text) == 100
    assert text.encode().decode() == text
    assert len(write_from_bits(known[0], words, 100, temperature)) == 100


@pytest.mark.parametrize("kind", range(len(ARCHITECTURES)))
@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_bits_are_the_sum_of_the_surprisals(kind, temperature):
    """Within 0.5% and the coder's last words, for a text in the network's characters."""
    known = random_network(VOCABULARIES[0], kind, 1)
    text = known[1].decode(write_from_bits(known[0], coin_flips(2, 8000), 8000, temperature))
    predictor, bits = text_coder.Predictor(known[0], 1.0), 0.0
    for id_ in known[1].encode(text).tolist():
        bits -= np.log2(reweight(known[0].probs(predictor._state), temperature)[id_])
        predictor.read(id_)
    assert bits < 32 * len(encode_text(*known, text, temperature)) < 1.005 * bits + SPARE


def test_bits_at_temperature_1_are_what_the_scoring_finds(network: Known):
    """The two know nothing of each other."""
    text = network[1].decode(write_from_bits(network[0], coin_flips(3, 8000), 8000))
    scored = score_text(*network, text).surprisal.sum() / np.log(2)
    assert 32 * len(encode_text(*network, text)) == pytest.approx(scored, rel=0.005)


def test_capitals_cost_little_where_they_can_be_expected(network: Known):
    """At the beginning of a sentence, after the first ones have taught it; elsewhere they cost more."""
    plain = "abc def. bad cab, a face. " * 200
    expected = "Abc def. Bad cab, a face. " * 200
    odd = "".join(np.where(np.random.default_rng(1).random(len(plain)) < 1 / 13, list(plain.upper()), list(plain)))
    bits = {text: 32 * len(encode_text(*network, text)) for text in (plain, expected, odd)}
    assert bits[expected] - bits[plain] < 0.03 * len(plain) < 0.2 * len(plain) < bits[odd] - bits[plain]


def test_windows_line_ends_cost_almost_nothing(network: Known):
    """They are the second form of the line's end, which is the usual one in such a text."""
    text = "abc def.\nbad cab, a face.\n" * 100
    unix, windows = (32 * len(encode_text(*network, one)) for one in (text, text.replace("\n", "\r\n")))
    assert windows - unix <= 96


def test_a_flipped_bit_turns_the_text_into_another_at_once(network: Known):
    """What was decoded before it stays, and what comes after is soon another text."""
    text = "".join(np.random.default_rng(1).choice(list(PROSE.lower()), 2000))
    words = encode_text(*network, text)
    for place in (0, len(words) // 2):
        flipped = words.copy()
        flipped[place] ^= 1
        other = decode_text(*network, flipped, len(text), checked=False)
        first = next(position for position, pair in enumerate(zip(text, other, strict=True)) if pair[0] != pair[1])
        share = place / len(words)
        assert (share - 0.02) * len(text) <= first <= (share + 0.02) * len(text)
        assert np.mean(np.array(list(text[first:])) == np.array(list(other[first:]))) < 0.4


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_coin_flips_write_what_sampling_would(network: Known, temperature):
    """The first two characters of many texts, counted, against the network's own probabilities (chi-square)."""
    vocabulary_size, texts = len(network[1]), 10_000
    words = np.random.default_rng(5).integers(1 << 32, size=(texts, 4), dtype=np.uint32)
    counts = np.zeros((vocabulary_size, vocabulary_size))
    for row in words:
        first, second = write_from_bits(network[0], row, 2, temperature)
        counts[first, second] += 1
    state = network[0].initial_state()
    expected = np.empty_like(counts)
    for id_, likely in enumerate(reweight(network[0].probs(state), temperature)):
        after = network[0].prefill([id_])
        expected[id_] = texts * likely * reweight(network[0].probs(after), temperature)
    rare = expected < 5
    together = [np.append(one[~rare], one[rare].sum() + 1e-9) for one in (counts, expected)]
    assert chisquare(*together).pvalue > 0.001


def test_coin_flips_last_for_the_whole_text(network: Known):
    """However bold: all the text of equally likely characters is different from that of other flips."""
    one, other = (write_from_bits(network[0], coin_flips(seed, 500), 500, float("inf")) for seed in (1, 2))
    assert np.mean(one[-100:] == other[-100:]) < 0.3
    assert len(set(one[-100:].tolist())) > 8


def test_the_same_flips_write_the_same_text(network: Known):
    """As a random seed does."""
    one, same, other = (write_from_bits(network[0], coin_flips(seed, 50), 50) for seed in (1, 1, 2))
    assert one.tolist() == same.tolist() != other.tolist()


@pytest.mark.parametrize("after", [0, 5000, 20_000])
def test_other_arithmetic_is_noticed_on_the_way(network: Known, after):
    """Soon after the probabilities begin to differ in the last digit of float32."""

    class Rounding:
        vocabulary_size = network[0].vocabulary_size
        initial_state = staticmethod(network[0].initial_state)
        step = staticmethod(network[0].step)

        def probs(self, state):
            probs = network[0].probs(state)
            if state.position >= after:
                probs[::2] *= 1 + 1e-7
                probs /= probs.sum()
            return probs

    text = "".join(np.random.default_rng(1).choice(list(PROSE.lower()), 40_000))
    words, rounding = encode_text(*network, text), cast(Network, Rounding())
    reached: list[int] = []
    with pytest.raises(AstrayError):
        decode_text(rounding, network[1], words, len(text), watch=reached.append)
    assert after <= sum(reached) <= after + 2 * text_coder.PIECES_PER_CHECK


def test_progress_is_told(network: Known):
    """As many characters as there are, in both directions."""
    text = "ab\r\nÄ한"
    encoded: list[int] = []
    decoded: list[int] = []
    words = encode_text(*network, text, watch=encoded.append)
    decode_text(*network, words, len(text), watch=decoded.append)
    assert encoded == decoded
    assert sum(encoded) == len(text)


@pytest.mark.parametrize("temperature", [-1.0, float("nan")])
def test_a_wrong_temperature_is_refused(network: Known, temperature):
    """Before anything is coded."""
    with pytest.raises(ValueError, match="the temperature is"):
        encode_text(*network, "ab", temperature)


def test_bits_are_the_same_in_another_process():
    """Nothing of them depends on hashes of strings, on addresses or on what ran before."""
    program = """
import hashlib
from tests.unit.compression.conftest import random_network
from charlstm.compression.text_coder import encode_text
words = encode_text(*random_network("\\n abc", 1, 7), "Abc\\r\\n한 bac" * 500)
print(hashlib.sha256(words.tobytes()).hexdigest())
"""
    runs = {subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
