"""STIX 2.1 (OASIS): a bundle of campaign, intrusion set, attack patterns, indicators, relationships and a report."""

import json
from typing import Any

from lazaretto.intel.attack import table
from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Coverage, Indicator, Scope, Trust
from lazaretto.model.purl import purl
from lazaretto.reports.exports.ids import stable, timestamp

Json = dict[str, Any]

TLP_WHITE = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
"""TLP:CLEAR's identifier in STIX 2.1, which still calls it white (section 7.2.1.4)."""
_CONFIDENCE = {Trust.HIGH: 85, Trust.MEDIUM: 50, Trust.LOW: 15}
_HASHES = {"md5": "MD5", "sha1": "'SHA-1'", "sha256": "'SHA-256'", "sha512": "'SHA-512'"}


def render(facts: CampaignFacts, made: str) -> str:
    """Return the bundle as JSON."""
    return json.dumps(bundle(facts, made=made), ensure_ascii=False, indent=2) + "\n"


def bundle(facts: CampaignFacts, *, made: str, prose: str = "", language: str = "en") -> Json:
    """Return the bundle. `prose`: the text of a brief, for the report object."""
    campaign = facts.campaign
    created = timestamp(facts.read or made)
    base = {"spec_version": "2.1", "created": created, "modified": created, "object_marking_refs": [TLP_WHITE]}
    identity = {
        "type": "identity",
        "id": f"identity--{stable('identity')}",
        **base,
        "name": "Lazaretto",
        "identity_class": "system",
    }
    author = {**base, "created_by_ref": identity["id"]}
    objects: list[Json] = [identity]
    campaign_id = f"campaign--{stable('campaign', campaign.id)}"
    objects.append(
        _without_empty({
            "type": "campaign", "id": campaign_id, **author, "name": campaign.name, "aliases": list(campaign.aliases),
            "description": campaign.description, "first_seen": timestamp(campaign.first_seen), "last_seen": timestamp(campaign.last_seen, last=True),
            "external_references": _references(facts, [one.key for one in facts.references]),
        })
    )  # fmt: skip
    links: list[Json] = []
    if campaign.actor and not campaign.actor.lower().startswith(("unknown", "unnamed")):
        actor_id = f"intrusion-set--{stable('actor', campaign.actor)}"
        objects.append(
            {
                "type": "intrusion-set",
                "id": actor_id,
                **author,
                "name": campaign.actor,
                "description": "As reported; not verified.",
            }
        )
        links.append(_link(author, campaign_id, "attributed-to", actor_id))
    for technique in campaign.techniques:
        current = table().current(technique)
        if current is None:
            continue
        pattern_id = f"attack-pattern--{stable('technique', current.id)}"
        if any(one["id"] == pattern_id for one in objects):
            continue
        address = f"https://attack.mitre.org/techniques/{current.id.replace('.', '/')}"
        objects.append({
            "type": "attack-pattern", "id": pattern_id, **author, "name": table().full_name(current.id),
            "external_references": [{"source_name": "mitre-attack", "external_id": current.id, "url": address}],
        })  # fmt: skip
        links.append(_link(author, campaign_id, "uses", pattern_id))
    seen: set[str] = set()
    for indicator in (*_values(facts, author), *_packages(facts, author)):
        if indicator["id"] not in seen:
            seen.add(indicator["id"])
            objects.append(indicator)
            links.append(_link(author, indicator["id"], "indicates", campaign_id))
    objects += links
    report = {
        "type": "report", "id": f"report--{stable('report', campaign.id, made, language)}", **author, "name": f"Threat brief: {campaign.name}",
        "published": timestamp(made), "report_types": ["campaign"], "lang": language, "description": prose or campaign.description or campaign.name,
        "object_refs": [one["id"] for one in objects],
        "external_references": _references(facts, [one.key for one in facts.references]),
    }  # fmt: skip
    objects.append(_without_empty(report))
    return {"type": "bundle", "id": f"bundle--{stable('bundle', campaign.id, made, language)}", "objects": objects}


def pattern(indicator: Indicator) -> str:
    """Return the STIX pattern of an indicator."""
    kind, value = indicator.kind, indicator.value
    quoted = _quote(value)
    match kind:
        case "domain":
            return f"[domain-name:value = {quoted}]"
        case "ipv4" | "ipv4-net":
            return f"[ipv4-addr:value = {quoted}]"
        case "ipv6":
            return f"[ipv6-addr:value = {quoted}]"
        case "ipv4-port":
            address, _, port = value.rpartition(":")
            return f"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = {_quote(address)} AND network-traffic:dst_port = {int(port)}]"
        case "url" if "://" in value:
            return f"[url:value = {quoted}]"
        case "url":
            return f"[url:value = {_quote('https://' + value)} OR url:value = {_quote('http://' + value)}]"
        case "url-path":
            return f"[url:value LIKE {_quote('%' + value + '%')}]"
        case "md5" | "sha1" | "sha256" | "sha512":
            return f"[file:hashes.{_HASHES[kind]} = {quoted}]"
        case "email":
            return f"[email-addr:value = {quoted}]"
        case "file-name":
            return f"[file:name = {quoted}]"
        case "file-path":
            cut = max(value.rfind("/"), value.rfind("\\"))
            folder = f" AND file:parent_directory_ref.path = {_quote(value[:cut] or '/')}" if cut >= 0 else ""
            return f"[file:name = {_quote(value[cut + 1 :])}{folder}]"
        case "registry-key":
            return f"[windows-registry-key:key = {quoted}]"
        case "user-agent":
            return f"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = {quoted}]"
        case _ if kind.endswith("-account"):
            return f"[user-account:account_type = {_quote(kind.removesuffix('-account'))} AND user-account:account_login = {quoted}]"
        case _:
            return f"[x-lazaretto-{kind}:value = {quoted}]"


def _values(facts: CampaignFacts, author: Json) -> list[Json]:
    found = []
    for one in facts.indicators:
        if one.scope is Scope.TARGET:
            continue
        found.append(
            _indicator(
                facts,
                author,
                f"{one.kind}: {one.value}",
                pattern(one),
                one.source,
                one.trust,
                one.role or one.kind,
                ("indicator", one.kind, one.value),
            )
        )
    return found


def _packages(facts: CampaignFacts, author: Json) -> list[Json]:
    found = []
    for record in facts.packages:
        exact = record.coverage in (Coverage.HIJACKED, Coverage.STATED)
        if record.coverage is Coverage.WATCH or (exact and not record.versions):
            continue
        versions = record.versions if record.coverage is not Coverage.ALL else ("",)
        for version in versions or ("",):
            address = purl(record.ecosystem, record.name, version)
            text = (
                f"[software:name = {_quote(record.name)}"
                + (f" AND software:version = {_quote(version)}" if version else "")
                + "]"
            )
            one = _indicator(facts, author, address, text, record.source, record.trust, "package", ("package", address))
            extra = {"source_name": "purl", "external_id": address}
            one["external_references"] = [*one.get("external_references", []), extra]
            if record.advisory:
                one["external_references"].append({"source_name": "osv", "external_id": record.advisory})
            found.append(one)
    return found


def _indicator(
    facts: CampaignFacts, author: Json, name: str, text: str, source: str, trust: Trust, role: str, key: tuple[str, ...]
) -> Json:
    reference = facts.reference(source)
    return _without_empty({
        "type": "indicator", "id": f"indicator--{stable(*key)}", **author, "name": name[:500], "description": role, "pattern": text,
        "pattern_type": "stix", "valid_from": timestamp(reference.date if reference else facts.read), "indicator_types": ["malicious-activity"],
        "confidence": _CONFIDENCE[trust], "external_references": _references(facts, [source]),
    })  # fmt: skip


def _link(author: Json, source: str, kind: str, target: str) -> Json:
    return {
        "type": "relationship", "id": f"relationship--{stable('link', source, kind, target)}", **author, "relationship_type": kind,
        "source_ref": source, "target_ref": target,
    }  # fmt: skip


def _references(facts: CampaignFacts, keys: list[str]) -> list[Json]:
    found = [one for key in keys if (one := facts.reference(key)) is not None]
    return [
        _without_empty({"source_name": one.title or one.key, "url": one.url, "description": one.date}) for one in found
    ]


def _without_empty(document: Json) -> Json:
    return {key: value for key, value in document.items() if value not in ("", [], None)}


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
