"""JSON, JSON with comments, YAML and TOML documents, read so that hostile input can do no harm.

    load_json   RFC 8259 as JavaScript reads it (the last of equal keys wins)
    load_jsonc  JSON with comments and trailing commas, what editors and bun accept (a JSON5 reader)
    load_yaml   YAML 1.1/1.2 by libyaml's event stream; never a tag constructor, never a Python object
    load_toml   TOML 1.0

All give plain values (`dict`, `list`, `str`, numbers, `bool`, `None`) or raise `ParseError` with a line. Depth, size
and the growth by YAML aliases are bounded. Text never holds lone surrogates, so it can be printed and stored.

NOTE: in YAML, numbers and dates stay text (see `yaml_values.py`).
"""

import json
import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import neg
from typing import Any, Final

from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError
from lazaretto.parse.yaml_values import DEEPEST, Lined, parse

__all__ = [
    "DEEPEST",
    "LARGEST",
    "KeyLines",
    "Lined",
    "as_mapping",
    "as_sequence",
    "as_text",
    "load_json",
    "load_jsonc",
    "load_toml",
    "load_yaml",
    "load_yaml_all",
    "need_mapping",
]

LARGEST: Final = 24 << 20
"""Bytes. The largest lockfiles known are about 10 MB; a value tree takes some ten times its text in memory."""
_SURROGATE = re.compile(r"(?i)\\u(d[89ab][0-9a-f]{2})(\\ud[c-f][0-9a-f]{2})?|\\ud[c-f][0-9a-f]{2}")
_TOML_LINE = re.compile(r"\(at line (\d{1,9}),")
# Strings are consumed whole, closed or not, so that no character is looked at twice (JSONC comments hold stray quotes).
_STRING = re.compile(r'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"?(?:\s*+:\s*+(?=(["\[{])))?')


def load_json(blob: Blob) -> object:
    """Return the value of a JSON document.

    Raises:
        ParseError: not JSON, too long or too deep.
    """
    text = _text(blob)
    try:
        value: object = json.loads(_without_lone_surrogates(text))
    except json.JSONDecodeError as error:
        raise ParseError(f"not JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise ParseError("nested too deeply") from error
    except ValueError as error:  # an integer of more than 4,300 digits
        raise ParseError("not JSON: a number is too long") from error
    if text.count("{") + text.count("[") > DEEPEST:
        _refuse_depth(value)
    return value


def load_jsonc(blob: Blob) -> object:
    """Return the value of a JSON document that may hold comments and trailing commas.

    Raises:
        ParseError: not JSON with comments, too long or too deep.
    """
    import pyjson5

    text = _without_lone_surrogates(_text(blob))
    try:
        value: object = pyjson5.decode(text, DEEPEST)
    except pyjson5.Json5NestingTooDeep as error:
        raise ParseError("nested too deeply") from error
    except pyjson5.Json5Exception as error:
        reason = str(error.args[0]) if error.args else "not readable"
        at = re.search(r"near (\d{1,12})", reason)
        line = text.count("\n", 0, int(at[1])) + 1 if at else 1
        raise ParseError(f"not JSON with comments: {reason[:120]}", line) from error
    except (RecursionError, ValueError) as error:
        raise ParseError("not JSON with comments: a value is too long or too deep") from error
    return value


def load_yaml(blob: Blob) -> object:
    """Return the value of the first YAML document; `None` when the file is empty. Mappings are `Lined`.

    Raises:
        ParseError: not YAML, too long, too deep, or grown by aliases beyond `MOST_NODES`.
    """
    documents = parse(_text(blob), first_only=True)
    return documents[0] if documents else None


def load_yaml_all(blob: Blob) -> list[object]:
    """Return the values of all YAML documents of a file, in order.

    Raises:
        ParseError: as `load_yaml`.
    """
    return parse(_text(blob), first_only=False)


def load_toml(blob: Blob) -> dict[str, Any]:
    """Return the table of a TOML document.

    Raises:
        ParseError: not TOML, too long or too deep.
    """
    text = _text(blob)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _TOML_LINE.search(str(error))
        line = int(at[1]) if at else 1
        raise ParseError(f"not TOML: {str(error)[:160]}", line) from error
    except RecursionError as error:
        raise ParseError("nested too deeply") from error
    except (ValueError, OverflowError) as error:  # impossible dates, endless integers
        raise ParseError(f"not TOML: {str(error)[:160]}") from error
    _refuse_depth(table)  # dotted keys nest without recursion
    return table


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return `value` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_sequence(value: object) -> Sequence[Any]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def as_text(value: object) -> str:
    """Return `value` if it is text; a number as it would be written; else the empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return ""


def need_mapping(value: object, what: str) -> Mapping[str, Any]:
    """Return `value` as a mapping.

    Raises:
        ParseError: it is something else; `what` names it (`the document`).
    """
    if not isinstance(value, dict):
        raise ParseError(f"{what} is not a mapping")
    return value


class KeyLines:
    """Where the keys of a JSON document stand, found in one pass over its text.

    Equal keys are told apart by order: a reader that visits a document from top to bottom and calls `take` for
    every key that it meets gets each one's own line. A reader of one small part uses `after`.
    """

    def __init__(self, blob: Blob, *, texts: bool = False) -> None:
        """Index the keys whose value is an object or a list; with `texts`, those whose value is text."""
        self._found: dict[str, list[int]] = defaultdict(list)
        wanted = '"' if texts else "{["
        text, line, at = blob.text, 1, 0
        for match in _STRING.finditer(text):
            opening = match[2]
            if opening is None or opening not in wanted:
                continue
            line += text.count("\n", at, match.start())
            at = match.start()
            key = match[1]
            if "\\" in key:
                try:
                    key = json.loads(f'"{key}"')
                except ValueError:
                    continue
            self._found[key].append(line)
        for lines in self._found.values():
            lines.reverse()

    def take(self, key: str) -> int:
        """Return the line (from 1) of the next `key`, the last one again when all are taken, 1 when unknown."""
        lines = self._found.get(key)
        if not lines:
            return 1
        return lines.pop() if len(lines) > 1 else lines[0]

    def after(self, line: int, key: str) -> int:
        """Return the first line from `line` on where `key` stands, else `line`. Takes nothing."""
        lines = self._found.get(key, [])  # falling
        at = bisect_right(lines, -line, key=neg)
        return lines[at - 1] if at else line


def _text(blob: Blob) -> str:
    if len(blob.data) > LARGEST:
        raise ParseError(f"longer than {LARGEST} bytes")
    return blob.text


def _without_lone_surrogates(text: str) -> str:
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _SURROGATE.sub(lambda m: m[0] if m[2] else r"\ufffd", text)


def _refuse_depth(value: object) -> None:
    """Refuse what the scanner accepted but a recursive consumer would not survive."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise ParseError("nested too deeply")
