"""What a built Python package needs to run: `Requires-Dist` of its core metadata. Extras are left out: nobody asked."""

import re
from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.ecosystems import pypi
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob

_METADATA = re.compile(r"(?:\.dist-info/METADATA|\.egg-info/PKG-INFO|(?:^|[/!])PKG-INFO)$")
_FIELD = re.compile(r"^Requires-Dist:[ \t]{0,20}([^\r\n]{1,1000})", re.IGNORECASE | re.MULTILINE)
_EXTRA = re.compile(r";.{0,500}\bextra\s{0,4}==")
_DOCUMENTS = 20
"""Metadata files that are read of one subject: an environment has thousands, a package one or two."""


def required(project: Project) -> Iterator[Package]:
    """Yield the requirements of the subject's own metadata files, those nearest to its root first."""
    paths = sorted((path for path in project.files if _METADATA.search(path)), key=lambda path: (path.count("/"), path))
    for path in paths[:_DOCUMENTS]:
        blob = project.read(path)
        if blob is not None:
            yield from _of(blob)


def _of(blob: Blob) -> Iterator[Package]:
    head = blob.text[: 1 << 20].replace("\r\n", "\n").partition("\n\n")[0]
    for match in _FIELD.finditer(head):
        if _EXTRA.search(match[1]):
            continue
        try:
            found = pypi.dependency(match[1])
        except ValueError:
            continue
        if found.name:
            line = head.count("\n", 0, match.start()) + 1
            yield Package(
                "pypi", found.name, found.version, blob.path, line, Relation.DECLARED, found.requirement, found.url
            )
