import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.client_registry import RULE
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
        (".npmrc", "@acme:registry=http://203.0.113.7:4873/", Severity.HIGH, Confidence.MEDIUM),
        (".npmrc", "registry=https://x-y.ngrok.app/", Severity.HIGH, Confidence.MEDIUM),
        (".npmrc", "registry=http://registry.example.test/", Severity.MEDIUM, Confidence.MEDIUM),
        (".npmrc", "registry=https://registry.example.test/", Severity.LOW, Confidence.MEDIUM),
        ("requirements.txt", "--extra-index-url http://203.0.113.7/simple", Severity.HIGH, Confidence.MEDIUM),
        ("requirements.txt", "--trusted-host files.example.test", Severity.MEDIUM, Confidence.LOW),
        ("pyproject.toml", "[[tool.uv.index]]\nurl = 'http://203.0.113.7/simple'", Severity.HIGH, Confidence.MEDIUM),
        (".yarnrc.yml", "npmRegistryServer: 'http://203.0.113.7'", Severity.HIGH, Confidence.MEDIUM),
    ],
)
def test_foreign_registries(path: str, text: str, severity: Severity, confidence: Confidence) -> None:
    line = text.count("\n") + 1
    assert graded(path, text) == [(line, severity, confidence)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".npmrc", "save-exact=true\nregistry=${MIRROR}\n"),
        (".npmrc", "@a:registry=https://npm.pkg.github.com"),
        ("requirements.txt", "--extra-index-url https://download.pytorch.org/whl/cpu\ntorch\n"),
        ("requirements.txt", "-f ./wheels\n"),
        ("pyproject.toml", "[project]\nname = 'index'\n"),
    ],
)
def test_usual_registries(path: str, text: str) -> None:
    assert graded(path, text) == []
