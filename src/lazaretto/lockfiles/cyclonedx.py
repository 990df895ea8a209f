"""CycloneDX bills of materials, JSON and XML (specification versions 1.0 to 1.7).

    components: [{type, group, name, version, purl, cpe, hashes, components: [...]}]

Components nest. What the document itself describes (`metadata.component`), tools, and the ancestors in a pedigree are
no parts and are left out. Files and operating systems without a package URL are no packages; other components without
one are counted in a gap.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lazaretto.lockfiles.bom import Component, row, walk_xml
from lazaretto.lockfiles.entries import Finder, file_name, tidy, unnamed
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_json, need_mapping
from lazaretto.parse.views import ParseError

_NO_PACKAGES: Final = frozenset({"file", "operating-system", "device", "data", "machine-learning-model", "container"})
_PLAIN: Final = frozenset({"bom.json", "bom.xml", "cyclonedx.json", "cyclonedx.xml"})


def accepts(path: str) -> bool:
    """`bom.json`, `*.cdx.json`, `*.cyclonedx.json`, each also as XML; `sbom.json`, `*.sbom.json` are looked into."""
    name = file_name(path).lower()
    if not name.endswith((".json", ".xml")):
        return False
    stem = name.rpartition(".")[0]
    return name in _PLAIN or stem.endswith((".cdx", ".cyclonedx", ".bom")) or is_any_bom(name)


def is_any_bom(name: str) -> bool:
    """Tell whether a file name says "bill of materials" without saying of which kind."""
    stem, _, suffix = name.rpartition(".")
    return suffix in ("json", "xml") and (stem == "sbom" or stem.endswith((".sbom", "-sbom", "_sbom")))


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every component that a package URL or a CPE names.

    Raises:
        ParseError: neither CycloneDX nor, under a neutral name, SPDX.
    """
    found = _from_xml(blob) if blob.suffix == ".xml" else _from_json(blob)
    count = 0
    for component, line, digest in found:
        package = row(component, blob.path, line, digest=digest)
        if package is not None:
            yield package
        elif component.kind not in _NO_PACKAGES:
            count += 1
    if count:
        yield unnamed(blob.path, count)


def _from_json(blob: Blob) -> Iterator[tuple[Component, int, str]]:
    document = need_mapping(load_json(blob), "the document")
    if "bomFormat" not in document and "components" not in document:
        if is_any_bom(blob.name) and ("spdxVersion" in document or "@graph" in document):
            return  # the SPDX reader takes it
        raise ParseError("not a CycloneDX document: it has neither bomFormat nor components")
    finder = Finder(blob)
    # An own stack instead of recursion: nesting is the document's choice.
    waiting = [iter(as_sequence(document.get("components")))]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        table = as_mapping(entry)
        if table:
            component = _component(table)
            yield component, finder.quoted(component.purl or component.name), _digest(table)
            if inner := as_sequence(table.get("components")):
                waiting.append(iter(inner))


def _component(table: Mapping[str, Any]) -> Component:
    return Component(
        as_text(table.get("name")),
        as_text(table.get("version")),
        as_text(table.get("purl")),
        as_text(table.get("cpe")),
        as_text(table.get("group")),
        as_text(table.get("type")),
    )


def _digest(table: Mapping[str, Any]) -> str:
    for entry in as_sequence(table.get("hashes")):
        algorithm, content = as_text(as_mapping(entry).get("alg")), as_text(as_mapping(entry).get("content"))
        if algorithm and content:
            return f"{algorithm.lower().replace('sha-', 'sha')}:{content}"
    return ""


def _from_xml(blob: Blob) -> list[tuple[Component, int, str]]:
    found: list[tuple[Component, int, str]] = []
    fields: list[dict[str, str]] = []
    lines: list[int] = []
    root: list[str] = []

    def start(path: tuple[str, ...], attributes: dict[str, str], line: int) -> None:
        if len(path) == 1:
            root.append(path[0])
        if _is_part(path):
            fields.append({"type": attributes.get("type", "")})
            lines.append(line)

    def end(path: tuple[str, ...], text: str) -> None:
        if _is_part(path):
            values = fields.pop()
            component = Component(*(values.get(key, "") for key in ("name", "version", "purl", "cpe", "group", "type")))
            found.append((component, lines.pop(), ""))
        elif fields and _is_part(path[:-1]) and path[-1] in ("name", "version", "purl", "cpe", "group"):
            fields[-1].setdefault(path[-1], text)

    walk_xml(blob, start, end)
    if root != ["bom"]:
        raise ParseError("not a CycloneDX document: its root element is not bom")
    return found


def _is_part(path: tuple[str, ...]) -> bool:
    """Tell whether a path is `bom/components/component` or `.../components/component` below one."""
    if len(path) < 3 or len(path) % 2 == 0 or path[0] != "bom":
        return False
    return all(name == ("components", "component")[at % 2] for at, name in enumerate(path[1:]))


FORMAT = Format("cyclonedx", "CycloneDX bill of materials", accepts, read)
