"""The code belongs to somebody else than the company.

What it sees
    A repository that the offer itself calls personal, or whose owner has nothing in common with the company that the
    person or the mail names.

Why it matters
    A throw-away account costs nothing; the company's own organisation cannot be borrowed.

Example
    A bank whose test lies at github.com/example-dev-4711.

What to do
    Ask for the repository in the organisation that the company's own page links to.

False alarms
    Agencies and freelancers use their own accounts.

References
    docs/offer.md; ATT&CK T1585.003.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_places
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_PLAIN = re.compile(r"[^a-z0-9가-힣]")
_COMMON = frozenset({
    "the", "inc", "llc", "ltd", "corp", "labs", "lab", "group", "company", "global", "korea", "tech", "technologies",
    "software", "systems", "solutions", "team", "dev", "hq", "careers", "jobs", "test", "hiring",
})  # fmt: skip


def check(view: Approach) -> Iterator[Match]:
    """One match for each owner."""
    personal = view.said("personal-repository")
    if personal:
        yield from match_places(personal, N_("the code lies in somebody's personal account"))
        return
    names = _names(view)
    if not names:
        return
    told = set()
    for path, line, address in view.addresses:
        owner = _PLAIN.sub("", address.owner)
        if address.kind != "repo" or not owner or address.owner in told:
            continue
        told.add(address.owner)
        if not any(name in owner or owner in name for name in names):
            yield Match(
                N_("the repository belongs to {owner}, not to {company}"),
                path=path,
                line=line,
                params={
                    "owner": address.owner,
                    "company": view.case.claims.company or view.case.claims.domain or "the sender",
                },
                excerpt=address.url,
            )


def _names(view: Approach) -> set[str]:
    claims = view.case.claims
    words = {_PLAIN.sub("", claims.company.lower())}
    words |= {_PLAIN.sub("", part) for part in claims.company.lower().split() if part not in _COMMON}
    for domain in (claims.domain, claims.recruiter_email.rpartition("@")[2]):
        words.add(_PLAIN.sub("", domain.lower().split(".")[-2]) if domain.count(".") else "")
    return {word for word in words if len(word) > 2}


RULE = Rule(
    id="approach/foreign-repository",
    title=N_("The code belongs to somebody else than the company"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.003",),
    state="experimental",
)
