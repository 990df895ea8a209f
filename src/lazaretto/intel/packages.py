"""Match packages against the packs.

    coverage    recorded version           another version           a range without an exact version
    all         malicious                  malicious                 malicious
    listed      malicious                  listed campaign name      malicious if it admits one, else listed name
    hijacked    malicious                  nothing                   context if it admits one and nothing is locked
    watch       listed campaign name       listed campaign name      listed campaign name

An npm placeholder (`0.0.1-security`) is what a registry leaves of a removed package: context.
"""

import re
from collections.abc import Iterable, Iterator

from lazaretto.ecosystems import npm, pypi
from lazaretto.intel.catalog import CAMPAIGN_NAME_LISTED, MALICIOUS_PACKAGE
from lazaretto.intel.index import Index, index
from lazaretto.intel.pack import references
from lazaretto.intel.rule import IntelRule
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Severity
from lazaretto.model.intel import Coverage, PackageRecord, Trust
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_, Message

_PLACEHOLDER = re.compile(r"0\.0\.1-security(?:\.\d+)?")
_EXACT = re.compile(r"=*\s*v?(\d[\w.+-]*)")
_ANY = frozenset({"", "*", "x", "latest", "any"})
_NOT_A_RANGE = re.compile(r"[/#]|^(?:workspace|file|link|portal|patch|git|https?|github|catalog):?")
_RANGE_CHARS = 200
_SATISFIES = {"npm": npm.satisfies, "pypi": pypi.satisfies}


def match_packages(packages: Iterable[Package]) -> Iterator[Finding]:
    """Yield a finding for each package that the packs know, once for each document and version."""
    known = index()
    found = [(package, record) for package in packages if (record := record_of(package, known)) is not None]
    resolved = {(package.ecosystem, package.name) for package, _ in found if package.relation is not Relation.DECLARED}
    seen: set[tuple[str, str, str, str]] = set()
    for package, record in found:
        key = (package.source, package.name, package.version, package.requirement)
        if key not in seen:
            seen.add(key)
            locked = (package.ecosystem, package.name) in resolved
            if (finding := _judge(package, record, locked=locked)) is not None:
                yield finding


def record_of(package: Package, known: Index) -> PackageRecord | None:
    """Return the most telling record of a package's name, or None."""
    for name in _names(package):
        if records := known.packages.get((package.ecosystem, name)):
            listing = [record for record in records if _lists(record, package.version)]
            return listing[0] if listing else min(records, key=lambda record: _WEIGHT[record.coverage])
    return None


_WEIGHT = {Coverage.LISTED: 0, Coverage.HIJACKED: 1, Coverage.ALL: 2, Coverage.WATCH: 3}
"""A record with a version list knows more than one without."""


def _names(package: Package) -> Iterator[str]:
    name = package.name
    match package.ecosystem:
        case "pypi":
            yield pypi.normalize(name)
        case "terraform":
            yield "/".join(name.lower().split("/")[-2:])
        case "golang":
            parts = name.split("/")
            for length in range(len(parts), 1, -1):
                yield "/".join(parts[:length])
        case _:
            yield name
            yield name.lower()


def _judge(package: Package, record: PackageRecord, *, locked: bool) -> Finding | None:
    version = package.version or _pinned(package.requirement)
    if package.ecosystem == "npm" and _PLACEHOLDER.fullmatch(version):
        return _finding(
            CAMPAIGN_NAME_LISTED,
            package,
            record,
            N_("{name} {version} is the placeholder that the registry left of a package of campaign {campaign}"),
            Severity.LOW,
        )
    if record.coverage is Coverage.WATCH:
        template = N_(
            "{name} is named in reports about campaign {campaign}, but no version is shown malicious; {source}"
        )
        confidence = Confidence.LOW if record.trust is Trust.LOW else Confidence.MEDIUM
        return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM, confidence)
    if _lists(record, version):
        template = N_("{name} {version} is recorded as malicious: campaign {campaign}, {source}")
        return _finding(MALICIOUS_PACKAGE, package, record, template)
    if record.coverage is Coverage.ALL:
        template = (
            N_("every version of {name} is recorded as malicious: campaign {campaign}, {source}")
            if record.advisory
            else N_("{name} was published for campaign {campaign}, and no version is known to be harmless; {source}")
        )
        return _finding(MALICIOUS_PACKAGE, package, record, template)
    if version:
        if record.coverage is Coverage.HIJACKED:
            return None
        template = N_(
            "{name} is a package of campaign {campaign}; version {version} is not among those recorded as malicious "
            "({bad}); {source}"
        )
        return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM)
    admitted = _admitted(package, record)
    if record.coverage is Coverage.HIJACKED:
        if not admitted or locked or package.requirement.strip().lower() in _ANY:
            return None
        template = N_(
            "{requirement} of {name} admits {admitted}, a hijacked release (campaign {campaign}, {source}); "
            "the rest of the project is innocent"
        )
        return _finding(
            CAMPAIGN_NAME_LISTED, package, record, template, Severity.LOW, Confidence.LOW, admitted=admitted
        )
    if admitted and not locked:
        template = N_(
            "{name} is a package of campaign {campaign}, and {requirement} admits its malicious version "
            "{admitted}; {source}"
        )
        return _finding(MALICIOUS_PACKAGE, package, record, template, Severity.HIGH, admitted=admitted)
    template = N_("{name} is a package of campaign {campaign}; no recorded malicious version is asked for; {source}")
    return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM)


def _finding(
    rule: IntelRule,
    package: Package,
    record: PackageRecord,
    template: str,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
    admitted: str = "",
) -> Finding:
    params = {
        "name": package.name,
        "version": package.version or package.requirement,
        "requirement": package.requirement or N_("any version"),
        "campaign": record.campaign,
        "source": source_of(record),
        "bad": ", ".join(record.versions[:6]),
        "admitted": admitted,
    }
    techniques = ("T1195.002",) if record.coverage is Coverage.HIJACKED else rule.techniques
    return Finding(
        rule=rule.id,
        subject=package.purl,
        severity=severity or rule.severity,
        confidence=confidence or (rule.confidence if record.trust is not Trust.LOW else Confidence.LOW),
        locations=(Location(package.source, package.line),),
        message=Message.of(template, {key: value for key, value in params.items() if f"{{{key}}}" in template}),
        techniques=techniques,
        excerpt=f"{package.name} {package.version or package.requirement}".strip()[:200],
        phase=Phase.INSTALL,
        role=rule.role,
    )


def source_of(record: PackageRecord) -> str:
    """Return advisory id or title of the source, with its date and how far it is believed."""
    reference = references().get(record.source)
    title = record.advisory or (reference.title if reference else record.source)
    date = record.date or (reference.date if reference else "")
    return f"{title} ({date}, {record.trust.value})" if date else f"{title} ({record.trust.value})"


def _pinned(requirement: str) -> str:
    match = _EXACT.fullmatch(requirement.strip())
    return match.group(1) if match and "*" not in requirement else ""


def _lists(record: PackageRecord, version: str) -> bool:
    """Tell whether the record lists this version."""
    if not version:
        return False
    if record.ecosystem != "pypi":
        return version.strip().lstrip("v=").partition("+")[0] in record.versions
    return any(pypi.compare(listed, version) == 0 for listed in record.versions)


def _admitted(package: Package, record: PackageRecord) -> str:
    """Return a recorded version that the requirement admits; empty when it admits none or is no range."""
    requirement = package.requirement.strip()
    if not record.versions or len(requirement) > _RANGE_CHARS:
        return ""
    if requirement.lower() in _ANY:
        return record.versions[-1]
    if _NOT_A_RANGE.search(requirement) or package.ecosystem not in _SATISFIES:
        return ""
    satisfies = _SATISFIES[package.ecosystem]
    return next((version for version in reversed(record.versions) if satisfies(version, requirement)), "")
