"""The networks that the page offers, and the one that it begins with."""

import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import remove_epochs, write_epoch
from charlstm.model_folder.manifest import write_manifest
from charlstm.model_folder.report import Report, TextStatistics, write_report
from charlstm.model_folder.training_records import EpochFigures, write_history
from charlstm.networks.architecture import GatedConvolutions, GruLayers
from charlstm.networks.layers.layer import (
    Bidirectional,
    Dense,
    Embedding,
    LayerNormalization,
    Lstm,
    OneHot,
    SimpleRnn,
)
from charlstm.networks.layers.stack import LayerStack
from charlstm.ui.shared.models import usable_models
from charlstm.ui.shared.sentences import literally


@pytest.mark.parametrize(
    ("losses", "names"), [((1.4, 1.1), ["b", "a"]), ((1.1, 1.4), ["a", "b"]), ((None, 1.2), ["b", "a"])]
)
def test_the_best_network_is_the_first(model_folder, tmp_path, monkeypatch, losses, names):
    """By the loss on the text that all are compared on; where that is not known, by the folder's own, here 1.25."""
    for name, loss in zip("ab", losses, strict=True):
        folder = shutil.copytree(model_folder, tmp_path / "zoo" / name)
        if loss is not None:
            write_report(folder, Report(2, {"nietzsche.txt": loss}, 900.0, 0, 0, ()))
    monkeypatch.setenv("CHARLSTM_MODELS", str(tmp_path / "zoo"))
    assert [model.folder.name for model in usable_models()[0]] == names


def test_a_network_whose_loss_is_not_known_is_the_last(model_folder, tmp_path, monkeypatch):
    """As one from elsewhere, which was never scored."""
    for name in "ab":
        shutil.copytree(model_folder, tmp_path / "zoo" / name)
    manifest = tmp_path / "zoo" / "a" / "model.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"held_out_loss": None}))
    monkeypatch.setenv("CHARLSTM_MODELS", str(tmp_path / "zoo"))
    assert [model.folder.name for model in usable_models()[0]] == ["b", "a"]


BOTH_WAYS = Bidirectional(Lstm(3, return_sequences=False), Lstm(3, return_sequences=False, go_backwards=True))
OTHERS = [
    GatedConvolutions(4, 2, (1, 2)),
    GruLayers((4, 3)),
    LayerStack((Embedding(3, mask_zero=True), SimpleRnn(4), LayerNormalization(), Dense(6))),
    LayerStack((OneHot(), BOTH_WAYS, Dense(6))),
]


@pytest.fixture(params=OTHERS[:1], ids=lambda architecture: architecture.title)
def two_models(model_folder, tmp_path, monkeypatch, request):
    """The small model, and one of another kind: other characters, other epochs, and stateful where it can be."""
    shutil.copytree(model_folder, tmp_path / "zoo" / "small")
    other = shutil.copytree(model_folder, tmp_path / "zoo" / "other")
    architecture = request.param
    manifest = replace(
        store.open_model(other).manifest,
        name="other",
        architecture=architecture,
        vocabulary=("\n", " ", "a", "b", "c", "ë"),
        characters_by_frequency=(" ", "a", "b", "c", "ë", "\n"),
        context=architecture.contexts[-1],
        epochs=(7,),
        best_epoch=7,
        held_out_loss=1.5,
    )
    generator = np.random.default_rng(1)
    shapes = architecture.tensor_shapes(6)
    tensors = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    write_epoch(other, 7, tensors)
    remove_epochs(other, all_but=7)
    write_manifest(other, manifest)
    write_history(other, [EpochFigures(0, math.nan, 1.9, 0.0), EpochFigures(7, 1.6, 1.5, 9.0)])
    monkeypatch.setenv("CHARLSTM_MODELS", str(tmp_path / "zoo"))


@pytest.mark.parametrize("two_models", OTHERS, indirect=True, ids=lambda architecture: architecture.title)
@pytest.mark.parametrize("page", ["write", "compare", "map", "evolve", "read"])
def test_every_page_changes_its_network(two_models, page):
    """To one of another kind and back; no page ends in a traceback."""

    def script(page):
        import importlib

        importlib.import_module(f"charlstm.ui.{page}.page").page()

    app = AppTest.from_function(script, default_timeout=60, args=(page,)).run()
    assert app.selectbox(key="model").value == "small"
    for name in ("other", "small", "other"):
        app.selectbox(key="model").set_value(name).run()
        assert not app.exception
        assert app.selectbox(key="model").value == name


@pytest.mark.parametrize("two_models", OTHERS, indirect=True, ids=lambda architecture: architecture.title)
def test_write_keeps_its_text_when_the_network_has_other_characters(two_models):
    """In mid-run; every character keeps the choice it was drawn by, in the characters of its network."""

    def script():
        from charlstm.ui.write import page as write

        write.page()

    app = AppTest.from_function(script, default_timeout=60).run()
    app.button(key="generate").click().run()
    app.button(key="stop").click().run()
    for _ in range(3):
        app.button(key="step").click().run()
    player = app.session_state["write_state"].player
    before = player.texts[0]
    app.selectbox(key="model").set_value("other").run()
    app.button(key="step").click().run()
    assert not app.exception
    player = app.session_state["write_state"].player
    assert player.texts[0][:-1] == before
    assert player.sources[0].model == "other"
    assert len(player.steps[-1].raw) == 6
    assert len(player.steps[-2].raw) != 6
    assert [settings.model for settings in player.run().settings] == ["small", "other"]
    for place in (len(before), len(before) - 1):
        app.session_state["write_state"].focus.move_to(place)
        app.run()
        assert not app.exception
        assert any(text.value.startswith(f"Character {place + 1}: ") for text in app.text)
    app.button(key="continue").click().run()
    app.selectbox(key="model").set_value("small").run()
    assert not app.exception
    assert app.session_state["write_state"].player.running
    assert app.session_state["write_state"].player.texts[0].startswith(before)


def test_networks_stand_side_by_side(two_models, tmp_path):
    """Size, training, loss, speed and what each writes, the best first; a dash where it was not evaluated."""
    writing = (TextStatistics(0.5, 0.95, 0.5, 0.01), TextStatistics(1.0, 0.8, 0.8, 0.02))
    write_report(tmp_path / "zoo" / "small", Report(2, {"nietzsche.txt": 1.4}, 900.0, 64, 2000, writing))

    def script():
        from charlstm.ui.components.address import page_address
        from charlstm.ui.shared.models import chosen_model

        chosen_model(page_address("write"))

    app = AppTest.from_function(script, default_timeout=60).run()
    (table,) = app.table
    figures = table.value.set_index("").T.to_dict()
    small, other = map(literally, ("LSTM, 3 units (small)", "Convolutions, 2 × 4 (other)"))
    assert list(table.value.columns) == ["", small, other]
    assert figures["what it is"][small] == "one LSTM of 3 units"
    assert figures["held-out loss"] == {small: "1.400", other: "–"}
    assert figures["real words, %"] == {small: "95.0 / 80.0", other: "–"}
    assert figures["characters a second"] == {small: "900", other: "–"}
    assert any("at temperatures 0.5, 1" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("titles", "options"),
    [
        (("Mine", "Theirs"), ["Mine", "Theirs"]),
        (("Mine", "Mine"), ["Mine (small)", "Mine (other)"]),
        (("Mine", None), ["Mine", "Convolutions, 2 × 4 (other)"]),
        (("*Mine*", "small"), ["*Mine*", "small"]),
        (("LSTM, 3 units", None), ["LSTM, 3 units", "Convolutions, 2 × 4 (other)"]),
        ((None, "LSTM, 3 units"), ["LSTM, 3 units (small)", "LSTM, 3 units (other)"]),
    ],
)
def test_networks_are_chosen_by_their_titles(two_models, tmp_path, titles, options):
    """The name of the folder stands behind a title that does not tell which it is; it is what is chosen."""
    for name, title in zip(("small", "other"), titles, strict=True):
        folder = tmp_path / "zoo" / name
        write_manifest(folder, replace(store.open_model(folder).manifest, given_title=title))

    def script():
        import streamlit as st

        from charlstm.ui.components.address import page_address
        from charlstm.ui.shared.models import chosen_model

        model = chosen_model(page_address("write"))
        st.text(model.folder.name if model else "")

    app = AppTest.from_function(script, default_timeout=60).run()
    assert app.selectbox(key="model").options == options
    assert list(app.table[0].value.columns) == ["", *map(literally, options)]
    for index, name in ((1, "other"), (0, "small")):
        app.selectbox(key="model").set_value(name).run()
        assert (app.selectbox(key="model").index, app.text[0].value) == (index, name)


def test_chosen_network_stays_when_another_gets_its_title(two_models, tmp_path):
    """Its own is then followed by the name of its folder."""
    folders = [tmp_path / "zoo" / name for name in ("other", "small")]
    manifests = [replace(store.open_model(folder).manifest, given_title=folder.name.upper()) for folder in folders]
    for folder, manifest in zip(folders, manifests, strict=True):
        write_manifest(folder, manifest)

    def script():
        from charlstm.ui.components.address import page_address
        from charlstm.ui.shared.models import chosen_model

        chosen_model(page_address("write"))

    app = AppTest.from_function(script, default_timeout=60).run()
    app.selectbox(key="model").set_value("other").run()
    write_manifest(folders[1], replace(manifests[1], given_title="OTHER"))
    app.run()
    assert app.selectbox(key="model").options == ["OTHER (small)", "OTHER (other)"]
    assert app.selectbox(key="model").value == "other"


def test_a_network_of_several_books_offers_the_known_one_among_them(model_folder, open_app):
    """An excerpt of it, or, where it is not on this machine, to fetch it."""
    manifest = model_folder / "model.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content | {"corpus": content["corpus"] | {"name": "my-books"}}))
    assert not [button for button in open_app().button if button.key == "fetch"]
    write_report(model_folder, Report(2, {"mine.txt": 1.2, "nietzsche.txt": 1.4}, 900.0, 0, 0, ()))
    assert [button for button in open_app().button if button.key == "fetch"]
