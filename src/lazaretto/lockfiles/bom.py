"""What CycloneDX and SPDX share: package URLs as inventory rows, and XML that can do no harm.

XML goes through expat's events, never through a tree. A document type declaration is refused before anything of it is
used: without one there are no entities to expand and nothing external to fetch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from lazaretto.ecosystems import pypi
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import LARGEST
from lazaretto.parse.views import ParseError

DEEPEST: Final = 200
_WITH_NAMESPACE: Final = frozenset(
    {"npm", "golang", "composer", "github", "bitbucket", "terraform", "huggingface", "swift"}
)
"""Types where the namespace is part of the name that people use. In the others it names a distributor."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a bill of materials, as its document describes it. Everything is untrusted text."""

    name: str
    version: str
    purl: str = ""
    cpe: str = ""
    group: str = ""
    kind: str = ""
    """CycloneDX `type`: `library`, `application`, `file`, ...; empty in SPDX."""


def row(component: Component, source: str, line: int, *, digest: str = "", url: str = "") -> Package | None:
    """Return the row of a component; None when neither a package URL nor a CPE says what it is.

    Name and version are those of the package URL. A component with only a CPE is `generic`.
    """
    read = from_purl(component.purl)
    if read is not None:
        ecosystem, name, version = read
        return Package(ecosystem, name, version or component.version, source, line, integrity=digest, url=url)
    if component.cpe and component.name:
        return Package("generic", component.name, component.version, source, line, integrity=digest, url=url)
    return None


def from_purl(text: str) -> tuple[str, str, str] | None:
    """Return (ecosystem, name, version) of a package URL, each spelled as in the rest of the inventory; None if bad."""
    if not text.startswith("pkg:") or len(text) > 4096:
        return None
    from packageurl import PackageURL

    try:
        read = PackageURL.from_string(text)
    except (ValueError, TypeError, AttributeError, IndexError):
        return None
    kind, name, version = read.type, read.name, read.version or ""
    if not name:
        return None
    if kind == "pypi":
        name = pypi.normalize(name)
    elif kind == "maven" and read.namespace:
        name = f"{read.namespace}:{name}"
    elif kind == "golang":
        version = version.removeprefix("v")
    if kind in _WITH_NAMESPACE and read.namespace:
        name = f"{read.namespace}/{name}"
    return kind, name, version


def walk_xml(
    blob: Blob,
    start: Callable[[tuple[str, ...], dict[str, str], int], None],
    end: Callable[[tuple[str, ...], str], None],
) -> None:
    """Call `start(path, attributes, line)` and `end(path, text)` for every element.

    `path` holds the local names from the root down to the element; attribute names are local too; `text` is what
    stands directly in the element, stripped, at most 4,096 characters.

    Raises:
        ParseError: not XML, too long, too deep, or with a document type declaration.
    """
    if len(blob.data) > LARGEST:
        raise ParseError(f"longer than {LARGEST} bytes")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    path: list[str] = []
    texts: list[list[str]] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        if len(path) >= DEEPEST:
            raise ParseError("nested too deeply", parser.CurrentLineNumber)
        path.append(name.rpartition(" ")[2])
        texts.append([])
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        start(tuple(path), local, parser.CurrentLineNumber)

    def closed(_name: str) -> None:
        end(tuple(path), "".join(texts.pop()).strip()[:4096])
        path.pop()

    def refuse(*_: object) -> None:
        raise ParseError("a document type declaration is refused", parser.CurrentLineNumber)

    def text(data: str) -> None:
        if texts and len(texts[-1]) < 64:
            texts[-1].append(data)

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = refuse
    try:
        parser.Parse(blob.data, True)
    except expat.ExpatError as error:
        raise ParseError(f"not XML: {expat.ErrorString(error.code)}", error.lineno) from error
    except (ValueError, LookupError) as error:  # an encoding that expat does not know
        raise ParseError(f"not XML: {str(error)[:120]}") from error
