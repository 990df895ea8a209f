"""A program in the sandbox writes what starts by itself later.

What it sees
    A file was written that a shell, the desktop, cron, git or an editor starts without being asked: in the home,
    or in `.git/hooks` and the editor folders of the project.

Why it matters
    It is how a visitor stays.

Example
    node   ~/.config/systemd/user/updater.service

What to do
    Nothing of it is outside: the home and the project in the sandbox are copies. Read what was written.

False alarms
    Tools that set up git hooks at installation (husky); shell set-up tools.

References
    ATT&CK T1546.004, T1543.002, T1053.003.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_IN_HOME = (
    *(".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile", ".config/autostart/"),
    *(".config/systemd/user/", ".config/fish/", ".local/share/applications/", ".ssh/authorized_keys", ".ssh/rc"),
    *(".config/Code/User/", ".gitconfig"),
)
_IN_PROJECT = (".git/hooks/", ".vscode/tasks.json", ".idea/", ".cursor/")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    record = behaviour.record
    for event in behaviour.of(Action.WRITE):
        home = event.target.removeprefix(f"{record.home}/").startswith(_IN_HOME)
        project = event.target.removeprefix(f"{record.project}/").startswith(_IN_PROJECT)
        if home or project:
            yield Match(
                N_("{who} wrote {path}, which starts by itself later"),
                path=event.target,
                params={"who": behaviour.who(event), "path": event.target},
                severity=Severity.HIGH if home else Severity.MEDIUM,
                phase=record.phase,
            )


RULE = Rule(
    id="run/persists",
    title=N_("A program in the sandbox writes what starts by itself later"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1546.004", "T1543.002", "T1053.003"),
    state="experimental",
)
