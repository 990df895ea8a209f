from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Project
from lazaretto.detect.rules.manifest.lockfile_mismatch import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.model.package import Package, Relation

HOST = "https://registry.example.test"


def locked(
    name: str, url: str = "", *, version: str = "1.0.0", integrity: str = "sha512-x", line: int = 7, **more: str
) -> Package:
    url = url or f"{HOST}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    return Package("npm", name, version, "package-lock.json", line, url=url, integrity=integrity, **more)


def graded(*packages: Package) -> list[tuple[str, int, Severity, Confidence]]:
    result = run_rule(RULE, Project({}, packages=packages), "")
    assert result.gaps == ()
    findings = result.findings
    return [(f.locations[0].path, f.locations[0].line, f.severity, f.confidence) for f in findings]


MANY = tuple(locked(f"p{number}") for number in range(30))


def test_another_package_behind_the_name() -> None:
    assert graded(locked("lodash", f"{HOST}/lodahs/-/lodahs-1.0.0.tgz")) == [
        ("package-lock.json", 7, Severity.HIGH, Confidence.HIGH)
    ]


def test_another_version_behind_the_name() -> None:
    assert graded(locked("lodash", f"{HOST}/lodash/-/lodash-9.9.9.tgz")) == [
        ("package-lock.json", 7, Severity.MEDIUM, Confidence.LOW)
    ]


def test_ordinary_entries() -> None:
    assert graded(*MANY, locked("@a/b"), locked("c", alias="d"), locked("e", version="1.0.0+build")) == []
    assert graded(locked("@a/b", f"{HOST}/@a%2fb/-/b-1.0.0.tgz")) == []
    declared = Package("npm", "x", "", "package.json", relation=Relation.DECLARED, url=f"{HOST}/y/-/y-1.0.0.tgz")
    assert graded(declared) == []


def test_an_address_that_the_project_asked_for_is_context() -> None:
    entry = locked("x", f"{HOST}/y/-/y-1.0.0.tgz", requirement=f"{HOST}/y/-/y-1.0.0.tgz")
    assert [g[2] for g in graded(entry)] == [Severity.LOW]
