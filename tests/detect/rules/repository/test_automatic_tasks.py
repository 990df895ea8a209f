from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.automatic_tasks import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_an_answer_in_advance() -> None:
    text = '{\n// note\n"task.allowAutomaticTasks": "on"}'
    assert graded(".vscode/settings.json", text) == [(3, Severity.MEDIUM, Confidence.LOW)]
    assert [s.kind for s in examine(".vscode/settings.json", text).signals] == ["trust-answered"]
    assert graded(".vscode/settings.json", '{"security.workspace.trust.enabled": false}') == [
        (1, Severity.MEDIUM, Confidence.MEDIUM)
    ]


def test_the_cautious_answer_is_fine() -> None:
    assert (
        graded(".vscode/settings.json", '{"task.allowAutomaticTasks": "off", "security.workspace.trust.enabled": true}')
        == []
    )
