"""What cannot be imported exactly is refused, with the layer and the true reason, and nothing is left behind."""

import keras
import pytest
from keras import layers

from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files import importing
from charlstm.training.keras_files.importing import import_keras
from charlstm.training.keras_files.proof import prove
from tests.training.keras_files.conftest import SIZE, WINDOW, graph, ids, softmax, texts, windows


def used_twice(x):
    layer = layers.LSTM(SIZE, return_sequences=True)
    return softmax()(layers.LSTM(3)(layer(layer(x))))


REFUSED = {
    "scaled": (lambda: graph(lambda x: softmax()(layers.LSTM(3)(x) * 2)), "operation Multiply"),
    "added": (lambda: graph(lambda x: softmax()(layers.LSTM(3)(x) + layers.LSTM(3)(x))), "operation Add"),
    "joined": (
        lambda: graph(lambda x: softmax()(layers.Concatenate()([layers.LSTM(3)(x), layers.GRU(3)(x)]))),
        "joins 2 others",
    ),
    "reversed": (lambda: graph(lambda x: softmax()(layers.LSTM(3)(x[:, ::-1]))), "operation GetItem"),
    "squared": (lambda: graph(lambda x: softmax()(layers.LSTM(3)(x)) ** 2), "operation Power"),
    "used twice": (lambda: graph(used_twice), "is used twice"),
    "state used": (
        lambda: graph(lambda x: softmax()(layers.LSTM(3, return_state=True)(x)[2])),
        "the state of the layer",
    ),
    "always dropping": (
        lambda: graph(lambda x: softmax()(layers.Dropout(0.5)(layers.LSTM(3)(x), training=True))),
        "as in training",
    ),
    "scaled embedding": (
        lambda: graph(lambda x: softmax()(layers.LSTM(3)(layers.Embedding(SIZE, 3)(x) * 3)), (WINDOW,), dtype="int32"),
        "operation Multiply",
    ),
    "unknown layer": (
        lambda: windows(layers.LSTM(3), layers.Dense(4, name="tall"), layers.PReLU(name="bent"), softmax()),
        "the layer bent is of the kind PReLU",
    ),
    "flattened": (lambda: windows(layers.Flatten(), softmax()), "of the kind Flatten"),
    "convolution": (
        lambda: windows(layers.Conv1D(3, 2, padding="causal"), layers.LSTM(3), softmax()),
        "of the kind Conv1D",
    ),
    "sigmoid": (lambda: windows(layers.LSTM(3), layers.Dense(SIZE, activation="sigmoid")), "ends in sigmoid"),
    "no dense layer": (lambda: windows(layers.LSTM(SIZE)), "ends in lstm"),
    "normalised over time": (
        lambda: windows(
            layers.LSTM(3, return_sequences=True), layers.BatchNormalization(axis=1), layers.LSTM(3), softmax()
        ),
        "along axis 1",
    ),
    "one number": (lambda: keras.Sequential([keras.Input((WINDOW, 1)), layers.LSTM(3), softmax()]), "as one number"),
    "word vectors": (
        lambda: keras.Sequential([keras.Input((WINDOW, 50)), layers.LSTM(3), softmax()]),
        "vectors of 50 numbers",
    ),
    "few ids": (lambda: ids(layers.Embedding(3, 2), layers.LSTM(3), softmax()), "reads 3 ids, but chooses among 5"),
    "other characters": (
        lambda: keras.Sequential([keras.Input((WINDOW, 9)), layers.LSTM(3), layers.Dense(9, activation="softmax")]),
        "chooses among 9 characters, but",
    ),
    "backwards, any length": (
        lambda: texts(layers.Bidirectional(layers.LSTM(3)), softmax()),
        "what is not written yet",
    ),
    "one-hot of others": (
        lambda: graph(lambda x: softmax()(layers.LSTM(3)(keras.ops.one_hot(x, SIZE - 1))), (WINDOW,), dtype="int32"),
        "is one-hot of 4, but the network chooses among 5",
    ),
    "one layer keeps its state": (
        lambda: keras.Sequential(
            [
                keras.Input(batch_shape=(1, 1, SIZE)),
                layers.LSTM(3, stateful=True, return_sequences=True, name="keeper"),
                layers.LSTM(3, name="other"),
                softmax(),
            ]
        ),
        "the layer keeper keeps its state from call to call (stateful) and other does not",
    ),
    "state and mask": (
        lambda: keras.Sequential(
            [
                keras.Input(batch_shape=(1, None), dtype="int32"),
                layers.Embedding(SIZE, 3, mask_zero=True),
                layers.LSTM(3, stateful=True),
                softmax(),
            ]
        ),
        "keeps its state and skips the id 0",
    ),
    "mask of its own": (
        lambda: graph(
            lambda x: softmax()(
                layers.LSTM(3, name="masked")(layers.Embedding(SIZE, 3)(x), mask=keras.ops.not_equal(x, 3))
            ),
            (WINDOW,),
            dtype="int32",
        ),
        "the layer masked gets a mask of its own",
    ),
    "cells backwards with a mask": (
        lambda: ids(
            layers.Embedding(SIZE, 3, mask_zero=True),
            layers.RNN([layers.LSTMCell(3), layers.GRUCell(3)], return_sequences=True, go_backwards=True),
            layers.LSTM(3),
            softmax(),
        ),
        "reads backwards with several cells and a mask",
    ),
    "two outputs inside": (
        lambda: graph(lambda x: softmax()(graph(lambda y: [layers.LSTM(3)(y), layers.GRU(3)(y)])(x)[1])),
        "in it has 2 outputs",
    ),
    "two outputs": (
        lambda: graph(lambda x: [softmax()(layers.LSTM(3)(x)), softmax()(layers.LSTM(3)(x))]),
        "has 2 outputs",
    ),
    "two directions apart": (
        lambda: graph(lambda x: softmax()(layers.Bidirectional(layers.LSTM(3), merge_mode=None)(x)[0])),
        "merge_mode = None",
    ),
    "large window": (
        lambda: keras.Sequential([keras.Input((5_000, SIZE)), layers.LSTM(2), softmax()]),
        "a window of 5,000 characters",
    ),
    "a layer that is code": (
        lambda: windows(layers.Lambda(lambda x: x, name="code"), layers.LSTM(3), softmax()),
        "the layer code is a Lambda",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_network_is_refused_with_the_true_reason(tmp_path, imported, name):
    """One sentence names the file, and what is in the way; the folder is as it was."""
    make, reason = REFUSED[name]
    with pytest.raises(TrainingError) as error:
        imported(make())
    assert str(tmp_path / "theirs.keras") in str(error.value)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chars.txt", "theirs.keras"]


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_layer_of_its_own_is_refused(tmp_path, characters, ending):
    """Also where it has the name of one of Keras's."""

    @keras.saving.register_keras_serializable("theirs")
    class LayerNormalization(keras.Layer):
        def call(self, x):
            return x * 2

    windows(layers.LSTM(3), LayerNormalization(name="mine"), softmax()).save(tmp_path / f"theirs.{ending}")
    with pytest.raises(TrainingError, match="mine is of a class LayerNormalization of its own"):
        import_keras(tmp_path / f"theirs.{ending}", characters, tmp_path / "mine")


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_activation_of_its_own_is_refused(tmp_path, characters, ending):
    """By its name."""

    def swing(x):
        return keras.ops.sin(x)

    windows(layers.LSTM(3, activation=swing), softmax()).save(tmp_path / f"theirs.{ending}")
    with pytest.raises(TrainingError, match="swing") as error:
        import_keras(tmp_path / f"theirs.{ending}", characters, tmp_path / "mine")
    assert "\n" not in str(error.value)


def test_quantized_network_is_refused(imported):
    """Its weights are others than those that were learned."""
    model = windows(layers.LSTM(3), layers.Dense(SIZE, name="small"), layers.Softmax())
    model.get_layer("small").quantize("int8")
    with pytest.raises(TrainingError, match="the layer small is quantized"):
        imported(model)


def test_lora_is_refused(imported):
    """It adds to the layer's own weights."""
    model = windows(layers.LSTM(3), layers.Dense(SIZE, name="tuned"), layers.Softmax())
    model.get_layer("tuned").enable_lora(2)
    with pytest.raises(TrainingError, match="the layer tuned has LoRA weights"):
        imported(model)


def test_place_that_cannot_be_written_is_told(tmp_path, characters):
    """By its own name, and a link that leads nowhere is something that is there."""
    windows(layers.LSTM(3), softmax()).save(tmp_path / "theirs.keras")
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(TrainingError, match="link is there already"):
        import_keras(tmp_path / "theirs.keras", characters, tmp_path / "link")
    with pytest.raises(TrainingError, match=r"chars\.txt/mine cannot be made"):
        import_keras(tmp_path / "theirs.keras", characters, characters / "mine")


def test_class_of_its_own_is_refused(tmp_path, characters):
    """Only its own code knows what it does."""

    @keras.saving.register_keras_serializable("theirs")
    class OneStep(keras.Model):
        def __init__(self, **others):
            super().__init__(**others)
            self.dense = softmax()

        def call(self, x):
            return self.dense(x)

    model = OneStep()
    model(keras.ops.zeros((1, WINDOW, SIZE)))
    model.save(tmp_path / "theirs.keras")
    with pytest.raises(TrainingError, match="a OneStep, a class of its own"):
        import_keras(tmp_path / "theirs.keras", characters, tmp_path / "mine")


@pytest.mark.parametrize("name", ["theirs.weights.h5", "renamed.h5"])
def test_weights_alone_are_refused(tmp_path, characters, name):
    """Also where the file is called as whole networks are."""
    windows(layers.LSTM(3), softmax()).save_weights(tmp_path / "theirs.weights.h5")
    (tmp_path / "theirs.weights.h5").rename(tmp_path / name)
    with pytest.raises(TrainingError, match="weights alone"):
        import_keras(tmp_path / name, characters, tmp_path / "mine")


def test_saved_model_is_refused(tmp_path, characters):
    """A folder with a program in it."""
    windows(layers.LSTM(3), softmax()).export(tmp_path / "theirs", verbose=False)
    with pytest.raises(TrainingError, match="a SavedModel"):
        import_keras(tmp_path / "theirs", characters, tmp_path / "mine")


@pytest.mark.parametrize(("name", "content"), [("m.keras", b"nothing"), ("m.h5", b""), ("m.txt", b""), ("m.pt", b"PK")])
def test_file_that_is_no_network_is_refused(tmp_path, characters, name, content):
    """In one sentence."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrainingError) as error:
        import_keras(tmp_path / name, characters, tmp_path / "mine")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "mine").exists()


def test_weights_that_are_no_numbers_are_refused(imported):
    """NaN among them."""
    model = windows(layers.LSTM(3), softmax())
    model.set_weights([weight * float("nan") for weight in model.get_weights()])
    with pytest.raises(TrainingError, match="not finite"):
        imported(model)


def test_import_that_differs_is_refused(imported, monkeypatch, tmp_path):
    """Whatever the reason: here the imported network is made to skip a character."""

    def prove_another(source, converted, network, *others):
        original = network.step
        network.step = lambda state, id_: original(state, (id_ + 1) % SIZE)
        return prove(source, converted, network, *others)

    monkeypatch.setattr(importing, "prove", prove_another)
    with pytest.raises(TrainingError, match="is not what the file's own network computes"):
        imported(windows(layers.LSTM(3), softmax()))
    assert not (tmp_path / "mine").exists()


def test_cut_file_is_refused(tmp_path, characters):
    """At any place."""
    windows(layers.LSTM(3), softmax()).save(tmp_path / "whole.h5")
    windows(layers.LSTM(3), softmax()).save(tmp_path / "whole.keras")
    for ending in ("h5", "keras"):
        content = (tmp_path / f"whole.{ending}").read_bytes()
        for part in (0.1, 0.5, 0.9, 0.99):
            (tmp_path / f"cut.{ending}").write_bytes(content[: int(part * len(content))])
            with pytest.raises(TrainingError):
                import_keras(tmp_path / f"cut.{ending}", characters, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
