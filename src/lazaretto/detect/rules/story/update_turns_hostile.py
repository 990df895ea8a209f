"""An update brings the parts of an attack together.

What it sees
    Compared with the old version, the new one has something that starts by itself, and the files that it starts
    are new or differ and are able to speak over the network and to start programs, to run text as code or to
    name stores of secrets; or it has hidden code together with abilities that the package never had.

Why it matters
    A hijacked package is its old self plus a few lines. What is suspicious is not that a package can do this,
    but that it can do it since this version.

Example
    2.4.1 adds `"postinstall": "node init.js"`, and init.js is an obfuscated file that sends a
    request and starts a program

What to do
    Do not take the update. Compare it with the repository at the same tag; report it if nothing there explains
    it.

False alarms
    A package that begins to download a prebuilt program at installation looks the same to a machine: that is
    SUSPICIOUS, not MALICIOUS. Only with hidden code or stores of secrets on top is no innocent explanation
    known.

References
    ATT&CK T1195.002, T1027; the rubric stands in docs/verdict.md.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_

_RUNS = frozenset({"process", "code"})
_SAY = N_("this version brings {trigger}, and what it starts can do more than before: {abilities}")
_SAY_HIDDEN = N_("this version brings {trigger}, and what it starts is hidden and can: {abilities}")
_SAY_CONCEALED = N_("this version brings hidden code and abilities that the package never had: {abilities}")


def check(change: Change) -> Iterator[Match]:
    """The gravest chain for each trigger; without one, hidden code with new abilities."""
    hidden = {finding.locations[0].path: finding for finding in reversed(change.concealment)}
    told = False
    for trigger in change.triggers:
        paths = change.reached_from(trigger)
        able = change.capabilities_in(paths)
        concealed = [hidden[path] for path in paths if path in hidden]
        severity, confidence = _grade(able, concealed=bool(concealed), stores="stores" in change.capabilities)
        if severity is None:
            continue
        told = True
        place = trigger.finding.locations[0]
        yield Match(
            _SAY_HIDDEN if concealed else _SAY,
            path=place.path,
            line=place.line,
            params={"trigger": trigger.finding.rule, "abilities": ", ".join(sorted(able))},
            excerpt=trigger.finding.excerpt,
            severity=severity,
            confidence=confidence,
            phase=trigger.phase,
            more=tuple(Location(path) for path in paths if path != place.path)[:_PLACES],
            related=(trigger.finding.rule, *dict.fromkeys(finding.rule for finding in concealed)),
        )
    if told or not change.concealment:
        return
    able = frozenset(change.capabilities) & change.capabilities_in(hidden)
    if able & {"network", "process", "code", "stores"}:
        first = change.concealment[0]
        yield Match(
            _SAY_CONCEALED,
            path=first.locations[0].path,
            line=first.locations[0].line,
            params={"abilities": ", ".join(sorted(able))},
            excerpt=first.excerpt,
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
            phase=first.phase,
            related=(first.rule, "change/capability-added"),
        )


def _grade(able: frozenset[str], *, concealed: bool, stores: bool) -> tuple[Severity | None, Confidence]:
    """Grade what a new trigger starts: see the rubric in docs/verdict.md."""
    if concealed and "network" in able and able & _RUNS:
        return Severity.HIGH, Confidence.HIGH
    if "stores" in able and stores and "network" in able:
        return Severity.HIGH, Confidence.HIGH if able & _RUNS else Confidence.MEDIUM
    if concealed and able:
        return Severity.HIGH, Confidence.MEDIUM
    if "network" in able and able & _RUNS:
        return Severity.MEDIUM, Confidence.MEDIUM
    return None, Confidence.LOW


_PLACES = 8


RULE = Rule(
    id="story/update-turns-hostile",
    title=N_("An update brings the parts of an attack together"),
    view=Change,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002", "T1027"),
    state="experimental",
)
