"""The command line: corpus, train, generate, info."""

import json
import math
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from charlstm import corpus as corpora
from charlstm import store
from charlstm.generation import Step, write
from charlstm.vocabulary import Vocabulary

MODELS = Path(__file__).resolve().parent.parent / "models"
app = typer.Typer(
    help="A character-level LSTM: learn a text, then write on, one character at a time.",
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)


def main() -> None:
    """Run the command line; an error is one sentence on standard error and exit code 2."""
    sys.exit(_run())


def _run() -> int:
    try:
        return app(prog_name="charlstm", standalone_mode=False) or 0
    except typer.TyperException as error:
        return _fail(getattr(error, "format_message", error.__str__)())
    except BrokenPipeError:
        # The reader has gone (`| head`); keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'a file'}: {error.strerror or error}; nothing finished before is lost")
    except ValueError as error:  # CorpusError, ModelError, TrainingError and bad arguments say it all
        return _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped; what was finished is kept, and the same command goes on from there", code=130)


def _fail(message: str, code: int = 2) -> int:
    print(f"charlstm: {message}", file=sys.stderr)
    return code


def _temperature(value: float) -> float:
    if not value >= 0.0:
        raise typer.BadParameter(f"{value} is not a temperature; it must be zero or more, up to inf")
    return value


@app.command()
def corpus(
    name: Annotated[str | None, typer.Argument(help="Fetch this one, and say where it lies.")] = None,
) -> None:
    """List the named corpora, or fetch one."""
    if name is not None:
        if name not in corpora.NAMED:
            raise corpora.CorpusError(f"there is no corpus named {name!r}; known: {', '.join(corpora.NAMED)}")
        print(corpora.fetch(name))
        return
    for named in corpora.NAMED.values():
        where = corpora.cached_path(named.name) or "not on this machine yet"
        print(f"{named.name}\n    {named.title}\n    {named.size:,} bytes; {where}")
    print("\nA path to a text file, or to a folder of .txt files, works wherever a name does.")


@app.command()
def train(
    into: Annotated[Path, typer.Option(help="The model folder; an unfinished one is gone on with.")],
    recipe: Annotated[str, typer.Option(help="Which recipe.")] = "book",
    corpus: Annotated[str, typer.Option(help="A named corpus, a text file, or a folder.")] = "nietzsche",
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the text.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Of the optimiser.")] = None,
    random_seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Of weights, order and dice.")] = None,
) -> None:
    """Learn a corpus, with a sample at four temperatures after every epoch."""
    if learning_rate is not None and not 0.0 < learning_rate < math.inf:
        raise typer.BadParameter(
            f"{learning_rate} is not a learning rate; it must be above zero", param_hint="--learning-rate"
        )
    text = corpora.load(corpus)
    from charlstm.training.recipes import find_recipe

    plan = find_recipe(recipe).with_changes(epochs=epochs, learning_rate=learning_rate, random_seed=random_seed)
    # TensorFlow takes seconds to import; what can be refused without it has been refused by now.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from charlstm.training import loop
    from charlstm.training.progress import progress

    loop.use_both_kinds_of_threads()
    print(f"{corpus}: {len(text.text):,} characters; recipe {plan.name}, {plan.epochs} epochs, into {into}")
    with progress(plan.epochs) as listener:
        loop.train(text, plan, into, listener)
    best = store.open_model(into).manifest
    print(f"Best: epoch {best.best_epoch}, held-out loss {best.held_out_loss:.3f} nats a character.")


@app.command()
def generate(
    model: Annotated[Path, typer.Option(help="A model folder.")] = MODELS / "nietzsche-book",
    epoch: Annotated[int | None, typer.Option(min=0, help="Which kept epoch; the best by default.")] = None,
    seed_text: Annotated[str, typer.Option(help="What the text goes on from; may be empty.")] = "",
    temperature: Annotated[float, typer.Option(callback=_temperature, help="0 to inf.")] = 0.5,
    length: Annotated[int, typer.Option(min=0, help="Characters to write.")] = 400,
    random_seed: Annotated[int, typer.Option(min=0, help="Starts the dice.")] = 1,
    steps: Annotated[Path | None, typer.Option(help="Write each step to this file, one JSON object a line.")] = None,
) -> None:
    """Write on from a seed text, one character at a time."""
    opened = store.open_model(model)
    network = opened.network(epoch)
    folded = opened.vocabulary.fold(seed_text)
    if folded.dropped:
        print(
            f"charlstm: left out of the seed text, unknown to this network: {' '.join(folded.dropped)}", file=sys.stderr
        )
    record = steps.open("w", encoding="utf-8") if steps else None
    try:
        print(folded.text, end="", flush=True)
        for step in write(network, opened.vocabulary.encode(folded.text), temperature, length, random_seed):
            print(opened.vocabulary.characters[step.character_id], end="", flush=True)
            if record:
                record.write(_as_json(step, opened.vocabulary) + "\n")
        print()
    finally:
        if record:
            record.close()


def _as_json(step: Step, vocabulary: Vocabulary) -> str:
    return json.dumps(
        {
            "position": step.position,
            "character": vocabulary.characters[step.character_id],
            "temperature": "inf" if math.isinf(step.temperature) else step.temperature,
            "u": step.u,
            "raw": dict(zip(vocabulary.characters, step.raw.tolist(), strict=True)),
            "reweighted": dict(zip(vocabulary.characters, step.reweighted.tolist(), strict=True)),
        },
        ensure_ascii=False,
    )


@app.command()
def info(model: Annotated[Path, typer.Argument(help="A model folder.")] = MODELS / "nietzsche-book") -> None:
    """Print what a model is and what it scored, after checking all of it."""
    opened = store.open_model(model)
    manifest = opened.manifest
    best = opened.figures(manifest.best_epoch)
    parameters = sum(math.prod(shape) for shape in store.tensor_shapes(manifest).values())
    reads = f"windows of {manifest.window} characters" if manifest.context == "window" else "its state carried on"
    print(f"{manifest.name}: one LSTM of {manifest.units} units, {parameters:,} weights, {reads}")
    print(
        f"  learned    {manifest.corpus.get('name', 'unknown')}, {manifest.corpus.get('training_characters', 0):,} characters;"
        f" {manifest.corpus.get('held_out_characters', 0):,} held out"
    )
    print(f"  recipe     {manifest.recipe.get('name', 'unknown')}")
    print(f"  vocabulary {len(manifest.vocabulary)} characters")
    print(
        f"  epochs     {len(manifest.epochs)} kept, {manifest.epochs[0]} to {manifest.epochs[-1]}; every file checked"
    )
    train_loss = f", train {best.train_loss:.3f}" if best else ""
    print(
        f"  best       epoch {manifest.best_epoch}: held-out loss {manifest.held_out_loss:.3f}{train_loss} nats a character"
    )
    print("\n  epoch  train  held out")
    for line in opened.history:
        mark = "  <- best" if line.epoch == manifest.best_epoch else ""
        print(f"  {line.epoch:5d}  {line.train_loss:5.3f}  {line.held_out_loss:8.3f}{mark}")
