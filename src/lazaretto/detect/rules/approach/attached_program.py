"""A program or an archive is attached.

What it sees
    A mail of an offer carries a program, a script, a disk image, a shortcut or an archive.

Why it matters
    It runs with a double click; a task for a programmer is text.

Example
    assessment.zip, Interview.lnk, Setup.msi

What to do
    Do not open it. Hand the mail to `lazaretto offer`: what is attached is examined.

False alarms
    Archives of honest tests: they weigh less than programs.

References
    docs/offer.md; ATT&CK T1566.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_links import ARCHIVES, PROGRAMS
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_SNIFFED = frozenset({"exe", "elf", "macho", "msi", "lnk", "script", "dmg", "iso"})
_PACKED = frozenset({"zip", "rar", "7z", "tar", "gz"})
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".hwpx", ".odt", ".epub", ".pages", ".key", ".numbers")


def check(view: Approach) -> Iterator[Match]:
    """One match for each file."""
    for path, one in view.attachments[:50]:
        name = one.name.lower()
        sniffed = str(getattr(one, "sniffed", ""))
        if name.endswith(PROGRAMS) or sniffed in _SNIFFED:
            yield Match(
                N_("a program or script is attached: {name}"),
                path=path,
                params={"name": one.name},
                severity=Severity.HIGH,
                confidence=Confidence.HIGH,
            )
        elif name.endswith(ARCHIVES) or (sniffed in _PACKED and not name.endswith(_DOCUMENTS)):
            yield Match(N_("an archive is attached: {name}"), path=path, params={"name": one.name})


RULE = Rule(
    id="approach/attached-program",
    title=N_("A program or an archive is attached"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.001", "T1204.002"),
    state="experimental",
)
