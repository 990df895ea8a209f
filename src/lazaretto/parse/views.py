"""Views: what a file is, seen the way a rule wants to see it.

A rule names the view that it needs; the engine builds each view of a file at most once and hands the same
object to every rule. A view is made from a `Blob` alone, so its result can be cached by content.

    Blob -> View.accepts(blob)? -> View(blob) -> rules with `view=View`

To add a view: one module with a class like these, and one line in `parse/catalog.py`.
"""

from typing import TYPE_CHECKING, ClassVar, Protocol, Self, runtime_checkable

from lazaretto.parse.blob import Blob

if TYPE_CHECKING:
    from lazaretto.parse.prefilter import Terms


class ParseError(Exception):
    """A document is not what its name says. Shown to the user as the reason of a gap."""

    def __init__(self, reason: str, line: int = 1) -> None:
        """`reason` is one English sentence without the path; `line` is where it went wrong."""
        super().__init__(reason)
        self.reason = reason
        self.line = line


@runtime_checkable
class View(Protocol):
    """What the engine asks of a view class."""

    title: ClassVar[str]
    """What a gap calls it: `JavaScript module`, `editor task file`."""
    layer_kinds: ClassVar[frozenset[str]]
    """Kinds of decoded layers (`parse/layer.py`) that are seen this way, too; mostly none."""
    in_pieces: ClassVar[bool]
    """True: a longer file is seen in parts (`parse/layer.py`), each a view of its own."""
    any_length: ClassVar[bool]
    """False: files beyond `Limits.code_bytes` are not seen this way, and that is a gap."""
    blob: Blob

    @classmethod
    def asked(cls) -> "tuple[Terms, ...]":
        """Return the words that rules ask this view for; the engine searches them along with the rules' needles."""
        ...

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """Tell whether this file is to be seen this way. Cheap: path first, then a look at the first bytes."""
        ...

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Build the view.

        Raises:
            ParseError: the content is not what `accepts` took it for; becomes a gap.
        """
        ...


class FileView:
    """Base for views of one file: holds the blob and its path."""

    title: ClassVar[str] = "file"
    layer_kinds: ClassVar[frozenset[str]] = frozenset()
    any_length: ClassVar[bool] = False
    in_pieces: ClassVar[bool] = False

    def __init__(self, blob: Blob) -> None:
        """Keep the blob; parse nothing yet."""
        self.blob = blob
        self.path = blob.path

    @classmethod
    def asked(cls) -> "tuple[Terms, ...]":
        """None."""
        return ()

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """Every file."""
        return True

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Wrap the blob."""
        return cls(blob)


class AnyFile(FileView):
    """Every file, as bytes."""

    any_length = True


class TextFile(FileView):
    """Every file that is not binary, as text."""

    title = "text file"
    any_length = True

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """Everything without NUL bytes near the start."""
        return not blob.is_binary
