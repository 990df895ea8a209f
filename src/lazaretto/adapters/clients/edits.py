"""Small edits of configuration files that people wrote by hand: lines in, contradicting lines muted, and back.

Ours stand between two comment lines; what they overrule is commented out with a mark. `cleaned` undoes both. Formats
are edited as lines, for a parser would lose comments and order: INI (pip), TOML (uv, pdm, Bun), npm's and Yarn 1's
`key=value`, and the top level of YAML (Yarn).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BEGIN = "# lazaretto gate: begin (removed by `lazaretto gate uninstall`)"
END = "# lazaretto gate: end"
MUTED = "#lazaretto-gate# "
_HEADER = re.compile(r"[ \t]{0,20}\[{1,2}[ \t]{0,8}(?P<name>[^\]\n]{1,200}?)[ \t]{0,8}\]{1,2}")
_KEY = re.compile(
    r"[ \t]{0,20}[\"']?(?P<key>@[^:=\s\"']{1,200}:registry|[\w./-]{1,200})[\"']?(?:[ \t]{0,8}[=:]|[ \t]{1,8}|$)"
)

_NESTED = frozenset({"pip"})
"""Tables of uv.toml that hold the same keys as its top level."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What to write, and what contradicts it."""

    rows: tuple[str, ...]
    keys: frozenset[str]
    """Keys to mute where they would overrule ours."""
    tables: frozenset[str] = frozenset()
    """Whole TOML tables to mute."""


def cleaned(text: str) -> str:
    """Return the text without our lines, muted ones back."""
    if BEGIN not in text and MUTED not in text:
        return text
    kept, ours = [], False
    for row in text.splitlines(keepends=True):
        plain = row.strip()
        if plain == BEGIN:
            ours = True
        elif plain == END:
            ours = False
        elif not ours:
            kept.append(row.removeprefix(MUTED))
    return "".join(kept)


def added_lines(text: str, edit: Edit, *, scoped: bool = False) -> str:
    """Edit `key=value` or `key value` lines; `scoped` mutes `@scope:registry` as well."""

    def muted(rows: list[str]) -> Iterator[str]:
        for row in rows:
            key = _key(row)
            contradicts = key in edit.keys or (scoped and key.startswith("@") and key.endswith(":registry"))
            yield MUTED + row if contradicts else row

    return _joined(list(muted(_rows(text))), edit.rows, _end(text))


def added_ini(text: str, edit: Edit, section: str) -> str:
    """Edit one section of an INI file, which may stand in it only once; mute the keys in every section."""
    rows, muting, at = [], False, -1
    for row in _rows(text):
        header = _HEADER.match(row)
        if header:
            muting = False
            rows.append(row)
            at = len(rows) if header["name"].strip() == section else at
            continue
        if row[:1] not in {" ", "\t"} or not row.strip():  # a line that starts with a blank goes on
            muting = _key(row) in edit.keys
        rows.append(MUTED + row if muting else row)
    if at < 0:
        return _joined(rows, (f"[{section}]", *edit.rows), _end(text))
    return _joined(rows, edit.rows, _end(text), at)


def added_toml(text: str, edit: Edit, table: str) -> str:
    """Edit one TOML table (empty: rows bring their own header); mute the keys there and at the top level."""
    rows, here, depth, muting, at = [], "", 0, False, -1
    for row in _rows(text):
        header = _HEADER.match(row) if depth == 0 else None
        if header:
            here = header["name"].strip().replace('"', "").replace("'", "")
            muting = _is_in(here, edit.tables)
            rows.append(MUTED + row if muting else row)
            at = len(rows) if table and here == table else at
            continue
        if depth == 0:
            key = _key(row)
            mine = here == table or (not table and here in _NESTED) or (not here and "." in key)
            muting = _is_in(here, edit.tables) or (mine and key in edit.keys)
        depth = max(0, depth + _brackets(row))
        rows.append(MUTED + row if muting and row.strip() else row)
    if not table:
        return _joined(rows, edit.rows, _end(text))
    return _joined(rows, edit.rows if at >= 0 else (f"[{table}]", *edit.rows), _end(text), at)


def added_yaml(text: str, edit: Edit) -> str:
    """Edit keys of the top level; a muted key takes the lines below it that are indented with it."""
    rows, muting = [], False
    for row in _rows(text):
        if row.strip() and row[:1] not in {" ", "\t", "#", "-"}:
            muting = _key(row) in edit.keys
        rows.append(MUTED + row if muting and row.strip() else row)
    return _joined(rows, edit.rows, _end(text))


def _is_in(here: str, tables: frozenset[str]) -> bool:
    return any(here == one or here.startswith(f"{one}.") for one in tables)


def _rows(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _key(row: str) -> str:
    found = _KEY.match(row)
    return found["key"] if found and row.lstrip()[:1] not in {"#", ";"} else ""


def _brackets(row: str) -> int:
    """Return how many array brackets a TOML line opens beyond those that it closes, strings and comments left out."""
    plain = re.sub(r"\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'", "", row).partition("#")[0]
    return plain.count("[") - plain.count("]")


def _joined(rows: list[str], ours: Iterable[str], end: str, at: int = -1) -> str:
    """Put our lines at index `at`, or at the end."""
    block = [f"{row}{end}" for row in (BEGIN, *ours, END)]
    if at >= 0:
        return "".join([*rows[:at], *block, *rows[at:]])
    if rows and not rows[-1].endswith(("\n", "\r")):
        rows = [*rows[:-1], rows[-1] + end]
    return "".join([*rows, *block])
