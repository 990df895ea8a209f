"""The person's terminal, lent to a shell inside: a terminal of its own in between, with a filter on the way out.

Keys go in as they are (Ctrl-C and Ctrl-Z reach the shell's jobs, not us), sizes are passed on, and at the end, also
after SIGTERM or SIGHUP, the person's terminal is as it was.
"""

import contextlib
import fcntl
import os
import select
import signal
import sys
import termios
import threading
import tty
from types import FrameType, TracebackType
from typing import Self

from lazaretto.reports.screen import Screen

_PART = 1 << 16


class Terminal:
    """A context. `open` gives the command's side of it, once."""

    def __enter__(self) -> Self:
        self._mine = sys.stdin.fileno()
        self._saved = termios.tcgetattr(self._mine)
        self._master, self._slave = os.openpty()
        self._wake, self._waker = os.pipe()
        self._resize()
        self._before = {
            number: signal.signal(number, handler)
            for number, handler in (
                (signal.SIGWINCH, self._resized),
                (signal.SIGTERM, self._ended),
                (signal.SIGHUP, self._ended),
            )
        }
        self._thread: threading.Thread | None = None
        return self

    def open(self) -> int:
        """Return a descriptor for the command; from now on keys go there."""
        tty.setraw(self._mine)
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()
        return self._slave

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        os.write(self._waker, b".")
        if self._thread is not None:
            self._thread.join(2)
        with contextlib.suppress(termios.error):  # the terminal was closed
            termios.tcsetattr(self._mine, termios.TCSADRAIN, self._saved)
        if sys.stdout.isatty():
            with contextlib.suppress(OSError):
                # what a full-screen program may have left: other screen, mouse, hidden cursor, colours
                os.write(
                    sys.stdout.fileno(), b"\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?2004l\x1b[?25h\x1b[0m"
                )
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for fd in (self._master, self._wake, self._waker):
            os.close(fd)

    def _pump(self) -> None:
        screen = Screen(colour=True, interactive=True)
        out = sys.stdout.fileno()
        places = [self._mine, self._master, self._wake]
        while True:
            ready, _, _ = select.select(places, [], [])
            if self._master in ready:
                try:
                    part = os.read(self._master, _PART)
                except OSError:  # nobody has the other side open
                    return
                _write(out, screen.feed(part))
            elif self._wake in ready:
                return
            if self._mine in ready:
                part = os.read(self._mine, _PART)
                if part:
                    _write(self._master, part)
                else:
                    places.remove(self._mine)

    def _resize(self) -> None:
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, fcntl.ioctl(self._mine, termios.TIOCGWINSZ, bytes(8)))

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        self._resize()

    def _ended(self, number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)


def _write(fd: int, data: bytes) -> None:
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(fd, data) :]
