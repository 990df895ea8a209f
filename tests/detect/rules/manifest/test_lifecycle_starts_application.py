import json

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.lifecycle_starts_application import RULE
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


def test_installation_starts_the_application() -> None:
    start = 'concurrently "node server/server.js" "react-scripts start"'
    assert package(scripts={"start": start, "postinstall": "npm run start"}) == [
        (4, Severity.MEDIUM, Confidence.MEDIUM)
    ]
    assert package(scripts={"postinstall": "cd server && npm install && cd .. && npm start"}) == [
        (3, Severity.MEDIUM, Confidence.MEDIUM)
    ]


def test_a_server_where_none_is_needed() -> None:
    assert package(scripts={"eject": "node server/server.js | react-scripts eject"}) == [
        (3, Severity.MEDIUM, Confidence.MEDIUM)
    ]


def test_ordinary_projects() -> None:
    assert (
        package(
            scripts={
                "start": "node server.js",
                "build": "tsc",
                "prepare": "npm run build",
                "eject": "react-scripts eject",
            }
        )
        == []
    )
    assert package("node_modules/a/package.json", scripts={"postinstall": "npm start"}) == []
