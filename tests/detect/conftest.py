"""Changes between releases; a small library that a test calls popular, its signature, and copies of it."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from lazaretto.detect.change import Change
from lazaretto.detect.clone_store import Signature, Store, encode
from lazaretto.detect.clones import marks, record, relative
from lazaretto.detect.engine import run_rule
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Evidence, FileInfo, Project
from lazaretto.detect.release import Release
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity, Signal
from lazaretto.model.release import ReleaseFacts
from lazaretto.model.text import Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.fingerprint import FULL, fingerprint, is_library_code

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def make_evidence(files=(), signals=(), findings=(), packages=()):
    texts = files if isinstance(files, dict) else dict.fromkeys(files, "same")
    blobs = {path: Blob(path, text.encode()) for path, text in texts.items()}
    infos = {path: FileInfo(len(blob.data), hashlib.sha256(blob.data).hexdigest()) for path, blob in blobs.items()}
    return Evidence(infos, signals, findings, packages, blobs.get)


@pytest.fixture
def change():
    """Build a change from the keyword arguments of both sides' evidence."""

    def build(old, new, *, dependency=True, ages=None):
        return Change(make_evidence(**old), make_evidence(**new), dependency=dependency, ages=ages)

    return build


@pytest.fixture
def finding():
    """Build a finding with few words."""

    def build(rule, path, role=Role.EXECUTE, severity=Severity.LOW, phase=Phase.RUN, line=1, **params):
        words = Message.of(" ".join(f"{{{name}}}" for name in params) or "m", params)
        return Finding(rule, path, severity, Confidence.MEDIUM, (Location(path, line),), words, role=role, phase=phase)

    return build


@pytest.fixture
def told():
    """Run one rule over a view and return what it says, shortly."""

    def run(rule, view):
        result = run_rule(rule, view, "subject")
        assert not result.gaps
        return [
            (f.severity.name, f.confidence.name, f.locations[0].path, f.locations[0].line, f.message.english())
            for f in result.findings
        ]

    return run


@pytest.fixture
def release():
    """Build the view of one release from its facts."""

    def build(**facts):
        return Release(ReleaseFacts(**{"ecosystem": "npm", "name": "demo", "version": "1.0.1", **facts}), NOW)

    return build


METADATA = (
    "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: Shelves of meshes for pleasant afternoons\n"
    "Home-page: https://github.com/{owner}/{name}\nAuthor: {author}\nAuthor-email: {author}@mail.invalid\n"
)
SHELVES = ("shelf", "mesh", "knot", "weave", "spool")


def library(name, word="pleasant"):
    """Five modules of eight lines each that belong to nobody else."""
    files = {f"{name}/__init__.py": f"from {name} import shelf, mesh\n"}
    for shelf in SHELVES:
        files[f"{name}/{shelf}.py"] = f"# {shelf} of {name}\n" + "".join(
            f"def {word}_{shelf}_{number}(length, breadth):\n    return length * {number + len(shelf)}00{number} - breadth // {number + 3}\n"
            for number in range(4)
        )
    return files


def distribution(name, owner="weaver", author="ada weaver", version="1.0", **more):
    """A wheel's files: path to text."""
    files = {**library(name), **more}
    files[f"{name}-{version}.dist-info/METADATA"] = METADATA.format(
        name=name, owner=owner, author=author, version=version
    )
    return files


def viewed(files, view=Project, findings=()):
    """A project of these files, with their fingerprints."""
    blobs = {
        path: Blob(path, (text if isinstance(text, str) else json.dumps(text, indent=1)).encode())
        for path, text in files.items()
    }
    signals = [
        Signal("fingerprint", found.encoded(), path)
        for path, blob in blobs.items()
        if is_library_code(path) and (found := fingerprint(path, blob.data)) is not None
    ]
    infos = {path: FileInfo(len(blob.data), "") for path, blob in blobs.items()}
    return view(infos, signals, findings, read=blobs.get)


def signed(files):
    """The signature of a distribution."""
    project = viewed(files)
    (own,) = own_packages(project)
    prints = {
        relative(signal.path, own): fingerprint(signal.path, project.read(signal.path).data)
        for signal in project.signals
    }
    hashes = {value: 1 for found in prints.values() for value in found.sketch}
    return Signature(
        world=own.world,
        name=own.name,
        versions=((own.version, len(hashes)),),
        threshold=FULL - 1,
        hashes=hashes,
        records={record(path, found.digest): 1 for path, found in prints.items()},
        marks=tuple(marks(own)),
        able=0,
        files=len(prints),
    )


@pytest.fixture
def clone_store():
    """Signatures of one Python library, `meshery`."""
    return Store(encode([signed(distribution("meshery"))], "2026-01", "a test"))


@pytest.fixture
def wheel():
    """Make the files of a library like `meshery` under another name."""
    return distribution


@pytest.fixture
def project_of():
    """Make a project of files."""
    return viewed


@pytest.fixture
def evidence_of():
    """Make evidence of files and findings."""
    return lambda files, findings=(): viewed(files, Evidence, findings)
