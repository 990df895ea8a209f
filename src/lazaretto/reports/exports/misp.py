"""A MISP event (MISP core format, IETF draft-dulaunoy-misp-core-format)."""

import json
from datetime import UTC, datetime
from typing import Any

from lazaretto.intel.attack import table
from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Coverage, Indicator, Scope
from lazaretto.model.purl import purl
from lazaretto.reports.exports.hosts_of import source_of, usable
from lazaretto.reports.exports.ids import stable, timestamp

_TYPES = {
    "domain": ("domain", "Network activity"), "ipv4": ("ip-dst", "Network activity"), "ipv6": ("ip-dst", "Network activity"),
    "ipv4-net": ("ip-dst", "Network activity"), "ipv4-port": ("ip-dst|port", "Network activity"), "url": ("url", "Network activity"),
    "url-path": ("uri", "Network activity"), "user-agent": ("user-agent", "Network activity"), "md5": ("md5", "Payload delivery"),
    "sha1": ("sha1", "Payload delivery"), "sha256": ("sha256", "Payload delivery"), "sha512": ("sha512", "Payload delivery"),
    "email": ("email-src", "Payload delivery"), "file-name": ("filename", "Payload delivery"), "file-path": ("filename", "Artifacts dropped"),
    "registry-key": ("regkey", "Artifacts dropped"), "github-account": ("github-username", "Social network"),
    "github-repository": ("github-repository", "Social network"), "repository-name": ("text", "Other"),
    "browser-extension": ("chrome-extension-id", "Payload delivery"),
}  # fmt: skip


def render(facts: CampaignFacts, made: str) -> str:
    """Return the event."""
    campaign = facts.campaign
    attributes = [_attribute(facts, one) for one in facts.indicators if one.scope is not Scope.TARGET]
    for record in facts.packages:
        versions = record.versions if record.coverage is not Coverage.ALL else ()
        for version in versions or ("",):
            value = purl(record.ecosystem, record.name, version)
            comment = f"package, {record.coverage.value}; {source_of(facts, record.source)}"
            attributes.append(_row("text", "External analysis", value, comment, to_ids=False))
    attributes += [
        _row("link", "External analysis", one.url, f"{one.title}, {one.date}", to_ids=False)
        for one in facts.references
        if one.url
    ]
    known = table()
    tags = [{"name": "tlp:clear"}, {"name": f'lazaretto:campaign="{campaign.id}"'}]
    for technique in campaign.techniques:
        current = known.current(technique)
        if current is not None:
            tags.append({"name": f'misp-galaxy:mitre-attack-pattern="{current.name} - {current.id}"'})
    event: dict[str, Any] = {
        "uuid": stable("misp", campaign.id),
        "info": f"{campaign.name}: campaign facts from Lazaretto",
        "date": made,
        "timestamp": _epoch(made),
        "published": False,
        "analysis": "2",
        "threat_level_id": "1",
        "distribution": "0",
        "Orgc": {"name": "Lazaretto", "uuid": stable("identity")},
        "Tag": list({tag["name"]: tag for tag in tags}.values()),
        "Attribute": list({(row["type"], row["value"]): row for row in attributes}.values()),
    }
    return json.dumps({"Event": event}, ensure_ascii=False, indent=2) + "\n"


def _attribute(facts: CampaignFacts, one: Indicator) -> dict[str, Any]:
    kind, category = _TYPES.get(one.kind, ("text", "Other"))
    value = one.value
    if one.kind == "wallet":
        kind, category = (
            ("btc", "Financial fraud") if value.startswith(("1", "3", "bc1")) else ("text", "Financial fraud")
        )
    if one.kind == "ipv4-port":
        value = value.replace(":", "|")
    if one.kind == "url" and "://" not in value:
        value = f"http://{value}"
    comment = ", ".join(filter(None, (one.role, f"confidence {one.trust.value}", source_of(facts, one.source))))
    return _row(kind, category, value, comment, to_ids=usable(one) and kind != "text")


def _row(kind: str, category: str, value: str, comment: str, *, to_ids: bool) -> dict[str, Any]:
    return {
        "uuid": stable("misp-attribute", kind, value), "type": kind, "category": category, "value": value, "comment": comment,
        "to_ids": to_ids, "distribution": "5",
    }  # fmt: skip


def _epoch(day: str) -> str:
    return str(int(datetime.fromisoformat(timestamp(day).replace(".000Z", "+00:00")).astimezone(UTC).timestamp()))
