from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.propagation_script import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_the_campaign_shape() -> None:
    text = "@echo off\nfor /f %%i in ('git log -1 --format=%%cd') do set D=%%i\nset GIT_COMMITTER_DATE=%D%\n"
    text += "git commit --amend --no-edit --no-verify\ngit push -uf origin main --no-verify\n"
    assert graded("temp_auto_push.bat", text) == [(4, Severity.HIGH, Confidence.HIGH)]


def test_an_amending_release_script() -> None:
    assert graded("release.sh", "git commit --amend --no-edit\ngit push --force-with-lease\n") == []
