"""Match packages against the packs, and against what a store records besides.

    coverage    recorded version           another version           a range without an exact version
    all         malicious                  malicious                 malicious
    listed      malicious                  listed campaign name      malicious if it admits one, else listed name
    hijacked    malicious                  nothing                   context if it admits one and nothing is locked
    stated      malicious                  nothing                   context if it admits one and nothing is locked
    watch       listed campaign name       listed campaign name      listed campaign name

Several records of one name are weighed together (`standing.py`); withdrawn and expired ones must be left out by the
caller. An npm placeholder (`0.0.1-security`) is what a registry leaves of a removed package: context.

Stored records are about what a registry serves. Many name the internal packages of companies, because somebody
registered those names; so what a project takes from its own folders (workspaces, `file:`) is not held against them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lazaretto.ecosystems import npm, pypi
from lazaretto.ecosystems.ranges import canonical, holds
from lazaretto.intel.catalog import CAMPAIGN_NAME_LISTED, MALICIOUS_PACKAGE
from lazaretto.intel.index import Index, index
from lazaretto.intel.pack import references
from lazaretto.intel.rule import IntelRule
from lazaretto.intel.standing import Standing, decide
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Severity
from lazaretto.model.intel import Coverage, PackageRecord, Trust
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_, Message

Key = tuple[str, str]
"""Package URL type and canonical name."""
Recorded = Mapping[Key, Sequence[PackageRecord]]
"""Live records by key."""

_PLACEHOLDER = re.compile(r"0\.0\.1-security(?:\.\d+)?")
_EXACT = re.compile(r"=*\s*v?(\d[\w.+-]*)")
_ANY = frozenset({"", "*", "x", "latest", "any"})
_NOT_A_RANGE = re.compile(r"[/#]|^(?:workspace|file|link|portal|patch|git|https?|github|catalog):?")
_LOCAL = re.compile(r"(?:workspace|file|link|portal):|\.{1,2}(?:/|$)|~?/")
_RANGE_CHARS = 200
_SATISFIES = {"npm": npm.satisfies, "pypi": pypi.satisfies}


def match_packages(packages: Iterable[Package], recorded: Recorded | None = None) -> Iterator[Finding]:
    """Yield a finding for each package that the packs (or `recorded`) know, once for each document and version."""
    known = index()
    rows = list(packages)
    own = _own(rows) if recorded else frozenset()
    found = []
    for package in rows:
        mine = (package.ecosystem, package.name) in own and (is_local(package) or package.relation is Relation.DECLARED)
        if (record := record_of(package, known, None if mine else recorded)) is not None:
            found.append((package, record))
    resolved = {(package.ecosystem, package.name) for package, _ in found if package.relation is not Relation.DECLARED}
    seen: set[tuple[str, str, str, str]] = set()
    for package, record in found:
        key = (package.source, package.name, package.version, package.requirement)
        if key not in seen:
            seen.add(key)
            locked = (package.ecosystem, package.name) in resolved
            if (finding := _judge(package, record, locked=locked)) is not None:
                yield finding


def is_local(package: Package) -> bool:
    """Tell whether a document says that a package comes from the project's own folders."""
    requirement = package.requirement
    if _LOCAL.match(requirement):
        return True
    return package.ecosystem == "pypi" and bool(package.version and requirement) and ":" not in requirement


def _own(packages: Sequence[Package]) -> frozenset[Key]:
    """Return the names that are local somewhere and nowhere resolved from a registry."""
    local = {(package.ecosystem, package.name) for package in packages if is_local(package)}
    return frozenset(
        local
        - {
            (package.ecosystem, package.name)
            for package in packages
            if package.relation is Relation.LOCKED and not is_local(package)
        }
    )


def record_of(package: Package, known: Index, recorded: Recorded | None = None) -> PackageRecord | None:
    """Return the most telling record of a package's name, or None."""
    records = records_of(package, known, recorded)
    if not records:
        return None
    version = package.version or _pinned(package.requirement)
    if not version:
        return min(records, key=lambda record: (_WEIGHT[record.coverage], not record.campaign, -_TRUST[record.trust]))
    return decide(version, records).record


def records_of(package: Package, known: Index, recorded: Recorded | None = None) -> list[PackageRecord]:
    """Return what is recorded under a package's name: of the packs, then of the store."""
    found: list[PackageRecord] = []
    for name in _names(package):
        if records := known.packages.get((package.ecosystem, name)):
            found = list(records)
            break
    for key in keys_of(package):
        if recorded and (more := recorded.get(key)):
            found += more
            break
    return found


def keys_of(package: Package) -> Iterator[Key]:
    """Yield the keys under which a store may know a package, the most particular first."""
    if package.ecosystem in ("golang", "terraform"):
        for name in _names(package):
            yield package.ecosystem, name
    else:
        yield package.ecosystem, canonical(package.ecosystem, package.name)


_WEIGHT = {Coverage.LISTED: 0, Coverage.HIJACKED: 1, Coverage.ALL: 2, Coverage.STATED: 3, Coverage.WATCH: 4}
"""For a range: a record with a version list knows more than one without."""
_TRUST = {trust: number for number, trust in enumerate(Trust)}


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
            N_("{name} {version} is the placeholder that the registry left of a package of campaign {campaign}")
            if record.campaign
            else N_("{name} {version} is the placeholder that the registry left of a removed package; {source}"),
            Severity.LOW,
        )
    if record.coverage is Coverage.WATCH:
        template = (
            N_("{name} is named in reports about campaign {campaign}, but no version is shown malicious; {source}")
            if record.campaign
            else N_("{name} is on a list that shows no version to be malicious; {source}")
        )
        confidence = Confidence.LOW if record.trust is Trust.LOW else Confidence.MEDIUM
        return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM, confidence)
    standing = decide(version, [record]).standing if version else Standing.NOTHING
    if standing is Standing.HIT and record.feed and record.trust is Trust.LOW:
        template = N_("{name} {version} is on a list of suspects whose author is not sure: {source}")
        return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM, Confidence.LOW)
    if standing is Standing.HIT or record.coverage is Coverage.ALL:
        return _finding(MALICIOUS_PACKAGE, package, record, _malicious(record, version))
    if standing is Standing.UNSURE:
        template = N_("{name} {version} cannot be compared with the versions that are recorded as malicious: {source}")
        return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM, Confidence.LOW)
    if version:
        if record.coverage is not Coverage.LISTED:
            return None
        template = N_(
            "{name} is a package of campaign {campaign}; version {version} is not among those recorded as malicious "
            "({bad}); {source}"
        )
        return _finding(CAMPAIGN_NAME_LISTED, package, record, template, Severity.MEDIUM)
    admitted = _admitted(package, record)
    if record.coverage in (Coverage.HIJACKED, Coverage.STATED):
        if not admitted or locked or package.requirement.strip().lower() in _ANY:
            return None
        template = (
            N_(
                "{requirement} of {name} admits {admitted}, a hijacked release (campaign {campaign}, {source}); "
                "the rest of the project is innocent"
            )
            if record.coverage is Coverage.HIJACKED
            else N_("{requirement} of {name} admits {admitted}, which is recorded as malicious ({source})")
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


def _malicious(record: PackageRecord, version: str) -> str:
    """Return the sentence for a record that makes this version malicious."""
    listed = bool(version) and holds(record.ecosystem, version, record.versions, ())
    if listed or record.coverage is not Coverage.ALL:
        if record.campaign:
            return N_("{name} {version} is recorded as malicious: campaign {campaign}, {source}")
        return N_("{name} {version} is recorded as malicious: {source}")
    if not record.campaign:
        return N_("every version of {name} is recorded as malicious: {source}")
    if record.everything:
        return N_("every version of {name} is recorded as malicious: campaign {campaign}, {source}")
    return N_("{name} was published for campaign {campaign}, and no version is known to be harmless; {source}")


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
    if record.feed and record.feed != title:
        title = f"{title}, {record.feed}"
    date = record.date or (reference.date if reference else "")
    return f"{title} ({date}, {record.trust.value})" if date else f"{title} ({record.trust.value})"


def _pinned(requirement: str) -> str:
    match = _EXACT.fullmatch(requirement.strip())
    return match.group(1) if match and "*" not in requirement else ""


def _admitted(package: Package, record: PackageRecord) -> str:
    """Return a recorded version that the requirement admits; empty when it admits none or is no range."""
    requirement = package.requirement.strip()
    edges = (edge for span in record.spans for edge in (span.introduced, span.last) if edge not in ("", "0"))
    versions = (*edges, *record.versions)
    if not versions or len(requirement) > _RANGE_CHARS:
        return ""
    if requirement.lower() in _ANY:
        return versions[-1]
    if _NOT_A_RANGE.search(requirement) or package.ecosystem not in _SATISFIES:
        return ""
    satisfies = _SATISFIES[package.ecosystem]
    return next((version for version in reversed(versions[-200:]) if satisfies(version, requirement)), "")
