"""The characters of a network that somebody brings, in its own order."""

import json

import numpy as np
import pytest
from keras import layers

from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.characters import characters_of_list, characters_of_text
from charlstm.training.keras_files.importing import import_keras
from tests.training.keras_files.conftest import CHARACTERS, SIZE, ids, softmax, trained, windows

IDS = {character: id_ for id_, character in enumerate("edcba")}


def of_text(tmp_path, content, outputs):
    (tmp_path / "text.txt").write_bytes(content.encode())
    return characters_of_text(tmp_path / "text.txt", outputs, tmp_path / "n.keras")


def of_list(tmp_path, content, outputs=SIZE):
    (tmp_path / "ids.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return characters_of_list(tmp_path / "ids.json", outputs, tmp_path / "n.keras")


@pytest.mark.parametrize(
    ("content", "outputs", "expected"),
    [
        ("Bab\r\n", 5, "\n\rBab"),
        ("\ufeffBab", 4, "Bab\ufeff"),
        ("Bab\r\n", 4, "\nBab"),
        ("\ufeffBab", 3, "Bab"),
        ("BabA", 2, "ab"),
        ("\ufeffBabA\r\n", 3, "\nab"),
        ("ab\n", 2, "ab"),
    ],
)
def test_characters_of_a_text_are_sorted_as_they_are(tmp_path, content, outputs, expected):
    """In the text's own case, byte order mark and carriage returns included, unless they are too many."""
    assert "".join(of_text(tmp_path, content, outputs)[0].of_ids) == expected


def test_other_number_of_characters_is_refused(tmp_path):
    """Both numbers are said."""
    with pytest.raises(TrainingError, match=r"chooses among 9 characters, but .* has 3 different ones"):
        of_text(tmp_path, "abc", 9)


@pytest.mark.parametrize(
    "content",
    [
        list("edcba"),
        IDS,
        {str(id_): character for character, id_ in IDS.items()},
        {"config": {"word_index": json.dumps(IDS), "lower": False}},
        {"model": {"vocab": IDS}},
        {"vocab": list("edcba")},
        {"idx2char": {str(id_): character for character, id_ in IDS.items()}, "char2idx": IDS},
        {character: str(id_) for character, id_ in IDS.items()},
        {character: float(id_) for character, id_ in IDS.items()},
    ],
)
def test_list_gives_the_characters_in_its_order(tmp_path, content):
    """A list, an object either way round, and as tokenizers save it."""
    characters = of_list(tmp_path, content)
    assert "".join(characters.of_ids) == "edcba"
    assert not characters.note


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ({"a": 1, "b": 2, "c": 3, "d": 4}, "the id 0 stands for no single character"),
        ({"<unk>": 0, "a": 1, "b": 2, "c": 3, "d": 4}, "'<unk>'"),
        (["", "a", "b", "c", "[UNK]"], "2 ids: 0 \\(''\\), 4 \\('\\[UNK\\]'\\)"),
        ([None, "a", "b", "c"], "2 ids: 0, 4"),
    ],
)
def test_id_without_a_character_is_told(tmp_path, content, missing):
    """A padding, an unknown-token, or nothing."""
    characters = of_list(tmp_path, content)
    assert None in characters.of_ids
    with pytest.raises(AssertionError, match=missing):
        raise AssertionError(characters.note)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"a": 1, "b": 2, "c": 5}, "has the id 5 .*ids are 0 to 4"),
        ({"a": 1, "b": 1}, "gives the id 1 to two characters, 'a' and 'b'"),
        ({"a": -1, "b": 1}, "whole numbers from 0 on"),
        (["a", "b", "a"], "'a' more than once"),
        (["a", 2], "2 in its list"),
        ([], "an empty list"),
        ("{", "not readable JSON"),
        ({"a": [1]}, "neither a list of characters nor an object"),
        (["ab", "cd"], "0 single characters"),
    ],
)
def test_list_that_does_not_fit_is_refused(tmp_path, content, message):
    """With the place."""
    with pytest.raises(TrainingError, match=message):
        of_list(tmp_path, content)


@pytest.mark.parametrize(
    "make",
    [
        lambda: windows(layers.LSTM(4), layers.BatchNormalization(), softmax()),
        lambda: ids(layers.Embedding(SIZE, 3, mask_zero=True), layers.LSTM(4), layers.Dense(SIZE), layers.Softmax()),
    ],
)
def test_id_without_a_character_is_never_written(imported, make):
    """The probabilities of the others are divided by their sum, and all else is as Keras has it."""
    model = trained(make())
    mine = imported(model, listed={"x": 1, "a": 2, "Z": 4, "[UNK]": 3})
    assert mine.model.vocabulary.characters == ("x", "a", "Z")
    assert "never read or written" in mine.notes[0]
    text = np.array([1, 4, 2, 2, 1, 4, 4])
    given = np.asarray(
        model(np.eye(SIZE, dtype=np.float32)[text][None] if len(model.inputs[0].shape) == 3 else text[None])
    )
    expected = given[0][[1, 2, 4]] / given[0][[1, 2, 4]].sum()
    network = mine.model.network()
    np.testing.assert_allclose(network.probs(network.prefill([0, 2, 1, 1, 0, 2, 2])), expected, atol=1e-5)


def test_norm_over_all_ids_keeps_them_all(imported):
    """To leave one out would change the others."""
    model = trained(windows(layers.LSTM(4), layers.Dense(SIZE), layers.LayerNormalization(), layers.Softmax()))
    with pytest.raises(TrainingError, match="normalises over all its ids"):
        imported(model, listed={"a": 1, "b": 2})


@pytest.mark.parametrize(("order", "warned"), [("abcde", False), ("acebd", True)])
def test_wrong_order_of_the_characters_is_warned_of(tmp_path, order, warned):
    """A network that knows the alphabet predicts it worse than guessing when its characters are shifted."""
    model = windows(layers.LSTM(8), softmax())
    text = np.arange(2_000) % SIZE
    cut = np.lib.stride_tricks.sliding_window_view(text, 8)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 0.03
    model.fit(np.eye(SIZE, dtype=np.float32)[cut[:, :-1]], cut[:, -1], epochs=2, verbose=0)
    model.save(tmp_path / "theirs.keras")
    (tmp_path / "ids.json").write_text(json.dumps(list(order)))
    (tmp_path / "text.txt").write_text(CHARACTERS * 200)
    mine = import_keras(
        tmp_path / "theirs.keras", tmp_path / "text.txt", tmp_path / "mine", characters_file=tmp_path / "ids.json"
    )
    assert bool(mine.warning) == warned
