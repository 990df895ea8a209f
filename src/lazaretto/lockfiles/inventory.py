"""From many files to one inventory: which files to keep, and what all of them name together."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from lazaretto.lockfiles.catalog import FORMATS
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.package import Inventory, Package
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

_NEVER = frozenset(
    [
        "js",
        "mjs",
        "cjs",
        "ts",
        "mts",
        "cts",
        "jsx",
        "tsx",
        "map",
        "md",
        "css",
        "scss",
        "svg",
        "png",
        "jpg",
        "gif",
        "html",
        "wasm",
        "node",
        "pyc",
        "pyi",
    ]
)
"""Suffixes that no format reads: most files of most packages."""


def is_candidate(path: str) -> bool:
    """Tell by its `/` separated path whether some format may read a file."""
    return path[path.rfind(".") + 1 :] not in _NEVER and any(kind.accepts(path) for kind in FORMATS)


def read_documents(blobs: Iterable[Blob], open: Callable[[str], Blob | None] = lambda _path: None) -> Inventory:  # noqa: A002 - the word of `Format.read`
    """Read every document that some format accepts. Never raises for what a document holds.

    Rows that differ in nothing but their line are one row (the first line; `dev` only if all are). The result is
    sorted, so equal input gives equal output. Documents that no format accepts are left out without a word.
    """
    rows: dict[tuple[object, ...], Package] = {}
    gaps: set[Gap] = set()
    for blob in blobs:
        for kind in FORMATS:
            if not kind.accepts(blob.path):
                continue
            try:
                for row in kind.read(blob, open):
                    if isinstance(row, Gap):
                        gaps.add(row)
                    else:
                        _keep(rows, row)
            except ParseError as error:
                reason = N_("not readable as {what}: {reason} (line {line})")
                params = {"what": kind.title, "reason": error.reason, "line": error.line}
                gaps.add(Gap(Stage.INVENTORY, blob.path, Message.of(reason, params)))
            except Exception as error:  # noqa: BLE001 - one document must not hide what the others name
                reason = N_("the reader of {what} failed: {error}")
                params = {"what": kind.title, "error": f"{type(error).__name__}: {error}"[:200]}
                gaps.add(Gap(Stage.INVENTORY, blob.path, Message.of(reason, params)))
    return Inventory(tuple(sorted(rows.values())), tuple(sorted(gaps)))


def _keep(rows: dict[tuple[object, ...], Package], row: Package) -> None:
    key = (row.ecosystem, row.name, row.version, row.source, row.relation, row.requirement, row.url, row.integrity,
           row.alias)  # fmt: skip
    known = rows.get(key)
    if known is None:
        rows[key] = row
    elif (row.line, row.dev) != (known.line, known.dev):
        rows[key] = replace(known, line=min(row.line, known.line), dev=row.dev and known.dev)
