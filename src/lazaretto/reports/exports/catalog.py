"""The export formats of a campaign. A new one is one function over `CampaignFacts` and one line."""

from collections.abc import Callable
from dataclasses import dataclass

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.text import N_
from lazaretto.reports.exports import misp, names, packages, sigma, stix, vex, yara


@dataclass(frozen=True, slots=True)
class Export:
    """One format."""

    name: str
    title: str
    render: Callable[[CampaignFacts, str], str]
    """Facts and the ISO date of making -> the document."""


EXPORTS = (
    Export("stix", N_("STIX 2.1 bundle"), stix.render),
    Export("misp", N_("MISP event, JSON"), misp.render),
    Export("sigma", N_("Sigma rules: names, proxy, connections, files"), sigma.render),
    Export("yara", N_("YARA rules: strings and digests"), yara.render),
    Export("blocklist-npm", N_("npm packages, one a line"), packages.npm),
    Export("blocklist-pip", N_("constraints file for pip and uv"), packages.pip),
    Export("blocklist-dns", N_("response policy zone for a resolver"), names.rpz),
    Export("hosts", N_("lines for a hosts file"), names.hosts),
    Export("vex-openvex", N_("OpenVEX statements about the packages"), vex.openvex),
    Export("vex-cyclonedx", N_("CycloneDX document with vulnerabilities"), vex.cyclonedx),
)


def by_name(name: str) -> Export:
    """Return a format.

    Raises:
        KeyError: there is none of that name.
    """
    return {export.name: export for export in EXPORTS}[name]
