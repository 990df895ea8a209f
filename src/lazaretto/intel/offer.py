"""Match what an offer names against the embedded packs: companies, domains, accounts, repositories.

Only whole names match: a company's in full, a host or one below a recorded one, an account as the owner of a
repository. Nothing recorded is ever resolved or opened.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lazaretto.intel.catalog import CAMPAIGN_OFFER
from lazaretto.intel.pack import packs, references
from lazaretto.model.finding import Confidence, Finding, Location
from lazaretto.model.intel import Scope, Trust
from lazaretto.model.text import N_, Message

TEXT_CHARS = 400_000


@dataclass(frozen=True, slots=True)
class Named:
    """Something that an offer names."""

    kind: str
    """`text` (searched for company names), `host`, `owner`, `company`."""
    value: str
    path: str
    line: int = 1


def match_offer(named: Iterable[Named]) -> list[Finding]:
    """Return a finding for everything recorded; each once for a place."""
    found: dict[tuple[str, str, int, str], Finding] = {}
    for one in named:
        for finding in _matches(one):
            params = dict(finding.message.params)
            found.setdefault((params["value"].lower(), one.path, 0, params["campaign"]), finding)
    return list(found.values())


def _matches(one: Named) -> Iterator[Finding]:
    value = one.value[:TEXT_CHARS]
    for pack in packs():
        campaign = pack.campaign
        for front in campaign.fronts:
            if one.kind in ("text", "company"):
                match = _phrase(front.name).search(value)
                if match:
                    line = one.line + value.count("\n", 0, match.start())
                    yield _finding(
                        one,
                        match.group(),
                        campaign.name,
                        front.source,
                        N_("a company that the campaign invented or borrowed"),
                        line,
                    )
            elif one.kind == "host" and any(_below(value, domain) for domain in front.domains):
                yield _finding(
                    one,
                    value,
                    campaign.name,
                    front.source,
                    N_("a domain of a company that the campaign invented or borrowed"),
                    one.line,
                )
        for indicator in pack.indicators:
            if indicator.trust is Trust.LOW or indicator.scope is Scope.TARGET:
                continue
            recorded = indicator.value.lower()
            if (
                one.kind == "host"
                and indicator.kind == "domain"
                and (value == recorded or (indicator.scope is Scope.HOST and _below(value, recorded)))
            ) or (one.kind == "owner" and indicator.kind == "github-account" and value.lower() == recorded):
                yield _finding(one, value, campaign.name, indicator.source, indicator.role or indicator.kind, one.line)


def _phrase(name: str) -> re.Pattern[str]:
    words = r"\s{0,3}".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<![a-z0-9]){words}(?![a-z0-9])", re.IGNORECASE)


def _below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _finding(one: Named, value: str, campaign: str, source: str, what: str, line: int) -> Finding:
    reference = references().get(source)
    shown = f"{reference.title} ({reference.date})" if reference else source
    rule = CAMPAIGN_OFFER
    return Finding(
        rule=rule.id,
        subject=one.path,
        severity=rule.severity,
        confidence=Confidence.HIGH,
        locations=(Location(one.path, line),),
        message=Message.of(
            N_("{value} is recorded for campaign {campaign}: {what}; {source}"),
            {"value": value, "campaign": campaign, "what": what, "source": shown},
        ),
        techniques=rule.techniques,
        phase=rule.phase,
        role=rule.role,
    )
