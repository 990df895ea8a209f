"""Installed Python packages: site-packages of virtual environments, the user, the system, pipx and uv tools.

    NAME-VERSION.dist-info/METADATA     installed; by whom (INSTALLER) and from where (direct_url.json, PEP 610)
    NAME-VERSION.dist-info/RECORD       a file of it that is not what was installed: it rewrote itself (infected)
    *.pth                               text that every start of Python reads; matched against sought values

RECORD is PEP 376 and the wheel specification: `path,sha256=URLSAFE_BASE64,size`. Compiled files have no digest there.
"""

import base64
import csv
import hashlib
import io
from collections.abc import Iterator

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.inventory import read_documents
from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.parse.blob import Blob
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join, partly
from lazaretto.traces.redact import redact

RECORDED = 5000
"""Files of one package whose digests are compared."""
_ENDS = (".dist-info", ".egg-info", ".egg")


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one site-packages folder."""
    folders, files = tree.list(path)
    for name in (*folders, *(name for name in files if name.endswith(".egg-info"))):
        if name.endswith(_ENDS) and wanted.named("pypi", project_of(name)):
            yield from installed(tree, join(path, name), PLACE.id, Rung.INSTALLED)
    for name in files:
        if name.endswith(".pth") and (blob := tree.read(join(path, name), SMALL)) is not None:
            for mark in wanted.marks(blob.data):
                detail = Message.of(N_("in a .pth file, which every start of Python reads"))
                line = blob.position(mark.offset)[0]
                yield Trace(
                    mark.kind,
                    mark.value,
                    "",
                    Rung.INFECTED,
                    PLACE.id,
                    blob.path,
                    line,
                    iso(tree.time(blob.path)),
                    Confidence.MEDIUM,
                    detail,
                )


def project_of(name: str) -> str:
    """Return the normalised project name of `Some_Name-1.0.dist-info`, `name-1.0-py3.11.egg-info`, a wheel's name."""
    return pypi.normalize(name.partition("-")[0].removesuffix(".egg-info"))


def installed(tree: Tree, folder: str, place: str, rung: Rung) -> Iterator[Trace | Gap]:
    """Yield what one metadata folder (or `.egg-info` file) says."""
    name = folder.rpartition("/")[2]
    version = name.rpartition(".")[0].split("-")[1] if "-" in name else ""
    metadata = next(
        (
            blob
            for part in ("/METADATA", "/PKG-INFO", "/EGG-INFO/PKG-INFO", "")
            if (blob := _there(tree, folder + part))
        ),
        None,
    )
    project, line = project_of(name), 0
    at = iso(tree.time(folder))
    if metadata is not None:
        for row in read_documents((metadata,)).packages:
            project, version, line = row.name, row.version, row.line
    installer = _first_line(tree, f"{folder}/INSTALLER")
    origin = _first_line(tree, f"{folder}/direct_url.json")
    detail = Message.of(N_("lies in site-packages"))
    if origin:
        detail = Message.of(N_("installed from an address: {origin}"), {"origin": _without_login(origin)})
    elif installer:
        detail = Message.of(N_("installed by {installer}"), {"installer": installer[:40]})
    path = metadata.path if metadata is not None else folder
    yield Trace("pypi", project, version, rung, place, path, line, at, detail=detail)
    if rung is Rung.INSTALLED:
        yield from _changed(tree, folder, project, version, place)


def _there(tree: Tree, path: str) -> Blob | None:
    return tree.read(path, SMALL) if tree.has(path) else None


def _first_line(tree: Tree, path: str) -> str:
    blob = _there(tree, path)
    return blob.text.strip().partition("\n")[0][:500] if blob is not None else ""


def _without_login(text: str) -> str:
    return redact(text)


def _changed(tree: Tree, folder: str, project: str, version: str, place: str) -> Iterator[Trace | Gap]:
    """Compare the files with RECORD. A file that is gone is not told: uninstalling halfway looks like that."""
    record = _there(tree, f"{folder}/RECORD")
    if record is None:
        return
    root = folder.rpartition("/")[0]
    try:
        rows = list(csv.reader(io.StringIO(record.text)))
    except csv.Error:
        yield partly(
            record.path, N_("RECORD is not readable, so changed files of {name} would not be seen"), {"name": project}
        )
        return
    if len(rows) > RECORDED:
        yield partly(
            record.path,
            N_("only the first {n} files of {name} were compared with RECORD"),
            {"n": RECORDED, "name": project},
        )
    for number, row in enumerate(rows[:RECORDED], 1):
        if (
            len(row) < 2
            or not row[1].startswith("sha256=")
            or ".." in row[0].split("/")
            or row[0].startswith(("/", "\\"))
        ):
            continue
        path = f"{root}/{row[0]}"
        blob = tree.read(path) if tree.has(path) else None
        if blob is None:
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(blob.data).digest()).rstrip(b"=").decode()
        if digest != row[1][7:].rstrip("="):
            detail = Message.of(
                N_("{file} is not what was installed (RECORD line {line}): the package was changed afterwards"),
                {"file": row[0][:200], "line": number},
            )
            yield Trace(
                "pypi", project, version, Rung.INFECTED, place, path, 0, iso(tree.time(path)), Confidence.MEDIUM, detail
            )


PLACE = Place(
    "site-packages",
    N_("installed Python packages (site-packages)"),
    (Rung.INSTALLED, Rung.INFECTED),
    read,
    folders=("site-packages", "dist-packages"),
    locations={
        "linux": ("/usr/lib/python3/dist-packages", "/usr/local/lib", "/opt"),
        "macos": ("{home}/Library/Python", "/Library/Frameworks/Python.framework/Versions", "/opt/homebrew/lib"),
        "windows": ("{appdata}/Python", "{localappdata}/Programs/Python"),
    },
)
