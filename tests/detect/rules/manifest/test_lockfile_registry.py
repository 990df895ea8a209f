from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Project
from lazaretto.detect.rules.manifest.lockfile_registry import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.model.package import Package, Relation


def graded(base: str, *more: Package, source: str = "yarn.lock") -> list[tuple[str, int, Severity, Confidence]]:
    packages = [
        Package("npm", f"p{n}", "1.0.0", source, 10 + n, url=f"{base}/p{n}/-/p{n}-1.0.0.tgz") for n in range(20)
    ]
    result = run_rule(RULE, Project({}, packages=(*packages, *more)), "")
    assert result.gaps == ()
    return [(f.locations[0].path, f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_all_from_one_other_host() -> None:
    assert graded("https://packages.example.test") == [("yarn.lock", 10, Severity.LOW, Confidence.LOW)]
    assert graded("http://packages.example.test") == [("yarn.lock", 10, Severity.MEDIUM, Confidence.MEDIUM)]
    assert graded("http://203.0.113.7") == [("yarn.lock", 10, Severity.HIGH, Confidence.MEDIUM)]
    assert graded("https://x-y.ngrok.app") == [("yarn.lock", 10, Severity.MEDIUM, Confidence.MEDIUM)]


def test_usual_lockfiles() -> None:
    assert graded("https://npm.pkg.github.com") == []
    assert graded("http://127.0.0.1:4873") == []
    declared = Package("npm", "x", "", "package.json", 1, Relation.DECLARED, url="https://files.example.test/x.tgz")
    assert graded("https://npm.pkg.github.com", declared) == []
