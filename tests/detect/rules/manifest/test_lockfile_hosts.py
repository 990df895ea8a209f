from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Project
from lazaretto.detect.rules.manifest.lockfile_hosts import RULE
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


def test_one_foreign_entry() -> None:
    assert graded(*MANY, locked("x", "http://203.0.113.7/x-1.0.0.tgz")) == [
        ("package-lock.json", 7, Severity.HIGH, Confidence.HIGH)
    ]
    assert graded(*MANY, locked("x", "https://files.example.org/x-1.0.0.tgz")) == [
        ("package-lock.json", 7, Severity.MEDIUM, Confidence.MEDIUM)
    ]
    assert graded(*MANY, locked("x", "http://files.example.org/x-1.0.0.tgz")) == [
        ("package-lock.json", 7, Severity.HIGH, Confidence.MEDIUM)
    ]
    assert graded(locked("x", "https://x-y.vercel.app/x.tgz")) == [
        ("package-lock.json", 7, Severity.HIGH, Confidence.MEDIUM)
    ]


def test_ordinary_lockfiles() -> None:
    assert graded(*MANY) == []
    assert graded(*MANY, locked("g", "https://codeload.github.com/a/b/tar.gz/abc")) == []
    assert graded(*MANY, locked("h", "https://cdn.example.test/h.tgz")) == []
    private = tuple(locked(f"q{number}", f"https://npm.corp.invalid/q{number}.tgz") for number in range(20))
    assert graded(*MANY, *private) == []
    assert [g[2] for g in graded(*MANY, locked("@corp/a", "https://npm.corp.invalid/a.tgz"))] == [Severity.LOW]
