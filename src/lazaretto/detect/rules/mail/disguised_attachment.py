"""An attached file is not what its name says.

What it sees
    An attached file has the name of a document or a picture and the content of a program, a script, a shortcut
    or an archive; or two endings of which the last one runs; or a mark in its name that turns the direction of
    writing.

Why it matters
    It is made to be opened by mistake.

Example
    contract.pdf holding an archive; offer.pdf.lnk; cv<U+202E>fdp.exe

What to do
    Do not open it. Tell your company's security team.

False alarms
    Hardly any. A picture of another kind than its name says does not count.

References
    docs/offer.md; ATT&CK T1036.007, T1036.002, T1566.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.mail import Attachment
from lazaretto.model.text import N_

_RUNS = frozenset({"exe", "elf", "macho", "shortcut", "script"})
_PACKED = frozenset({"zip", "rar", "7z", "gzip", "iso", "cab", "ole"})
_DOCUMENT = (
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".txt",
    ".csv",
    ".mp4",
    ".mp3",
    ".woff",
    ".woff2",
    ".svg",
    ".md",
    ".json",
    ".rtf",
)
_ENDING = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|hwpx?|txt|png|jpe?g|mp4|csv|rtf)[\s_.-]{0,80}\.(?:exe|scr|com|pif|lnk|bat|cmd|vbs|js|jse|wsf|hta|msi|ps1|iso|img|command|app|jar|url)$",
    re.IGNORECASE,
)
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def check(view: Approach) -> Iterator[Match]:
    """One match for each file."""
    for path, one in view.attachments[:100]:
        name = one.name.lower()
        if _TURNS.search(name):
            yield _match(path, one, N_("the name of an attached file turns the direction of writing: {name}"))
        elif _ENDING.search(name):
            yield _match(
                path, one, N_("an attached file is named like a document and is run when it is opened: {name}")
            )
        elif name.endswith(_DOCUMENT) and one.sniffed in (_RUNS | _PACKED):
            yield _match(
                path, one, N_("an attached file is named like a document and is something else ({kind}): {name}")
            )


def _match(path: str, one: Attachment, template: str) -> Match:
    return Match(template, path=path, params={"name": _TURNS.sub("", one.name), "kind": one.sniffed})


RULE = Rule(
    id="mail/disguised-attachment",
    title=N_("An attached file is not what its name says"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=(
        "T1036.007",
        "T1036.002",
        "T1566.001",
    ),
    state="experimental",
)
