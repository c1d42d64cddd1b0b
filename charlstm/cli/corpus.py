"""The command `corpus`: which texts have a name, and what a recipe makes of a text."""

from typing import Annotated

import typer

from charlstm.cli.options import ENCODING
from charlstm.corpora import named
from charlstm.corpora.corpus import Corpus, describe_files, load_corpus
from charlstm.recipes.recipe import Recipe, TrainingError, check_corpus, find_recipe
from charlstm.text.character_mapping import (
    TextEncoder,
    count_accented,
    count_characters,
    describe_lowered,
    describe_mappings,
    printable_name,
)
from charlstm.text.decoding import UTF_8


def corpus(
    name: Annotated[
        str | None, typer.Argument(help="A named corpus, which is fetched, a text file, or a folder.")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="Tell what it becomes by this recipe.")] = None,
    case: Annotated[str | None, typer.Option(metavar="lower|keep", help="Instead of the recipe's.")] = None,
    encoding: ENCODING = UTF_8,
) -> None:
    """List the named corpora, say where one lies, or tell how a text would be learned."""
    if name in named.NAMED and (recipe, case, encoding) == (None, None, UTF_8):
        print(named.fetch(name))
        return
    if name is not None:
        chosen = find_recipe(recipe or "book").with_changes(**({"case": case} if case is not None else {}))
        _print_description(load_corpus(name, chosen.case, encoding), describe_files(name), chosen)
        return
    for known in named.NAMED.values():
        where = named.cached_path(known.name) or "not on this machine yet"
        print(f"{known.name}\n    {known.title}\n    {known.size:,} bytes; {where}")
    print("\nA path to a text file, or to a folder of .txt files, works wherever a name does.")


def _print_description(text: Corpus, files: list[str], recipe: Recipe) -> None:
    """Print how a corpus is split, its files, what a recipe makes of its characters, and if it cannot learn it."""
    counts = count_characters(text.sample)
    encoder = TextEncoder.of_counts(counts, recipe.folding, recipe.least_count)
    print(f"{text.name}: {text.characters:,} characters, {text.storage}; sha256 {text.sha256}")
    print(f"{text.training_characters:,} characters are learned, {text.held_out_characters:,} are held out")
    for line in [*files, *describe_lowered(text.lowered)]:
        print(line)
    print(
        f"by the recipe {recipe.name}, with the folding {recipe.folding!r} and a least count of {recipe.least_count}:"
    )
    mappings = encoder.mappings(counts, count_accented(text.sample))
    vocabulary, *others = describe_mappings(encoder.vocabulary, mappings, text.sample_description)
    print(f"{vocabulary}: {' '.join(map(printable_name, encoder.characters_by_frequency(counts)))}")
    for line in others:
        print(line)
    try:
        check_corpus(text, recipe)
    except TrainingError as error:
        print(f"it cannot be learned by the recipe {recipe.name}: {error}")
