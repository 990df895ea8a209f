"""SPDX bills of materials: JSON, YAML, tag-value and RDF/XML of version 2, and JSON-LD of version 3.

    packages: [{SPDXID, name, versionInfo, externalRefs: [{referenceType: purl | cpe23Type, referenceLocator}]}]   2.x
    @graph: [{type: software_Package, name, software_packageVersion, software_packageUrl, externalIdentifier}]     3.0
    PackageName: / PackageVersion: / ExternalRef: CATEGORY TYPE LOCATOR                                     tag-value

A package without package URL and CPE is listed as `generic` when it has some other external reference, unless a
lineage relationship (DESCENDANT_OF, ANCESTOR_OF) says that it is only the provenance of a listed one. Packages without
any reference are counted in a gap.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lazaretto.lockfiles.bom import Component, row, walk_xml
from lazaretto.lockfiles.cyclonedx import is_any_bom
from lazaretto.lockfiles.entries import Finder, file_name, tidy, unnamed
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_json, load_yaml, need_mapping
from lazaretto.parse.views import ParseError


@dataclass(slots=True)
class _Entry:
    """One package while its document is read."""

    name: str = ""
    version: str = ""
    purl: str = ""
    cpe: str = ""
    line: int = 1
    id: str = ""
    referenced: bool = False
    url: str = ""

    def refer(self, kind: str, locator: str) -> None:
        """Take an external reference in."""
        self.referenced = True
        kind = kind.rpartition("/")[2].lower()
        if kind in ("purl", "packageurl", "package-url") and not self.purl:
            self.purl = locator
        elif kind.startswith("cpe") and not self.cpe:
            self.cpe = locator


@dataclass(slots=True)
class _Document:
    entries: list[_Entry] = field(default_factory=list)
    lineage: list[tuple[str, str]] = field(default_factory=list)
    """(child, parent) ids."""


def accepts(path: str) -> bool:
    """`*.spdx`, `*.spdx.json|yml|yaml|rdf|xml`, `spdx.json`, `.spdx.NAME.json`; `sbom.json` is looked into."""
    name = file_name(path).lower()
    if name.endswith(".spdx"):
        return True
    if not name.endswith((".json", ".yml", ".yaml", ".rdf", ".xml")):
        return False
    return ".spdx." in name or name == "spdx.json" or (name.endswith(".json") and is_any_bom(name))


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every package that has a reference to the outside.

    Raises:
        ParseError: not SPDX in the form that the suffix says.
    """
    document = _document(blob)
    ids = {entry.id: entry for entry in document.entries if entry.id}
    absorbed = _absorbed(document, ids)
    count = 0
    for entry in document.entries:
        if entry.id in absorbed:
            continue
        component = Component(entry.name, entry.version, entry.purl, entry.cpe)
        package = row(component, blob.path, entry.line, url=entry.url)
        if package is None and entry.referenced and entry.name:
            package = Package("generic", entry.name, entry.version, blob.path, entry.line, url=entry.url)
        if package is not None:
            yield package
        else:
            count += 1
    if count:
        yield unnamed(blob.path, count)


def _document(blob: Blob) -> _Document:
    if blob.suffix in (".rdf", ".xml"):
        return _from_rdf(blob)
    if blob.suffix == ".spdx" and blob.data.lstrip()[:1] != b"{":
        return _from_tags(blob)
    value = load_yaml(blob) if blob.suffix in (".yml", ".yaml") else load_json(blob)
    mapping = need_mapping(value, "the document")
    if "@graph" in mapping:
        return _from_graph(mapping, blob)
    if "spdxVersion" not in mapping and "SPDXID" not in mapping:
        if is_any_bom(blob.name):
            return _Document()  # the CycloneDX reader takes it, or says that it is neither
        raise ParseError("not an SPDX document: it has neither spdxVersion nor @graph")
    return _from_mapping(mapping, blob)


def _from_mapping(mapping: Mapping[str, Any], blob: Blob) -> _Document:
    document, finder = _Document(), Finder(blob)
    for value in as_sequence(mapping.get("packages")):
        table = as_mapping(value)
        entry = _Entry(as_text(table.get("name")), as_text(table.get("versionInfo")), id=as_text(table.get("SPDXID")))
        for reference in as_sequence(table.get("externalRefs")):
            pair = as_mapping(reference)
            entry.refer(as_text(pair.get("referenceType")), as_text(pair.get("referenceLocator")))
        entry.line = finder.quoted(entry.id or entry.name)
        entry.url = _address(as_text(table.get("downloadLocation")))
        document.entries.append(entry)
    for value in as_sequence(mapping.get("relationships")):
        table = as_mapping(value)
        _relate(
            document,
            as_text(table.get("spdxElementId")),
            as_text(table.get("relationshipType")),
            as_text(table.get("relatedSpdxElement")),
        )
    return document


def _from_graph(mapping: Mapping[str, Any], blob: Blob) -> _Document:
    document, finder = _Document(), Finder(blob)
    for value in as_sequence(mapping.get("@graph")):
        table = as_mapping(value)
        kind = as_text(table.get("type")) or as_text(table.get("@type"))
        if kind not in ("software_Package", "Package", "software:Package"):
            continue
        entry = _Entry(
            as_text(table.get("name")),
            as_text(table.get("software_packageVersion")) or as_text(table.get("packageVersion")),
            as_text(table.get("software_packageUrl")) or as_text(table.get("packageUrl")),
            id=as_text(table.get("spdxId")) or as_text(table.get("@id")),
            url=_address(as_text(table.get("software_downloadLocation"))),
        )
        for identifier in as_sequence(table.get("externalIdentifier")):
            pair = as_mapping(identifier)
            entry.refer(as_text(pair.get("externalIdentifierType")), as_text(pair.get("identifier")))
        entry.line = finder.quoted(entry.id or entry.name)
        document.entries.append(entry)
    return document


def _from_tags(blob: Blob) -> _Document:
    document, inside, known = _Document(), False, False
    for line, raw in enumerate(blob.text.splitlines(), 1):
        if inside:  # <text> may run over many lines and hold anything
            inside = "</text>" not in raw
            continue
        key, colon, value = raw.partition(":")
        key, value = key.strip(), value.strip()
        if not colon or key.startswith("#"):
            continue
        inside = value.startswith("<text>") and "</text>" not in value
        if key == "SPDXVersion":
            known = True
        elif key == "PackageName":
            document.entries.append(_Entry(value, line=line))
        elif key == "Relationship":
            words = value.split()
            if len(words) == 3:
                _relate(document, *words)
        elif document.entries:
            _tag(document.entries[-1], key, value)
    if not known:
        raise ParseError("not an SPDX document: it has no SPDXVersion")
    return document


def _tag(entry: _Entry, key: str, value: str) -> None:
    if key == "SPDXID" and not entry.id:
        entry.id = value
    elif key == "PackageVersion" and not entry.version:
        entry.version = value
    elif key == "PackageDownloadLocation":
        entry.url = _address(value)
    elif key == "ExternalRef":
        words = value.split(maxsplit=2)
        if len(words) == 3:
            entry.refer(words[1], words[2])


def _from_rdf(blob: Blob) -> _Document:
    document = _Document()
    open_entries: list[_Entry] = []
    reference: dict[str, str] = {}
    root: list[str] = []

    def start(path: tuple[str, ...], attributes: dict[str, str], line: int) -> None:
        if len(path) == 1:
            root.append(path[0])
        if path[-1] == "Package":
            open_entries.append(_Entry(line=line, id=attributes.get("about", "").rpartition("#")[2]))
        elif path[-1] == "ExternalRef":
            reference.clear()
        elif path[-1] == "referenceType":
            reference["type"] = attributes.get("resource", "")

    def end(path: tuple[str, ...], text: str) -> None:
        if not open_entries:
            return
        entry = open_entries[-1]
        parent = path[-2] if len(path) > 1 else ""
        if path[-1] == "Package":
            document.entries.append(open_entries.pop())
        elif parent == "Package" and path[-1] == "name":
            entry.name = text
        elif parent == "Package" and path[-1] == "versionInfo":
            entry.version = text
        elif path[-1] == "referenceLocator":
            reference["locator"] = text
        elif path[-1] == "ExternalRef":
            entry.refer(reference.get("type", ""), reference.get("locator", ""))

    walk_xml(blob, start, end)
    if root != ["RDF"]:
        raise ParseError("not an SPDX document: its root element is not rdf:RDF")
    return document


def _relate(document: _Document, one: str, kind: str, other: str) -> None:
    kind = kind.strip().upper()
    if kind in ("DESCENDANT_OF", "DESCENDENT_OF"):
        document.lineage.append((one, other))
    elif kind == "ANCESTOR_OF":
        document.lineage.append((other, one))


def _absorbed(document: _Document, ids: Mapping[str, _Entry]) -> set[str]:
    """Return the ids of packages that only tell where a listed one came from."""
    gone: set[str] = set()
    for child, parent in document.lineage:
        pair = [ids.get(child), ids.get(parent)]
        if child == parent or None in pair or {child, parent} & gone:
            continue
        if _is_stub(ids[child]):
            gone.add(child)
        elif _is_stub(ids[parent]):
            gone.add(parent)
    return gone


def _is_stub(entry: _Entry) -> bool:
    return not entry.purl and not entry.cpe


def _address(location: str) -> str:
    return location if "://" in location or location.startswith("git+") else ""


FORMAT = Format("spdx", "SPDX bill of materials", accepts, read)
