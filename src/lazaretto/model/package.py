"""Packages: what a manifest, a lockfile or an installation names."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.finding import Gap


class Relation(StrEnum):
    """How strongly a document ties a project to a package."""

    DECLARED = "declared"
    """A manifest asks for it, perhaps with a range."""
    LOCKED = "locked"
    """A lockfile resolved it."""
    INSTALLED = "installed"
    """It lies on this disk."""


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One package as one document names it."""

    ecosystem: str
    """Package URL type: `npm`, `pypi`, `golang`, `terraform`, `conda`, `github`, `generic`, ..."""
    name: str
    """The name in the ecosystem's canonical spelling (PEP 503 for pypi; npm's with scope: `@a/b`)."""
    version: str
    """Exact version; empty when the document gives none."""
    source: str
    """Path of the document, relative to the subject."""
    line: int = 1
    relation: Relation = Relation.LOCKED
    requirement: str = ""
    """What the document asks for when it is not an exact version: a range, a URL, a git address."""
    url: str = ""
    """Where the document says the file comes from, if it says so. Untrusted."""
    integrity: str = ""
    """Digest as written (`sha512-...`, `sha256:...`), empty when the document has none."""
    alias: str = ""
    """The name under which the project knows it, when that differs from `name`."""
    dev: bool = False

    @property
    def purl(self) -> str:
        """Package URL (ECMA-427), for instance `pkg:npm/%40a/b@1.0.0`."""
        from lazaretto.model.purl import purl

        return purl(self.ecosystem, self.name, self.version)


@dataclass(frozen=True, slots=True)
class Inventory:
    """All packages that the documents of a subject name, and the documents that could not be read."""

    packages: tuple[Package, ...] = ()
    gaps: tuple[Gap, ...] = ()
