from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.gitattributes_filter import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_an_unknown_filter_is_context() -> None:
    assert graded(".gitattributes", "# x\n*.json filter=fmt\n*.js filter=fmt\n") == [(2, Severity.LOW, Confidence.LOW)]


def test_known_filters() -> None:
    assert graded(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n*.ipynb filter=nbstripout\n") == []
