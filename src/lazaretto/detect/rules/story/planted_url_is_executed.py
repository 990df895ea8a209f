"""A web address hidden in a settings file is read by code that runs what it is told.

What it sees
    A value in an `.env`-like file that decodes (base64, hex) to a web address, read through the environment by a
    file in which another rule saw remote content or decoded text being executed.

Why it matters
    The loader itself then holds no address at all, and reviewers do not decode the values of a sample `.env`. It is
    the commonest shape of 2025's take-home lures.

Example
    `.env`: `AUTH_API_KEY=aHR0cHM6Ly8...`; `getContract.js`: `axios.get(atob(process.env.AUTH_API_KEY))`, then
    `new Function('require', answer)(require)`.

What to do
    Do not run the project. Report the repository to its host.

False alarms
    A base64 address alone is not enough, nor is reading a variable: the same file must execute content.

References
    ATT&CK T1027.013, T1059.007
"""

from collections.abc import Iterator

from lazaretto.detect.project import Evidence
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity, Signal
from lazaretto.model.text import N_


def check(evidence: Evidence) -> Iterator[Match]:
    """Join planted values with the readers that execute."""
    planted: dict[str, tuple[Signal, str]] = {}
    for signal in evidence.signals_of("env-url"):
        name, _, host = signal.value.partition("\t")
        planted.setdefault(name, (signal, host))
    told: set[tuple[str, str]] = set()
    for read in evidence.signals_of("env-read"):
        if read.value not in planted or (read.path, read.value) in told:
            continue
        executing = [
            finding
            for finding in evidence.findings_in(read.path)
            if finding.role is Role.EXECUTE and finding.severity >= Severity.MEDIUM
        ]
        if not executing:
            continue
        told.add((read.path, read.value))
        carrier, host = planted[read.value]
        yield Match(
            N_("{carrier} hides a web address in {name} ({host}); {path} reads it and executes what comes back"),
            path=read.path,
            line=executing[0].locations[0].line,
            params={"carrier": carrier.path, "name": read.value, "host": host, "path": read.path},
            more=(Location(carrier.path, carrier.line), Location(read.path, read.line)),
            related=(executing[0].rule,),
            excerpt=executing[0].excerpt,
        )


RULE = Rule(
    id="story/planted-url-is-executed",
    title=N_("a web address hidden in a settings file is fetched and executed"),
    view=Evidence,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.013", "T1059.007"),
)
