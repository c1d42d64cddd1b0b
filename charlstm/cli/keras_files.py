"""The commands `import` and `export`: .keras files as model folders, and the other way round."""

from pathlib import Path
from typing import Annotated

import typer

from charlstm.cli.options import whole
from charlstm.cli.tensorflow_import import importing_tensorflow
from charlstm.model_folder import store


def import_(
    file: Annotated[Path, typer.Argument(help="A .keras file: the book's network, or LSTM layers on each other.")],
    chars: Annotated[Path, typer.Option(help="A text whose different characters, sorted, are the network's.")],
    into: Annotated[Path, typer.Option(help="The model folder to make.")],
) -> None:
    """Make a model folder of a network that Keras saved."""
    with importing_tensorflow():
        from charlstm.training.keras_io import import_keras

    manifest = import_keras(file, chars, into).manifest
    print(f"{into}: {manifest.architecture}, {len(manifest.vocabulary)} characters")


def export(
    model: Annotated[Path, typer.Argument(help="A model folder.")],
    file: Annotated[Path, typer.Argument(help="The .keras file to write.")],
    epoch: Annotated[int | None, whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
) -> None:
    """Write a model folder's network as a .keras file."""
    opened = store.open_model(model)
    with importing_tensorflow():
        from charlstm.training.keras_io import export_keras

    export_keras(opened, epoch, file)
    print(file)
