"""What every test of a binary rule needs: run one rule over one file, or over signals."""

from collections.abc import Callable

import pytest

from lazaretto.detect.engine import Engine, FileResult, run_rule
from lazaretto.detect.project import FileInfo, Project
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Finding, Signal
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS

Seen = list[tuple[str, str, str]]


@pytest.fixture
def run() -> Callable[..., FileResult]:
    """Run one rule over one file and return all that it said."""

    def run(rule: Rule, data: bytes, path: str = "package/file.bin") -> FileResult:
        result = Engine([rule], VIEWS).examine(Blob(path, data))
        assert not result.gaps
        return result

    return run


@pytest.fixture
def scan(run: Callable[..., FileResult]) -> Callable[..., Seen]:
    """Run one rule over one file and return severity, confidence and message of each finding."""

    def scan(rule: Rule, data: bytes, path: str = "package/file.bin") -> Seen:
        findings = run(rule, data, path).findings
        assert all(finding.rule == rule.id for finding in findings)
        return [(f.severity.name, f.confidence.name, f.message.english()) for f in findings]

    return scan


@pytest.fixture
def join() -> Callable[..., tuple[Finding, ...]]:
    """Run one project rule over files (their paths), signals and findings."""

    def join(rule: Rule, files: str, signals: list[Signal], findings: tuple[Finding, ...] = ()) -> tuple[Finding, ...]:
        project = Project({path: FileInfo(1, "") for path in files.split()}, signals, findings)
        result = run_rule(rule, project, "subject")
        assert not result.gaps
        return result.findings

    return join
