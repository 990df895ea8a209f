"""What it sees
    A compiled or otherwise unreadable file with words of at least two independent groups: where browsers keep
    passwords, where wallets keep keys, session files of messengers and games; surer when a place to send them to is
    there as well.

Why it matters
    Password stealers come as compiled programs so that nobody reads them, but the names of the files that they take
    have to stand in them.

Example
    helper.exe holds "Login Data", "key4.db", "exodus.wallet" and an address of a chat webhook

What to do
    Do not run it, and do not install the package. Have it examined in isolation.

False alarms
    Recovery and forensic tools name the same files. One group alone is never reported: every browser names its own.

References
    ATT&CK T1555.003, T1539, T1567.
"""

from collections.abc import Iterator

from lazaretto.detect.bytescan import matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.opaque import OpaqueFile


def check(view: OpaqueFile) -> Iterator[Match]:
    """Yield the worst sighting of the group `stealer` of the byte patterns.

    Raises:
        ParseError: the search took too long.
    """
    yield from matches(view, "stealer", N_("holds the words of a password or wallet stealer: {words}"))


RULE = Rule(
    id="binary/stealer-strings",
    title=N_("A compiled file that names what stealers take"),
    view=OpaqueFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1555.003", "T1539", "T1567"),
)
