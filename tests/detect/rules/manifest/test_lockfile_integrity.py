from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Project
from lazaretto.detect.rules.manifest.lockfile_integrity import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.model.package import Package

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


def test_one_entry_without_a_digest() -> None:
    assert graded(*MANY, locked("x", integrity="", line=9)) == [
        ("package-lock.json", 9, Severity.MEDIUM, Confidence.LOW)
    ]


def test_digests_that_are_missing_for_a_reason() -> None:
    assert graded(*MANY) == []
    assert graded(*MANY, *(locked(f"q{n}", integrity="") for n in range(10))) == []
    assert graded(*MANY, locked("g", "git+ssh://git@example.test/a.git#1", integrity="")) == []
