"""The command line: its commands, and how their errors are reported."""

import io
import os
import sys

import typer

from charlstm.cli.compress import bits, compress, decompress
from charlstm.cli.corpus import corpus
from charlstm.cli.generate import generate
from charlstm.cli.keras_files import export, import_
from charlstm.cli.models import calibrate, evaluate, index, info, zoo
from charlstm.cli.train import train

INTERRUPTED = 130  # the shells' code for Ctrl-C
STOPPED = "stopped; the same command begins anew"
STOPPED_TRAINING = "stopped; what was finished is kept, and the same command goes on from there"
app = typer.Typer(
    help="A character-level LSTM: learn a text, then write on, one character at a time.",
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


for command in (corpus, train, generate, info, evaluate, calibrate, index, zoo, compress, decompress, bits, export):
    app.command()(command)
app.command(name="import")(import_)


def main() -> None:
    """Run the command line; an error is one sentence on standard error and exit code 2."""
    if not os.environ.get("PYTHONIOENCODING"):  # which Python has obeyed
        _set_encodings()
    sys.exit(_run())


def _set_encodings() -> None:
    """Let a file or pipe be UTF-8, and a terminal escape what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _run() -> int:
    try:
        code = app(prog_name="charlstm", standalone_mode=False) or 0
    except typer.TyperException as error:
        return _fail(error.format_message())
    except OSError as error:
        reason = error.strerror or error
        return _fail(f"{error.filename}: {reason}" if error.filename else f"the output cannot be written ({reason})")
    except UnicodeEncodeError as error:
        return _fail(_unwritable(error))
    except ValueError as error:  # CorpusError, ModelError, TrainingError: each message is one sentence
        return _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    # Within a command Typer turns Ctrl-C into this code, and a closed pipe (`| head`) into 1.
    if code == INTERRUPTED:
        return _fail(STOPPED_TRAINING if "train" in sys.argv[1:2] else STOPPED, code)
    return code


def _unwritable(error: UnicodeEncodeError) -> str:
    character = f"U+{ord(error.object[error.start]):04X}"
    if os.environ.get("PYTHONIOENCODING") and sys.stdout:
        return f"PYTHONIOENCODING asks for {sys.stdout.encoding}, which has no {character}: set it to utf-8"
    return f"{character} cannot be written in {error.encoding}"


def _fail(message: str, code: int = 2) -> int:
    if sys.stderr:  # which may be closed, and print would take standard output for it
        print(f"charlstm: {' '.join(message.split())}", file=sys.stderr)
    return code
