"""What happens to a person who only opens the folder: editor tasks, development containers, git hooks.

They are listed, and run inside; outside nothing of them is ever run.
"""

import stat
from collections.abc import Iterator
from pathlib import Path

from lazaretto.app.run_plan import Planned, read_file
from lazaretto.model.finding import Phase
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.editor import EditorTasks
from lazaretto.parse.gitfiles import HOOKS
from lazaretto.parse.views import ParseError
from lazaretto.parse.workspace import EDITOR_FOLDERS, WORKSPACE_VARIABLE, DevContainer

SHELL = "/bin/sh"
SECONDS = 20
_MOST = 40
_CONTAINERS = (".devcontainer/devcontainer.json", ".devcontainer.json")
_HOOK_FOLDERS = (".git/hooks", ".husky", ".githooks")


def opening(folder: Path) -> tuple[Planned, ...]:
    """Return the commands that opening a folder, or a git command in it, runs; at most 40."""
    return tuple([*_tasks(folder), *_containers(folder), *_hooks(folder)][:_MOST])


def _tasks(folder: Path) -> Iterator[Planned]:
    names = [f"{name}/tasks.json" for name in sorted(EDITOR_FOLDERS)]
    names += sorted(path.name for path in folder.glob("*.code-workspace"))[:10]
    for name in names:
        data = read_file(folder / name)
        if data is None or _parent_is_link(folder, name):
            continue
        view = EditorTasks.of(Blob(name, data))
        for first in view.tasks:
            if not first.automatic:
                continue
            for task in view.chain(first):
                own = [text for system, text in task.texts if system == "linux"]
                for text in own or [text for system, text in task.texts if not system]:
                    title = Message.of(N_("editor task {label} of {path}"), {"label": task.label, "path": name})
                    yield _shell(title, text)


def _containers(folder: Path) -> Iterator[Planned]:
    for name in _CONTAINERS:
        data = read_file(folder / name)
        if data is None or _parent_is_link(folder, name):
            continue
        try:
            commands = DevContainer.of(Blob(name, data)).commands
        except ParseError:
            continue
        for one in commands:
            title = Message.of(N_("{command} of {path}"), {"command": one.name, "path": name})
            yield _shell(title, one.text)


def _hooks(folder: Path) -> Iterator[Planned]:
    for place in _HOOK_FOLDERS:
        if _parent_is_link(folder, f"{place}/x"):
            continue
        for hook in sorted(HOOKS):
            path = folder / place / hook
            try:
                info = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(info.st_mode) and (info.st_mode & 0o111 or place != ".git/hooks"):
                title = Message.of(N_("git hook {path}"), {"path": f"{place}/{hook}"})
                command = (f"./{place}/{hook}",) if info.st_mode & 0o111 else (SHELL, f"{place}/{hook}")
                yield Planned(Phase.OPEN, ("/usr/bin/env", *command), title, SECONDS, needed=False)


def _shell(title: Message, text: str) -> Planned:
    command = (SHELL, "-c", WORKSPACE_VARIABLE.sub(".", text))
    return Planned(Phase.OPEN, command, title, SECONDS, needed=False)


def _parent_is_link(folder: Path, name: str) -> bool:
    """Tell whether a folder on the way is a link: what lies behind it is not the project's."""
    parts = name.split("/")[:-1]
    return any(folder.joinpath(*parts[: count + 1]).is_symlink() for count in range(len(parts)))
