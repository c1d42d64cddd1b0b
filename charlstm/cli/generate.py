"""The command `generate`: a text from a network, or a saved run again."""

import json
import math
import statistics
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from charlstm.cli.options import DEFAULT_MODEL, TEMPERATURE, add_options, any_text, number, whole
from charlstm.cli.strategies import FILTER_OPTIONS, filters_of
from charlstm.generation import loop
from charlstm.generation.run import NetworkSource, Run, check_models, first_difference, whole_runs
from charlstm.generation.run import replay as replay_run
from charlstm.generation.run_file import LONGEST_SEED, json_temperature, read_run
from charlstm.generation.sampling import SMALLEST
from charlstm.generation.step import Step
from charlstm.model_folder import store
from charlstm.model_folder.atomic_write import whole_file
from charlstm.model_folder.schema import shown
from charlstm.text.character_mapping import printable_name
from charlstm.text.decoding import from_utf8, text_start, unreadable
from charlstm.text.vocabulary import Vocabulary

LARGEST_SEED_FILE = 4 * LONGEST_SEED  # bytes
LARGEST_RANDOM_SEED = 2**64 - 1


def _generate(
    context: typer.Context,
    model: Annotated[Path, typer.Option(help="A model folder.")] = DEFAULT_MODEL,
    epoch: Annotated[int | None, whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
    seed_text: Annotated[str, any_text("What the text goes on from; may be empty.")] = "",
    seed_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The same from a file in UTF-8, as it stands; - is the standard input."),
    ] = None,
    temperature: Annotated[float, number(TEMPERATURE, "0 to inf.")] = 0.5,
    length: Annotated[int, whole(0, 10**9, "Characters to write.")] = 400,
    random_seed: Annotated[int, whole(0, LARGEST_RANDOM_SEED, "Seed of the uniform draws.")] = 1,
    runs: Annotated[
        int | None,
        whole(1, 10**9, "Write so many texts, with random seeds that follow each other, each under a heading."),
    ] = None,
    stop_at: Annotated[str | None, any_text("Stop a text as soon as it has written this.")] = None,
    steps: Annotated[Path | None, typer.Option(help="Write each step to this file, one JSON object a line.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Write a saved run again; its models are looked for beside --model.")
    ] = None,
    original: Annotated[bool, typer.Option("--original", help="With --replay: what the branch was made from.")] = False,
    **strategies: Any,
) -> None:
    """Write on from a seed text, one character at a time."""
    if replay is not None:
        _refuse_other_options(context)
        saved = whole_runs(read_run(replay))
        if original and len(saved) == 1:
            raise typer.BadParameter(f"{replay} holds no branch: leave out --original")
        _replay(saved[-1 if original else 0], model.parent, steps)
        return
    if original:
        raise typer.BadParameter("--original is of a saved run: name its file with --replay")
    if seed_text and seed_file is not None:
        raise typer.BadParameter("--seed-text and --seed-file are two seed texts: leave one out")
    random_seeds = range(random_seed, random_seed + (runs or 1))
    if random_seeds[-1] > LARGEST_RANDOM_SEED:
        raise typer.BadParameter(f"the random seeds of --runs would rise above {LARGEST_RANDOM_SEED}, the largest")
    explicit = context.get_parameter_source("temperature")
    if strategies.get("beam_width") is not None and explicit is not None and explicit.name == "COMMANDLINE":
        raise typer.BadParameter("beam search draws nothing, so nothing comes of --temperature: leave that out")
    opened = store.open_model(model)
    network, vocabulary, filters = opened.network(epoch), opened.vocabulary, filters_of(strategies, opened.vocabulary)
    stop = _folded_stop(stop_at, vocabulary)
    seed = _folded_seed(seed_text if seed_file is None else _read_seed(seed_file), vocabulary)
    with _opened(steps) as file:
        for one in random_seeds:
            if runs is not None:
                print(f"== Random seed {one} ==", flush=True)  # its capital: texts that are learned have none
            ids, characters = vocabulary.encode(seed), vocabulary.characters
            steps_of_run = loop.generate(network, ids, temperature, length, one, filters, characters)
            run = _until(stop, ((vocabulary, step) for step in steps_of_run))
            if filters.beam_width is not None:
                run = _with_cost(run, opened.manifest.held_out_loss)
            written = _print(seed, run, file, one if runs else None)
            if not written.endswith(stop):
                which = f"random seed {one}: " if runs else ""
                print(f"charlstm: {which}the length ended before {shown(stop)} was written", file=sys.stderr)


generate = add_options(_generate, FILTER_OPTIONS)


def _read_seed(name: str) -> str:
    """Return the text of a file, or of the standard input."""
    if not name:
        raise typer.BadParameter("--seed-file is empty: name a file, or - for the standard input")
    origin = "the standard input" if name == "-" else name
    try:
        if name != "-":
            with Path(name).open("rb") as file:
                content = file.read(LARGEST_SEED_FILE + 1)
        elif sys.stdin:
            content = sys.stdin.buffer.read(LARGEST_SEED_FILE + 1)
        else:
            raise ValueError("the standard input is closed")
    except OSError as error:
        raise unreadable(origin, error) from error
    if len(content) > LARGEST_SEED_FILE:
        raise ValueError(f"{origin} is larger than {LARGEST_SEED_FILE:,} bytes, the most of a seed text")
    start = text_start(content, origin)
    return from_utf8(content[start:], origin, start)[0]


def _folded_seed(seed_text: str, vocabulary: Vocabulary) -> str:
    """Return the seed text in the network's characters, and tell which are left out."""
    folded = vocabulary.fold(seed_text)
    if folded.dropped:
        dropped = " ".join(map(printable_name, folded.dropped))
        print(f"charlstm: left out of the seed text, unknown to this network: {dropped}", file=sys.stderr)
    return folded.text


def _folded_stop(stop_at: str | None, vocabulary: Vocabulary) -> str:
    """Return --stop-at in the network's characters; an empty text where it was not given."""
    if stop_at is None:
        return ""
    folded = vocabulary.fold(stop_at)
    if folded.dropped:
        unknown = " ".join(map(printable_name, folded.dropped))
        raise typer.BadParameter(
            f"{shown(stop_at)} of --stop-at is never written: this network does not know {unknown}"
        )
    if not folded.text:
        raise typer.BadParameter("--stop-at is empty: give it the text that shall be the last")
    return folded.text


def _until(stop: str, run: Iterable[tuple[Vocabulary, Step]]) -> Iterator[tuple[Vocabulary, Step]]:
    """Yield the steps of a run until they have written a text, or all where that is empty."""
    end = ""
    for vocabulary, step in run:
        yield vocabulary, step
        if stop:
            end = (end + vocabulary.characters[step.character_id])[-len(stop) :]
            if end == stop:
                return


def _with_cost(run: Iterable[tuple[Vocabulary, Step]], held_out_loss: float) -> Iterator[tuple[Vocabulary, Step]]:
    """Yield the steps of beam search, and then tell how likely its text is, and how likely what people wrote."""
    nats = []
    for vocabulary, step in run:
        nats.append(-math.log(max(step.raw[step.character_id], SMALLEST)))  # a bias can make what is impossible likely
        yield vocabulary, step
    if nats:
        bits, human = statistics.mean(nats) / math.log(2), held_out_loss / math.log(2)
        print(
            f"\ncharlstm: the text that beam search found costs {bits:.2f} bits a character; what people wrote, "
            f"{human:.2f} (held-out text)",
            file=sys.stderr,
        )


def _refuse_other_options(context: typer.Context) -> None:
    """Refuse options that --replay would ignore: a saved run has all settings itself."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if name not in ("model", "steps", "replay", "original") and source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"--replay takes everything from its file: leave out --{name.replace('_', '-')}")


def _replay(run: Run, folder: Path, steps: Path | None) -> None:
    """Generate a saved run again; raise ValueError if its text differs."""
    models = {name: store.open_model(folder / name) for name in sorted({settings.model for settings in run.settings})}
    check_models(run, models)
    source_of = cache(
        lambda name, epoch: NetworkSource(models[name].network(epoch), models[name].vocabulary, name, epoch)
    )
    with _opened(steps) as file:
        text = _print(run.seed_text, ((source.vocabulary, step) for source, step in replay_run(run, source_of)), file)
    difference = first_difference(text, run.text)
    if difference is not None:
        raise ValueError(
            f"from character {difference + 1} on this is not the saved text: the file was changed, or a model in "
            f"{folder} has other weights"
        )


def _print(
    seed_text: str, run: Iterable[tuple[Vocabulary, Step]], steps: IO[bytes] | None, random_seed: int | None = None
) -> str:
    """Print each character as it is drawn, and write its step if there is a steps file; return the generated text."""
    text = ""
    print(seed_text, end="", flush=True)
    for vocabulary, step in run:
        text += vocabulary.characters[step.character_id]
        print(text[-1], end="", flush=True)
        if steps:
            steps.write((_as_json(step, vocabulary, random_seed) + "\n").encode())
    print(flush=True)
    return text


@contextmanager
def _opened(path: Path | None) -> Iterator[IO[bytes] | None]:
    """Open the steps file, which is written whole or not at all, except for a pipe or a device."""
    if path is None:
        yield None
    elif path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
    else:
        with whole_file(path) as file:
            yield file


def _as_json(step: Step, vocabulary: Vocabulary, random_seed: int | None) -> str:
    """Return a step as a line of JSON, with its random seed where there are several."""
    return json.dumps(
        ({} if random_seed is None else {"random_seed": random_seed})
        | {
            "position": step.position,
            "character": vocabulary.characters[step.character_id],
            "temperature": json_temperature(step.temperature),
            "filters": step.filters.active(),
            "picked": step.picked,
            "u": None if step.context.beam_start is not None else step.u,
            **({} if step.context.xtc_u is None else {"xtc_u": step.context.xtc_u}),
            **({} if step.context.mu is None else {"mu": step.context.mu}),
            "raw": dict(zip(vocabulary.characters, step.raw.tolist(), strict=True)),
            "reweighted": dict(zip(vocabulary.characters, step.reweighted.tolist(), strict=True)),
        },
        ensure_ascii=False,
    )
