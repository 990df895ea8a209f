"""What it sees
    A program that is a script with its interpreter in one file: PyInstaller, Nuitka, pkg, Node's single executables,
    AutoIt.

Why it matters
    A library has its scripts as scripts. As a bundle nobody can read them; small malware is nearly always made so.

Example
    data/update.exe made with PyInstaller, inside a package for string colours

What to do
    See what starts it, and whether its source is to be had.

False alarms
    Command line tools are published this way by their makers, so alone it is context.

References
    ATT&CK T1027.002, T1059.006.
"""

from collections.abc import Iterator

from lazaretto.detect.bytescan import matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.opaque import OpaqueFile


def check(view: OpaqueFile) -> Iterator[Match]:
    """Yield the worst sighting of the group `bundle` of the byte patterns.

    Raises:
        ParseError: the search took too long.
    """
    yield from matches(view, "bundle", N_("is a script packed as a program, made with {name}"))


RULE = Rule(
    id="binary/script-bundle",
    title=N_("A script packed as a program"),
    view=OpaqueFile,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.002",),
)
