"""Files whose bytes are searched for known marks, because no parser reads them (or not to their end).

Compiled programs, compiled Python, packed applications, WebAssembly, and code that is so long that its parser cuts it.
"""

from typing import Any, ClassVar

from lazaretto.parse.blob import Blob
from lazaretto.parse.executable import format_of
from lazaretto.parse.layer import EXECUTABLE
from lazaretto.parse.views import FileView

LONG_CODE = 512 << 10
"""Code from this length on is read in part only, by some parsers."""

_COMPILED = frozenset({".pyc", ".pyo", ".jsc", ".asar", ".wasm"})
_CODE = frozenset({
    ".py", ".pyw", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".sh", ".ps1", ".bat", ".cmd", ".vbs",
})  # fmt: skip


class OpaqueFile(FileView):
    """A file that is searched as bytes."""

    title: ClassVar[str] = "opaque file"
    layer_kinds: ClassVar[frozenset[str]] = frozenset({EXECUTABLE})
    any_length: ClassVar[bool] = True

    def __init__(self, blob: Blob) -> None:
        """Keep the blob; nothing is searched yet."""
        super().__init__(blob)
        self.searched: dict[str, Any] = {}
        """What a search of this file gave, kept by whoever searched, for the next rule."""

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By suffix and length, or by the first bytes."""
        suffix = blob.suffix
        if suffix in _CODE:
            return len(blob.data) >= LONG_CODE
        return suffix in _COMPILED or format_of(blob.data) is not None
