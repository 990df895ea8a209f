"""go.mod, with go.sum beside it where that is needed (https://go.dev/ref/mod#go-mod-file).

    require PATH VERSION [// indirect]     replace OLD [VERSION] => NEW [VERSION]     go 1.23     toolchain go1.23.6

Versions lose their `v`, as in the Go vulnerability database and at the peers. Minimal version selection makes the
listed versions the ones that are built, hence `locked`. A `replace` changes name and version; a local one gives the
path as the name (what was replaced stays in `alias`). The Go release itself is listed as `stdlib`. Below `go 1.17`
go.mod does not name everything, and what only go.sum names is added.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from lazaretto.lockfiles.entries import bad_entry, file_name, tidy
from lazaretto.lockfiles.go_sum import modules
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

ID: Final = "golang"
_VERBS: Final = frozenset(
    {"module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"}
)
_TOKEN = re.compile(r'"([^"]*)"|`([^`]*)`|(=>|[()]|[^\s()"`]+)')
_GO_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})")


def accepts(path: str) -> bool:
    """`go.mod`, in any folder."""
    return file_name(path) == "go.mod"


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield every required module after replacement, and the Go release.

    Raises:
        ParseError: a statement that go.mod does not have.
    """
    yield from _rows(blob, open)


def _rows(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    required: dict[tuple[str, str], Package] = {}
    replaced: list[tuple[int, list[str]]] = []
    release, release_line, from_toolchain = "", 1, False
    for line, verb, words in statements(blob):
        if verb == "require":
            if len(words) != 2:
                yield bad_entry(blob.path, line, " ".join(words), N_("a module path and a version are expected"))
                continue
            version = words[1].removeprefix("v")
            required[words[0], version] = Package(ID, words[0], version, blob.path, line)
        elif verb == "replace":
            replaced.append((line, words))
        elif verb == "go" and words and not from_toolchain:
            release, release_line = words[0], line
        elif verb == "toolchain" and words and words[0].startswith("go"):
            release, release_line = words[0].removeprefix("go").partition("-")[0], line
            from_toolchain = True
    by_name: dict[str, list[tuple[str, str]]] = {}
    for key in required:
        by_name.setdefault(key[0], []).append(key)
    for line, words in sorted(replaced, key=lambda item: item[1][1:2] == ["=>"]):  # with a version before without
        if not _replace(required, by_name, line, words):
            yield bad_entry(blob.path, line, " ".join(words), N_("OLD [VERSION] => NEW [VERSION] is expected"))
    rows = {(row.name, row.version): row for row in required.values()}
    if release:
        rows["stdlib", release] = Package(ID, "stdlib", release, blob.path, release_line)
    digests = _digests(open(blob.path.removesuffix(".mod") + ".sum"))
    for key, row in rows.items():
        found = digests.get(key)
        yield replace(row, integrity=found.integrity) if found else row
    if not _names_everything(release):
        yield from (found for key, found in digests.items() if key not in rows)


def _replace(
    required: dict[tuple[str, str], Package], by_name: dict[str, list[tuple[str, str]]], line: int, words: list[str]
) -> bool:
    if "=>" not in words:
        return False
    at = words.index("=>")
    old, new = words[:at], words[at + 1 :]
    if len(old) not in (1, 2) or len(new) not in (1, 2):
        return False
    version = old[1].removeprefix("v") if len(old) == 2 else None
    for key in by_name.get(old[0], ()):
        row = required[key]
        if not row.alias and (version is None or key[1] == version):
            required[key] = Package(
                ID,
                new[0],
                new[1].removeprefix("v") if len(new) == 2 else "",
                row.source,
                line,
                requirement="" if len(new) == 2 else new[0],
                alias=old[0],
            )
    return True


def _names_everything(release: str) -> bool:
    match = _GO_VERSION.match(release)
    return match is None or (int(match[1]), int(match[2])) >= (1, 17)


def _digests(other: Blob | None) -> dict[tuple[str, str], Package]:
    """Return the modules of the go.sum beside it; none when there is none, or it is unreadable."""
    if other is None:
        return {}
    try:
        return {(row.name, row.version): row for row in modules(other) if isinstance(row, Package)}
    except ParseError:
        return {}


def statements(blob: Blob) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (line, verb, words) of every statement; `verb (` blocks are taken apart.

    Raises:
        ParseError: an unknown verb, or a block that does not end.
    """
    block, opened = "", 0
    for line, raw in enumerate(blob.text.splitlines(), 1):
        words = [a or b or c for a, b, c in _TOKEN.findall(raw.partition("//")[0] if '"' not in raw else _code(raw))]
        if not words:
            continue
        if block:
            if words[0] == ")":
                block = ""
            else:
                yield line, block, words
            continue
        verb, rest = words[0], words[1:]
        if verb not in _VERBS:
            raise ParseError(f"not a go.mod file: {verb[:40]!r} is no statement of it", line)
        if rest[:1] == ["("]:
            if rest[-1] != ")":
                block, opened = verb, line
        else:
            yield line, verb, rest
    if block:
        raise ParseError(f"not a go.mod file: the {block} block does not end", opened)


def _code(raw: str) -> str:
    """Cut a `//` comment off a line that holds quotes."""
    quoted = False
    for at, char in enumerate(raw):
        if char == '"':
            quoted = not quoted
        elif char == "/" and not quoted and raw.startswith("//", at):
            return raw[:at]
    return raw


FORMAT = Format("go-mod", "go.mod (Go)", accepts, read)
