"""What it sees
    Every script of a package.json that a client runs by itself (`preinstall`, `install`, `postinstall`, and in the
    project's own folder `prepare` and its relatives), and what it runs. Entry points and ordinary scripts are noted
    for other rules (signals), not reported.

Why it matters
    It is code that runs before anybody has looked at the package.

Example
    {"scripts": {"postinstall": "node lib/init.js"}}

What to do
    Install with `--ignore-scripts` until you have read the script.

False alarms
    Building native code and setting up hooks is ordinary: context only (low).

References
    npm documentation, "scripts"; ATT&CK T1195.001, T1059.007.
"""

import posixpath
from collections.abc import Iterator, Mapping

from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import INSTALL_SCRIPTS, PREPARE_SCRIPTS, PackageJson
from lazaretto.parse.shell_facts import Facts

_ORDINARY = frozenset(
    [
        "start", "dev", "serve", "server", "test", "develop", "preview", "watch", "local", "client", "eject",
        "deploy", "build", "compile", "bundle",
    ]
)  # fmt: skip
"""Scripts that a candidate is told to run, or runs without thinking."""


def check(view: PackageJson) -> Iterator[Match | Signal]:
    """Report automatic scripts and emit the signals of all scripts and entry points."""
    facts = view.facts
    automatic = automatic_scripts(view)
    folder = posixpath.dirname(view.path)
    for name in automatic:
        line = view.script_line(name)
        yield Match(
            N_("the client runs the script {name} by itself: {command}"),
            line=line,
            params={"name": name, "command": view.scripts[name][:160]},
        )
        yield Signal("install-command", f"install\t{view.scripts[name][:500]}", view.path, line)
        yield from _starts(view, facts, name, Phase.INSTALL, folder)
    for kind, path in view.entry_points:
        phase = Phase.IMPORT if kind == "main" else Phase.RUN
        target = normal(posixpath.join(folder, path))
        if target and not target.startswith(".."):
            yield Signal("start", f"{phase.value}\t{target}", view.path, 1)
    if view.is_installed:
        return
    for name, fact in facts.items():
        if name not in automatic:
            if name.split(":", 1)[0].removeprefix("pre").removeprefix("post") in _ORDINARY:
                yield from _starts(view, facts, name, Phase.RUN, folder)
        yield from _script_signals(view, fact, name, folder)


def automatic_scripts(view: PackageJson) -> tuple[str, ...]:
    """Return the names of the scripts that an installation runs: fewer for a dependency than for the project."""
    names = INSTALL_SCRIPTS if view.is_installed else (*INSTALL_SCRIPTS, *PREPARE_SCRIPTS)
    return tuple(name for name in names if name in view.scripts)


def closure(facts: Mapping[str, Facts], name: str) -> Iterator[tuple[str, Facts]]:
    """Yield the script and every script of the same manifest that it starts, each once."""
    queue = [name]
    seen: set[str] = set()
    while queue and len(seen) < 100:
        current = queue.pop(0)
        if current in seen or current not in facts:
            continue
        seen.add(current)
        yield current, facts[current]
        for call in facts[current].calls:
            if call.tool == "npm" and not call.folder:
                stem = call.name.rstrip("*")
                queue.extend(
                    [other for other in facts if other.startswith(stem)]
                    if call.name.endswith("*")
                    else [f"pre{call.name}", call.name, f"post{call.name}"]
                )


def _starts(view: PackageJson, facts: Mapping[str, Facts], name: str, phase: Phase, folder: str) -> Iterator[Signal]:
    line = view.script_line(name)
    for _, fact in closure(facts, name):
        for run in fact.runs:
            if not run.path.startswith(("/", "~", "$", "%")):
                target = normal(posixpath.join(folder, run.path))
                if target and not target.startswith(".."):
                    yield Signal("start", f"{phase.value}\t{target}", view.path, line)
        for call in fact.calls:
            if call.tool == "npm" and call.folder:
                yield Signal(
                    "script-call",
                    f"{phase.value}\t{normal(posixpath.join(folder, call.folder))}\t{call.name}",
                    view.path,
                    line,
                )


def _script_signals(view: PackageJson, facts: Facts, name: str, folder: str) -> Iterator[Signal]:
    for run in facts.runs:
        if not run.path.startswith(("/", "~", "$", "%")):
            yield Signal("npm-script", f"{name}\t{normal(posixpath.join(folder, run.path))}", view.path)
    for call in facts.calls:
        if call.tool == "npm":
            yield Signal(
                "npm-script-call", f"{name}\t{normal(posixpath.join(folder, call.folder))}\t{call.name}", view.path
            )


RULE = Rule(
    id="npm/lifecycle-script",
    title=N_("Installation runs a script"),
    view=PackageJson,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1059.007"),
)
