from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Project
from lazaretto.detect.rules.manifest.requirement_outside_index import RULE
from lazaretto.model.finding import Severity
from lazaretto.model.package import Package, Relation


def severities(url: str) -> list[Severity]:
    package = Package("pypi", "x", "", "requirements.txt", 3, Relation.DECLARED, url=url)
    return [f.severity for f in run_rule(RULE, Project({}, packages=[package]), "").findings]


def test_addresses() -> None:
    assert severities("http://203.0.113.7/x.tar.gz") == [Severity.HIGH]
    assert severities("https://x-y.ngrok.app/x.tar.gz") == [Severity.MEDIUM]
    assert severities("git+https://example.test/a/x.git") == [Severity.LOW]


def test_index_requirements_and_local_paths() -> None:
    assert severities("") == []
    assert severities("file:///x") == []
    assert severities("./x") == []
