"""What it sees
    A compiled program of the package that is started when the package is installed, built or imported, or the folder
    opened: by a script of the manifest, or by code that runs then. Graver when the program is packed, a script bundle,
    under an asset's name, or holds the words of a stealer.

Why it matters
    What a package needs to run natively is loaded as a module or started when it is asked for. A program that runs
    before anybody asked, and that nobody can read, is how a dropper works.

Example
    setup.py: subprocess.Popen(["pkg/bin/update.exe"]); update.exe is packed with UPX and has no signature

What to do
    Do not install the package.

False alarms
    Installers that try whether their own native program works on this machine: a signed one is context, an unsigned one
    is worth a look.

References
    ATT&CK T1195.001, T1204.002, T1027.002.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from lazaretto.detect.project import Project, Reach
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity, Signal
from lazaretto.model.text import N_

_EARLY = (Phase.OPEN, Phase.INSTALL, Phase.IMPORT)
_SAY = {
    Phase.OPEN: N_("opening the folder starts the program {path} ({traits})"),
    Phase.INSTALL: N_("installing starts the program {path} ({traits})"),
    Phase.IMPORT: N_("importing starts the program {path} ({traits})"),
}
_BAD = frozenset({"packed", "bundle", "harmful", "disguised"})
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_ANYWHERE = 12
"""Programs of one name in a package beyond which a name says nothing (`run`, `main`)."""


def check(project: Project) -> Iterator[Match]:
    """Join triggers and code to the programs that they start; one finding for each program."""
    programs: dict[str, set[str]] = {}
    by_name: dict[str, list[str]] = defaultdict(list)
    hidden = {signal.path for signal in project.signals_of("disguised") if signal.value == "exe"}
    for signal in project.signals_of("executable"):
        kind, _, traits = signal.value.partition("\t")
        words = {kind, *traits.split()}
        if signal.path in hidden:
            words.add("disguised")
        for finding in project.findings_in(signal.path):
            if finding.rule == "binary/script-bundle":
                words.add("bundle")
            elif finding.severity >= Severity.HIGH:
                words.add("harmful")
        if "program" in words and not in_tests(signal.path):
            programs[signal.path] = words
            by_name[posixpath.basename(signal.path).lower()].append(signal.path)
    if not programs:
        return
    told: set[str] = set()
    for path in sorted(programs):
        reach = project.reach(path)
        if reach is not None and reach.phase in _EARLY:
            told.add(path)
            yield _match(path, programs[path], reach)
    for signal in project.signals_of("starts-program"):
        phase, _, name = signal.value.partition("\t")
        paths = by_name.get(name) or by_name.get(f"{name}.exe") or []
        reach = _reached(project, signal, phase)
        if reach is None or len(paths) > _ANYWHERE:
            continue
        for path in paths:
            if path not in told:
                told.add(path)
                yield _match(path, programs[path], reach)


def _reached(project: Project, signal: Signal, phase: str) -> Reach | None:
    """Return how the line that starts the program comes to run early, or None."""
    outer = project.reach(signal.path)
    if phase == Phase.INSTALL.value:
        return Reach(Phase.INSTALL, (signal.path,), signal.line)
    if outer is not None and outer.phase in (Phase.OPEN, Phase.INSTALL) and phase != Phase.RUN.value:
        return outer
    if (
        phase == Phase.IMPORT.value
    ):  # a script is loaded when something loads it, a Python module by whoever installed it
        if outer is not None:
            return outer if outer.phase in _EARLY else None
        return None if signal.path.endswith(_SCRIPTS) else Reach(Phase.IMPORT, (signal.path,), signal.line)
    return None


def _match(path: str, traits: set[str], reach: Reach) -> Match:
    bad = traits & _BAD
    if bad:
        severity, confidence = Severity.HIGH, Confidence.HIGH if "signed" not in traits else Confidence.MEDIUM
    elif "signed" in traits:
        severity, confidence = Severity.LOW, Confidence.MEDIUM
    else:
        severity = Severity.HIGH if reach.phase is not Phase.IMPORT and "PE" in traits else Severity.MEDIUM
        confidence = Confidence.MEDIUM
    return Match(
        _SAY[reach.phase],
        path=reach.chain[0],
        line=reach.line,
        params={"path": path, "traits": ", ".join(sorted(traits - {"program"}))},
        severity=severity,
        confidence=confidence,
        phase=reach.phase,
        more=(*(Location(step) for step in reach.chain[1:] if step != path), Location(path)),
    )


RULE = Rule(
    id="binary/started-uninvited",
    title=N_("A compiled program of the package is started without being asked for"),
    view=Project,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1027.002"),
)
