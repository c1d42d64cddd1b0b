"""The command `generate`: a text from a network, or a saved run again."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Annotated

import typer

from charlstm.cli.options import DEFAULT_MODEL, SHARE, SHARE_ABOVE_ZERO, TEMPERATURE, number, whole
from charlstm.generation import loop
from charlstm.generation.loop import Step
from charlstm.generation.run import NetworkSource, Run, check_models, first_difference, whole_runs
from charlstm.generation.run import replay as replay_run
from charlstm.generation.run_file import json_temperature, read_run
from charlstm.generation.sampling import Filters
from charlstm.model_folder import store
from charlstm.model_folder.atomic_write import whole_file
from charlstm.text.vocabulary import Vocabulary


def generate(
    context: typer.Context,
    model: Annotated[Path, typer.Option(help="A model folder.")] = DEFAULT_MODEL,
    epoch: Annotated[int | None, whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
    seed_text: Annotated[str, typer.Option(help="What the text goes on from; may be empty.")] = "",
    temperature: Annotated[float, number(TEMPERATURE, "0 to inf.")] = 0.5,
    length: Annotated[int, whole(0, 10**9, "Characters to write.")] = 400,
    random_seed: Annotated[int, whole(0, 2**64 - 1, "Seed of the uniform draws.")] = 1,
    top_k: Annotated[int | None, whole(1, 10**9, "From the k likeliest only; 1 is greedy.")] = None,
    top_p: Annotated[float | None, number(SHARE_ABOVE_ZERO, "From the likeliest whose sum reaches p.")] = None,
    min_p: Annotated[float | None, number(SHARE, "From those p times as likely as the first.")] = None,
    typical_p: Annotated[
        float | None, number(SHARE_ABOVE_ZERO, "From the least astonishing whose sum reaches p.")
    ] = None,
    steps: Annotated[Path | None, typer.Option(help="Write each step to this file, one JSON object a line.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Write a saved run again; its models are looked for beside --model.")
    ] = None,
    original: Annotated[bool, typer.Option("--original", help="With --replay: what the branch was made from.")] = False,
) -> None:
    """Write on from a seed text, one character at a time."""
    if replay is not None:
        _refuse_other_options(context)
        runs = whole_runs(read_run(replay))
        if original and len(runs) == 1:
            raise typer.BadParameter(f"{replay} holds no branch: leave out --original")
        _replay(runs[-1 if original else 0], model.parent, steps)
        return
    if original:
        raise typer.BadParameter("--original is of a saved run: name its file with --replay")
    opened = store.open_model(model)
    network = opened.network(epoch)
    folded = opened.vocabulary.fold(seed_text)
    if folded.dropped:
        print(
            f"charlstm: left out of the seed text, unknown to this network: {' '.join(folded.dropped)}", file=sys.stderr
        )
    filters = Filters(top_k, top_p, min_p, typical_p)
    seed_ids = opened.vocabulary.encode(folded.text)
    run = loop.generate(network, seed_ids, temperature, length, random_seed, filters)
    _print(folded.text, ((opened.vocabulary, step) for step in run), steps)


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
    text = _print(run.seed_text, ((source.vocabulary, step) for source, step in replay_run(run, source_of)), steps)
    difference = first_difference(text, run.text)
    if difference is not None:
        raise ValueError(
            f"from character {difference + 1} on this is not the saved text: the file was changed, or a model in "
            f"{folder} has other weights"
        )


def _print(seed_text: str, run: Iterable[tuple[Vocabulary, Step]], steps: Path | None) -> str:
    """Print each character as it is drawn, and write the steps file if there is one; return the generated text."""
    text = ""
    with _opened(steps) as file:
        print(seed_text, end="", flush=True)
        for vocabulary, step in run:
            text += vocabulary.characters[step.character_id]
            print(text[-1], end="", flush=True)
            if file:
                file.write((_as_json(step, vocabulary) + "\n").encode())
        print()
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


def _as_json(step: Step, vocabulary: Vocabulary) -> str:
    return json.dumps(
        {
            "position": step.position,
            "character": vocabulary.characters[step.character_id],
            "temperature": json_temperature(step.temperature),
            "filters": step.filters.active(),
            "picked": step.picked,
            "u": step.u,
            "raw": dict(zip(vocabulary.characters, step.raw.tolist(), strict=True)),
            "reweighted": dict(zip(vocabulary.characters, step.reweighted.tolist(), strict=True)),
        },
        ensure_ascii=False,
    )
