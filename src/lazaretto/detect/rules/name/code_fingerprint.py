"""What a code file looks like, in a few numbers that survive renaming its package.

What it sees
    Nothing that a person hears of: hashes of a file's lines, for `name/clone-of-popular-package`.

Why it matters
    A copy of a popular package under another name is recognised by what it kept.

Example
    Any `.py` or `.js` file.

What to do
    Nothing: there is no finding.

False alarms
    None.

References
    Broder, On the resemblance and containment of documents (1997).
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.fingerprint import fingerprint, is_library_code
from lazaretto.parse.views import AnyFile


def check(view: AnyFile) -> Iterator[Match | Signal]:
    """Yield the `fingerprint` signal."""
    if is_library_code(view.path) and (found := fingerprint(view.path, view.blob.data)) is not None:
        yield Signal("fingerprint", found.encoded(), view.path)


RULE = Rule(
    id="name/code-fingerprint",
    title=N_("what a code file looks like, for recognising copies"),
    view=AnyFile,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
)
