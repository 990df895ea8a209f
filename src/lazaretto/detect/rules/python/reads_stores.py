"""What it sees
    Paths and keys of places where other programs keep secrets: browser logins and cookies, wallet extensions and
    wallet files, chat tokens (`leveldb`), the macOS keychain, SSH and cloud keys. Several kinds together, or one
    kind next to a way of sending it, are what an information stealer is made of.

Why it matters
    Sessions and wallets are what these campaigns are after.

Example
    path = os.path.join(os.getenv("LOCALAPPDATA"), "Google/Chrome/User Data/Default/Login Data")

What to do
    Do not run it. If it ran: from another device revoke sessions, change passwords, move funds.

False alarms
    Tools that import cookies for their user read one browser's files and send nothing; they are context here.
    Security tools list such paths as data.

References
    ATT&CK T1555.003 (Credentials from Web Browsers), T1552.004 (Private Keys), T1539 (Steal Web Session Cookie).
"""

from collections.abc import Iterator

from lazaretto.detect.pycode import Place, once, sendings
from lazaretto.detect.pystores import HINTS, STORES, WEAK, stores_at
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_STEALS = N_("reads {what} and sends data away")
_READS = N_("names places where other programs keep secrets: {what}")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield one finding for the file."""
    if not view.mentions(HINTS) and not (view.speaks("exec", "decode") and view.facts.layers):
        return
    lines = stores_at(view)
    kinds = [name for name, _ in STORES if name in lines]
    if not kinds:
        return
    strong = [name for name in kinds if name not in WEAK]
    sent = [s for s in sendings(view) if s.place > Place.LOCAL or s.tags - {"net"}]
    secret = any(tag.startswith("secret:") for s in sent for tag in s.tags)
    line = min(lines[name] for name in kinds)
    params = {"what": ", ".join(kinds[:6])}
    first = lines[(strong or kinds)[0]]
    if sent and (len(strong) >= 2 or secret or (strong and len(kinds) >= 3) or (strong and _drop(view))):
        scope = sent[0].call.scope
        yield Match(
            _STEALS,
            first,
            params=params,
            excerpt=view.quote(first),
            phase=view.phase(scope),
            severity=Severity.LOW if view.is_test else Severity.HIGH,
            confidence=Confidence.HIGH if len(strong) >= 2 or secret or _drop(view) else Confidence.MEDIUM,
        )
        return
    seen: set[object] = set()
    if once(seen, line):
        many = len(strong) >= 3 or (len(strong) >= 2 and "browsers" in lines)
        yield Match(
            _READS,
            first,
            params=params,
            excerpt=view.quote(first),
            severity=Severity.MEDIUM if many and not view.is_test else Severity.LOW,
            confidence=Confidence.MEDIUM,
        )


def _drop(view: PythonModule) -> bool:
    return any(s.place is Place.DROP for s in sendings(view))


RULE = Rule(
    id="py/reads-browser-or-wallet-stores",
    title=N_("Reads other programs' stored secrets"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1555.003", "T1539", "T1552.004"),
)
