"""Statements about the campaign's packages for tools that read VEX: OpenVEX 0.2.0 and CycloneDX 1.6.

Every recorded version of a package is *affected*; what else is known of the name is said in the notes.
"""

import json
from typing import Any

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Coverage, PackageRecord
from lazaretto.model.purl import purl
from lazaretto.reports.exports.hosts_of import source_of
from lazaretto.reports.exports.ids import stable, timestamp

_EXACT = (Coverage.HIJACKED, Coverage.STATED)
_ACTION = "Do not install. If it was installed, treat every secret on the machine as known to the attacker."


def openvex(facts: CampaignFacts, made: str) -> str:
    """Return an OpenVEX document."""
    statements = [
        {
            "vulnerability": {"name": _name(facts, record)},
            "products": [{"@id": address, "identifiers": {"purl": address}} for address in _purls(record)],
            "status": "affected",
            "status_notes": f"Malicious package of campaign {facts.campaign.name}; {source_of(facts, record.source)}; confidence {record.trust.value}",
            "action_statement": _ACTION,
            "timestamp": timestamp(record.date or made).replace(".000", ""),
        }
        for record in _listed(facts)
    ]
    document: dict[str, Any] = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"urn:uuid:{stable('openvex', facts.campaign.id, made)}",
        "author": "Lazaretto",
        "timestamp": timestamp(made).replace(".000", ""),
        "version": 1,
        "statements": statements,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def cyclonedx(facts: CampaignFacts, made: str) -> str:
    """Return a CycloneDX document with components and vulnerabilities."""
    components: dict[str, dict[str, Any]] = {}
    vulnerabilities = []
    for record in _listed(facts):
        addresses = _purls(record)
        for address in addresses:
            version = address.rpartition("@")[2] if record.coverage is not Coverage.ALL and record.versions else ""
            component = {"type": "library", "bom-ref": address, "name": record.name, "purl": address}
            components[address] = component | ({"version": version} if version else {})
        reference = facts.reference(record.source)
        vulnerabilities.append({
            "bom-ref": stable("cyclonedx", facts.campaign.id, record.ecosystem, record.name),
            "id": _name(facts, record),
            "source": {"name": reference.title, "url": reference.url} if reference and reference.url else {"name": "Lazaretto"},
            "cwes": [506],
            "description": f"Malicious package of campaign {facts.campaign.name}",
            "recommendation": _ACTION,
            "analysis": {"state": "exploitable", "detail": f"{source_of(facts, record.source)}; confidence {record.trust.value}"},
            "affects": [{"ref": address} for address in addresses],
        })  # fmt: skip
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{stable('cyclonedx', facts.campaign.id, made)}",
        "version": 1,
        "metadata": {
            "timestamp": timestamp(made).replace(".000", ""),
            "tools": {"components": [{"type": "application", "name": "lazaretto"}]},
        },
        "components": list(components.values()),
        "vulnerabilities": vulnerabilities,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _listed(facts: CampaignFacts) -> list[PackageRecord]:
    return [
        record
        for record in facts.packages
        if record.coverage is not Coverage.WATCH and not (record.coverage in _EXACT and not record.versions)
    ]


def _purls(record: PackageRecord) -> list[str]:
    versions = record.versions if record.coverage is not Coverage.ALL else ()
    return [purl(record.ecosystem, record.name, version) for version in versions or ("",)]


def _name(facts: CampaignFacts, record: PackageRecord) -> str:
    return record.advisory or f"lazaretto:{facts.campaign.id}:{record.ecosystem}:{record.name}"
