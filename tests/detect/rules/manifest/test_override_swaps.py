import json

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.override_swaps import RULE
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


def test_another_package_under_the_name() -> None:
    assert package(overrides={"ms": "npm:ms-fast@1.0.0"}) == [(3, Severity.LOW, Confidence.LOW)]
    assert package(resolutions={"ms": "http://203.0.113.7/ms.tgz"}) == [(3, Severity.HIGH, Confidence.MEDIUM)]


def test_pins() -> None:
    assert (
        package(overrides={"ms": "2.1.3", "a": {"b": "$b"}, "c": "npm:c@1"}, pnpm={"overrides": {"d": "link:x"}}) == []
    )
