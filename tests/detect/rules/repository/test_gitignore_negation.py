from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.gitignore_negation import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_an_exception_for_rubbish() -> None:
    assert graded("backend/.gitignore", "node_modules/\n!.DS_Store\n") == [(2, Severity.MEDIUM, Confidence.MEDIUM)]
    assert graded(".gitignore", "temp_auto_push.bat\n") == [(1, Severity.HIGH, Confidence.MEDIUM)]


def test_ordinary_exceptions() -> None:
    assert graded(".gitignore", ".DS_Store\n!.env.example\n!dist/keep\n") == []
