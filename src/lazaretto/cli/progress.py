"""Progress on stderr: one line, only on a terminal, only after the first second.

Written by hand on purpose: worker processes may be forked again at any time, and a progress display with a thread of
its own (as rich's) must not be running then. One write of one line needs no thread.
"""

import time
from collections.abc import Callable, Mapping
from typing import TextIO

from lazaretto.model.text import N_
from lazaretto.reports.i18n import Translator
from lazaretto.reports.safe import fit, safe, shorten, shorten_path

DELAY = 1.0
"""Seconds before the line appears."""
INTERVAL = 0.1
"""Seconds between two writes."""

_SPIN = "|/-\\"


class Line:
    """A progress line (`app.examine.Progress`)."""

    def __init__(
        self, stream: TextIO, translate: Translator, width: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`width` in cells; `clock` in seconds."""
        self._stream = stream
        self._say = translate
        self._width = width
        self._clock = clock
        self._target = ""
        self._total: int | None = None
        self._count = 0
        self._started = self._last = clock()
        self._shown = False

    def start(self, target: str, total: int | None) -> None:
        """Begin a target; an empty one: the things counted are targets themselves."""
        self._target, self._total, self._count = target, total, 0
        self._started = self._last = self._clock()

    def advance(self, count: int) -> None:
        """Count; write when it is time."""
        self._count += count
        now = self._clock()
        if now - self._started >= DELAY and now - self._last >= INTERVAL:
            self._last = now
            self._write(now)

    def done(self) -> None:
        """Clear the line."""
        self.clear()

    def clear(self) -> None:
        """Remove the line, so that something else can be written."""
        if self._shown:
            self._put("\r\x1b[K")
            self._shown = False

    def _write(self, now: float) -> None:
        of = f"{self._count:,}" if self._total is None else f"{self._count:,}/{self._total:,}"
        seconds = int(now - self._started)
        spin = _SPIN[int(now / INTERVAL) % len(_SPIN)]
        if self._target:
            name = shorten_path(safe(self._target, 400), 40)
            text = self._say(
                N_("checking {target}: {n} files, {seconds} s"), {"target": name, "n": of, "seconds": seconds}
            )
        else:
            text = self._say(N_("{n} targets checked, {seconds} s"), {"n": of, "seconds": seconds})
        line = fit(shorten(f"{spin} {text}", max(20, self._width - 1)), self._stream.encoding or "ascii")
        self._put(f"\r\x1b[K{line}")
        self._shown = True

    def _put(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal went away: no reason to stop
            self._shown = False


def wanted(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Decide whether anybody would see a progress line."""
    return stream.isatty() and not environ.get("CI") and environ.get("TERM") != "dumb"
