"""YAML streams as plain values, built from libyaml's events without recursion and without any tag constructor.

Numbers and dates stay text: a version `1.10` must not become `1.1`. Only plain `null`, `~` or nothing and plain
`true`/`false` become `None` and `bool`. Mappings know the lines of their keys.

ruamel.yaml's own loader is not used: its compiled composer crashes the process on deeply nested documents, and it
is ten times slower.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from lazaretto.parse.views import ParseError

DEEPEST: Final = 120
"""Nesting of collections."""
MOST_NODES: Final = 3_000_000
"""Values of one YAML document, aliases counted as often as they stand."""
SLOW_YAML: Final = 512 << 10
"""Characters that the slow parser may be asked to read (about 0.7 s)."""

_OLD_GRAMMAR = "found unexpected ':'"
_FLOW_VALUE = re.compile(
    r"(: )([^\s\"'{}\[\],:#&*!|>%@`?-][^\s\"'{}\[\],:]{0,2000}+:[^\s\"'{}\[\],][^\s\"'{}\[\],]*+)(?=[,} ])"
)
_YAML_WORDS: Final[Mapping[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class Lined(dict[str, Any]):
    """A YAML mapping that remembers the line (from 1) on which each key stands."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def parse(
    text: str, *, first_only: bool, plain: Callable[[str], object] | None = None, unique: bool = False
) -> list[object]:
    """Return the values of the documents of a YAML stream, or of the first alone.

    Args:
        text: the stream.
        first_only: read no further than the first document.
        plain: what an unquoted scalar means; None = text, but for `null` and `true`/`false`.
        unique: refuse a mapping that says the same key twice; otherwise the last one wins.

    Raises:
        ParseError: not YAML, too deep, or grown by aliases beyond `MOST_NODES`.
    """
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined] # re-exported from the compiled module
    from ruamel.yaml.error import YAMLError

    meaning = plain or _plain
    try:
        return _Builder(CParser(text).get_event, meaning, unique=unique).documents(first_only=first_only)
    except YAMLError as error:
        if _OLD_GRAMMAR not in str(error):
            raise _not_yaml(error) from error
    except (UnicodeError, ValueError) as error:
        raise ParseError(f"not YAML: {str(error)[:120]}") from error
    # NOTE: the bundled libyaml still refuses `{tarball: https://...}`, which YAML 1.2 allows and pnpm writes.
    try:
        if len(text) <= SLOW_YAML:
            from ruamel.yaml import YAML

            events = YAML(typ="safe", pure=True).parse(text)
            return _Builder(lambda: next(events), meaning, unique=unique).documents(first_only=first_only)
        quoted = CParser(_quote_addresses(text))
        return _Builder(quoted.get_event, meaning, unique=unique).documents(first_only=first_only)
    except YAMLError as error:
        raise _not_yaml(error) from error
    except (UnicodeError, ValueError, IndexError, RecursionError) as error:
        raise ParseError(f"not YAML: {str(error)[:120]}") from error


def _plain(text: str) -> object:
    return _YAML_WORDS.get(text, text)


def _not_yaml(error: Exception) -> ParseError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n", maxsplit=1)[0]
    return ParseError(f"not YAML: {str(problem)[:120]}", mark.line + 1 if mark is not None else 1)


def _quote_addresses(text: str) -> str:
    """Quote plain values with a colon inside flow collections that begin and end on one line."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        at = line.find(": {")
        if at >= 0 and line.rstrip().endswith("}"):
            lines[index] = line[: at + 3] + _FLOW_VALUE.sub(r"\1'\2'", line[at + 3 :])
    return "\n".join(lines)


class _Frame:
    """A collection under construction."""

    __slots__ = ("anchor", "items", "key", "key_line", "mapping", "merges", "size")

    def __init__(self, mapping: Lined | None, anchor: str | None) -> None:
        self.mapping = mapping
        self.items: list[object] = []
        self.anchor = anchor
        self.key: str | None = None
        self.key_line = 1
        self.merges: list[object] = []
        self.size = 1


class _Builder:
    """Builds plain values from libyaml's events, without recursion."""

    def __init__(self, next_event: Callable[[], Any], plain: Callable[[str], object], *, unique: bool) -> None:
        """`next_event` gives ruamel.yaml's events, one at a time; `plain` the meaning of unquoted scalars."""
        self._next = next_event
        self._plain = plain
        self._unique = unique
        self._anchors: dict[str, tuple[object, int]] = {}
        self._stack: list[_Frame] = []

    def documents(self, *, first_only: bool) -> list[object]:
        """Return the documents' values.

        Raises:
            ParseError: a bound is passed, or an alias names nothing that is complete.
        """
        from ruamel.yaml import events as ev

        found: list[object] = []
        root: object = None
        stack = self._stack
        while True:
            event = self._next()
            kind = type(event)
            if kind is ev.ScalarEvent:
                value: object = event.value
                if event.implicit[0]:
                    value = self._plain(event.value)
                size = 1
                anchor = event.anchor
            elif kind is ev.MappingStartEvent or kind is ev.SequenceStartEvent:
                if len(stack) >= DEEPEST:
                    raise ParseError("nested too deeply", event.start_mark.line + 1)
                stack.append(_Frame(Lined() if kind is ev.MappingStartEvent else None, event.anchor))
                continue
            elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
                frame = stack.pop()
                value = frame.items
                if frame.mapping is not None:
                    value = frame.mapping
                    for merged in frame.merges:
                        _merge(frame.mapping, merged)
                size, anchor = frame.size, frame.anchor
            elif kind is ev.AliasEvent:
                if event.anchor not in self._anchors:
                    raise ParseError("an alias names no finished anchor", event.start_mark.line + 1)
                value, size = self._anchors[event.anchor]
                anchor = None
            elif kind is ev.DocumentEndEvent:
                found.append(root)
                root = None
                self._anchors.clear()
                if first_only:
                    return found
                continue
            elif kind is ev.StreamEndEvent:
                return found
            else:
                continue
            if anchor is not None:
                self._anchors[anchor] = (value, size)
            if not stack:
                root = value
                continue
            self._add(stack[-1], value, size, event)

    def _add(self, frame: _Frame, value: object, size: int, event: Any) -> None:  # noqa: ANN401 - untyped event
        frame.size += size
        if frame.size > MOST_NODES:
            raise ParseError("too many values, or aliases that multiply them", event.start_mark.line + 1)
        if frame.mapping is None:
            frame.items.append(value)
        elif frame.key is None:
            if isinstance(value, (dict, list)):
                raise ParseError("a mapping key is not text", event.start_mark.line + 1)
            frame.key = event.value if hasattr(event, "value") else str(value)
            frame.key_line = event.start_mark.line + 1
            if self._unique and frame.key in frame.mapping:
                raise ParseError("a key stands twice in one mapping", frame.key_line)
        else:
            if frame.key == "<<" and isinstance(value, (dict, list)):
                frame.merges.append(value)
            else:
                frame.mapping[frame.key] = value
                frame.mapping.lines[frame.key] = frame.key_line
            frame.key = None


def _merge(target: Lined, source: object) -> None:
    """Apply a YAML 1.1 merge key: what the mapping says itself wins, earlier sources win over later ones."""
    for mapping in source if isinstance(source, list) else [source]:
        if isinstance(mapping, Lined):
            for key, value in mapping.items():
                if key not in target:
                    target[key] = value
                    target.lines[key] = mapping.lines.get(key, 1)
