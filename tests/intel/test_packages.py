import pytest

from lazaretto.intel.match import match_packages
from lazaretto.model.finding import Confidence, Severity
from lazaretto.model.package import Package, Relation

LISTED, MALICIOUS = "intel/campaign-name-listed", "intel/malicious-package"


def locked(ecosystem, name, version):
    return Package(ecosystem, name, version, "package-lock.json", 7)


def declared(ecosystem, name, requirement):
    return Package(ecosystem, name, "", "package.json", 5, Relation.DECLARED, requirement)


def answers(*packages):
    return [(f.rule, f.severity.name, f.confidence.name) for f in match_packages(packages)]


@pytest.mark.parametrize(
    ("ecosystem", "name", "version"),
    [
        ("npm", "graphalgo", "2.2.9"),
        ("npm", "graphalgo", "99.0.0"),  # the record says: every version
        ("npm", "graphnetworkx", "2.1.10"),
        ("npm", "bigmathutils", "1.1.0"),
        ("npm", "graphkitx", "2.1.0"),
        ("npm", "axios", "1.14.1"),
        ("npm", "chalk", "5.6.1"),
        ("npm", "audit-ejs", "1.0.0"),
        ("pypi", "graphalgo", "3.5.5"),
        ("pypi", "graphalgo", "3.5.1.rc0.dev0"),  # PEP 440 equality, not spelling
        ("pypi", "litellm", "1.82.7"),
        ("golang", "gocommunity.io/orderedbtree/v2", "v1.0.0"),
        ("terraform", "registry.example.test/kreuzwenker/docker", "3.0.1"),
    ],
)
def test_recorded_version(ecosystem, name, version):
    assert answers(locked(ecosystem, name, version)) == [(MALICIOUS, "CRITICAL", "HIGH")]


@pytest.mark.parametrize(
    ("ecosystem", "name", "version"),
    [
        ("npm", "bigmathutils", "1.0.0"),  # the harmless first version
        ("npm", "graphkitx", "3.0.0"),
        ("npm", "graphlib-js", "1.0.0"),  # two campaigns name it; the one with a list decides
        ("pypi", "graphalgo", "3.5.4"),
        ("pypi", "graphflux", "3.4.2"),  # alive, compared, no payload
        ("npm", "plain-crypto-js", "4.2.0"),
    ],
)
def test_other_version_of_a_campaign_name(ecosystem, name, version):
    assert answers(locked(ecosystem, name, version)) == [(LISTED, "MEDIUM", "MEDIUM")]


@pytest.mark.parametrize(
    ("ecosystem", "name", "version"),
    [("npm", "react", "18.2.0"), ("npm", "axios", "1.14.2"), ("npm", "debug", "4.4.3"), ("pypi", "litellm", "1.83.0")],
)
def test_innocent(ecosystem, name, version):
    assert answers(locked(ecosystem, name, version)) == []


def test_inflated_names_only_warn():
    assert answers(locked("npm", "matrixhub", "1.0.0")) == [(LISTED, "MEDIUM", "LOW")]


def test_placeholder_of_the_registry():
    assert answers(locked("npm", "graphnetworkx", "0.0.1-security")) == [(LISTED, "LOW", "MEDIUM")]


@pytest.mark.parametrize("name", ["cdn-icon-fetch", "rest-icon-orchestrator", "process-log", "vite-tsconsole-log"])
def test_declared_name_that_is_bad_as_a_whole(name):
    (finding,) = match_packages([declared("npm", name, "^1.0.2")])
    assert (finding.rule, finding.severity, finding.confidence) == (MALICIOUS, Severity.CRITICAL, Confidence.HIGH)
    assert (finding.locations[0].path, finding.locations[0].line) == ("package.json", 5)
    assert "contagious-interview" in finding.message.english()
    assert "MAL-2025-" in finding.message.english()


def test_declared_range_of_a_campaign_name():
    assert answers(declared("npm", "bigmathutils", "^1.0.0")) == [(MALICIOUS, "HIGH", "HIGH")]
    assert answers(declared("pypi", "graphdict", ">=3.4")) == [(MALICIOUS, "HIGH", "HIGH")]
    assert answers(declared("pypi", "graphdict", "<3")) == [(LISTED, "MEDIUM", "MEDIUM")]


def test_declared_range_of_a_hijacked_project_is_context():
    assert answers(declared("npm", "axios", "^1.6.0")) == [(LISTED, "LOW", "LOW")]
    assert answers(declared("npm", "axios", "1.14.1")) == [(MALICIOUS, "CRITICAL", "HIGH")]
    assert answers(declared("npm", "axios", "~1.15.0")) == []
    assert answers(declared("npm", "axios", "latest")) == []
    assert answers(declared("npm", "axios", "github:axios/axios")) == []
    assert answers(declared("npm", "axios", "^1.6.0"), locked("npm", "axios", "1.13.0")) == []


def test_technique_of_a_hijack():
    (finding,) = match_packages([locked("npm", "axios", "0.30.4")])
    assert finding.techniques == ("T1195.002",)
    assert finding.message.english() == (
        "axios 0.30.4 is recorded as malicious: campaign axios-2026, Datadog axios IOC list (2026-03-31, high)"
    )


def test_one_finding_for_each_document_and_version():
    twice = [locked("npm", "graphalgo", "2.2.9"), locked("npm", "graphalgo", "2.2.9")]
    assert len(answers(*twice)) == 1


def test_strange_requirements_do_not_raise():
    for text in ("", "*", "workspace:*", "a" * 500, ">>>", "git+https://x.invalid/y", "\x00"):
        answers(declared("npm", "bigmathutils", text), declared("pypi", "bignum", text))
