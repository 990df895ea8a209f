"""Code comes by a file share or a short link.

What it sees
    A short link, a bare address, a file share or a link to an archive or a program, in an offer that hands out
    code, a task or a program.

Why it matters
    Nobody can read it before it is on the disk, and nobody can see whose it is.

Example
    Download the project from drive.google.com/...

What to do
    Ask for a repository of the company that one can read on the web.

False alarms
    Job descriptions are shared like that, too; only offers that hand out code or tasks count.

References
    docs/offer.md; ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_links import ARCHIVES, PROGRAMS
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_KINDS = {
    "short": N_("hides where a link leads: {place}"),
    "ip": N_("links to a bare address: {place}"),
    "file": N_("hands out code by a file share or as an archive: {place}"),
}
_HANDS_OUT = (
    "run-code",
    "look-at-code",
    "just-run",
    "before-talk",
    "live-run",
    "meeting-app",
    "camera-fix",
    "password-archive",
)


def check(view: Approach) -> Iterator[Match]:
    """One match for each kind of link."""
    if not view.said(*_HANDS_OUT):
        return
    told = set()
    for path, line, address in view.addresses:
        kind = address.kind
        if kind in _KINDS and kind not in told:
            told.add(kind)
            direct = address.url.lower().split("?")[0].endswith((*ARCHIVES, *PROGRAMS))
            yield Match(
                _KINDS[kind],
                path=path,
                line=line,
                params={"place": address.host},
                excerpt=address.url,
                severity=Severity.HIGH if kind == "ip" or (kind == "file" and direct) else None,
            )


RULE = Rule(
    id="approach/code-by-file-share",
    title=N_("Code comes by a file share or a short link"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003", "T1204.001"),
    state="experimental",
)
