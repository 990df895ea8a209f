"""Runs one rule over one inert sample."""

from collections.abc import Callable

import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rule import Rule
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS

Fact = tuple[int, str, str, str]
"""Line, severity, confidence, message."""


class Look:
    """What a rule saw in a sample."""

    def __call__(self, rule: Rule, source: str | bytes, path: str = "server/routes/auth.js") -> list[Fact]:
        return [
            (f.locations[0].line, f.severity.name, f.confidence.name, f.message.english())
            for f in self.result(rule, source, path).findings
        ]

    @staticmethod
    def result(rule: Rule, source: str | bytes, path: str = "server/routes/auth.js") -> FileResult:
        data = source.encode() if isinstance(source, str) else source
        result = Engine([rule], VIEWS).examine(Blob(path, data))
        assert not result.gaps, [gap.reason.english() for gap in result.gaps]
        return result


@pytest.fixture
def look() -> Callable[..., list[Fact]]:
    return Look()
