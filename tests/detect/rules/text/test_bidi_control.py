from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.text.bidi_control import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_an_override_that_is_left_open() -> None:
    line = 'if (level != "user\u202e \u2066// admins only\u2069 \u2066") {'
    assert graded("src/a.js", f"let a;\n{line}\n") == [(2, Severity.MEDIUM, Confidence.MEDIUM)]


def test_closed_isolates_and_foreign_text_are_low() -> None:
    for row in ('x = "\u2066abc\u2069"', 'x = "\u202bשלום\u202c"'):
        ((_, severity, confidence),) = graded("src/a.py", row)
        assert severity == Severity.LOW or confidence == Confidence.LOW


def test_documentation_and_translations() -> None:
    assert graded("docs/a.md", "\u202e") == []
    assert graded("src/locales/ar.js", "x = '\u202b'") == []
    assert graded("src/a.js", "x = '\u200e é'") == []


def test_a_table_of_characters_hides_nothing() -> None:
    assert graded("src/a.py", "names = {'\u202a': 'lre', \"\u202e\": 'rlo'}\n") == []
    assert graded("src/a.py", "x = 'a\u202e' # '\u2066'\n") != []
