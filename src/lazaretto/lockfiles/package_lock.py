"""npm's lockfiles: package-lock.json and npm-shrinkwrap.json (versions 1 to 3), node_modules/.package-lock.json.

Source: package-lock.json(5) of the npm CLI, and `@npmcli/arborist`'s `lib/shrinkwrap.js`.

    1      nested `dependencies`; `version` may be a version, `npm:NAME@VERSION`, a git address, a URL or `file:`
    2      flat `packages` by folder, plus the same again as `dependencies` for npm 6
    3      flat `packages` only; `.package-lock.json` is this, describing what lies in node_modules

npm 7 and later read `packages` alone. A version 2 file whose `dependencies` name a package that `packages` does not
is shown to different people differently, so such entries are listed as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lazaretto.ecosystems import npm
from lazaretto.lockfiles.entries import bad_entry, bounded, file_name
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.npm_rows import (
    NO_NAME,
    NOT_A_MAPPING,
    cut,
    in_node_modules,
    name_of_place,
    usable,
    with_fetched,
)
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import KeyLines, as_mapping, as_text, load_json, need_mapping

_HIDDEN = "node_modules/.package-lock.json"


def accepts(path: str) -> bool:
    """package-lock.json and npm-shrinkwrap.json outside node_modules, and npm's own record inside."""
    name = file_name(path)
    if name == ".package-lock.json":
        return path == _HIDDEN or path.endswith("/" + _HIDDEN)
    return name in ("package-lock.json", "npm-shrinkwrap.json") and not in_node_modules(path)


def read(blob: Blob, open_file: Callable[[str], Blob | None]) -> Iterable[Package | Gap]:
    """Yield what one npm lockfile pins.

    Raises:
        ParseError: not a JSON object.
    """
    return bounded(_read(blob, open_file), blob.path)


def _read(blob: Blob, open_file: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    folder, _, name = blob.path.rpartition("/")
    if name == "package-lock.json" and open_file(f"{folder}/npm-shrinkwrap.json" if folder else "npm-shrinkwrap.json"):
        reason = N_("npm does not use this file, because npm-shrinkwrap.json stands beside it")
        yield Gap(Stage.INVENTORY, blob.path, Message.of(reason), partial=True)
        return
    document = need_mapping(load_json(blob), "the document")
    lines = KeyLines(blob)
    packages, dependencies = document.get("packages"), document.get("dependencies")
    if not isinstance(packages, dict):
        if packages is not None:
            yield bad_entry(blob.path, 1, "packages", NOT_A_MAPPING)
        yield from _nested(blob, as_mapping(dependencies), lines)
        return
    known = set()
    for row in _flat(blob, packages, lines):
        if isinstance(row, Package):
            known.add((row.name, row.version))
        yield row
    for row in _nested(blob, as_mapping(dependencies), lines):
        if isinstance(row, Package) and row.version and (row.name, row.version) not in known:
            yield row


def _flat(blob: Blob, packages: Mapping[str, Any], lines: KeyLines) -> Iterator[Package | Gap]:
    links = {as_mapping(entry).get("resolved"): place for place, entry in packages.items() if _is_link(entry)}
    relation = Relation.INSTALLED if blob.path.endswith(_HIDDEN) else Relation.LOCKED
    for place, entry in packages.items():
        if place == "":
            continue  # the project itself
        line = lines.take(place)
        if not isinstance(entry, dict):
            yield bad_entry(blob.path, line, place, NOT_A_MAPPING)
            continue
        resolved = cut(as_text(entry.get("resolved")))
        if _is_link(entry) and resolved in packages:
            continue  # the folder that it points to has an entry of its own
        folder = _name_of(links.get(place, place))
        name = as_text(entry.get("name")).strip() or folder
        if not usable(name):
            yield bad_entry(blob.path, line, place, NO_NAME)
            continue
        local = "node_modules/" not in place
        kind = npm.parse_spec(resolved).kind
        yield from with_fetched(
            Package(
                "npm",
                name,
                as_text(entry.get("version")).strip(),
                blob.path,
                line,
                relation,
                requirement=f"file:{place}" if local else resolved if kind in ("git", "file") else "",
                url=resolved,
                integrity=cut(as_text(entry.get("integrity"))),
                alias=folder if folder != name and not local else "",
                dev=entry.get("dev") is True,
            )
        )


def _is_link(entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("link") is True and isinstance(entry.get("resolved"), str)


def _name_of(place: str) -> str:
    """Return the name that a folder stands for: what follows the last `node_modules/`, else its last part."""
    _, found, tail = place.rpartition("node_modules/")
    return tail if found else name_of_place(tail)


def _nested(blob: Blob, dependencies: Mapping[str, Any], lines: KeyLines) -> Iterator[Package | Gap]:
    stack = [iter(dependencies.items())]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            continue
        key, entry = step
        line = lines.take(key)
        if not isinstance(entry, dict):
            yield bad_entry(blob.path, line, key, NOT_A_MAPPING)
            continue
        stack.append(iter(as_mapping(entry.get("dependencies")).items()))
        text = as_text(entry.get("version")).strip()
        spec = npm.parse_spec(text)
        name = spec.name if spec.kind == "alias" else key
        if not usable(name):
            yield bad_entry(blob.path, line, key, NO_NAME)
            continue
        elsewhere = spec.kind in ("git", "remote", "file")
        if spec.kind == "alias":
            text = npm.split_at_version(text.removeprefix("npm:"))[1]
        yield from with_fetched(
            Package(
                "npm",
                name,
                "" if elsewhere else text,
                blob.path,
                line,
                requirement=cut(text) if elsewhere else "",
                url=cut(as_text(entry.get("resolved")) or (text if elsewhere else "")),
                integrity=cut(as_text(entry.get("integrity"))),
                alias=key if key != name else "",
                dev=entry.get("dev") is True,
            )
        )


FORMAT = Format("package-lock", "package-lock.json, npm-shrinkwrap.json (npm)", accepts, read)
