"""The text of a program or of settings, in whatever language: where long constants are looked for.

ProgramText   files by suffix, and every decoded layer that is text
"""

from typing import ClassVar

from lazaretto.parse.blob import Blob
from lazaretto.parse.layer import BATCH, JAVASCRIPT, POWERSHELL, PYTHON, SHELL
from lazaretto.parse.views import FileView

_SUFFIXES = frozenset(
    {
        ".py", ".pyw", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".vue", ".svelte", ".sh", ".bash",
        ".ps1", ".psm1", ".bat", ".cmd", ".vbs", ".rb", ".pl", ".php", ".lua", ".env", "", ".json", ".toml", ".cfg",
        ".ini", ".yml", ".yaml", ".txt", ".dat", ".pth",
    }
)  # fmt: skip


class ProgramText(FileView):
    """A file that a program is written in, or that a program is likely to read its constants from."""

    title = "program text"
    layer_kinds: ClassVar[frozenset[str]] = frozenset({PYTHON, JAVASCRIPT, SHELL, POWERSHELL, BATCH})
    any_length = True

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By suffix; nothing binary."""
        return blob.suffix in _SUFFIXES and not blob.is_binary

    def has_run(self, length: int) -> bool:
        """Tell whether so many signs of Base64 (either alphabet) stand in a row; cheap, and nearly always not."""
        return self.blob.has_run(length)
