"""The doors of the program, and the only file here that knows what its modules and the page's widgets are called."""

import io
import json
import math
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from charlstm.cli import app as cli
from charlstm.corpora.passages import copied_passages as find_passages
from charlstm.generation.filters import Filters
from charlstm.generation.loop import generate_batch
from charlstm.generation.run_file import parse_run, run_bytes
from charlstm.model_folder import store
from charlstm.model_folder.zip_file import unpack, zip_bytes
from charlstm.recipes import recipe as recipes

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"
MODELS = FILES / "models"


def expected(name):
    """Return what a JSON file of expectations says."""
    return json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))


def run_command(*arguments):
    """Run `python -m charlstm` with these arguments; return its exit code, output and errors."""
    output, errors = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["charlstm", *map(str, arguments)]
    try:
        with redirect_stdout(output), redirect_stderr(errors):
            runpy.run_module("charlstm", run_name="__main__")
    except SystemExit as end:
        return end.code, output.getvalue(), errors.getvalue()
    finally:
        sys.argv = before
    raise AssertionError("the command line came to no exit code")


def commands():
    """Return each command's parameters by the way they are typed: kind, default, and whether they must be given."""
    found = typer.main.get_command(cli.app)
    assert isinstance(found, typer.core.TyperGroup)
    return {name: dict(map(_parameter, command.params)) for name, command in found.commands.items()}


def _parameter(parameter):
    option = parameter.param_type_name == "option"
    default = parameter.default.relative_to(ROOT).as_posix() if isinstance(parameter.default, Path) else None
    told = {
        "kind": parameter.param_type_name,
        "required": parameter.required,
        "default": parameter.default if default is None else default,
        "turns_off_with": parameter.secondary_opts,
        "takes_a_value": not (option and parameter.is_flag),
    }
    return (parameter.opts[0] if option else parameter.name), told


def open_folder(folder):
    """Return all that a model folder says, as its files would have it."""
    return _told_of(store.open_model(folder))


def _told_of(model):
    manifest, report = model.manifest, model.report
    return {
        "name": manifest.name,
        "network": str(manifest.architecture),
        "vocabulary": list(manifest.vocabulary),
        "context": manifest.context,
        "window": manifest.window,
        "epochs": list(manifest.epochs),
        "best_epoch": manifest.best_epoch,
        "held_out_loss": _known(manifest.held_out_loss),
        "characters_by_frequency": list(manifest.characters_by_frequency),
        "records": [manifest.recipe, manifest.corpus, manifest.libraries],
        "history": [
            [line.epoch, _known(line.train_loss), _known(line.held_out_loss), line.seconds] for line in model.history
        ],
        "samples": [[one.epoch, one.temperature, one.random_seed, one.seed_text, one.text] for one in model.samples],
        "words": b"".join(model.words.lists).decode(),
        "report": report and [report.epoch, report.held_out, report.characters_a_second, report.runs, report.length],
        "report_of_texts": [
            [one.temperature, one.real_words, one.distinct_words, one.copied]
            for one in (report.writing if report else ())
        ],
    }


def _known(loss):
    return None if math.isnan(loss) else loss


def unpack_zip(content, folder):
    """Unpack a model's zip into a folder that is not there yet, and return what it says."""
    return _told_of(unpack(content, folder))


def copied_passages(folder, text):
    """Return the passages of a text that are copied from what a folder's network learned."""
    model = store.open_model(folder)
    assert model.passages is not None
    return find_passages(model.passages, model.vocabulary.fold(text).text)


def zip_of(folder):
    """Return a model folder as the zip that the page would download."""
    return zip_bytes(store.open_model(folder))


def saved_again(content):
    """Return what becomes of a saved run that is opened and saved."""
    return run_bytes(parse_run(content))


def recipe_names():
    """Return the names of the recipes that come with the program."""
    return recipes.recipe_names()


def recipe(name_or_path):
    """Return the fields of a recipe that apply."""
    return recipes.find_recipe(str(name_or_path)).as_dict()


@cache
def _network(folder, epoch):
    model = store.open_model(folder)
    return model.network(epoch), model.vocabulary


def written_in_lanes(folder, epoch, seed_text, temperatures, length, random_seeds, filters):
    """Return what the loop writes after one seed text in several lanes at once."""
    network, vocabulary = _network(folder, epoch)
    temperatures = [float(temperature) for temperature in temperatures]
    steps = generate_batch(
        network, vocabulary.fold_and_encode(seed_text), temperatures, length, random_seeds, Filters(**filters)
    )
    lanes = zip(*(step.character_ids.tolist() for step in steps), strict=True)
    return [vocabulary.decode(lane) for lane in lanes]


def open_page(page, query):
    """Open a page of the app by its address, and let it write to the end what the address asks for."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    return go_to(app, page, query)


def go_to(app, page, query):
    """Go to another page of an app that is open, by an address."""
    app.query_params.clear()
    app.query_params.update(query)
    app._page_hash = calc_hash(page)  # which is what a browser asks for at this path
    app.run()
    for _ in range(200):
        if not _writes(app):
            return app
        app.run()
    raise AssertionError("the page came to no end")


def address_of(app):
    """Return what the page puts into the address bar."""
    values: dict[str, Any] = {}
    for content in _components(app).values():
        values |= content.get("values", {})
    return {name: value for name, value in values.items() if value is not None}


def open_run(app, content):
    """Open a saved run on the page that writes."""
    app.session_state["more"] = True  # the menu
    app.run()
    return app.file_uploader[0].set_value(("charlstm-run.json", content, "application/json")).run()


def open_zip(app, content):
    """Open a network's zip on the page that trains."""
    return app.file_uploader[-1].set_value(("mine.zip", content, "application/zip")).run()


def networks_on_offer(app):
    """Return the names of the networks that may be chosen, each of them chosen by its title."""
    choices = range(len(app.selectbox(key="model").options))
    return [app.selectbox(key="model").select_index(index).run().selectbox(key="model").value for index in choices]


def shown(app, page):
    """Return what a page shows, as far as an address can say it."""
    told = {"network": app.selectbox(key="model").value, **_SHOWN[page](app)}
    return {name: value for name, value in told.items() if value is not None}


def _shown_by_write(app):
    text = _component(app, "text")
    temperature = _component(app, "temperature")["value"]
    read = {"seed_text_read": text["seed"], "text": text["text"]}
    return {"seed_text": _value(app, "seed_text"), "temperature": temperature, **_knobs(app, ""), **read}


def _shown_by_compare(app):
    view = _component(app, "compare_batch")
    return {
        "seed_text": _value(app, "compare_seed_text"),
        "temperatures": view["whole"]["temperatures"],
        "networks": (view["whole"]["networks"] or {}).get("chosen"),
        "independent": _value(app, "compare_independent"),
        **_knobs(app, "compare_"),
        "texts": view["texts"],
    }


def _shown_by_map(app):
    temperature = _component(app, "map_temperature")["value"]
    return {
        "seed_text": _value(app, "map_seed"),
        "random_seed": _value(app, "map_random_seed"),
        "temperature": temperature,
    }


def _shown_by_evolve(app):
    values = {name: _value(app, f"evolve_{name}") for name in ("epoch", "first", "second", "random_seed")}
    components = _components(app)
    samples = {key: content["text"] for key, content in components.items() if key.startswith("sample-")}
    both = [_component(app, f"evolve_{name}-text")["text"] for name in ("first", "second")]
    return {
        **values,
        "seed_text": _value(app, "evolve_seed"),
        "temperature": _component(app, "evolve_temperature")["value"],
        "samples": {key.removeprefix("sample-"): text for key, text in samples.items()},
        "first_text": both[0],
        "second_text": both[1],
    }


_SHOWN = {
    "write": _shown_by_write,
    "compare": _shown_by_compare,
    "map": _shown_by_map,
    "evolve": _shown_by_evolve,
}
_PASSING = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "typical_p": 1.0}  # where these let everything pass


def _knobs(app, prefix):
    filters = {name: _value(app, prefix + name) for name in _PASSING}
    return {
        **{name: _value(app, prefix + name) for name in ("epoch", "random_seed", "length", "speed")},
        "filters": {name: value for name, value in filters.items() if value != _PASSING[name]},
    }


def _value(app, name):
    """Return the value of a widget; None where there is none of this name."""
    kinds = (app.text_area, app.text_input, app.number_input, app.slider, app.select_slider, app.toggle)
    widgets = [widget for kind in kinds for widget in kind]
    found = [widget.value for widget in widgets if widget.key.rpartition("-")[0] == name or widget.key == name]
    return found[0] if found else None


def _components(app):
    """Return what each of the page's own components was sent, by the end of its name."""
    found = {}
    for element in app.get("bidi_component"):
        found[element.proto.id.split("-", 2)[2]] = json.loads(element.proto.json)
    return found


def _component(app, key):
    return next(content for name, content in _components(app).items() if name == key or name.startswith(f"{key}-"))


def _writes(app):
    return any(content.get("running") or content.get("interval") for content in _components(app).values())


def steps(path):
    """Return the steps that a command has recorded."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def assert_same_steps(found, kept):
    """Check for the same fields in the same order and the same values, float noise of the networks aside."""
    assert len(found) == len(kept)
    for one, other in zip(found, kept, strict=True):
        assert list(one) == list(other)
        for name in ("raw", "reweighted"):
            assert list(one[name]) == list(other[name])
            assert one.pop(name) == pytest.approx(other.pop(name), rel=1e-3, abs=1e-7)
        assert one == other
