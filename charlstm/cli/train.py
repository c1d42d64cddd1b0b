"""The command `train`."""

import math
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.options import ENCODING, add_options
from charlstm.cli.tensorflow_import import COUNT_NEEDS, check_installed, importing_tensorflow
from charlstm.cli.workers import parse_workers
from charlstm.corpora.corpus import LISTED, describe_files, load_corpus
from charlstm.corpora.leakage import check_leakage
from charlstm.model_folder import store
from charlstm.recipes.recipe import Recipe, TrainingError, check_corpus, find_recipe
from charlstm.text.character_mapping import describe_lowered
from charlstm.text.decoding import UTF_8

if TYPE_CHECKING:  # TensorFlow, which takes seconds
    from charlstm.training.distributed import Replicas


def _with_recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for every field of a recipe to a command; those that were given are its `**`."""
    kind = Annotated[str | None, typer.Option(metavar="VALUE", help="Instead of the recipe's.")]
    return add_options(command, {one.name: kind for one in fields(Recipe) if one.name != "name"})


def _replicas(recipe: Recipe, addresses: list[str] | None, worker: int | None) -> "Replicas | None":
    """Return what learns, with TensorFlow; None for counts, which need none."""
    if recipe.network == "counts":
        if addresses:
            raise TrainingError("counting takes one machine: leave --workers out")
        check_installed("counting", *COUNT_NEEDS)
        return None
    with importing_tensorflow():  # takes seconds: first comes all that can be refused without it
        from charlstm.training.distributed import join_cluster, local_replicas
        from charlstm.training.learner import use_inter_op_threads

    if recipe.examples == "windows":
        use_inter_op_threads()
    return join_cluster(addresses, worker or 0) if addresses else local_replicas()


@_with_recipe_options
def train(
    into: Annotated[Path, typer.Option(help="The model folder; an unfinished one is gone on with.")],
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a TOML file.")] = "book",
    corpus: Annotated[str, typer.Option(help="A named corpus, a text file, or a folder.")] = "nietzsche",
    encoding: ENCODING = UTF_8,
    allow_repeats: Annotated[bool, typer.Option(help="Learn passages that are held out too.")] = False,
    workers: Annotated[str | None, typer.Option(help="host:port of each machine that learns, with commas.")] = None,
    worker: Annotated[int | None, typer.Option(help="Which of the workers this one is, from 0 on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the progress as JSON lines, for a program.")] = False,
    **changes: str | None,
) -> None:
    """Learn a corpus, with a sample at four temperatures after every epoch."""
    changed_recipe = find_recipe(recipe).with_changes(
        **{name: text for name, text in changes.items() if text is not None}
    )
    loaded_corpus = load_corpus(corpus, changed_recipe.case, encoding)
    check_corpus(loaded_corpus, changed_recipe)
    if not allow_repeats:
        check_leakage(loaded_corpus)
    addresses = parse_workers(workers, worker) if workers is not None else None
    replicas = _replicas(changed_recipe, addresses, worker)
    from charlstm.training import loop
    from charlstm.training.progress import progress

    if not as_json:
        print(
            f"{corpus}: {loaded_corpus.characters:,} characters; "
            f"recipe {changed_recipe.name}, {changed_recipe.last_epoch} epochs, into {into}",
            flush=True,
        )
        for line in [*describe_files(corpus, LISTED), *describe_lowered(loaded_corpus.lowered)]:
            print(line, flush=True)
    with progress(changed_recipe.last_epoch, as_json) as callback:
        loop.train(loaded_corpus, changed_recipe, into, callback, replicas)
    if as_json:
        return
    _print_best(store.open_model(into))


def _print_best(trained: store.Model) -> None:
    best = trained.manifest
    print(f"Best: epoch {best.best_epoch}, held-out loss {best.held_out_loss:.3f} nats per character.")
    if best.best_epoch > 0:
        return
    print("Nothing was learned: epoch 0 is the untrained network, and no later one predicts the held-out text better.")
    if any(not math.isfinite(figures.held_out_loss) for figures in trained.history):
        print("The loss became nan or infinite; a lower learning rate may help.")
