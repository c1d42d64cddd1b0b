"""`python -m charlstm`."""

import sys

try:
    from charlstm.cli.app import main
except KeyboardInterrupt:  # Ctrl-C in the moment before there is anything to stop
    sys.exit(130)

if __name__ == "__main__":
    main()
