"""JavaScript and TypeScript as rules see them: bytes first, a syntax tree only when somebody asks.

    module.source                  UTF-8 bytes; for .vue and .svelte only the script parts, the rest blanked out
    module.root                    tree-sitter's root node, parsed at the first use (ECMA-262, JSX, TypeScript)
    module.at(start, end)          smallest node over a byte range: how an anchor found by search becomes syntax
    module.imports / env_names     cheap facts from the text alone

Searching is a hundred times faster than parsing, and parsing ten times faster than walking a tree in Python, so
rules search for what a danger cannot do without, ask for the node there, and climb.
"""

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from operator import add
from typing import TYPE_CHECKING, ClassVar

from lazaretto.parse.blob import Blob
from lazaretto.parse.js_sniff import ASSET_SUFFIXES, CODE_SUFFIXES, has_node_shebang, is_asset_name, is_disguised
from lazaretto.parse.layer import JAVASCRIPT
from lazaretto.parse.views import FileView, ParseError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

    from lazaretto.parse.js_flow import Flow
    from lazaretto.parse.js_sinks import Execution

_COMPONENT_SUFFIXES = (".vue", ".svelte")
_SCRIPT_PART = re.compile(rb"<script\b[^>]{0,400}>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_NAME = rb"\s*(?:/\*[^*]{0,200}\*/\s*)?([\"'`])([^\"'`\s\\]{1,250})\1"
# NOTE: each pattern starts with a literal: that makes the search several times faster than one alternation.
_IMPORTS = (
    re.compile(rb"require\s*(?:\.\s*resolve\s*)?\(" + _NAME),
    re.compile(rb"from" + _NAME),
    re.compile(rb"import\s*\(?" + _NAME),
    re.compile(rb"Worker\s*\(" + _NAME),
    re.compile(rb"fork\s*\(" + _NAME),
)
_ENV = re.compile(rb"env\s*(?:\?\.\s*|\.\s*|\[\s*[\"'])([A-Za-z_]\w{0,80})")
_ENV_HOLDER = re.compile(rb"(?:process|import\s*\.\s*meta)\s*\.\s*$")
_ENV_PARTS = re.compile(rb"\{([\w\s,:$]{1,400})\}\s*=\s*process\s*\.\s*env\b")

PARSE_BYTES = 8 << 20
"""Longer sources are searched, never parsed."""


@lru_cache(maxsize=4)
def _parser(language: str) -> "Parser":
    from tree_sitter import Language, Parser

    if language == "javascript":
        import tree_sitter_javascript as grammar

        return Parser(Language(grammar.language()))
    import tree_sitter_typescript as typed

    return Parser(Language(typed.language_tsx() if language == "tsx" else typed.language_typescript()))


def parsed(source: bytes) -> "Tree":
    """Return the syntax tree of plain JavaScript."""
    return _parser("javascript").parse(source)


class JavaScriptModule(FileView):
    """One script file, under whatever name."""

    title: ClassVar[str] = "JavaScript module"
    in_pieces: ClassVar[bool] = True
    layer_kinds: ClassVar[frozenset[str]] = frozenset({JAVASCRIPT})

    def __init__(self, blob: Blob) -> None:
        """Keep the blob; parse nothing yet."""
        super().__init__(blob)
        self.vendored = "node_modules/" in blob.path
        """Lies in an installed package."""
        self.seen_aliases: set[tuple[int, int]] = set()
        """Names that stood for a sink and were followed already (start byte, hops left)."""
        self.cut_short = False
        """True when `executions` gave up before the end: too many places, or too much to follow."""

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By suffix, by shebang, or because a script hides under another kind of name."""
        suffix = blob.suffix
        if suffix in CODE_SUFFIXES:
            return not blob.is_binary
        if not suffix and blob.data.startswith(b"#!"):
            return has_node_shebang(blob.data)
        if suffix and suffix not in ASSET_SUFFIXES and not is_asset_name(blob.path):
            return False
        return is_disguised(blob.path, blob.data)

    @cached_property
    def disguised(self) -> bool:
        """True when the name promises something else than a script."""
        return not self.blob.layer and self.blob.suffix not in CODE_SUFFIXES and not has_node_shebang(self.blob.data)

    @cached_property
    def asset_named(self) -> bool:
        """True when the name promises a font, image, database: nobody keeps source text there."""
        return not self.blob.layer and is_asset_name(self.path)

    @cached_property
    def source(self) -> bytes:
        """The script as UTF-8. Lines are those of the file; offsets too, unless the file is UTF-16."""
        blob = self.blob
        data = blob.text.encode("utf-8", "replace") if blob.encoding.startswith("utf-16") else blob.data
        if blob.suffix in _COMPONENT_SUFFIXES and not blob.layer:
            parts, at = [], 0
            for found in _SCRIPT_PART.finditer(data):
                parts.append(_blank(data[at : found.start(1)]))
                parts.append(found.group(1))
                at = found.end(1)
            data = b"".join([*parts, _blank(data[at:])])
        return data

    @cached_property
    def language(self) -> str:
        """Grammar: `javascript` (with JSX), `typescript` or `tsx`."""
        suffix = self.blob.suffix
        if self.blob.layer:
            return "javascript"
        if suffix in (".ts", ".mts", ".cts"):
            return "typescript"
        if suffix == ".tsx" or (suffix in _COMPONENT_SUFFIXES and re.search(rb"lang=[\"']tsx?", self.blob.data)):
            return "tsx"
        return "javascript"

    @cached_property
    def root(self) -> "Node":
        """Root of the syntax tree; errors in the source become ERROR nodes.

        Raises:
            ParseError: the source is too long.
        """
        if len(self.source) > PARSE_BYTES:
            raise ParseError("too long to parse")
        return _parser(self.language).parse(self.source).root_node

    @cached_property
    def flow(self) -> "Flow":
        """Where values come from."""
        from lazaretto.parse.js_flow import Flow

        return Flow(self)

    @cached_property
    def executions(self) -> "tuple[Execution, ...]":
        """Where the module runs text as code, or starts a process."""
        from lazaretto.parse.js_sinks import executions

        return executions(self)

    def at(self, start: int, end: int) -> "Node | None":
        """Return the smallest node that covers the bytes `start` to `end` of `source`."""
        return self.root.descendant_for_byte_range(start, end)

    @cached_property
    def _line_starts(self) -> list[int]:
        lines = self.source.split(b"\n")
        return list(map(add, accumulate(map(len, lines), initial=0), range(len(lines))))

    def position(self, offset: int) -> tuple[int, int]:
        """Return (line, column) from 1 of a byte offset in `source`; the column counts bytes."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_of(self, offset: int) -> int:
        """Return the line (from 1) of a byte offset in `source`."""
        return bisect_right(self._line_starts, offset)

    def quote(self, start: int, end: int = 0) -> str:
        """Return a short quotation starting at a byte offset, blanks folded."""
        piece = self.source[start : min(end or start + 300, start + 300)]
        return " ".join(piece.decode("utf-8", "replace").split())[:200]

    @cached_property
    def longest_line(self) -> int:
        """Length of the longest line in bytes."""
        return max(map(len, self.source.split(b"\n")))

    @cached_property
    def minified(self) -> bool:
        """True when machine-made: very long lines for most of the text, or a bundler's name."""
        size = len(self.source)
        name = self.blob.name
        if ".min." in name or ".bundle." in name or ".chunk." in name:
            return True
        return size > 5_000 and size / (self.source.count(b"\n") + 1) > 500

    @property
    def bulky(self) -> bool:
        """True above 300,000 bytes: a bundle or a payload, only searched for what it could not hide."""
        return len(self.source) > 300_000

    @cached_property
    def imports(self) -> tuple[tuple[str, int], ...]:
        """Constant module specifiers with their lines, each once, in order. From the text: over-complete."""
        seen: dict[str, int] = {}
        for pattern in _IMPORTS:
            for found in pattern.finditer(self.source):
                seen.setdefault(found.group(2).decode("utf-8", "replace"), found.start())
        return self._lined(seen)

    @cached_property
    def env_names(self) -> tuple[tuple[str, int], ...]:
        """Environment variables that the code names, with their lines, each once."""
        seen: dict[str, int] = {}
        for found in _ENV.finditer(self.source) if b"env" in self.source else ():
            if _ENV_HOLDER.search(self.source, max(0, found.start() - 24), found.start()):
                seen.setdefault(found.group(1).decode("ascii", "replace"), found.start())
        for found in _ENV_PARTS.finditer(self.source) if b"process" in self.source else ():
            for part in found.group(1).decode("ascii", "replace").split(","):
                if name := part.split(":")[0].strip():
                    seen.setdefault(name, found.start())
        return self._lined(seen)

    def _lined(self, seen: dict[str, int]) -> tuple[tuple[str, int], ...]:
        """Return names with their lines, in order; counts line breaks instead of indexing them."""
        found, line, last = [], 1, 0
        for name, at in sorted(seen.items(), key=lambda item: item[1]):
            line += self.source.count(b"\n", last, at)
            last = at
            found.append((name, line))
        return tuple(found)


def _blank(piece: bytes) -> bytes:
    """Replace everything but line breaks by spaces."""
    return b"\n".join(b" " * len(line) for line in piece.split(b"\n"))
