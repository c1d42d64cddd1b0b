"""The commands that learn: corpus, train."""

import inspect
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from charlstm.cli.workers import parse_workers
from charlstm.corpora import named
from charlstm.corpora.corpus import Corpus, load_corpus
from charlstm.corpora.leakage import check_leakage
from charlstm.model_folder import store
from charlstm.recipes.recipe import Recipe, check_corpus, find_recipe
from charlstm.text.character_mapping import TextEncoder, count_characters, told, visible


def corpus(
    name: Annotated[
        str | None, typer.Argument(help="A named corpus, which is fetched, a text file, or a folder.")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="Tell what it becomes by this recipe.")] = None,
) -> None:
    """List the named corpora, say where one lies, or tell how a text would be learned."""
    if name in named.NAMED and recipe is None:
        print(named.fetch(name))
        return
    if name is not None:
        _describe(load_corpus(name), find_recipe(recipe or "book"))
        return
    for known in named.NAMED.values():
        where = named.cached_path(known.name) or "not on this machine yet"
        print(f"{known.name}\n    {known.title}\n    {known.size:,} bytes; {where}")
    print("\nA path to a text file, or to a folder of .txt files, works wherever a name does.")


def _describe(text: Corpus, plan: Recipe) -> None:
    """Print how a corpus is split, and what becomes of its characters by a recipe."""
    counts = count_characters(text.sample)
    reader = TextEncoder.of_counts(counts, plan.folding, plan.least_count)
    print(f"{text.name}: {text.characters:,} characters, {text.storage}; sha256 {text.sha256}")
    print(f"{text.training_characters:,} characters are learned, {text.held_out_characters:,} are held out")
    print(f"by the recipe {plan.name}, with the folding {plan.folding!r} and a least count of {plan.least_count}:")
    known, *others = told(reader.vocabulary, reader.fates(counts), text.sample_description)
    print(f"{known}: {' '.join(map(visible, reader.by_frequency(counts)))}")
    for line in others:
        print(line)


def _with_flags_of_recipes(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every field of a recipe; those that a person gave come in `changes`."""
    signature, names = inspect.signature(command), [field.name for field in fields(Recipe) if field.name != "name"]
    parameters = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
    for name in names:
        option = typer.Option(metavar="VALUE", help="Instead of the recipe's.")
        kind = Annotated[str | None, option]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind))

    def with_flags(**given: Any) -> None:
        command(**{name: value for name, value in given.items() if value is not None or name not in names})

    with_flags.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_flags.__annotations__ = {one.name: one.annotation for one in parameters}
    with_flags.__name__, with_flags.__doc__ = command.__name__, command.__doc__
    return with_flags


@_with_flags_of_recipes
def train(
    into: Annotated[Path, typer.Option(help="The model folder; an unfinished one is gone on with.")],
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a TOML file.")] = "book",
    corpus: Annotated[str, typer.Option(help="A named corpus, a text file, or a folder.")] = "nietzsche",
    allow_repeats: Annotated[bool, typer.Option(help="Learn passages that are held out too.")] = False,
    workers: Annotated[str | None, typer.Option(help="host:port of each machine that learns, with commas.")] = None,
    worker: Annotated[int | None, typer.Option(help="Which of the workers this one is, from 0 on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the progress as JSON lines, for a program.")] = False,
    **changes: str,
) -> None:
    """Learn a corpus, with a sample at four temperatures after every epoch."""
    plan = find_recipe(recipe).with_changes(**changes)
    text = load_corpus(corpus)
    check_corpus(text, plan)
    if not allow_repeats:
        check_leakage(text)
    addresses = parse_workers(workers, worker) if workers is not None else None
    # TensorFlow takes seconds to import; what can be refused without it has been refused by now.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from charlstm.training import distributed, loop
    from charlstm.training.progress import progress

    if plan.examples == "windows":
        loop.use_inter_op_threads()
    crew = distributed.join(addresses, worker or 0) if addresses else distributed.alone()
    if not as_json:
        print(
            f"{corpus}: {text.characters:,} characters; recipe {plan.name}, {plan.epochs} epochs, into {into}",
            flush=True,
        )
    with progress(plan.epochs, as_json) as listener:
        loop.train(text, plan, into, listener, crew)
    if as_json:
        return
    best = store.open_model(into).manifest
    print(f"Best: epoch {best.best_epoch}, held-out loss {best.held_out_loss:.3f} nats a character.")
