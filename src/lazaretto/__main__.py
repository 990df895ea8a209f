"""The program's start: `python -m lazaretto` and the `lazaretto` command.

The version is answered before anything else is imported; Ctrl-C is caught from the first moment on.
"""

import sys

from lazaretto import __version__


def main() -> int:
    """Run the command line and return the exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"lazaretto {__version__}\n")
        return 0
    try:
        from lazaretto.cli.main import main as run

        return run(arguments)
    except KeyboardInterrupt:  # before the command line's own handler stands, or while it is at work
        sys.stderr.write("\ninterrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
