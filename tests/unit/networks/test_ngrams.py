"""N-gram counts: what is counted, and what it predicts, against dictionaries of strings and the formula as said."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.evaluation.metrics import MIN_SEGMENT_LENGTH, WARM_UP, held_out_loss
from charlstm.evaluation.scoring import surprisal_of_text
from charlstm.networks import ngrams
from charlstm.networks.architecture import NgramCounts
from charlstm.networks.ngrams import LARGEST_ORDER, NgramCounter, problem_with

pytestmark = pytest.mark.filterwarnings("error")
ALPHABET = "abcd"
some_texts = st.lists(st.text(ALPHABET, max_size=60), min_size=1, max_size=3)
orders = st.integers(1, 5)
least_counts = st.integers(1, 3)


def ids_of(text):
    return np.array([ALPHABET.index(character) for character in text], np.uint8)


def counted(texts, order, least_count=1, characters=len(ALPHABET)):
    """Count n-grams; return their tensors, architecture and network."""
    counter = NgramCounter([ids_of(text) for text in texts], characters, least_count)
    for _ in range(order):
        counter.count_longer()
    architecture = NgramCounts(counter.kept)
    return counter.tensors, architecture, architecture.network(counter.tensors, "carried", 1)


def dictionary_of(texts, order, least_count=1):
    """Count the n-grams that are kept, as a dictionary of strings."""
    counts = Counter(
        text[begin : begin + length]
        for text in texts
        for length in range(1, order + 1)
        for begin in range(len(text) - length + 1)
    )
    return {ngram: count for ngram, count in counts.items() if len(ngram) == 1 or count >= least_count}


def predicted(counts, context, characters=ALPHABET):
    """Return the probability of each character after a context, by recursion on the formula of Witten and Bell."""
    shorter = [1 / len(characters)] * len(characters)
    if context:
        shorter = predicted(counts, context[1:], characters)
    following = [counts.get(context + character, 0) for character in characters]
    occurrences = counts.get(context, 0) if context else sum(following)
    kinds = sum(count > 0 for count in following)
    if occurrences == 0:
        return shorter
    rest = kinds + occurrences - sum(following)
    return [(count + rest * p) / (occurrences + kinds) for count, p in zip(following, shorter, strict=True)]


@given(texts=some_texts, order=orders, least_count=least_counts, read=st.text(ALPHABET, max_size=12))
@settings(max_examples=200)
def test_probabilities_are_those_of_the_formula(texts, order, least_count, read):
    """After every character of any text, seen or not; they add up to 1, and none is 0."""
    counts, (_, _, network) = dictionary_of(texts, order, least_count), counted(texts, order, least_count)
    state = network.initial_state()
    for position in range(len(read) + 1):
        probs = network.probs(state)
        context = read[max(0, position - order + 1) : position]
        assert probs == pytest.approx(predicted(counts, context), rel=1e-12)
        assert probs.sum() == pytest.approx(1.0)
        assert (probs > 0.0).all()
        if position < len(read):
            network.step(state, ALPHABET.index(read[position]))


@given(texts=some_texts, order=orders, least_count=least_counts)
def test_no_ngram_reaches_from_one_text_into_the_next(texts, order, least_count):
    """All others are counted, each as often as it occurs, if that is often enough."""
    tensors, architecture, _ = counted(texts, order, least_count)
    counts = dictionary_of(texts, order, least_count)
    of_length = defaultdict(list)
    for ngram in sorted(counts):
        of_length[len(ngram)].append(ngram)
    assert architecture.ngrams == tuple(len(of_length[length]) for length in range(2, order + 1))
    assert tensors["ngram_1/counts"].tolist() == [counts.get(character, 0) for character in ALPHABET]
    for length in range(2, order + 1):
        assert tensors[f"ngram_{length}/counts"].tolist() == [counts[ngram] for ngram in of_length[length]]
        assert tensors[f"ngram_{length}/ids"].tolist() == [ALPHABET.index(ngram[-1]) for ngram in of_length[length]]
    assert {name: tensor.shape for name, tensor in tensors.items()} == architecture.tensor_shapes(len(ALPHABET))
    assert problem_with(tensors, order) is None


@given(
    texts=some_texts, order=orders, reads=st.lists(st.text(ALPHABET, min_size=9, max_size=9), min_size=1, max_size=5)
)
def test_row_of_a_batch_is_what_it_is_alone_to_the_bit(texts, order, reads):
    """However the state came about: stepped, filled, filled for each row, or read from windows."""
    _, _, network = counted(texts, order)
    rows = np.array([ids_of(read) for read in reads])
    stepped = network.initial_state(len(rows))
    for column in rows.T:
        network.step(stepped, column)
    alone = np.array([network.probs(network.prefill(row)) for row in rows])
    np.testing.assert_array_equal(network.probs(stepped), alone)
    np.testing.assert_array_equal(network.probs(network.prefill_each(list(rows))), alone)
    np.testing.assert_array_equal(network.probs_after_windows(rows), alone)
    np.testing.assert_array_equal(network.probs(network.prefill(rows[0], batch_size=3)), alone[[0, 0, 0]])
    one = network.initial_state()
    for id_ in rows[0].tolist():
        network.step(one, id_)
    np.testing.assert_array_equal(network.probs(one), alone[0])
    assert one.position == network.prefill(rows[0]).position == 9


def test_copy_of_a_state_goes_its_own_way():
    _, _, network = counted(["abcabcabd"], 4)
    state = network.prefill(ids_of("ab"))
    copy, before = state.copy(), network.probs(state)
    network.step(copy, 2)
    np.testing.assert_array_equal(network.probs(state), before)
    assert (copy.position, state.position) == (3, 2)
    assert (network.probs(copy) != before).any()


def test_without_counts_all_characters_are_equally_likely():
    """Which is the untrained network."""
    counter = NgramCounter([ids_of("abab")], 4, 1)
    network = NgramCounts(()).network(counter.tensors, "carried", 1)
    state = network.prefill(ids_of("ab"))
    assert network.probs(state).tolist() == [0.25] * 4


@given(text=st.text(ALPHABET, min_size=2, max_size=80), order=orders)
def test_held_out_loss_is_the_mean_surprisal_of_the_characters_after_the_first(text, order):
    """Of a short text, by the recursion."""
    learned = ["abcabdabcacbdbacd"]
    _, _, network = counted(learned, order)
    counts = dictionary_of(learned, order)
    costs = [
        -math.log(predicted(counts, text[max(0, place - order + 1) : place])[ALPHABET.index(text[place])])
        for place in range(1, len(text))
    ]
    assert held_out_loss(network, [ids_of(text)]) == pytest.approx(sum(costs) / len(costs), rel=1e-9)


def test_held_out_loss_of_a_long_text_leaves_out_the_characters_that_warm_others_up():
    """As that of any network, though counts are read in more and shorter parts."""
    text = "".join(np.random.default_rng(1).choice(list(ALPHABET), 2 * MIN_SEGMENT_LENGTH + 9))
    _, _, network = counted([text[:500]], 4)
    one_by_one = surprisal_of_text(network, ids_of(text))[WARM_UP:].mean()
    assert held_out_loss(network, [ids_of(text)]) == pytest.approx(one_by_one, rel=1e-9)


def test_too_many_ngrams_of_a_length_lose_the_rarest(monkeypatch):
    """Those that occur least often are left out together; the single characters stay."""
    monkeypatch.setattr(ngrams, "MOST_OF_A_LENGTH", 3)
    tensors, _, network = counted(["abababacacadbc"], 2)
    assert tensors["ngram_2/counts"].tolist() == [3, 3]  # ab, ba; with ac and ca, each there twice, they would be four
    assert network.probs(network.prefill(ids_of("a"))).sum() == pytest.approx(1.0)


def test_vocabulary_may_have_thousands_of_characters():
    """As Korean has; ids and counts take the types that they need."""
    ids = np.random.default_rng(1).integers(3000, size=9000).astype(np.uint16)
    counter = NgramCounter([ids], 3000, 1)
    for _ in range(3):
        counter.count_longer()
    assert counter.tensors["ngram_2/ids"].dtype == np.uint16
    network = NgramCounts(counter.kept).network(counter.tensors, "carried", 1)
    probs = network.probs(network.prefill(ids[:2]))
    assert (int(probs.argmax()), len(probs)) == (int(ids[2]), 3000)


def changed(name, change):
    """A damage: one tensor of the counts of "abcabdab" that is another."""
    return lambda tensors: tensors | {name: change(tensors[name].copy())}


def with_value(index, value):
    def change(tensor):
        tensor[index] = value
        return tensor

    return change


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (changed("ngram_2/ids", with_value(0, 200)), "ngram_2/ids has ids that do not rise, or that no character has"),
        (changed("ngram_2/ids", with_value(1, 3)), "ngram_2/ids has ids that do not rise"),
        (changed("ngram_3/ids", with_value(slice(None), 1)), "ngram_3/ids has ids that do not rise"),
        (changed("ngram_3/counts", with_value(0, 0)), "ngram_3/counts has an n-gram that does not occur"),
        (changed("ngram_3/counts", with_value(0, 250)), "occur more often than their beginnings"),
        (changed("ngram_1/counts", with_value(0, 0)), "ngram_2/counts has n-grams that occur more often than"),
        (changed("ngram_1/children", with_value(0, 250)), "ngram_1/children does not add up to the 5 n-grams"),
        (changed("ngram_2/children", with_value(slice(None), 0)), "ngram_2/children does not add up to the 6 n-grams"),
        (changed("ngram_2/counts", lambda counts: counts.astype(np.int8)), "ngram_2/counts has the type int8, not"),
        (changed("ngram_2/counts", lambda counts: counts.astype(np.uint64)), "ngram_2/counts has the type uint64"),
        (changed("ngram_1/counts", lambda counts: counts.astype(np.float32)), "ngram_1/counts has the type float32"),
    ],
)
def test_damaged_counts_are_told(damage, told):
    """In one sentence that names the tensor."""
    tensors, architecture, _ = counted(["abcabdab"], 3)
    assert problem_with(tensors, architecture.order) is None
    assert told in str(problem_with(damage(tensors), architecture.order))


@given(data=st.data())
@settings(max_examples=300)
def test_any_other_numbers_are_refused_or_predict(data):
    """Whatever stands in a file: nothing but a sentence, or probabilities."""
    tensors, architecture, _ = counted(["abcabdab"], 3)
    name = data.draw(st.sampled_from(sorted(tensors)))
    values = data.draw(st.lists(st.integers(0, 5), min_size=len(tensors[name]), max_size=len(tensors[name])))
    tensors[name] = np.array(values, np.uint8)
    if problem_with(tensors, architecture.order) is None:
        network = architecture.network(tensors, "carried", 1)
        for read in ("", "a", "ab", "abc", "ddd"):
            probs = network.probs(network.prefill(ids_of(read)))
            assert probs.sum() == pytest.approx(1.0)
            assert (probs > 0.0).all()


@pytest.mark.parametrize("sizes", [(1,) * LARGEST_ORDER, (-1,), (1.5,), (250_001,), [1], ("2",), (True,)])
def test_architecture_refuses_sizes_that_no_counts_have(sizes):
    with pytest.raises(ValueError, match="ngrams must be"):
        NgramCounts(sizes)


def test_counts_refuse_the_window_context():
    """Their order says how far they look back."""
    tensors, architecture, _ = counted(["abab"], 2)
    with pytest.raises(ValueError, match="must be 'carried'"):
        architecture.network(tensors, "window", 3)
