"""Block lists of host names: `blocklist-dns` (a response policy zone, draft-vixie-dnsop-dns-rpz) and `hosts`."""

from lazaretto.model.campaign import CampaignFacts
from lazaretto.reports.exports.hosts_of import blockable_hosts, one_line


def rpz(facts: CampaignFacts, made: str) -> str:
    """Return a zone that answers NXDOMAIN for the campaign's hosts and everything below."""
    serial = made.replace("-", "") + "01"
    head = (
        f"; hosts of {one_line(facts.campaign.name)}, {made}\n$TTL 300\n"
        f"@ IN SOA localhost. root.localhost. {serial} 3600 900 604800 300\n@ IN NS localhost.\n"
    )
    return head + "".join(f"{host} CNAME .\n*.{host} CNAME .\n" for host in blockable_hosts(facts))


def hosts(facts: CampaignFacts, made: str) -> str:
    """Return lines for a hosts file. It knows no wildcards: only the recorded names themselves."""
    head = f"# hosts of {one_line(facts.campaign.name)}, {made}\n"
    return head + "".join(f"0.0.0.0 {host}\n" for host in blockable_hosts(facts))
