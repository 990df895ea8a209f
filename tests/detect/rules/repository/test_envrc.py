from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.envrc import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_program_of_the_folder() -> None:
    result = examine("a/.envrc", "export A=1\nnode ./scripts/env.js\n")
    assert [(f.locations[0].line, f.severity) for f in result.findings] == [(2, Severity.LOW)]
    assert ("start", "open\ta/scripts/env.js") in {(s.kind, s.value) for s in result.signals}


def test_plain_variables() -> None:
    assert graded(".envrc", "use nix\nexport A=$(pwd)\nPATH_add bin\nsource_env ../.envrc\n") == []
