"""A domain looks like a hiring service's.

What it sees
    A sender's address or a link uses a domain that comes near the one of a hiring service, a test platform, a
    job board or a meeting service.

Why it matters
    Campaigns copy the pages of such services; the copy then asks for a driver, a program or a login.

Example
    mettl-assess.example, willo-video.example, zoom-meet.example

What to do
    Open the service by typing its address yourself.

False alarms
    Other endings of a service's own: they weigh less.

References
    docs/offer.md; ATT&CK T1583.001, T1656.
"""

from collections.abc import Iterator
from functools import cache

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import Likeness, likeness
from lazaretto.detect.offer_links import link_kind
from lazaretto.detect.offer_senders import SERVICE, hosts, known, own_domains, owner
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each host."""
    own = own_domains(view)
    told: set[str] = set()
    for host in hosts(view):
        if (
            host.site in told
            or host.site in own
            or owner(host.name) is not None
            or link_kind(host.name, "") not in ("other", "free", "ip")
        ):
            continue
        for wanted in _services():
            how = likeness(host.name, wanted)
            if how is None:
                continue
            told.add(host.site)
            sure = how in (Likeness.CONFUSABLE, Likeness.INSIDE)
            yield Match(
                N_("{host} looks like {service}, and is another domain"),
                line=host.line,
                path=host.path,
                params={"host": host.name, "service": wanted},
                excerpt=host.address or host.name,
                confidence=Confidence.HIGH if sure else Confidence.LOW if how is Likeness.ENDING else None,
            )
            break


@cache
def _services() -> tuple[str, ...]:
    return tuple(sorted(domain for one in known() if one.kind == SERVICE for domain in one.domains))


RULE = Rule(
    id="domain/lookalike-vendor",
    title=N_("A domain looks like a hiring service's"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=(
        "T1583.001",
        "T1656",
    ),
    state="experimental",
)
