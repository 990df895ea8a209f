"""A program in the sandbox tried to look into others or to leave.

What it sees
    A system call was refused that reads or steers other processes, mounts file systems, loads code into the
    kernel or reads its key rings.

Why it matters
    Projects do not need these; stealers and escapes do.

Example
    python   ptrace

What to do
    Read the code that made the call.

False alarms
    Debuggers, profilers, sandboxes of browsers (their own namespaces are not counted).

References
    ATT&CK T1055.008, T1611.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_GRAVE = frozenset(
    {
        *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "mount", "umount2", "pivot_root"),
        *("move_mount", "open_tree", "fsopen", "setns", "bpf", "keyctl", "open_by_handle_at"),
        *("init_module", "finit_module", "kexec_load", "reboot"),
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and call."""
    for event in behaviour.of(Action.FORBIDDEN):
        if event.target in _GRAVE:
            yield Match(
                N_("{who} tried the system call {call}, which was refused"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event), "call": event.target},
                phase=behaviour.record.phase,
            )


RULE = Rule(
    id="run/forbidden-call",
    title=N_("A program in the sandbox tried to look into others or to leave"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1055.008", "T1611"),
    state="experimental",
)
