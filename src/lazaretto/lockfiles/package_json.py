"""package.json as a manifest: what a project asks for. Source: package.json(5) of the npm CLI.

Read are the dependency groups, the bundled names, and those lines of `overrides` (npm), `resolutions` (Yarn) and
`pnpm.overrides` that put another package, an address or a file in a dependency's place. Installed packages' own
manifests are not read here (`node_modules.py` says what is installed).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lazaretto.ecosystems import npm
from lazaretto.lockfiles.entries import bad_entry, bounded, file_name
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.npm_rows import NO_NAME, NOT_A_MAPPING, declared, in_node_modules, usable
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import KeyLines, as_mapping, as_sequence, load_json, need_mapping

GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_REPLACING = ("alias", "git", "remote", "file")


def accepts(path: str) -> bool:
    """package.json outside node_modules."""
    return file_name(path) == "package.json" and not in_node_modules(path)


def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterable[Package | Gap]:
    """Yield what one manifest asks for.

    Raises:
        ParseError: not a JSON object.
    """
    return bounded(_rows(blob), blob.path)


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    document = need_mapping(load_json(blob), "the document")
    lines = KeyLines(blob, texts=True)
    named = set()
    for group in GROUPS:
        value = document.get(group)
        if value is None:
            continue
        if not isinstance(value, dict):
            if value:  # `[]` is common and means none
                yield bad_entry(blob.path, blob.find_line(f'"{group}"'), group, NOT_A_MAPPING)
            continue
        top = blob.find_line(f'"{group}"')
        for key, spec in value.items():
            line = lines.after(top, key)
            if not usable(key) or not isinstance(spec, str):
                yield bad_entry(blob.path, line, key, "its requirement is not a text" if usable(key) else NO_NAME)
                continue
            named.add(key)
            yield declared(key, spec, blob.path, line, dev=group == "devDependencies")
    for group in ("bundleDependencies", "bundledDependencies"):
        top = blob.find_line(f'"{group}"')
        for key in as_sequence(document.get(group)):
            if isinstance(key, str) and usable(key) and key not in named:
                named.add(key)
                yield Package("npm", key, "", blob.path, top, Relation.DECLARED)
    for group, holder in (("overrides", document), ("resolutions", document), ("overrides", document.get("pnpm"))):
        yield from _replaced(blob, group, as_mapping(as_mapping(holder).get(group)), lines)


def _replaced(blob: Blob, group: str, table: Mapping[str, Any], lines: KeyLines) -> Iterator[Package]:
    top = blob.find_line(f'"{group}"')
    stack = [iter(table.items())]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            continue
        key, value = step
        if isinstance(value, dict):
            stack.append(iter(value.items()))
            continue
        target = _target(key)
        if isinstance(value, str) and npm.parse_spec(value).kind in _REPLACING and usable(target):
            yield declared(target, value, blob.path, lines.after(top, key))


def _target(selector: str) -> str:
    """Return the package that a selector replaces: `a>b@^1`, `a/**/b`, `**/@s/b` -> `b`, `@s/b`."""
    *before, last = selector.rpartition(">")[2].strip().split("/")
    name = last.partition("@")[0]
    return f"{before[-1]}/{name}" if before and before[-1].startswith("@") else name


FORMAT = Format("package-json", "package.json (npm manifest)", accepts, read)
