import json

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.lifecycle_hidden_file import RULE
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


def test_installation_runs_an_asset() -> None:
    assert package(scripts={"postinstall": "node ./assets/icons.woff2"}) == [(3, Severity.HIGH, Confidence.HIGH)]
    assert package(scripts={"postinstall": "node ./.cache/x.js"}) == [(3, Severity.MEDIUM, Confidence.MEDIUM)]


def test_ordinary_files() -> None:
    assert package(scripts={"postinstall": "node scripts/postinstall.js", "start": "node logo.png"}) == []
