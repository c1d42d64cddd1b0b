"""The command line: corpus, train, generate, info, evaluate, import, export."""

import inspect
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Any

import threadpoolctl
import typer

from charlstm import corpus as corpora
from charlstm import evaluation, lexicon, store
from charlstm.generation import Step, write
from charlstm.long_corpus import LongCorpus
from charlstm.manifest import shown
from charlstm.reading import Reader, count_characters, told, visible
from charlstm.report import Report
from charlstm.run import Run, Source, check_models, first_difference
from charlstm.run import replay as write_again
from charlstm.run_file import read_run
from charlstm.sampling import Filters
from charlstm.training.leaks import check_leaks
from charlstm.training.recipes import Recipe, check_corpus, find_recipe
from charlstm.training.workers import read_workers
from charlstm.vocabulary import Vocabulary
from charlstm.zoo import entry, markdown

INTERRUPTED = 130  # the shells' code for Ctrl-C
MODELS = Path(__file__).resolve().parent.parent / "models"
app = typer.Typer(
    help="A character-level LSTM: learn a text, then write on, one character at a time.",
    add_completion=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line; an error is one sentence on standard error and exit code 2."""
    threadpoolctl.threadpool_limits(1)  # several threads would only wait for each other in such small products
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for a terminal that lacks some character
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(prog_name="charlstm", standalone_mode=False) or 0
    except typer.TyperException as error:
        return _fail(error.format_message())
    except OSError as error:
        reason = error.strerror or error
        return _fail(f"{error.filename}: {reason}" if error.filename else f"the output cannot be written ({reason})")
    except ValueError as error:  # CorpusError, ModelError, TrainingError and bad arguments say it all
        return _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    # Within a command Typer turns Ctrl-C into this code, and a reader that has gone (`| head`) into 1.
    if code == INTERRUPTED:
        return _fail("stopped; what was finished is kept, and the same command goes on from there", code)
    return code


def _fail(message: str, code: int = 2) -> int:
    print(f"charlstm: {message}", file=sys.stderr)
    return code


def _number(text: str, rule: str, allowed: Callable[[float], bool]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not allowed(value):
        raise typer.BadParameter(f"{shown(text)} is not {rule}")
    return value


def _temperature(text: str) -> float:
    return _number(text, "a temperature, which is a number from 0 up to inf", lambda value: value >= 0.0)


def _share(text: str) -> float:
    return _number(text, "a share, which is a number above 0, up to 1", lambda value: 0.0 < value <= 1.0)


def _share_or_none(text: str) -> float:
    return _number(text, "a share, which is a number from 0 to 1", lambda value: 0.0 <= value <= 1.0)


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise typer.BadParameter(f"{shown(text)} is not a whole number from {least} to {most:,}")
        return value

    return parse


def _option(parser: Callable[[str], float], explanation: str) -> Any:
    return typer.Option(parser=parser, metavar="NUMBER", help=explanation)


def _whole(least: int, most: int, explanation: str) -> Any:
    return typer.Option(parser=_whole_number(least, most), metavar="INTEGER", help=explanation)


@app.callback(invoke_without_command=True)
def _help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def corpus(
    name: Annotated[
        str | None, typer.Argument(help="A named corpus, which is fetched, a text file, or a folder.")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="Tell what it becomes by this recipe.")] = None,
) -> None:
    """List the named corpora, say where one lies, or tell how a text would be learned."""
    if name in corpora.NAMED and recipe is None:
        print(corpora.fetch(name))
        return
    if name is not None:
        _describe(corpora.load(name), find_recipe(recipe or "book"))
        return
    for named in corpora.NAMED.values():
        where = corpora.cached_path(named.name) or "not on this machine yet"
        print(f"{named.name}\n    {named.title}\n    {named.size:,} bytes; {where}")
    print("\nA path to a text file, or to a folder of .txt files, works wherever a name does.")


def _describe(text: corpora.Corpus | LongCorpus, plan: Recipe) -> None:
    """Print how a corpus is split, and what becomes of its characters by a recipe."""
    kept = "read from the disk as it is learned" if isinstance(text, LongCorpus) else "held in memory"
    counts = count_characters(text.sample)
    reader = Reader.of_counts(counts, plan.folding, plan.least_count)
    print(f"{text.name}: {text.characters:,} characters, {kept}; sha256 {text.sha256}")
    print(f"{text.training_characters:,} characters are learned, {text.held_out_characters:,} are held out")
    print(f"by the recipe {plan.name}, with the folding {plan.folding!r} and a least count of {plan.least_count}:")
    known, *others = told(reader.vocabulary, reader.fates(counts), text.counted_in)
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


@app.command()
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
    text = corpora.load(corpus)
    check_corpus(text, plan)
    if not allow_repeats:
        check_leaks(text)
    addresses = read_workers(workers, worker) if workers is not None else None
    # TensorFlow takes seconds to import; what can be refused without it has been refused by now.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from charlstm.training import distributed, loop
    from charlstm.training.progress import progress

    if plan.examples == "windows":
        loop.use_both_kinds_of_threads()
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


@app.command()
def generate(
    context: typer.Context,
    model: Annotated[Path, typer.Option(help="A model folder.")] = MODELS / "nietzsche-book",
    epoch: Annotated[int | None, _whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
    seed_text: Annotated[str, typer.Option(help="What the text goes on from; may be empty.")] = "",
    temperature: Annotated[float, _option(_temperature, "0 to inf.")] = 0.5,
    length: Annotated[int, _whole(0, 10**9, "Characters to write.")] = 400,
    random_seed: Annotated[int, _whole(0, 2**64 - 1, "Starts the dice.")] = 1,
    top_k: Annotated[int | None, _whole(1, 10**9, "Draw from the k likeliest only; 1 is greedy.")] = None,
    top_p: Annotated[float | None, _option(_share, "Draw from the likeliest whose sum reaches p.")] = None,
    min_p: Annotated[float | None, _option(_share_or_none, "Draw from those p times as likely as the first.")] = None,
    typical_p: Annotated[float | None, _option(_share, "Draw from the least astonishing whose sum reaches p.")] = None,
    steps: Annotated[Path | None, typer.Option(help="Write each step to this file, one JSON object a line.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Write a saved run again; its models are looked for beside --model.")
    ] = None,
) -> None:
    """Write on from a seed text, one character at a time."""
    if replay is not None:
        _refuse_beside_replay(context)
        _write_again(read_run(replay), model.parent, steps)
        return
    opened = store.open_model(model)
    network = opened.network(epoch)
    folded = opened.vocabulary.fold(seed_text)
    if folded.dropped:
        print(
            f"charlstm: left out of the seed text, unknown to this network: {' '.join(folded.dropped)}", file=sys.stderr
        )
    filters = Filters(top_k, top_p, min_p, typical_p)
    seed_ids = opened.vocabulary.encode(folded.text)
    run = write(network, seed_ids, temperature, length, random_seed, filters)
    _print(folded.text, ((opened.vocabulary, step) for step in run), steps)


def _refuse_beside_replay(context: typer.Context) -> None:
    """A saved run says everything itself; what would be ignored is refused."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if name not in ("model", "steps", "replay") and source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"--replay takes everything from its file: leave out --{name.replace('_', '-')}")


def _write_again(run: Run, folder: Path, steps: Path | None) -> None:
    """Write a saved run again, and say so if it comes out otherwise."""
    models = {name: store.open_model(folder / name) for name in sorted({knobs.model for knobs in run.knobs})}
    check_models(run, models)
    source_of = cache(lambda name, epoch: Source(models[name].network(epoch), models[name].vocabulary, name, epoch))
    written = _print(run.seed_text, ((source.vocabulary, step) for source, step in write_again(run, source_of)), steps)
    differs = first_difference(written, run.text)
    if differs is not None:
        raise ValueError(
            f"from character {differs + 1} on this is not the saved text: a model in {folder} has other weights"
        )


def _print(seed_text: str, run: Iterable[tuple[Vocabulary, Step]], steps: Path | None) -> str:
    """Print a run as it comes, and record its steps where asked to; return what was written after the seed text."""
    text = ""
    with _recording(steps) as record:
        print(seed_text, end="", flush=True)
        for vocabulary, step in run:
            text += vocabulary.characters[step.character_id]
            print(text[-1], end="", flush=True)
            if record:
                record.write((_as_json(step, vocabulary) + "\n").encode())
        print()
    return text


@contextmanager
def _recording(path: Path | None) -> Iterator[IO[bytes] | None]:
    """Give the file of the steps: whole or not there at all, except where it is a pipe or a device."""
    if path is None:
        yield None
    elif path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
    else:
        with store.whole_file(path) as file:
            yield file


def _as_json(step: Step, vocabulary: Vocabulary) -> str:
    return json.dumps(
        {
            "position": step.position,
            "character": vocabulary.characters[step.character_id],
            "temperature": "inf" if math.isinf(step.temperature) else step.temperature,
            "filters": {name: value for name, value in asdict(step.filters).items() if value is not None},
            "picked": step.picked,
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
    corpus, best = manifest.corpus, opened.figures(manifest.best_epoch)
    weights = sum(math.prod(shape) for shape in manifest.architecture.tensor_shapes(len(manifest.vocabulary)).values())
    reads = f"windows of {manifest.window} characters" if manifest.context == "window" else "its state carried on"
    kept = f"{len(manifest.epochs)} kept, {manifest.epochs[0]} to {manifest.epochs[-1]}; every file checked"
    scored = f"held-out loss {_figure(manifest.held_out_loss)}, train {_figure(best.train_loss if best else math.nan)}"
    print(f"{manifest.name}: {manifest.architecture}, {weights:,} weights, {reads}")
    print(
        f"  learned     {corpus.get('name', 'unknown')}, {corpus.get('training_characters', 0):,} characters; "
        f"{corpus.get('held_out_characters', 0):,} held out"
    )
    print(f"  recipe      {manifest.recipe.get('name', 'unknown')}")
    print(f"  vocabulary  {len(manifest.vocabulary)} characters")
    print(f"  epochs      {kept}")
    print(f"  best        epoch {manifest.best_epoch}: {scored}, in nats a character")
    if opened.history:
        print("\n  epoch   train  held out")
    for line in opened.history:
        mark = "  <- best" if line.epoch == manifest.best_epoch else ""
        print(f"  {line.epoch:5d}  {_figure(line.train_loss):>6}  {_figure(line.held_out_loss):>8}{mark}")


@app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="A model folder.")] = MODELS / "nietzsche-book",
    corpus: Annotated[str, typer.Option(help="Whose held-out text, and what may be copied.")] = "nietzsche",
    epoch: Annotated[int | None, _whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
    runs: Annotated[int, _whole(0, 10_000, "Texts at each temperature; 0 for the loss alone.")] = evaluation.RUNS,
    length: Annotated[int, _whole(1, 1_000_000, "Characters of each text.")] = evaluation.LENGTH,
    record: Annotated[bool, typer.Option(help="Keep what was found in the model folder, as report.json.")] = False,
) -> None:
    """Print how good a network is: the loss on held-out text, and what stands in what it writes."""
    opened, texts = store.open_model(model), corpora.load(corpus)
    network, vocabulary = opened.network(epoch), opened.vocabulary
    kept = opened.manifest.best_epoch if epoch is None else epoch
    print(f"{opened.manifest.name}, epoch {kept}: {opened.manifest.architecture}")
    if isinstance(texts, LongCorpus):
        print(f"{texts.name} is long: scored at {len(texts.held_out)} places, copies looked for in {texts.counted_in}")
    held_out = evaluation.losses(network, vocabulary, texts)
    print(f"\nheld-out loss in nats a character, on the last tenth of each text; {evaluation.protocol(network)}")
    for name, loss in held_out.items():
        print(f"  {loss:.4f}  {name}")
    speed = evaluation.characters_a_second(network, vocabulary)
    print(f"\n{speed:,.0f} characters a second on one core")
    known, learned = lexicon.english() | opened.words, evaluation.learned_runs(vocabulary, texts)
    found = []
    if runs:
        print(f"\nin {runs} texts of {length:,} characters at each temperature, in a hundred:")
        print("  temperature  real words  distinct  copied")
    for temperature in evaluation.TEMPERATURES if runs else ():
        one = evaluation.writing(network, vocabulary, known, learned, temperature, runs, length)
        print(
            f"  {temperature:11.1f}  {100 * one.real_words:10.2f}  {100 * one.distinct_words:8.1f}  "
            f"{100 * one.copied:6.2f}",
            flush=True,
        )
        found.append(one)
    if record:
        store.write_report(model, Report(kept, held_out, speed, runs, length, tuple(found)))


@app.command()
def zoo(folder: Annotated[Path, typer.Argument(help="A folder of model folders.")] = MODELS) -> None:
    """Print a table of all networks: size, training, held-out loss, speed, and what they write."""
    models, complaints = store.find_models(folder)
    for complaint in complaints:
        print(f"charlstm: {complaint}", file=sys.stderr)
    print(markdown([entry(model) for model in models]))


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .keras file: the book's network, or LSTM layers on each other.")],
    chars: Annotated[Path, typer.Option(help="A text whose different characters, sorted, are the network's.")],
    into: Annotated[Path, typer.Option(help="The model folder to make.")],
) -> None:
    """Make a model folder of a network that Keras saved."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from charlstm.training.exchange import import_keras

    made = import_keras(file, chars, into).manifest
    print(f"{into}: {made.architecture}, {len(made.vocabulary)} characters")


@app.command()
def export(
    model: Annotated[Path, typer.Argument(help="A model folder.")],
    file: Annotated[Path, typer.Argument(help="The .keras file to write.")],
    epoch: Annotated[int | None, _whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
) -> None:
    """Write a model folder's network as a .keras file."""
    opened = store.open_model(model)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from charlstm.training.exchange import export_keras

    export_keras(opened, epoch, file)
    print(file)


def _figure(loss: float) -> str:
    """A loss to three places, or a dash where it is not known."""
    return "–" if math.isnan(loss) else f"{loss:.3f}"
