from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.pyproject_backend import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_backend_in_the_tree() -> None:
    result = examine("a/pyproject.toml", "[build-system]\nbuild-backend = 'backend'\nbackend-path = ['_build']\n")
    assert [(f.locations[0].line, f.severity) for f in result.findings] == [(3, Severity.LOW)]
    assert ("start", "install\ta/_build/backend.py") in {(s.kind, s.value) for s in result.signals}


def test_an_installed_backend_and_scripts() -> None:
    result = examine(
        "pyproject.toml", "[build-system]\nbuild-backend = 'hatchling.build'\n[project.scripts]\nx = 'a.b:main'\n"
    )
    assert result.findings == ()
    assert ("start", "run\tsrc/a/b.py") in {(s.kind, s.value) for s in result.signals}


def test_a_build_hook_of_hatch() -> None:
    result = examine("pyproject.toml", "[tool.hatch.build.hooks.custom]\npath = 'x.py'\n")
    assert [(s.kind, s.value) for s in result.signals] == [("start", "install\tx.py")]
