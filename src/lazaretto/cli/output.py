"""Writing answers: to standard output in its encoding, or to a file, all or nothing."""

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from lazaretto.cli.session import encoding
from lazaretto.model.text import N_, Message
from lazaretto.reports.safe import fit


class OutputError(Exception):
    """The answer cannot be written. `message` is for the user; exit code 2."""

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


class PipeClosedError(Exception):
    """The reader of standard output has gone (not a `BrokenPipeError`: click has its own ideas about that)."""


def mute_stdout() -> None:
    """Send what is still buffered nowhere, or the interpreter's last flush would complain."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Output:
    """Where an answer goes. As a context manager: leaving it normally puts the file in its place.

    Raises:
        OutputError: no such folder, no permission, disk full.
        PipeClosedError: the reader of standard output has gone.
    """

    def __init__(self, target: str | None, *, human: bool = False, keep_partial: bool = False) -> None:
        """`keep_partial`: what was written stays when the user interrupts (lines that each stand for themselves)."""
        self.human = human
        self.keep_partial = keep_partial
        self.name = None if target in (None, "-") else target
        self._file: TextIO | None = None
        self._path = Path()
        self._aside: Path | None = None

    @property
    def to_file(self) -> bool:
        """Whether the answer goes to a file."""
        return self.name is not None

    @property
    def encoding(self) -> str:
        """UTF-8 for files; the terminal's or locale's for standard output."""
        return "utf-8" if self.to_file else encoding(sys.stdout)

    @property
    def plain(self) -> bool:
        """Whether marks beyond ASCII may not be used: the encoding is no UTF."""
        return not self.encoding.lower().replace("-", "").startswith("utf8")

    def __enter__(self) -> Self:
        if self.name is not None:
            try:
                self._open(self.name)
            except OSError as error:
                raise self._error(error) from error
        return self

    def _open(self, name: str) -> None:
        self._path = Path(os.path.realpath(name))
        if self._path.exists() and not self._path.is_file():
            if self._path.is_dir():
                raise IsADirectoryError(21, os.strerror(21))
            self._file = self._path.open("w", encoding="utf-8", newline="\n")  # a device or a pipe
            return
        self._aside = self._path.with_name(f".{self._path.name[:100]}.{os.getpid()}.part")
        self._file = self._aside.open("x", encoding="utf-8", newline="\n")

    def write(self, text: str | bytes) -> None:
        """Write a part of the answer and see to it that it has left. Bytes are written as they are."""
        if not text:
            return
        stream = self._file
        try:
            if isinstance(text, bytes):
                buffer = (sys.stdout if stream is None else stream).buffer
                buffer.write(text)
                buffer.flush()
            elif stream is None:
                sys.stdout.write(self._fitted(text))
                sys.stdout.flush()
            else:
                stream.write(text)
        except BrokenPipeError as error:
            raise PipeClosedError from error
        except OSError as error:
            if stream is None:
                mute_stdout()
            raise self._error(error) from error

    def _fitted(self, text: str) -> str:
        if self.human:
            return fit(text, self.encoding)
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):  # HTML: JSON is ASCII then
            return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
        return text

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        commit = kind is None or (self.keep_partial and isinstance(error, KeyboardInterrupt))
        try:
            self._file.close()
            if self._aside is not None and commit:
                self._aside.replace(self._path)
                self._aside = None
        except OSError as failure:
            raise self._error(failure) from failure
        finally:
            if self._aside is not None:
                self._aside.unlink(missing_ok=True)

    def _error(self, error: OSError) -> OutputError:
        reason = error.strerror or str(error)
        if self.name is None:
            return OutputError(N_("the answer cannot be written: {error}"), error=reason)
        parent = self._path.parent
        if isinstance(error, FileNotFoundError) and not parent.exists():
            return OutputError(
                N_("{file} cannot be written: there is no folder {folder}"), file=self.name, folder=parent
            )
        return OutputError(N_("{file} cannot be written: {error}"), file=self.name, error=reason)


def wants_colour(choice: str, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Decide on colours: the option, then NO_COLOR, then FORCE_COLOR, then whether a capable terminal looks on."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    if environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return os.name != "nt" or any(name in environ for name in ("WT_SESSION", "ANSICON", "TERM", "ConEmuANSI"))
