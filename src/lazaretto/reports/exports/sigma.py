"""Sigma rules (specification 2): name resolution, proxy, connections and files of the campaign."""

import json
from collections.abc import Iterator, Sequence

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Scope
from lazaretto.reports.exports.hosts_of import blockable_hosts, one_line, usable
from lazaretto.reports.exports.ids import stable

Detection = dict[str, dict[str, Sequence[str]]]
_MOST = 2000


def render(facts: CampaignFacts, made: str) -> str:
    """Return the rules, one YAML document each; an empty text when nothing fits."""
    return "---\n".join(_rules(facts, made))


def _rules(facts: CampaignFacts, made: str) -> Iterator[str]:
    detection: Detection
    hosts = blockable_hosts(facts)
    if hosts:
        ends = sorted({f".{host}" for host in hosts})
        detection = {"exact": {"QueryName": hosts}, "below": {"QueryName|endswith": ends}}
        yield _rule(
            facts,
            made,
            "name resolution",
            {"category": "dns_query", "product": "windows"},
            detection,
            "1 of exact or 1 of below",
            "high",
        )
        detection = {"exact": {"cs-host": hosts}, "below": {"cs-host|endswith": ends}}
        yield _rule(facts, made, "proxy", {"category": "proxy"}, detection, "1 of exact or 1 of below", "high")
    paths = [
        one.value.partition("://")[2] or one.value for one in facts.indicators if one.kind == "url" and usable(one)
    ]
    if paths:
        detection = {"selection": {"c-uri|contains": sorted(set(paths))}}
        yield _rule(facts, made, "addresses", {"category": "proxy"}, detection, "selection", "high")
    addresses = sorted(
        {one.value.partition(":")[0] for one in facts.indicators if one.kind in ("ipv4", "ipv4-port") and usable(one)}
    )
    if addresses:
        detection = {"selection": {"DestinationIp": addresses}}
        yield _rule(
            facts,
            made,
            "connections",
            {"category": "network_connection", "product": "windows"},
            detection,
            "selection",
            "medium",
        )
    names = sorted(
        {
            one.value.replace("/", "\\")
            for one in facts.indicators
            if one.kind in ("file-name", "file-path") and one.scope is not Scope.TARGET
        }
    )
    if names:
        ends = [name if name.startswith(("\\", "%")) else f"\\{name}" for name in names]
        detection = {
            "selection": {
                "TargetFilename|endswith": [end.rpartition("%")[2] if end.startswith("%") else end for end in ends]
            }
        }
        yield _rule(
            facts, made, "files", {"category": "file_event", "product": "windows"}, detection, "selection", "medium"
        )


def _rule(
    facts: CampaignFacts,
    made: str,
    what: str,
    source: dict[str, str],
    detection: Detection,
    condition: str,
    level: str,
) -> str:
    campaign = facts.campaign
    words = condition.replace("1 of ", "")
    lines = [
        f"title: {_quoted(f'{campaign.name} - {what}'[:100])}",
        f"id: {stable('sigma', campaign.id, what, source['category'])}",
        "status: experimental",
        f"description: {_quoted(f'Recorded indicators of the campaign {campaign.name}')}",
        "references:",
        *(f"    - {_quoted(one.url)}" for one in facts.references[:8] if one.url),
        "author: Lazaretto",
        f"date: {made}",
        "tags:",
        *(f"    - attack.{technique.lower()}" for technique in campaign.techniques[:12]),
        "logsource:",
        *(f"    {key}: {value}" for key, value in source.items()),
        "detection:",
    ]
    for name, fields in detection.items():
        lines.append(f"    {name}:")
        for field, values in fields.items():
            lines.append(f"        {field}:")
            lines += [f"            - {_quoted(_literal(value))}" for value in values[:_MOST]]
    lines += [
        f"    condition: {words}",
        "falsepositives:",
        "    - Security research; systems that look such names up for reports",
        f"level: {level}",
    ]
    if "references:" in lines and not any(one.url for one in facts.references[:8]):
        lines.remove("references:")
    if not campaign.techniques:
        lines.remove("tags:")
    return "\n".join(lines) + "\n"


def _literal(value: str) -> str:
    """Escape what Sigma takes for a wildcard."""
    return value.replace("*", "\\*").replace("?", "\\?")


def _quoted(text: str) -> str:
    """Return a YAML double-quoted scalar: JSON strings are such."""
    return json.dumps(one_line(text), ensure_ascii=False)
