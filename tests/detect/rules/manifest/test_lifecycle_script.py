import json

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.lifecycle_script import RULE
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


def test_automatic_scripts_are_context() -> None:
    assert package(scripts={"prepare": "husky", "postinstall": "node x.js", "test": "jest"}) == [
        (4, Severity.LOW, Confidence.MEDIUM),
        (3, Severity.LOW, Confidence.MEDIUM),
    ]


def test_a_dependency_runs_only_its_install_scripts() -> None:
    assert package("node_modules/a/package.json", scripts={"prepare": "tsc"}) == []


def signals(path: str, **fields: object) -> set[tuple[str, str]]:
    return {(s.kind, s.value) for s in examine(path, json.dumps(fields)).signals}


def test_signals_follow_scripts_of_the_same_file() -> None:
    found = signals(
        "app/package.json",
        main="lib/a.js",
        bin="cli.js",
        scripts={
            "postinstall": "npm run start",
            "start": 'concurrently "node server/server.js" "npm run web"',
            "web": "vite",
        },
    )
    assert {
        ("start", "install\tapp/server/server.js"),
        ("start", "run\tapp/server/server.js"),
        ("start", "import\tapp/lib/a.js"),
        ("start", "run\tapp/cli.js"),
        ("install-command", "install\tnpm run start"),
        ("npm-script", "start\tapp/server/server.js"),
        ("npm-script-call", "start\tapp\tweb"),
    } <= found


def test_signals_name_scripts_of_other_folders() -> None:
    found = signals("package.json", scripts={"postinstall": "cd server && npm install && npm start"})
    assert {("script-call", "install\tserver\tinstall"), ("script-call", "install\tserver\tstart")} <= found
