from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.text.invisible_unicode import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def hidden(count: int) -> str:
    return "".join(chr(0xE0100 + number % 16) for number in range(count))


def test_a_payload_beside_its_decoder() -> None:
    text = f"const d = s => [...s].map(c => c.codePointAt(0));\neval(d(`{hidden(200)}`));\n"
    assert graded("src/a.js", text) == [(2, Severity.HIGH, Confidence.HIGH)]


def test_a_run_without_a_reader() -> None:
    assert graded("src/a.js", f"const x = `{hidden(100)}`;") == [(1, Severity.MEDIUM, Confidence.MEDIUM)]
    assert graded("src/a.js", f"const x = `{hidden(10)}`;") == [(1, Severity.MEDIUM, Confidence.LOW)]


def test_emoji_and_documentation() -> None:
    assert graded("src/a.js", "x = '👩\u200d👩\u200d👧\ufe0f \ufeff'") == []
    assert graded("docs/a.md", hidden(100)) == [(1, Severity.LOW, Confidence.MEDIUM)]
    assert graded("src/a.js", "plain") == []
