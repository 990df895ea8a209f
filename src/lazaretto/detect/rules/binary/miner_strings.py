"""What it sees
    A compiled or otherwise unreadable file with the address scheme of mining pools and words of mining programs.

Why it matters
    Miners are the commonest thing that hijacked packages bring; the victim pays for the machine.

Example
    lib/runtime holds "stratum+tcp://", "donate-level" and "randomx"

What to do
    Do not run it; see what starts it.

False alarms
    Packages that are miners and say so.

References
    ATT&CK T1496 (Resource Hijacking).
"""

from collections.abc import Iterator

from lazaretto.detect.bytescan import matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.opaque import OpaqueFile


def check(view: OpaqueFile) -> Iterator[Match]:
    """Yield the worst sighting of the group `miner` of the byte patterns.

    Raises:
        ParseError: the search took too long.
    """
    yield from matches(view, "miner", N_("holds the words of a coin miner: {words}"))


RULE = Rule(
    id="binary/miner-strings",
    title=N_("A compiled file that mines coins"),
    view=OpaqueFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1496",),
)
