"""What it sees
    An installation script that starts the application itself (`"postinstall": "npm run start"`), or a build, test or
    eject script that starts the project's server beside its own work (`"eject": "node server/server.js | ..."`).

Why it matters
    Take-home lures do this so that the loader in the server runs for a candidate who only installs or builds. Nothing
    else needs a web server in `npm install`.

Example
    {"scripts": {"start": "node server/server.js | react-scripts start", "postinstall": "npm run start"}}

What to do
    Do not run `npm install` in the folder; read the server's code first.

False alarms
    A beginner's project may start a server for its tests; `test` alone is not reported.

References
    ATT&CK T1204.002, T1195.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.manifest.lifecycle_script import automatic_scripts, closure
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import PackageJson
from lazaretto.parse.shell_facts import Facts
from lazaretto.parse.shell_programs import JS_PROGRAMS

_START_NAMES = frozenset({"start", "dev", "serve", "server", "develop", "start:dev", "start:server", "start:backend"})
_SERVER_FILE = re.compile(
    r"(?:^|/)(?:server|backend|api|auth)(?:/(?:server|index|app|main|bin/www))?(?:\.[cm]?[jt]s)?$|(?:^|/)server\.[cm]?[jt]s$",
    re.IGNORECASE,
)
_PROXY_SCRIPTS = ("eject", "build", "predeploy")


def check(view: PackageJson) -> Iterator[Match | Signal]:
    """Look at what automatic scripts start, and at servers in scripts that need none."""
    if view.is_installed:
        return
    facts = view.facts
    for name in automatic_scripts(view):
        started = next((text for called, fact in closure(facts, name) if (text := _application(called, fact))), "")
        if started:
            yield Match(
                N_("installing the project starts it: the script {name} runs {started}"),
                line=view.script_line(name),
                params={"name": name, "started": started},
                excerpt=f"{name}: {view.scripts[name]}",
            )
    for name in _PROXY_SCRIPTS:
        server = (
            next((run.path for run in facts[name].runs if _is_server(run.path, run.program)), "")
            if name in facts
            else ""
        )
        if server and len(facts[name].programs) > 1:
            yield Match(
                N_("the script {name} also starts the server {started}, which it does not need"),
                line=view.script_line(name),
                params={"name": name, "started": server},
                excerpt=f"{name}: {view.scripts[name]}",
                confidence=Confidence.MEDIUM if name == "eject" else Confidence.LOW,
                phase=Phase.BUILD,
            )


def _application(called: str, facts: Facts) -> str:
    for call in facts.calls:
        if call.tool == "npm" and call.name in _START_NAMES:
            return f"npm run {call.name}"
    if called in _START_NAMES:
        return called
    return next((run.path for run in facts.runs if _is_server(run.path, run.program)), "")


def _is_server(path: str, program: str) -> bool:
    return program in JS_PROGRAMS and _SERVER_FILE.search(path) is not None


RULE = Rule(
    id="npm/lifecycle-starts-application",
    title=N_("Installing or building the project starts its server"),
    view=PackageJson,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1204.002", "T1195.001"),
    needles=(b'"scripts"',),
)
