"""A model folder of format 2, and a zip of one, say and write what they always did."""

import csv
import io
import json
import shutil
import zipfile
from typing import Any

import pytest

from tests.compatibility import doors

FOLDERS = sorted([*doors.MODELS.iterdir(), *(doors.FILES / "unfinished").iterdir()])
ZIP = doors.FILES / "carried.zip"


def folder_name(folder):
    return f"{folder.parent.name}-{folder.name}"


def text_of(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def number(text):
    return None if text == "nan" else float(text)


@pytest.mark.parametrize("folder", FOLDERS, ids=folder_name)
def test_model_json_is_read_whole(folder):
    """Every field of format 2 arrives, a loss that is not known as none."""
    said, told = json.loads(text_of(folder / "model.json")), doors.open_folder(folder)
    assert said.pop("format") == 2
    assert said.pop("architecture")["kind"] in ("lstm", "convolutions")
    assert told["records"] == [said.pop(name) for name in ("recipe", "corpus", "libraries")]
    assert {name: told[name] for name in said} == said


@pytest.mark.parametrize("folder", FOLDERS, ids=folder_name)
def test_history_samples_and_words_are_read_whole(folder):
    """Every line of the files beside the weights; a folder may lack them."""
    told = doors.open_folder(folder)
    lines = csv.DictReader(text_of(folder / "history.csv").splitlines())
    names = ("train_loss", "held_out_loss", "seconds")
    assert told["history"] == [[int(line["epoch"]), *(number(line[name]) for name in names)] for line in lines]
    samples = [json.loads(line) for line in text_of(folder / "samples.jsonl").splitlines()]
    order = ("epoch", "temperature", "random_seed", "seed_text", "text")
    assert told["samples"] == [[sample[name] for name in order] for sample in samples]
    assert told["words"] == text_of(folder / "words.txt")


def test_report_is_read_whole():
    """What an evaluation found stays with the network."""
    said, told = (
        json.loads(text_of(doors.MODELS / "carried" / "report.json")),
        doors.open_folder(doors.MODELS / "carried"),
    )
    assert told["report_of_texts"] == [list(one.values()) for one in said.pop("writing")]
    assert told["report"] == list(said.values())


def test_index_of_passages_finds_what_it_found(tmp_path):
    """And is made again to the byte; the last tenth of the text is not in it."""
    kept, corpus = doors.FILES / "passages.safetensors", doors.FILES / "corpus.txt"
    folder = shutil.copytree(doors.MODELS / "window", tmp_path / "window")
    assert doors.run_command("index", folder, "--corpus", corpus)[0] == 0
    assert (folder / kept.name).read_bytes() == kept.read_bytes()
    shutil.copy(kept, folder)
    text = text_of(corpus)
    assert doors.copied_passages(folder, text[:300]) == [(0, 300)]
    assert doors.copied_passages(folder, text[-350:]) == []


@pytest.mark.parametrize("name", [folder.name for folder in sorted(doors.MODELS.iterdir())])
def test_info_tells_what_it_told(name):
    """The network, its corpus, recipe, epochs and losses, line for line."""
    code, output, errors = doors.run_command("info", doors.MODELS / name)
    assert (code, errors) == (0, "")
    assert output.splitlines() == doors.expected("info")[name]


def test_samples_are_what_the_kept_epochs_write():
    """What is told to have been written after each epoch can be written again."""
    for folder in FOLDERS:
        told = doors.open_folder(folder)
        for epoch in told["epochs"]:
            samples = [sample[1:] for sample in told["samples"] if sample[0] == epoch]
            if samples:
                temperatures, random_seeds, seed_texts, texts = zip(*samples, strict=True)
                assert len(set(seed_texts)) == 1
                arguments: tuple[Any, ...] = (
                    folder,
                    epoch,
                    seed_texts[0],
                    temperatures,
                    len(texts[0]),
                    random_seeds,
                    {},
                )
                assert doors.written_in_lanes(*arguments) == list(texts)


def test_downloaded_zip_is_the_folder(tmp_path):
    """It unpacks to the files of the folder that it was made of, to the byte."""
    told = doors.unpack_zip(ZIP.read_bytes(), tmp_path / "carried")
    assert told == doors.open_folder(doors.MODELS / "carried")
    for path in (doors.MODELS / "carried").iterdir():
        assert (tmp_path / "carried" / path.name).read_bytes() == path.read_bytes()


def test_zip_has_the_files_that_it_had():
    """A zip that is made now holds what one that was made before does."""
    old, new = (
        zipfile.ZipFile(io.BytesIO(content)) for content in (ZIP.read_bytes(), doors.zip_of(doors.MODELS / "carried"))
    )
    assert {name: new.read(name) for name in new.namelist()} == {name: old.read(name) for name in old.namelist()}


def test_page_opens_a_zip_and_writes_with_it():
    """A network that somebody kept is on offer, and writes its text under the name that it had."""
    case = next(
        one for one in doors.expected("addresses") if one["query"].get("model") == "carried" and "run" in one["query"]
    )
    app = doors.open_zip(doors.open_page("train", {}), ZIP.read_bytes())
    doors.go_to(app, "write", {name: value for name, value in case["query"].items() if name != "model"})
    shown = doors.shown(app, "write")
    assert shown["network"] not in [folder.name for folder in doors.MODELS.iterdir()]
    assert shown["network"].startswith("carried")
    assert shown["text"] == case["shows"]["text"]


def test_calibrate_makes_the_folder_that_it_made(tmp_path):
    """The same temperature, losses and samples, from the same network and text."""
    into, corpus = tmp_path / "calibrated", doors.FILES / "corpus.txt"
    assert doors.run_command("calibrate", doors.MODELS / "carried", "--corpus", corpus, "--into", into)[0] == 0
    made, kept = doors.open_folder(into), doors.open_folder(doors.MODELS / "calibrated")
    assert made.pop("held_out_loss") == pytest.approx(kept.pop("held_out_loss"), abs=1e-5)
    assert made == kept


def test_evaluate_finds_what_it_found(tmp_path):
    """The held-out loss and what stands in the texts, by the same protocol; the speed alone is the machine's."""
    folder = shutil.copytree(doors.MODELS / "carried", tmp_path / "carried")
    arguments = ("--corpus", doors.FILES / "corpus.txt", "--runs", 2, "--length", 60, "--record")
    assert doors.run_command("evaluate", folder, *arguments)[0] == 0
    found, kept = (json.loads(text_of(place / "report.json")) for place in (folder, doors.MODELS / "carried"))
    assert found.pop("characters_a_second") > 0
    del kept["characters_a_second"]
    assert found.pop("held_out") == pytest.approx(kept.pop("held_out"), abs=1e-5)
    assert found == kept


def test_zoo_knows_every_folder():
    """One line a network."""
    code, output, errors = doors.run_command("zoo", doors.MODELS)
    assert (code, errors) == (0, "")
    assert all(f"`{folder.name}`" in output for folder in doors.MODELS.iterdir())
