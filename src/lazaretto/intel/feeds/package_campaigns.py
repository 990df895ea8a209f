"""kam193's Package Campaigns collection (PyPI): campaigns with their values, and packages with their versions.

    pypi/campaigns/CATEGORY/NAME.json       name, packages, ioc, description, references, created_at
    pypi/packages/CATEGORY/json/NAME.json   name, campaign, affected_versions

The folder's category decides: `malicious` is malicious; `highly_suspicious` is the author's own word for "may be a
false alarm" and is recorded with low trust; everything else (tests of penetration, spam, tools) is a listed name and no
more.
The versions of a project that was taken over (`compromised_CAMPAIGN_NAME.json`) are exactly those listed.
The same packages lie there as OSV records a second time; those are skipped. Source: the collection's README
(free with attribution).
"""

import msgspec

from lazaretto.ecosystems.ranges import canonical
from lazaretto.intel.feeds.feed import (
    MOST_VERSIONS,
    Document,
    DocumentError,
    Format,
    is_name,
    is_version,
    iso,
    json_of,
    short,
)
from lazaretto.intel.feeds.values import value_of
from lazaretto.model.intel import Coverage, Entity, Facts, Indicator, PackageRecord, Reference, Trust

_MOST = 2000


class Campaign(msgspec.Struct):
    """A campaign document."""

    name: str
    created_at: str | None
    ecosystem: str | None = None
    category: str | None = None
    ioc: list[str | None] | None = None
    references: list[str | None] | None = None
    description: str | None = None
    abuse_categories: list[str | None] | None = None


class Package(msgspec.Struct):
    """A package document."""

    name: str
    campaign: str
    affected_versions: list[str | None] | None
    ecosystem: str | None = None
    campaign_assigned_at: str | None = None
    campaign_data_modified_at: str | None = None


_campaign = msgspec.json.Decoder(Campaign).decode
_package = msgspec.json.Decoder(Package).decode


def accepts(document: Document) -> bool:
    """Tell a document of this collection, its OSV copies included."""
    head = document.data[:65536]
    keys = (b'"ecosystem"', b'"category"', b'"created_at"')
    campaign = all(key in document.data for key in keys) and b'"affected"' not in document.data
    return campaign or (b'"affected_versions"' in document.data and b'"campaign"' in head) or _is_copy(document)


def _is_copy(document: Document) -> bool:
    return b'"affected"' in document.data and b'"id": "pypi/' in document.data[:400]


def read(document: Document) -> Facts:
    """Read a campaign or a package."""
    if _is_copy(document):
        return Facts(skipped=1)
    data = json_of(document.data)
    try:
        if b'"affected_versions"' in data:
            taken_over = document.name.rpartition("/")[2].startswith("compromised_")
            return _read_package(_package(data), category_of(document.name), taken_over=taken_over)
        return _read_campaign(_campaign(data))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise DocumentError("not a document of this collection") from error


def category_of(name: str) -> str:
    """Return the category that a package document's folder names; empty when the folder does not tell."""
    parts = name.replace("\\", "/").split("/")
    return parts[-3] if len(parts) >= 3 and parts[-2] == "json" else ""


def _weight(category: str) -> tuple[Coverage, Trust]:
    match category:
        case "malicious":
            return Coverage.LISTED, Trust.HIGH
        case "highly_suspicious":
            return Coverage.LISTED, Trust.LOW
        case _:
            return Coverage.WATCH, Trust.LOW


def _read_package(package: Package, category: str, *, taken_over: bool) -> Facts:
    versions = [version for version in package.affected_versions or () if version is not None]
    if not is_name(package.name) or not is_name(package.campaign):
        return Facts(rejected=("a package without a usable name",))
    if len(versions) > MOST_VERSIONS or not all(map(is_version, versions)):
        return Facts(rejected=("versions that no registry would take",))
    coverage, trust = _weight(category)
    if taken_over and coverage is Coverage.LISTED:
        coverage = Coverage.HIJACKED
    ecosystem = package.ecosystem or "pypi"
    seen = iso(package.campaign_assigned_at)
    record = PackageRecord(
        ecosystem=ecosystem,
        name=canonical(ecosystem, package.name),
        coverage=coverage if versions else Coverage.WATCH,
        source="",
        trust=trust,
        versions=tuple(dict.fromkeys(versions)),
        date=seen[:10],
        campaign=package.campaign,
        first_seen=seen,
        last_seen=iso(package.campaign_data_modified_at),
    )
    return Facts(packages=(record,))


def _read_campaign(campaign: Campaign) -> Facts:
    if not is_name(campaign.name):
        return Facts(rejected=("a campaign without a usable name",))
    ecosystem, day = campaign.ecosystem or "pypi", iso(campaign.created_at)
    malicious = campaign.category == "malicious"
    links = tuple(link for link in campaign.references or () if link and is_name(link))[:50]
    indicators: dict[tuple[str, str], Indicator] = {}
    rejected: list[str] = []
    for text in (campaign.ioc or ())[:_MOST]:
        if not text:
            continue
        found = value_of(text)
        if found is None:
            rejected.append(f"{campaign.name}: an indicator that is no address, digest or wallet")
            continue
        kind, value, scope = found
        trust = Trust.MEDIUM if malicious else Trust.LOW
        indicators[kind, value] = Indicator(kind, value, scope, "", trust, campaign=campaign.name, first_seen=day)
    entity = Entity(
        "campaign",
        campaign.name,
        campaign.name,
        description=short(campaign.description),
        ecosystems=(ecosystem,),
        references=links,
        trust=Trust.HIGH if malicious else Trust.LOW,
        first_seen=day,
    )
    references = tuple(Reference(link, link, day, "", "cited") for link in links)
    return Facts((), tuple(indicators.values()), (entity,), references=references, rejected=tuple(rejected))


FORMAT = Format(
    id="package-campaigns",
    title="kam193 Package Campaigns (PyPI)",
    licence="free to use with attribution to kam193",
    accepts=accepts,
    read=read,
)
