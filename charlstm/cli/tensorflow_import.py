"""The import of TensorFlow, for the commands that need it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from charlstm.recipes.recipe import TrainingError

COUNT_NEEDS = ("rich", "filelock")  # of the `train` extra
TRAIN_EXTRA = ("tensorflow", "keras", *COUNT_NEEDS)


def check_installed(what: str, *packages: str) -> None:
    """Raise TrainingError, which says that `what` needs one of these packages, where that is not installed."""
    for name in packages:
        if find_spec(name) is None:
            raise TrainingError(
                f"{what} needs {name}, which is not installed: pip install 'charlstm[train]' (or -r requirements.txt)"
            )


@contextmanager
def importing_tensorflow() -> Iterator[None]:
    """Discard standard error while modules of `charlstm.training` are imported.

    TensorFlow's libraries log there while they are loaded, before they obey TF_CPP_MIN_LOG_LEVEL.

    Raises:
        TrainingError: a package of the `train` extra is not installed.
    """
    if any(find_spec(name) is None for name in TRAIN_EXTRA):
        raise TrainingError(
            "this command needs TensorFlow, which is not installed: pip install 'charlstm[train]' "
            "(or -r requirements.txt)"
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)
