"""The language of Yarn 1's yarn.lock.

Source: `src/lockfile/parse.js` of yarnpkg/yarn. Two-space indentation, one entry per unindented line:

    "alias@npm:name@^1.0.0", name@^1.0.0:
      version "1.0.1"
      resolved "https://registry.example.test/name/-/name-1.0.1.tgz#<sha1>"
      integrity sha512-...
      dependencies:
        other "^2.0.0"

A key lists every requirement that the entry answers, so an entry may stand for several names.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lazaretto.ecosystems import npm
from lazaretto.lockfiles.entries import bad_entry
from lazaretto.lockfiles.npm_rows import NO_NAME, cut, usable, with_fetched
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^\s",:][^\s",]*+')
_MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


@dataclass(slots=True)
class _Entry:
    """One entry while it is being read."""

    specs: list[str]
    line: int
    fields: dict[str, str] = field(default_factory=dict)


def rows(blob: Blob) -> Iterator[Package | Gap]:
    """Yield what the document pins.

    Raises:
        ParseError: an indented line stands before the first entry.
    """
    entry: _Entry | None = None
    for number, raw in enumerate(blob.text.split("\n"), start=1):
        line = raw.rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        if line.startswith(_MERGE_MARKS):
            yield bad_entry(blob.path, number, line[:40], "an unresolved merge conflict; both sides are listed")
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent == 0:
            if entry is not None:
                yield from _rows(blob, entry)
            entry = None
            if not line.endswith(":"):
                if number == 1 or ":" not in line:
                    raise ParseError("not a yarn.lock: an entry does not end with a colon", number)
                yield bad_entry(blob.path, number, line, "it does not end with a colon")
                continue
            entry = _Entry([_plain(token) for token in _TOKEN.findall(line[:-1])], number)
        elif indent == 2 and entry is not None and not line.endswith(":"):
            tokens = _TOKEN.findall(line)
            if len(tokens) >= 2:
                entry.fields.setdefault(_plain(tokens[0]).rstrip(":"), _plain(tokens[1]))
        elif indent and entry is None and number < 8:
            raise ParseError("not a yarn.lock: it begins with an indented line", number)
    if entry is not None:
        yield from _rows(blob, entry)


def _plain(token: str) -> str:
    if not token.startswith('"'):
        return token
    try:
        return str(json.loads(token))
    except ValueError:
        return token.strip('"')


def _rows(blob: Blob, entry: _Entry) -> Iterator[Package | Gap]:
    version = entry.fields.get("version", "")
    found: dict[str, tuple[str, str]] = {}
    for text in entry.specs:
        key, requirement = npm.split_at_version(text)
        spec = npm.parse_spec(requirement)
        name = spec.name if spec.kind == "alias" else key
        elsewhere = requirement if spec.kind in ("git", "remote", "file", "unknown") else ""
        alias = key if name != key else ""
        before = found.get(name)
        if before is None:
            found[name] = (alias, elsewhere)
        else:
            found[name] = (before[0] or alias, before[1] or elsewhere)
    if not found:
        yield bad_entry(blob.path, entry.line, ", ".join(entry.specs), NO_NAME)
    for name, (alias, requirement) in found.items():
        if not usable(name):
            yield bad_entry(blob.path, entry.line, name, NO_NAME)
            continue
        if not version:
            yield bad_entry(blob.path, entry.line, name, "it gives no version")
        yield from with_fetched(
            Package(
                "npm",
                name,
                version,
                blob.path,
                entry.line,
                requirement=cut(requirement),
                url=cut(entry.fields.get("resolved", "")),
                integrity=cut(entry.fields.get("integrity", "")),
                alias=alias,
            )
        )
