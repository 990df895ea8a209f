"""Files by which a container tool or a coding agent starts programs when a folder is opened.

    DevContainer   `devcontainer.json` (containers.dev specification)
    AgentConfig    MCP servers and hooks of coding agents
    Notebook       Jupyter notebooks (nbformat 4)

All are JSON with comments as their programs read it. A command is given as one shell text, whatever its shape was.
Editors' own files are in `editor`.
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_jsonc, load_toml
from lazaretto.parse.views import FileView

EDITOR_FOLDERS = frozenset(
    [
        ".vscode", ".cursor", ".windsurf", ".vscodium", ".vscode-insiders", ".trae", ".kiro", ".void", ".positron",
        ".theia", ".antigravity",
    ]
)  # fmt: skip
WORKSPACE_VARIABLE = re.compile(
    r"\$\{(?:workspaceFolder(?::[^}]{0,80})?|workspaceRoot|containerWorkspaceFolder|localWorkspaceFolder|cwd|fileDirname)\}"
)


def line_of(blob: Blob, *texts: str) -> int:
    """Return the line of the first of `texts` that stands in a JSON document; 1 when none does."""
    for text in texts:
        if not text:
            continue
        for form in (text, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]):
            at = blob.data.find(form.encode("utf-8", "surrogatepass"))
            if at >= 0:
                return blob.position(at)[0]
    return 1


def parent_of(path: str) -> str:
    """Return the name of the folder that holds the file, lower case; empty at the top."""
    parts = path.rsplit("/", 2)
    return parts[-2].lower() if len(parts) > 1 else ""


def shell_text(command: object, args: object = ()) -> str:
    """Make one shell text of a command and its arguments (each text, or `{"value": text}`)."""
    words = [value_text(command)]
    words += [quoted(value_text(arg)) for arg in as_sequence(args)]
    return WORKSPACE_VARIABLE.sub(".", " ".join(word for word in words if word))


def value_text(value: object) -> str:
    """Return a command or argument that may stand as `{"value": ...}` as text."""
    if isinstance(value, Mapping):
        value = value.get("value", "")
    if isinstance(value, list):
        return " ".join(as_text(part) for part in value)
    return as_text(value)


def quoted(word: str) -> str:
    """Return a word so that a shell reads it as one."""
    if not word or not re.search(r"[\s\"'$&|;<>()]", word):
        return word
    return "'" + word + "'" if "'" not in word else json.dumps(word, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class NamedCommand:
    """A command under the name by which its document knows it."""

    name: str
    text: str
    line: int


class DevContainer(FileView):
    """One development container definition."""

    title = "devcontainer definition"
    LIFECYCLE: ClassVar = (
        "initializeCommand",
        "onCreateCommand",
        "updateContentCommand",
        "postCreateCommand",
        "postStartCommand",
        "postAttachCommand",
    )
    root: Mapping[str, Any]

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name in {"devcontainer.json", ".devcontainer.json"}

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Read the definition."""
        view = cls(blob)
        view.root = as_mapping(load_jsonc(blob))
        return view

    @cached_property
    def commands(self) -> tuple[NamedCommand, ...]:
        """The lifecycle commands; of a command object every entry."""
        found: list[NamedCommand] = []
        for name in self.LIFECYCLE:
            value = self.root.get(name)
            line = line_of(self.blob, f'"{name}"')
            for entry in value.values() if isinstance(value, dict) else (value,):
                text = shell_text("", entry) if isinstance(entry, list) else shell_text(entry)
                if text.strip():
                    found.append(NamedCommand(name, text, line))
        return tuple(found)

    @cached_property
    def mounts(self) -> tuple[str, ...]:
        """Mounts and `runArgs` volume arguments, as text."""
        texts = [
            f"source={as_text(m.get('source'))},target={as_text(m.get('target'))}"
            if isinstance(m, dict)
            else as_text(m)
            for m in as_sequence(self.root.get("mounts"))
        ]
        return (
            *texts,
            *(as_text(arg) for arg in as_sequence(self.root.get("runArgs"))),
            as_text(self.root.get("workspaceMount")),
        )


class AgentConfig(FileView):
    """A configuration by which a coding agent starts programs: MCP servers, hooks."""

    title = "coding agent configuration"
    FOLDERS: ClassVar = frozenset(
        [
            ".claude", ".cursor", ".gemini", ".codex", ".windsurf", ".vscode", ".kiro", ".roo", ".continue",
            ".amazonq", ".trae", ".zed", ".qwen", ".opencode", "settings",
        ]
    )  # fmt: skip
    NAMES: ClassVar = frozenset(
        [
            "settings.json",
            "settings.local.json",
            "mcp.json",
            "mcp_config.json",
            "hooks.json",
            "config.toml",
            "config.json",
        ]
    )
    ALONE: ClassVar = frozenset(
        [
            ".mcp.json",
            "mcp.json",
            "opencode.json",
            "opencode.jsonc",
            "claude_desktop_config.json",
            "gemini-extension.json",
            ".cursorrules.json",
        ]
    )
    commands: tuple[NamedCommand, ...]
    urls: tuple[NamedCommand, ...]

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name and folder; the content must speak of servers or hooks."""
        named = blob.name in cls.ALONE or (blob.name in cls.NAMES and parent_of(blob.path) in cls.FOLDERS)
        return named and any(
            word in blob.data for word in (b"mcp", b"hooks", b"ervers", b"apiKeyHelper", b"statusLine")
        )

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Collect every command and URL below `mcpServers`, `servers`, `mcp`, `hooks` and the like."""
        view = cls(blob)
        root = as_mapping(load_toml(blob) if blob.suffix == ".toml" else load_jsonc(blob))
        commands: list[NamedCommand] = []
        urls: list[NamedCommand] = []
        queue: deque[tuple[str, object]] = deque(
            (key, root[key])
            for key in (
                "mcpServers", "servers", "mcp", "mcp_servers", "context_servers", "hooks", "statusLine",
                "apiKeyHelper", "notify",
            )
            if key in root
        )  # fmt: skip
        while queue:
            name, value = queue.popleft()
            if isinstance(value, str) and name == "apiKeyHelper":
                commands.append(NamedCommand(name, value, line_of(blob, value)))
            elif isinstance(value, list):
                queue.extend((name, part) for part in value)
            elif isinstance(value, Mapping):
                command = value.get("command")
                if isinstance(command, (str, list)) and command:
                    parts = command if isinstance(command, list) else [command, *as_sequence(value.get("args"))]
                    text = shell_text(parts[0], parts[1:])
                    commands.append(NamedCommand(name, text, line_of(blob, as_text(parts[0]), f'"{name}"')))
                url = as_text(value.get("url") or value.get("serverUrl") or value.get("httpUrl"))
                if url:
                    urls.append(NamedCommand(name, url, line_of(blob, url)))
                queue.extend(
                    (as_text(key) if isinstance(part, dict) else name, part)
                    for key, part in value.items()
                    if isinstance(part, (dict, list)) and key not in {"env", "args", "headers"}
                )
        view.commands, view.urls = tuple(commands), tuple(urls)
        return view


class Notebook(FileView):
    """The code cells of a Jupyter notebook."""

    title = "notebook"

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By suffix."""
        return blob.suffix == ".ipynb"

    def cells(self) -> Iterator[tuple[str, int]]:
        """Yield (source, line in the file) of each code cell.

        Raises:
            ParseError: not JSON.
        """
        root = as_mapping(load_jsonc(self.blob) if not self.blob.data.lstrip().startswith(b"{") else _json(self.blob))
        for cell in as_sequence(root.get("cells"))[:5000]:
            cell = as_mapping(cell)
            if cell.get("cell_type") != "code":
                continue
            source = cell.get("source")
            rows = (
                [as_text(row) for row in source]
                if isinstance(source, list)
                else as_text(source).splitlines(keepends=True)
            )
            yield "".join(rows), line_of(self.blob, *(row.rstrip("\n") for row in rows[:1]))


def _json(blob: Blob) -> object:
    from lazaretto.parse.documents import load_json

    return load_json(blob)
