"""Python modules as rules see them: source, syntax tree and facts, each made only when a rule asks.

    Blob -> PythonModule -> .words (cheap)  -> .tree (ast)  -> .facts (py_flow)

`ast` reads what Python 3 can read; Python 2 and broken files go through tree-sitter (`py_tolerant`). Nothing is
imported, compiled or executed. Grammar: the Python language reference; source encodings: PEP 263.
"""

import ast
import gc
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar

from lazaretto.model.finding import Phase
from lazaretto.parse import py_flow, py_tolerant
from lazaretto.parse.blob import Blob
from lazaretto.parse.layer import PYTHON
from lazaretto.parse.prefilter import Terms
from lazaretto.parse.py_facts import MAIN, MODULE, Call, Facts
from lazaretto.parse.py_words import ASKED, FAMILIES, LOOKS_UP, stand_in, terms, vocabulary
from lazaretto.parse.views import FileView

SUFFIXES = frozenset({".py", ".pyw", ".py3", ".pyx3"})
DISGUISES = frozenset(
    {
        "", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".bmp", ".webp", ".svg", ".woff", ".woff2", ".ttf", ".otf", ".eot",
        ".db", ".sqlite", ".sqlite3", ".dat", ".bin", ".dict", ".mp3", ".mp4", ".wav", ".pdf", ".cache", ".tmp", ".bak",
        ".dll", ".so", ".pyd", ".data", ".model", ".pkl", ".npy", ".key", ".pem", ".lock", ".log", ".ds_store",
    }
)  # fmt: skip
"""Suffixes under which Python code is taken for disguised."""
DENSE = 200_000
"""Separators in a file beyond which its syntax tree would not fit: tables are cut, then the file is."""
_SEPARATORS = (b",", b"(", b"[", b"+", b".", b"=", b"\n", b";", b"<")
CUT_BYTES = 512 << 10

_SHEBANG = re.compile(rb"#![^\n]{0,80}\bpython[0-9.]*\b")
_FIRST = re.compile(rb"^(?:import [a-zA-Z_]\w*(?:[.,; \w]*)|from [a-zA-Z_.][\w.]* import [\w(*])", re.MULTILINE)
_TABLE = re.compile(rb"(?:(?:0[xX])?+[0-9a-fA-F]{1,20}+,\s{0,40}+){1500,}+")

_LINES = terms(b"#line:")
_XOR = re.compile(
    rb"[\w\])}][ \t]{0,400}\^=?[\s\\]{0,400}[\w(\[~+-]"
    rb"|[\w\])}][ \t]{0,400}\\?\r?\n[ \t]{0,400}\^=?[ \t]{0,400}[\w(\[~+-]"
)
"""The operator; not the sign in regular expressions and below error messages."""
_SPELLED = re.compile(rb"\\x[2-7][0-9a-fA-F]")
"""A letter or sign written as an escape; escapes of binary data hide no text."""
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|testsuite|test_[^/]*|[^/]*_test\.py|conftest\.py|benchmarks?)(?:/|$)", re.IGNORECASE
)
_DOCS = re.compile(
    r"(?:^|/)(?:docs?|examples?|samples?|tutorials?|demos?|contrib|tools?|scripts?|ci|\.github)(?:/|$)", re.IGNORECASE
)


class PythonModule(FileView):
    """One Python source file."""

    title: ClassVar[str] = "Python module"
    in_pieces: ClassVar[bool] = True
    layer_kinds: ClassVar[frozenset[str]] = frozenset({PYTHON})

    def __init__(self, blob: Blob) -> None:
        """Wrap the blob; nothing is parsed yet."""
        super().__init__(blob)
        self.partial = False
        self._spoken: dict[str, bool] = {}
        self.kept: dict[str, Any] = {}
        """What one rule found out and the next will ask again, by a name of its own."""

    @classmethod
    def asked(cls) -> tuple[Terms, ...]:
        """Return the words of `mentions`."""
        return tuple(ASKED)

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """Take `.py` and `.pyw`, files with a Python shebang, and Python text under an asset's name."""
        if blob.suffix in SUFFIXES:
            return True
        if blob.suffix not in DISGUISES:
            return False
        head = blob.data[:4096]
        if b"\0" in head:
            return False
        if _SHEBANG.match(head):
            return True
        return is_disguised(blob)

    @cached_property
    def disguised(self) -> bool:
        """True when the name says asset (image, font, database, no suffix) but the content is Python."""
        return (
            not self.blob.layer and self.blob.suffix not in SUFFIXES and _SHEBANG.match(self.blob.data[:4096]) is None
        )

    def speaks(self, *families: str) -> bool:
        """Tell whether the bytes hold words of all these families; cheap, asked before `facts`.

        Families: `exec`, `decode`, `disguise` (weaker ways to hide text), `net`, `process`, `host`, `environ`.
        """
        return all(self._family(family) for family in families)

    def _family(self, family: str) -> bool:
        known = self._spoken.get(family)
        if known is None:
            data = self.blob.data
            known = self.mentions(FAMILIES[family], _LINES)  # names stand apart from their dots
            if not known and family == "exec":
                known = _has_word(data, b"exec") or _has_word(data, b"eval")
            elif not known and family == "environ":
                known = b".environ" in data and b"import os as" in data
            elif not known and family == "disguise":
                known = (b"^" in data and _XOR.search(data) is not None) or (
                    self.has_escapes and _SPELLED.search(data) is not None
                )
            self._spoken[family] = known
        return known

    @cached_property
    def has_escapes(self) -> bool:
        r"""True when a byte is written as `\x41`, wherever."""
        return b"\\x" in self.blob.data

    @cached_property
    def may_start(self) -> bool:
        """Tell whether the bytes hold a word that a program is started with, or a name is looked up with."""
        return self.speaks("process") or self.mentions(LOOKS_UP) or self.speaks("exec")

    def mentions(self, *asked: Terms) -> bool:
        """Tell whether the bytes hold one of these words."""
        held = self.blob.held
        for words in asked:
            found = held.any_of(words) if held is not None else None
            if found is None:
                found = stand_in(words, self.blob.data, self.vocabulary)
            if found:
                return True
        return False

    @cached_property
    def vocabulary(self) -> bytes:
        """Every identifier, keyword and word of the file once."""
        return vocabulary(self.blob.data)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; empty when nothing could be understood."""
        data = self.blob.data
        if len(data) > CUT_BYTES:
            data = self._thinned(data)
        try:
            with _uncollected(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError):
            pass
        self.tolerant = True
        text = data.decode(self.blob.encoding, "replace").replace("\0", " ").encode("utf-8", "replace")
        if len(text) - text.count(b"\n") > CUT_BYTES:
            self.partial = True
            text = text[: CUT_BYTES // 2]
        try:
            return py_tolerant.parse(text)
        except (RecursionError, ValueError, MemoryError):
            self.partial = True
            return ast.Module(body=[], type_ignores=[])

    tolerant = False
    """True once `tree` had to be made by the tolerant parser."""

    @cached_property
    def facts(self) -> Facts:
        """Everything that the reader of `py_flow` says about the file."""
        tree = self.tree
        with _uncollected():
            facts = py_flow.read(tree, deep=self._hides())
        facts.tolerant = self.tolerant
        facts.partial = facts.partial or self.partial
        return facts

    def _hides(self) -> bool:
        """Tell whether the file may decode something and do something with it."""
        if not (self.speaks("decode") or self.speaks("disguise")):
            return False
        return self.speaks("exec") or self.speaks("process") or self.speaks("net")

    def _thinned(self, data: bytes) -> bytes:
        # A table of a million numbers says nothing and would need a gigabyte as a tree.
        data = _TABLE.sub(lambda hit: b"0," + b"\n" * hit[0].count(b"\n"), data)
        if sum(data.count(sign) for sign in _SEPARATORS) > DENSE:
            # Head and tail are kept, with the lines between them empty: payloads are put first or last.
            self.partial = True
            end = data.rfind(b"\n", 0, CUT_BYTES // 2) + 1 or CUT_BYTES // 2
            start = data.find(b"\n", len(data) - CUT_BYTES // 2)
            start = len(data) - CUT_BYTES // 2 if start < 0 else start
            data = data[:end] + b"\n" * data.count(b"\n", end, start) + data[start:]
        return data

    @cached_property
    def is_setup(self) -> bool:
        """True for a `setup.py`, which installers run."""
        return self.blob.name == "setup.py" and not _TESTS.search(self.path)

    @cached_property
    def is_test(self) -> bool:
        """True for tests and benchmarks, by path."""
        return _TESTS.search(self.path) is not None

    @cached_property
    def is_side(self) -> bool:
        """True for documentation, examples, tools and scripts beside the product, by path."""
        return _DOCS.search(self.path) is not None

    def phase(self, scope: str) -> Phase:
        """Return when a scope runs: at installation, at import, or when somebody calls it."""
        if self.is_setup and scope in self.facts.at_run:
            return Phase.INSTALL
        if scope in self.facts.at_import:
            return Phase.INSTALL if self.facts.install_classes and scope != MODULE else Phase.IMPORT
        return Phase.RUN

    def unasked(self, scope: str) -> bool:
        """Tell whether a scope runs without anybody calling it: at installation or at import."""
        return self.phase(scope) is not Phase.RUN

    def quote(self, line: int) -> str:
        """Return a line of the file without its indentation, at most 300 characters."""
        return self.blob.line_bytes(line).strip()[:300].decode("utf-8", "replace")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles from walking a tree again and again while it grows; a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_AFTER = frozenset({b"(", b")", b",", b"]", b"'", b'"', b"\n", b"\r", b";", b":", b" ", b""})


_AFTER_SPACE = frozenset({b"(", b'"', b"'", b",", b";"})


def _has_word(data: bytes, word: bytes) -> bool:
    """Tell whether a word stands in bytes as a name of its own, not as another object's method."""
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = data[at - 1 : at], data[end : end + 1]
        if not (before.isalnum() or before in {b"_", b"."}) and after in _AFTER:
            if after != b" " or data[end + 1 : end + 2] in _AFTER_SPACE or _starts_statement(data, at):
                return True
        at = data.find(word, end)
    return False


def _starts_statement(data: bytes, at: int) -> bool:
    """Tell whether a word is the first of its statement, as Python 2's `exec` is."""
    head = data[max(at - 200, 0) : at].rpartition(b"\n")[2].rstrip()
    return not head or head.endswith((b";", b":"))


def python_source(blob: Blob) -> str:
    """Return the program text of a Python file, decoded as its byte order mark or coding line says (PEP 263)."""
    found = re.match(rb"(?:\xef\xbb\xbf)?[^\n]*\n?[^\n]{0,200}?coding[:=][ \t]*([-\w.]+)", blob.data[:500])
    if found is None or b"#" not in blob.data[:500]:
        return blob.text
    try:
        return blob.data.decode(found[1].decode("ascii"), "replace")
    except (LookupError, ValueError):
        return blob.text


def is_disguised(blob: Blob) -> bool:
    """Tell whether a file with an asset's name (or none) is Python program text. Parses at most 256 KiB."""
    data = blob.data
    if blob.suffix in SUFFIXES or len(data) > 256 << 10 or b"\0" in data[:4096]:
        return False
    if not _FIRST.search(data[:4096]):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError):
        return False
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body) and len(tree.body) > 1


__all__ = ["MAIN", "MODULE", "Call", "Facts", "PythonModule", "is_disguised", "python_source"]
