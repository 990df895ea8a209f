import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.terraform_registry import RULE
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
    ("address", "severity", "confidence"),
    [
        ("registry.terraform.io/kreuzwenker/docker", Severity.HIGH, Confidence.HIGH),
        ("registry.hashicorp-mirror.test/hashicorp/aws", Severity.HIGH, Confidence.MEDIUM),
        ("terraform.corp.test/team/thing", Severity.HIGH, Confidence.MEDIUM),
        ("providers.corp.test/team/thing", Severity.MEDIUM, Confidence.LOW),
    ],
)
def test_odd_addresses(address: str, severity: Severity, confidence: Confidence) -> None:
    assert graded(".terraform.lock.hcl", f'#\nprovider "{address}" {{\n}}') == [(2, severity, confidence)]


def test_usual_addresses() -> None:
    text = 'provider "registry.terraform.io/hashicorp/aws" {}\nprovider "registry.opentofu.org/kreuzwerker/docker" {}'
    assert graded(".terraform.lock.hcl", text) == []
