"""The commands `import` and `export`: Keras files as model folders, and the other way round."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from charlstm.cli.options import whole
from charlstm.cli.tensorflow_import import importing_tensorflow
from charlstm.model_folder import store
from charlstm.model_folder.manifest import LARGEST_WINDOW, ModelError
from charlstm.networks.architecture import NgramCounts


def _in_place_of_chars(context: typer.Context, file: Path | None) -> Path | None:
    """Let the option --characters stand for --chars, which is needed otherwise."""
    if file is not None:
        context.default_map = {"chars": str(file)}
    return file


def import_(
    file: Annotated[Path, typer.Argument(help="A .keras, .h5 or .hdf5 file of a network of next characters.")],
    chars: Annotated[
        Path, typer.Option(help="A text whose different characters, sorted, are the network's; or else --characters.")
    ],
    into: Annotated[Path, typer.Option(help="The model folder to make.")],
    characters: Annotated[
        Path | None,
        typer.Option(
            help="JSON: the network's characters in its own order, or the id of each.",
            is_eager=True,
            callback=_in_place_of_chars,
        ),
    ] = None,
    window: Annotated[int | None, whole(1, LARGEST_WINDOW, "Characters that it reads; as the file says.")] = None,
    context: Annotated[
        Literal["window", "carried"] | None,
        typer.Option(help="Read windows, or keep the state; as the file says."),
    ] = None,
) -> None:
    """Make a model folder of a network that Keras saved."""
    with importing_tensorflow():
        from charlstm.training.keras_files.importing import import_keras

    text = None if chars == characters else chars
    imported = import_keras(file, text, into, characters_file=characters, context=context, window=window)
    manifest, proof = imported.model.manifest, imported.proof
    print(f"{into}: {manifest.architecture}, {len(manifest.vocabulary)} characters")
    if manifest.context == "window":
        print(f"It reads windows of {manifest.window} characters.")
    else:
        print("It keeps its state from character to character.")
    reference = f"its equations in float64 ({proof.why_not_keras})" if proof.why_not_keras else "Keras's own"
    print(
        f"Checked: after each of {proof.characters} characters its probabilities are {reference}, "
        f"within {proof.difference:.0e}."
    )
    for note in imported.notes:
        print(f"Note: {note}.")
    if imported.warning:
        print(f"Warning: {imported.warning}.", file=sys.stderr)


def export(
    model: Annotated[Path, typer.Argument(help="A model folder.")],
    file: Annotated[Path, typer.Argument(help="The .keras file to write.")],
    epoch: Annotated[int | None, whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
) -> None:
    """Write a model folder's network as a .keras file."""
    opened = store.open_model(model)
    if isinstance(opened.manifest.architecture, NgramCounts):
        raise ModelError(f"{model} cannot be exported: it counts n-grams, and Keras has no layer for that")
    with importing_tensorflow():
        from charlstm.training.keras_files.exporting import export_keras

    export_keras(opened, epoch, file)
    print(file)
