"""Recipes: those that come with the program, and TOML files that people have."""

import tomllib

import pytest

from tests.compatibility import doors


def test_built_in_recipes_say_what_they_said():
    """Every field of each, so that an interrupted training can be gone on with."""
    kept = doors.expected("recipes")
    assert {name: doors.recipe(name) for name in kept} == kept
    assert set(kept) <= set(doors.recipe_names())


@pytest.mark.parametrize("name", ["windows", "stream"])
def test_own_recipe_is_read_whole(name):
    """Every field that a person can write into a file, with its value."""
    path = doors.FILES / "recipes" / f"{name}.toml"
    assert doors.recipe(path) == tomllib.loads(path.read_text(encoding="utf-8"))


def test_own_recipes_have_every_field():
    """Between them the two files name whatever `train` has a flag for, so that no field is forgotten."""
    fields = {
        name for recipe in ("windows", "stream") for name in doors.recipe(doors.FILES / "recipes" / f"{recipe}.toml")
    }
    own = {"into", "recipe", "corpus", "allow_repeats", "workers", "worker", "json"}
    flags = {flag[2:].replace("-", "_") for flag in doors.expected("commands")["train"]}
    assert fields - {"name"} == flags - own


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ("windows.toml", "by the recipe mine, with the folding 'plain' and a least count of 3"),
        ("stream.toml", "by the recipe conv of mine, with the folding 'plain' and a least count of 1"),
    ],
)
def test_corpus_tells_what_a_text_becomes_by_an_own_recipe(recipe, told):
    """The text's hash, how it is split, and the vocabulary."""
    corpus = doors.FILES / "corpus.txt"
    code, output, errors = doors.run_command("corpus", corpus, "--recipe", doors.FILES / "recipes" / recipe)
    said = doors.open_folder(doors.MODELS / "carried")["records"][1]
    assert (code, errors) == (0, "")
    assert told in output
    assert said["sha256"] in output
    assert f"{said['training_characters']:,} " in output
    assert f"{said['held_out_characters']:,} " in output
