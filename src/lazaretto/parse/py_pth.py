"""`.pth` files: lines that Python adds to its path, or executes, at every start of the interpreter.

A line that begins with `import` followed by a space or tab is executed (documentation of the `site` module); all
others name folders. Files are read only from site directories, which is where a wheel can put them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lazaretto.parse.blob import Blob
from lazaretto.parse.views import FileView


@dataclass(frozen=True, slots=True)
class PthLine:
    """One line that is executed."""

    line: int
    text: str


class PthFile(FileView):
    """One `.pth` file."""

    title: ClassVar[str] = "path configuration file"

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """Take text files called `.pth` (machine-learning weights use the suffix, too, and are binary)."""
        return blob.suffix == ".pth" and not blob.is_binary

    @cached_property
    def executed(self) -> tuple[PthLine, ...]:
        """The lines that Python executes, in order."""
        lines = self.blob.text[: 4 << 20].splitlines()
        return tuple(
            PthLine(number, line) for number, line in enumerate(lines, 1) if line.startswith(("import ", "import\t"))
        )
