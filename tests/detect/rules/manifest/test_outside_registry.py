import json

import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.outside_registry import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def package(path: str = "package.json", **fields: object) -> list[tuple[int, Severity, Confidence]]:
    return graded(path, json.dumps(fields, indent=1))


@pytest.mark.parametrize(
    ("spec", "severity", "confidence"),
    [
        ("http://203.0.113.7/a.tgz", Severity.HIGH, Confidence.MEDIUM),
        ("http://files.example.test/a.tgz", Severity.MEDIUM, Confidence.MEDIUM),
        ("https://x-y.vercel.app/a.tgz", Severity.MEDIUM, Confidence.MEDIUM),
        ("https://github.com/a/b/releases/download/v1/a.tgz", Severity.MEDIUM, Confidence.LOW),
        ("https://files.example.test/a.tgz", Severity.LOW, Confidence.MEDIUM),
        ("git+ssh://git@example.test/a/b.git", Severity.LOW, Confidence.MEDIUM),
        ("someone/thing#main", Severity.LOW, Confidence.MEDIUM),
        ("npm:other@1.0.0", Severity.LOW, Confidence.LOW),
    ],
)
def test_addresses(spec: str, severity: Severity, confidence: Confidence) -> None:
    assert package(dependencies={"a": spec}) == [(3, severity, confidence)]


@pytest.mark.parametrize(
    "spec", ["^1.0.0", "file:../a", "workspace:*", "link:x", "catalog:", "latest", "./a", ">=1 <2"]
)
def test_ranges_and_local_paths(spec: str) -> None:
    assert package(devDependencies={"a": spec}) == []
