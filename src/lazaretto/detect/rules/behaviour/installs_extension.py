"""Something installs an extension into an editor.

What it sees
    An editor's command line was told to install an extension, by a package's script, node or python.

Why it matters
    Extensions run with the person's rights in every window, and are seldom looked at again.

Example
    npm:prettier-x@1.0.0 postinstall -> code --install-extension x.vsix --force

What to do
    Remove the extension; read what it holds.

False alarms
    Set-up scripts of a team that install its extensions.

References
    ATT&CK T1176, T1554.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if "--install-extension" not in program.argv and not any(
            word.startswith("--install-extension=") for word in program.argv
        ):
            continue
        above = behaviour.above(index)[behaviour.record.outside :]
        if any(one.tool and one.tool != "editor" for one in above):
            yield Match(
                N_("{who} installs an extension into an editor: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                severity=None if behaviour.installs(index) else Severity.MEDIUM,
                phase=behaviour.phase_in(index),
                process=index,
            )


RULE = Rule(
    id="run/installs-extension",
    title=N_("Something installs an extension into an editor"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1176", "T1554"),
    state="experimental",
)
