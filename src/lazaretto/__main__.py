"""The program's start: `python -m lazaretto` and the `lazaretto` command.

The version is answered before anything else is imported; Ctrl-C is caught from the first moment on.
"""

import contextlib
import os
import sys

from lazaretto import __version__


def main() -> int:
    """Run the command line and return the exit code."""
    _open_closed_streams()
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        with contextlib.suppress(OSError):  # below, the command line says why it cannot be written
            sys.stdout.write(f"lazaretto {__version__}\n")
            sys.stdout.flush()
            return 0
    try:
        from lazaretto.cli.main import main as run

        return run(arguments)
    except KeyboardInterrupt:  # before the command line's own handler stands, or while it is at work
        with contextlib.suppress(OSError):
            sys.stderr.write("\ninterrupted\n")
        return 130


def _open_closed_streams() -> None:
    """Put something in the place of standard streams that the caller has closed (`>&-`).

    Else the next file that is opened gets the number of a standard stream. Reading finds nothing; writing an answer
    fails, as it should; messages go nowhere.
    """
    for name, mode, flags in (
        ("stdin", "r", os.O_RDONLY),
        ("stdout", "w", os.O_RDONLY),
        ("stderr", "w", os.O_WRONLY),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, flags), mode, encoding="utf-8"))  # noqa: PTH123, SIM115


if __name__ == "__main__":
    sys.exit(main())
