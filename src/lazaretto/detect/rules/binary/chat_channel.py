"""What it sees
    A compiled or otherwise unreadable file that holds the address of a chat webhook with its secret, or a bot's address
    and a bot token.

Why it matters
    Whoever has the secret can only write to one person's chat: that is how small stealers report. In source text it is
    seen at once, therefore it is compiled.

Example
    main.pyd holds api.telegram.org/bot and a token of the form 0123456789:AA...

What to do
    Do not install it. Look at what the module collects before it reports.

False alarms
    A bot that was published together with its secret by mistake.

References
    ATT&CK T1567.004, T1102.002.
"""

from collections.abc import Iterator

from lazaretto.detect.bytescan import matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.opaque import OpaqueFile


def check(view: OpaqueFile) -> Iterator[Match]:
    """Yield the worst sighting of the group `channel` of the byte patterns.

    Raises:
        ParseError: the search took too long.
    """
    yield from matches(view, "channel", N_("holds the secret of a chat channel that it can report to: {words}"))


RULE = Rule(
    id="binary/hard-coded-chat-channel",
    title=N_("A compiled file with the secret of a chat webhook or bot"),
    view=OpaqueFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1567.004", "T1102.002"),
)
