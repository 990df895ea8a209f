"""Which hosts of a campaign may be blocked: its own, and names that it took below a shared service; never the service."""

from lazaretto.intel.extract.services import is_shared, is_tenant
from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Indicator, Scope, Trust


def usable(indicator: Indicator) -> bool:
    """Tell whether an indicator is for detection: not too common, not a victim's, not an unverified pivot."""
    return indicator.scope not in (Scope.HUNT, Scope.TARGET) and indicator.trust is not Trust.LOW


def blockable_hosts(facts: CampaignFacts) -> tuple[str, ...]:
    """Return host names, sorted."""
    hosts = set()
    for one in facts.indicators:
        if one.kind == "domain" and usable(one) and not (is_shared(one.value) and not is_tenant(one.value)):
            hosts.add(one.value.lower())
    return tuple(sorted(hosts))


def source_of(facts: CampaignFacts, key: str) -> str:
    """Return a source as one line: title and date."""
    found = facts.reference(key)
    return f"{found.title}, {found.date}" if found else key


def one_line(text: str) -> str:
    """Return a recorded text fit for a comment: one line, printable."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
