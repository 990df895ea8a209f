"""What it sees
    A Windows shortcut (`.lnk`) whose command line downloads code and runs it, decodes and runs something, or starts a
    command interpreter; or one that is in a package at all.

Why it matters
    A shortcut is opened with a double click, shows any icon, and runs any command. In archives that a recruiter sends
    it stands for the document that it is named after.

Example
    Offer.pdf.lnk: cmd.exe /c powershell -w hidden ... | iex

What to do
    Do not open it. The command is shown in the finding.

False alarms
    Shortcuts to a folder or a program slip into packages by accident: context.

References
    ATT&CK T1204.002, T1547.009; [MS-SHLLINK].
"""

from collections.abc import Iterator

from lazaretto.detect.commands import uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.exe_facts import Format
from lazaretto.parse.executable import Executable
from lazaretto.parse.shell import analyse

_HOSTS = ("powershell", "pwsh", "mshta", "wscript", "cscript", "rundll32", "regsvr32", "certutil", "bitsadmin", "curl")


def check(view: Executable) -> Iterator[Match]:
    """Judge what the shortcut would run.

    Raises:
        ParseError: it ends too early.
    """
    if view.format is not Format.SHORTCUT:
        return
    link = view.shortcut
    command = link.command
    danger = uninvited(analyse(command)) or uninvited(analyse(link.arguments.partition("/c ")[2]))
    tests = in_tests(view.path)
    if danger is not None and not tests:
        yield danger.match(view.blob.name, 1, command, Phase.OPEN)
        return
    lowered = command.lower()
    host = next((name for name in _HOSTS if name in lowered), "")
    if host:
        yield Match(
            N_("the shortcut runs {host}: {command}"),
            params={"host": host, "command": command[:160]},
            excerpt=command,
            severity=Severity.LOW if tests else Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )
    else:
        yield Match(
            N_("a Windows shortcut; it starts {command}"),
            params={"command": command[:160] or "?"},
            excerpt=command,
            severity=Severity.LOW,
        )


RULE = Rule(
    id="binary/shortcut-command",
    title=N_("A Windows shortcut that runs a command"),
    view=Executable,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1547.009"),
)
