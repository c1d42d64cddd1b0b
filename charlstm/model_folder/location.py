"""Where the model folders are."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
BUNDLED = PACKAGE / "bundled"  # only in a wheel, which takes the book's network along
DEFAULT_NAME = "nietzsche-book"  # the model that the command line writes with


def models_folder() -> Path:
    """Return $CHARLSTM_MODELS, or the folder models/ beside the program, or what was installed with it."""
    chosen = os.environ.get("CHARLSTM_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    return BUNDLED if BUNDLED.is_dir() else PACKAGE.parent / "models"
