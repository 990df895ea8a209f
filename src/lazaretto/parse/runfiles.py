"""Files that hold commands which somebody asks for: scripts, Makefiles, Dockerfiles, CI workflows.

`RunFile.steps` gives every command text with its line, whatever the file's own grammar is. The grammars are read
only as far as needed to tell commands from prose.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lazaretto.parse import layer
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import Lined, as_text, load_yaml_all
from lazaretto.parse.shell import analyse
from lazaretto.parse.shell_facts import Facts
from lazaretto.parse.views import FileView
from lazaretto.parse.workspace import parent_of


class Kind(StrEnum):
    """What sort of file it is."""

    SHELL = "shell script"
    BATCH = "batch file"
    POWERSHELL = "PowerShell script"
    ENVRC = "direnv file"
    DOCKER = "Dockerfile"
    MAKE = "Makefile"
    JUST = "justfile"
    CI = "CI workflow"
    COMPOSE = "compose file"
    TASKFILE = "Taskfile"
    VAGRANT = "Vagrantfile"
    PROCFILE = "Procfile"


@dataclass(frozen=True, slots=True)
class Step:
    """One command text."""

    text: str
    line: int
    """Line of its first character in the file."""


_SUFFIXES = {
    ".sh": Kind.SHELL, ".bash": Kind.SHELL, ".zsh": Kind.SHELL, ".ksh": Kind.SHELL, ".command": Kind.SHELL,
    ".bat": Kind.BATCH, ".cmd": Kind.BATCH, ".ps1": Kind.POWERSHELL, ".psm1": Kind.POWERSHELL,
    ".dockerfile": Kind.DOCKER, ".mk": Kind.MAKE, ".mak": Kind.MAKE, ".just": Kind.JUST,
}  # fmt: skip
_NAMES = {
    "dockerfile": Kind.DOCKER, "containerfile": Kind.DOCKER, "makefile": Kind.MAKE, "gnumakefile": Kind.MAKE,
    "justfile": Kind.JUST, ".justfile": Kind.JUST, ".envrc": Kind.ENVRC, "vagrantfile": Kind.VAGRANT,
    "procfile": Kind.PROCFILE, ".gitlab-ci.yml": Kind.CI, "azure-pipelines.yml": Kind.CI, ".travis.yml": Kind.CI,
    "bitbucket-pipelines.yml": Kind.CI, "appveyor.yml": Kind.CI, ".appveyor.yml": Kind.CI, "action.yml": Kind.CI,
    "action.yaml": Kind.CI, "cloudbuild.yaml": Kind.CI, ".drone.yml": Kind.CI, ".cirrus.yml": Kind.CI,
    "taskfile.yml": Kind.TASKFILE, "taskfile.yaml": Kind.TASKFILE, ".gitpod.yml": Kind.CI, "conda.yml": Kind.CI,
}  # fmt: skip
_LAYERS = {layer.SHELL: Kind.SHELL, layer.POWERSHELL: Kind.POWERSHELL, layer.BATCH: Kind.BATCH}
_COMMAND_KEYS = frozenset(
    [
        "run", "script", "before_script", "after_script", "install", "before_install", "command", "commands",
        "cmds", "cmd", "entrypoint", "init", "bash", "pwsh", "powershell", "prebuild", "test_script",
        "build_script", "install_script", "inlinescript", "before", "after_success",
    ]
)  # fmt: skip
_SHELL_SHEBANG = re.compile(rb"#![^\n]{0,60}\b(?:ba|z|da|k|fi)?sh\b")
_DOCKER_STEP = re.compile(r"\s{0,40}(RUN|CMD|ENTRYPOINT|ONBUILD\s{1,4}RUN|SHELL)\s", re.IGNORECASE)


class RunFile(FileView):
    """A file of commands."""

    title = "command file"
    layer_kinds = frozenset(_LAYERS)

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name, folder or shebang."""
        return _kind(blob) is not None and not blob.is_binary

    @cached_property
    def kind(self) -> Kind:
        """What sort of file it is."""
        return _kind(self.blob) or Kind.SHELL

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All command texts in file order.

        Raises:
            ParseError: a YAML document is damaged.
        """
        if self.kind is Kind.DOCKER:
            return tuple(self._docker())
        if self.kind in {Kind.MAKE, Kind.JUST}:
            return tuple(self._recipes())
        if self.kind in {Kind.CI, Kind.COMPOSE, Kind.TASKFILE}:
            return tuple(self._yaml())
        if self.kind is Kind.PROCFILE:
            return tuple(
                Step(row.partition(":")[2], number) for number, row in enumerate(self.blob.text.splitlines()[:200], 1)
            )
        if self.kind is Kind.BATCH:
            rows = self.blob.text.replace("\r\n", "\n").split("\n")
            return (
                Step(
                    "\n".join(
                        ""
                        if re.match(r"\s{0,40}@?(?:rem\b|::)", row, re.IGNORECASE)
                        else row.lstrip().removeprefix("@")
                        for row in rows
                    ),
                    1,
                ),
            )
        return (Step(self.blob.text, 1),)

    @cached_property
    def facts(self) -> tuple[tuple[Step, Facts], ...]:
        """Every step with what it would do.

        Raises:
            ParseError: a YAML document is damaged.
        """
        return tuple((step, analyse(step.text)) for step in self.steps)

    def _docker(self) -> Iterator[Step]:
        rows = self.blob.text.split("\n")
        at = 0
        while at < len(rows):
            start, head = at, _DOCKER_STEP.match(rows[at])
            at += 1
            if not head:
                continue
            text = rows[start][head.end() :]
            heredoc = re.search(r"<<-?['\"]?([A-Za-z_]\w{0,40})['\"]?", text)
            if heredoc:
                body = []
                while at < len(rows) and rows[at].strip() != heredoc.group(1):
                    body.append(rows[at])
                    at += 1
                yield Step("\n".join(body), start + 2)
                continue
            parts = [text]
            while parts[-1].rstrip().endswith("\\") and at < len(rows):
                parts.append(rows[at] if not rows[at].lstrip().startswith("#") else "\\")
                at += 1
            joined = "\n".join(parts)
            if joined.lstrip().startswith("["):
                joined = re.sub(r"[\[\],]", " ", joined)
            yield Step(re.sub(r"--(?:mount|network|security)=\S{1,400}", "", joined), start + 1)

    def _recipes(self) -> Iterator[Step]:
        rows = self.blob.text.split("\n")
        at = 0
        while at < len(rows):
            start, parts = at, [rows[at]]
            at += 1
            while parts[-1].endswith("\\") and at < len(rows):
                parts.append(rows[at])
                at += 1
            row = "\n".join(parts)
            called = re.search(r"\$\(shell\s{1,4}([^\n]{1,2000})\)", row)
            if called:
                yield Step(called.group(1), start + 1)
            elif row[:1] in "\t " and row.strip():
                yield Step(row.strip().lstrip("@-+").replace("$$", "$"), start + 1)

    def _yaml(self) -> Iterator[Step]:
        queue: deque[tuple[object, bool, int]] = deque((document, False, 1) for document in load_yaml_all(self.blob))
        while queue:  # a tree that the loader has bounded
            value, is_command, line = queue.popleft()
            if isinstance(value, str):
                if is_command:
                    yield Step(value, line)
            elif isinstance(value, list):
                if is_command and value and all(isinstance(part, str) for part in value) and self.kind is Kind.COMPOSE:
                    yield Step(
                        " ".join(f"'{part}'" if " " in part and "'" not in part else part for part in value), line
                    )
                else:
                    queue.extend((part, is_command, line) for part in value)
            elif isinstance(value, Mapping):
                lines = value.lines if isinstance(value, Lined) else {}
                queue.extend(
                    (part, as_text(key).lower() in _COMMAND_KEYS or (is_command and key == "cmd"), lines.get(key, line))
                    for key, part in value.items()
                )


def _kind(blob: Blob) -> Kind | None:
    if blob.layer:
        return _LAYERS.get(blob.layer)
    name, suffix = blob.name, blob.suffix
    found = _NAMES.get(name) or _SUFFIXES.get(suffix)
    if found is not None:
        return found
    if name.startswith(("dockerfile.", "containerfile.")) and suffix not in {".md", ".txt", ".json"}:
        return Kind.DOCKER
    if suffix in {".yml", ".yaml"}:
        if "/.github/workflows/" in f"/{blob.path}" or (
            parent_of(blob.path) in {".circleci", ".buildkite", ".gitea", ".woodpecker"}
        ):
            return Kind.CI
        if name.startswith(("docker-compose", "compose.")) or "compose." in name:
            return Kind.COMPOSE
        return None
    if suffix == "" and blob.data.startswith(b"#!") and _SHELL_SHEBANG.match(blob.data[:80]):
        return Kind.SHELL
    return None
