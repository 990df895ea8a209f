"""What every test of a Python rule needs: run one rule over one text."""

from collections.abc import Callable, Sequence

import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rule import Rule
from lazaretto.parse.blob import Blob
from lazaretto.parse.py_pth import PthFile
from lazaretto.parse.python import PythonModule

Seen = list[tuple[int, str, str, str]]
Scan = Callable[..., Seen]


@pytest.fixture
def run() -> Callable[..., FileResult]:
    """Run one rule over one text and return all that it said."""

    def run(rule: Rule, text: str, path: str = "package/module.py") -> FileResult:
        result = Engine([rule], [PythonModule, PthFile]).examine(Blob(path, text.encode()))
        assert not result.gaps
        return result

    return run


@pytest.fixture
def scan(run: Callable[..., FileResult]) -> Scan:
    """Run one rule over one text and return line, severity, confidence and phase of each finding."""

    def scan(rule: Rule, text: str, path: str = "package/module.py") -> Seen:
        findings: Sequence = run(rule, text, path).findings
        assert all(finding.rule == rule.id for finding in findings)
        assert all(finding.message.english() for finding in findings)
        return [(f.locations[0].line, f.severity.name, f.confidence.name, f.phase.value) for f in findings]

    return scan
