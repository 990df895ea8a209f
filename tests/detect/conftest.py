import hashlib
from datetime import UTC, datetime

import pytest

from lazaretto.detect.change import Change
from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Evidence, FileInfo
from lazaretto.detect.release import Release
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity
from lazaretto.model.release import ReleaseFacts
from lazaretto.model.text import Message
from lazaretto.parse.blob import Blob

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
