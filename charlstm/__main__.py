"""`python -m charlstm`, and the command `charlstm`."""

import os
import sys


def main() -> None:
    """Run the command line, in UTF-8 whatever the locale says."""
    try:
        _use_utf8()
        from charlstm.cli import app
    except KeyboardInterrupt:  # Ctrl-C in the moment before there is anything to stop
        sys.exit(130)
    app.main()


def _use_utf8() -> None:
    """Begin anew in Python's UTF-8 mode where arguments and names of files would be read as the locale says.

    Only a terminal still gets the encoding of its locale.
    """
    if os.name != "posix" or sys.getfilesystemencoding() == "utf-8":
        return
    if sys.stdout and sys.stdout.isatty():
        os.environ.setdefault("PYTHONIOENCODING", f"{sys.stdout.encoding}:backslashreplace")
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


if __name__ == "__main__":
    main()
