"""A domain looks like a company's own.

What it sees
    A sender's address or a link uses a domain that comes near the company's own (as you gave it, or of a well-
    known employer): one slip of the fingers, signs that look alike, the same name with another ending or with
    words of hiring added, or the whole name in front of another one.

Why it matters
    Fake recruiters register such names, because they are read past.

Example
    acme-careers.test, acme.test.login.example, аcme.test (the first letter is Cyrillic)

What to do
    Type the company's address yourself, and ask there.

False alarms
    Companies own several endings and careers sites: other endings and added words weigh less.

References
    docs/offer.md; ATT&CK T1583.001, T1656; UTS #39.
"""

from collections.abc import Iterator
from functools import cache

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import Likeness, likeness
from lazaretto.detect.offer_senders import EMPLOYER, Host, hosts, known, own_domains, owner
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_WORDS = {
    Likeness.CONFUSABLE: N_("{host} is written to look like {own}"),
    Likeness.INSIDE: N_("{host} begins with {own} and belongs to somebody else"),
    Likeness.TYPO: N_("{host} is one slip away from {own}"),
    Likeness.ENDING: N_("{host} has the name of {own} under another ending"),
    Likeness.WORDS: N_("{host} is the name of {own} with words of hiring added"),
}
_SURE = (Likeness.CONFUSABLE, Likeness.INSIDE)


def check(view: Approach) -> Iterator[Match]:
    """One match for each host, against the company's own domains first."""
    own = own_domains(view)
    told: set[str] = set()
    for host in hosts(view):
        if host.site in own or host.site in told or owner(host.name) is not None:
            continue
        found = _nearest(host, own)
        near = found or _nearest(host, _employers())
        if near is None or (found is None and near[1] is Likeness.ENDING):
            continue
        told.add(host.site)
        sender = host.part in ("from", "reply-to", "claim")
        weak = near[1] in (Likeness.ENDING, Likeness.WORDS) or not sender
        yield Match(
            _WORDS[near[1]],
            line=host.line,
            path=host.path,
            params={"host": host.name, "own": near[0]},
            excerpt=host.address or host.name,
            severity=Severity.HIGH if near[1] in _SURE else None,
            confidence=Confidence.HIGH if near[1] in _SURE else Confidence.LOW if weak and found is None else None,
        )


def _nearest(host: Host, wanted: frozenset[str]) -> tuple[str, Likeness] | None:
    found = [(one, how) for one in sorted(wanted) if (how := likeness(host.name, one)) is not None]
    return min(found, key=lambda pair: list(Likeness).index(pair[1])) if found else None


@cache
def _employers() -> frozenset[str]:
    return frozenset(domain for one in known() if one.kind == EMPLOYER for domain in one.domains)


RULE = Rule(
    id="domain/lookalike",
    title=N_("A domain looks like a company's own"),
    view=Approach,
    severity=Severity.MEDIUM,
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
