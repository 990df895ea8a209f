"""What it sees
    A compiled or otherwise unreadable file with marks of intrusion frameworks, with a hidden PowerShell that downloads
    or decodes, or with the names of many analysts' tools.

Why it matters
    Loaders hide their helper's window, decode the next stage, and stop when an analyst is watching. Few other programs
    do one of these.

Example
    x.dll holds "-w hidden" and "FromBase64String("

What to do
    Do not run it.

False alarms
    The frameworks' own packages; anti-cheat and copy protection look for analysts' tools, too.

References
    ATT&CK T1059.001, T1620, T1497.001.
"""

from collections.abc import Iterator

from lazaretto.detect.bytescan import matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.opaque import OpaqueFile


def check(view: OpaqueFile) -> Iterator[Match]:
    """Yield the worst sighting of the group `attack` of the byte patterns.

    Raises:
        ParseError: the search took too long.
    """
    yield from matches(view, "attack", N_("holds the words of an attack tool: {words}"))


RULE = Rule(
    id="binary/attack-tool-strings",
    title=N_("A compiled file with words of attack tools"),
    view=OpaqueFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.001", "T1620", "T1497.001"),
)
