"""Files that an editor of the VS Code family obeys when it opens a folder.

EditorTasks    `.vscode/tasks.json` and its relatives, `tasks` of a `.code-workspace`
EditorSettings `.vscode/settings.json`, `settings` of a `.code-workspace`
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_jsonc
from lazaretto.parse.views import FileView, ParseError
from lazaretto.parse.workspace import (
    EDITOR_FOLDERS,
    WORKSPACE_VARIABLE,
    line_of,
    parent_of,
    quoted,
    shell_text,
    value_text,
)

SYSTEMS = ("windows", "osx", "linux")
_AUTOMATIC = frozenset({"folderopen", "worktreecreated"})


@dataclass(frozen=True, slots=True)
class Task:
    """One editor task."""

    label: str
    texts: tuple[tuple[str, str], ...]
    """(system or empty, shell text)"""
    automatic: bool
    """Runs when the folder is opened (or a worktree is made)."""
    hidden: bool
    """Its terminal is not shown."""
    depends: tuple[str, ...]
    anchors: tuple[str, ...]
    """Texts by which its line is found, the best first."""


_INPUT = re.compile(r"\$\{input:([^}\s]{1,80})\}")


class EditorTasks(FileView):
    """The tasks of one editor folder or workspace file."""

    title = "editor task file"
    damaged: bool
    """True when the document is not well-formed; editors read such files nevertheless, and so do we, roughly."""
    tasks: tuple[Task, ...]

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name and folder."""
        return (blob.name == "tasks.json" and parent_of(blob.path) in EDITOR_FOLDERS) or blob.name.endswith(
            ".code-workspace"
        )

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Read the tasks; a damaged document gives what can be recognised."""
        view = cls(blob)
        view.damaged = False
        try:
            root = as_mapping(load_jsonc(blob))
        except ParseError:
            view.damaged = True
            view.tasks = tuple(view._rough())
            return view
        if blob.name.endswith(".code-workspace"):
            root = as_mapping(root.get("tasks"))
        entries: list[Any] = list(as_sequence(root.get("tasks")))
        for system in SYSTEMS:
            entries += as_sequence(as_mapping(root.get(system)).get("tasks"))
        view.tasks = tuple(view._task(as_mapping(entry), root) for entry in entries)
        return view

    def line(self, task: Task) -> int:
        """Return the line of a task's command."""
        return line_of(self.blob, *task.anchors)

    @cached_property
    def _named(self) -> Mapping[str, tuple[Task, ...]]:
        named: dict[str, list[Task]] = defaultdict(list)
        for task in self.tasks:
            named[task.label].append(task)
        return {label: tuple(group) for label, group in named.items()}

    def chain(self, task: Task, known: Container[Task] = ()) -> tuple[Task, ...]:
        """Return the task and everything it depends on, itself last; each once, and without what is `known`.

        A name that no task of the file has but that says `npm: NAME` is the editor's own task for a package script.
        """
        order: dict[Task, None] = {}
        queue = [task]
        while queue:
            current = queue.pop()
            if current in order or current in known:
                continue
            order[current] = None
            for label in current.depends:
                script = label.removeprefix("npm: ")
                found = self._named.get(label, ())
                if not found and script != label:
                    found = (Task(label, (("", f"npm run {script}"),), False, False, (), (label, script)),)
                queue.extend(found)
        return tuple(reversed(order))

    def _task(self, entry: Mapping[str, Any], root: Mapping[str, Any]) -> Task:
        script, command = as_text(entry.get("script")), value_text(entry.get("command"))
        label = as_text(entry.get("label") or entry.get("taskName")) or (
            f"{as_text(entry.get('type'))}: {script}" if script else command
        )
        texts: list[tuple[str, str]] = []
        base = {**as_mapping(root.get("options")), **as_mapping(entry.get("options"))}
        if script and as_text(entry.get("type")) in {"npm", "bun", "pnpm", "yarn"}:
            texts.append(("", self._within({"cwd": entry.get("path") or base.get("cwd", "")}, f"npm run {script}")))
        elif command or as_sequence(entry.get("args")):
            texts.append(("", self._within(base, shell_text(entry.get("command"), entry.get("args")))))
        for system in SYSTEMS:
            variant = as_mapping(entry.get(system))
            if variant.get("command") or variant.get("args"):
                text = shell_text(variant.get("command", entry.get("command")), variant.get("args", entry.get("args")))
                texts.append((system, self._within({**base, **as_mapping(variant.get("options"))}, text)))
        texts += [("", text) for text in _inputs(root, [text for _, text in texts])]
        when = {
            as_text(as_mapping(e.get("runOptions")).get("runOn")).lower()
            for e in (entry, *(as_mapping(entry.get(s)) for s in SYSTEMS))
        }
        shown = {**as_mapping(root.get("presentation")), **as_mapping(entry.get("presentation"))}
        depends = entry.get("dependsOn")
        names = [depends] if isinstance(depends, (str, dict)) else list(as_sequence(depends))
        return Task(
            label,
            tuple(texts),
            bool(when & _AUTOMATIC),
            shown.get("reveal") in {"never", "silent"}
            or shown.get("echo") is False
            or entry.get("hide") is True
            or shown.get("close") is True,
            tuple(_reference(name) for name in names[:100]),
            (*(text for _, text in texts[:1]), command, script, label),
        )

    @staticmethod
    def _within(options: Mapping[str, Any], text: str) -> str:
        folder = WORKSPACE_VARIABLE.sub(".", as_text(options.get("cwd"))).strip()
        shell = as_mapping(options.get("shell"))
        if shell.get("executable") and any(
            as_text(a).lower() in {"-e", "--eval", "-p"} for a in as_sequence(shell.get("args"))
        ):
            text = shell_text(shell.get("executable"), [*as_sequence(shell.get("args")), text])
        return f"cd {quoted(folder)} && {text}" if folder not in {"", ".", "./"} and text else text

    def _rough(self) -> Iterator[Task]:
        automatic = b"folderopen" in self.blob.data.lower()
        for found in re.finditer(r'"command"\s{0,40}:\s{0,40}"((?:[^"\\\n]|\\.){1,4000})"', self.blob.text):
            text = found.group(1).replace('\\"', '"').replace("\\\\", "\\")
            yield Task(
                text[:60], (("", WORKSPACE_VARIABLE.sub(".", text)),), automatic, False, (), (found.group(1), text)
            )


def _inputs(root: Mapping[str, Any], texts: list[str]) -> list[str]:
    """Return the command lines behind the `${input:NAME}` of a task: an input may be the output of a command."""
    wanted = {name for text in texts for name in _INPUT.findall(text)}
    found = []
    for entry in as_sequence(root.get("inputs"))[:100]:
        given = as_mapping(entry)
        if wanted and as_text(given.get("id")) in wanted and as_text(given.get("type")) == "command":
            told = given.get("args")
            line = told if isinstance(told, str) else value_text(as_mapping(told).get("command"))
            if line:
                found.append(WORKSPACE_VARIABLE.sub(".", line))
    return found


def _reference(value: object) -> str:
    if isinstance(value, Mapping):
        return as_text(value.get("task")) or f"{as_text(value.get('type'))}: {as_text(value.get('script'))}"
    return as_text(value)


class EditorSettings(FileView):
    """The settings that a folder brings along for the editor."""

    title = "editor settings file"
    settings: Mapping[str, Any]
    """Setting name to value; nested objects stay as they are."""

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name and folder."""
        return (blob.name == "settings.json" and parent_of(blob.path) in EDITOR_FOLDERS) or blob.name.endswith(
            ".code-workspace"
        )

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Read the settings."""
        view = cls(blob)
        root = as_mapping(load_jsonc(blob))
        view.settings = as_mapping(root.get("settings")) if blob.name.endswith(".code-workspace") else root
        return view
