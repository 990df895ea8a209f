"""Coding agents and their MCP servers: which packages does an agent start, which addresses does it ask?

    .mcp.json, mcp.json, .claude.json, claude_desktop_config.json, settings.json, config.toml (of .codex), ...

Every mapping with a `command` is a program that the agent starts: `npx -y NAME`, `uvx NAME`. Values of `env` are
secrets and are never looked at, let alone printed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import load_jsonc, load_toml
from lazaretto.parse.views import ParseError
from lazaretto.traces.commands import of_words
from lazaretto.traces.place import Place, Tree, Wanted, iso, partly
from lazaretto.traces.redact import redact

STEPS = 50_000
_PRIVATE = frozenset({"env", "headers", "history", "oauthAccount"})


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one configuration."""
    blob = tree.read(path)
    if blob is None or not (wanted.touches(blob.data) or next(wanted.marks(blob.data), None)):
        return
    try:
        document: object = load_toml(blob) if path.endswith(".toml") else load_jsonc(blob)
    except ParseError as error:
        yield partly(path, N_("not readable: {reason}"), {"reason": error.reason})
        return
    yield from _servers(blob, document, iso(tree.time(path)), wanted)


def _servers(blob: Blob, document: object, at: str, wanted: Wanted) -> Iterator[Trace]:
    stack: list[object] = [document]
    for _ in range(STEPS):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, dict):
            yield from _server(blob, node, at, wanted)
            stack += [value for key, value in node.items() if key not in _PRIVATE and isinstance(value, (dict, list))]
        elif isinstance(node, list):
            stack += [value for value in node if isinstance(value, (dict, list))]


def _server(blob: Blob, node: Mapping[str, Any], at: str, wanted: Wanted) -> Iterator[Trace]:
    command, arguments, url = node.get("command"), node.get("args"), node.get("url")
    if isinstance(command, str) and command.strip():
        words = command.split() + [
            word for word in (arguments if isinstance(arguments, list) else ()) if isinstance(word, str)
        ]
        line = redact(" ".join(words))
        for use in of_words(words[:200]):
            if wanted.named(use.world, use.name):
                detail = Message.of(N_("an agent starts it: {line}"), {"line": line})
                yield Trace(
                    use.world,
                    use.name,
                    use.version,
                    Rung.EXECUTED,
                    PLACE.id,
                    blob.path,
                    blob.find_line(use.name),
                    at,
                    Confidence.MEDIUM,
                    detail,
                    use.requirement,
                )
        url = url if isinstance(url, str) else " ".join(words)
    if isinstance(url, str):
        for mark in wanted.marks(url.encode("utf-8", "replace")):
            detail = Message.of(N_("an agent is set up to use it"))
            yield Trace(
                mark.kind,
                mark.value,
                "",
                Rung.EXECUTED,
                PLACE.id,
                blob.path,
                blob.find_line(mark.value),
                at,
                Confidence.MEDIUM,
                detail,
            )


PLACE = Place(
    "agent-config",
    N_("agents and their MCP servers"),
    (Rung.EXECUTED,),
    read,
    files=(
        ".mcp.json",
        "mcp.json",
        "mcp_config.json",
        "mcp_settings.json",
        ".claude.json",
        "claude_desktop_config.json",
        "cline_mcp_settings.json",
        "opencode.json",
        ".claude/settings.json",
        ".claude/settings.local.json",
        ".gemini/settings.json",
        ".codex/config.toml",
        ".continue/config.json",
        "zed/settings.json",
    ),
    locations={
        "linux": (
            "{home}/.claude.json",
            "{home}/.cursor/mcp.json",
            "{home}/.codex/config.toml",
            "{home}/.gemini/settings.json",
        ),
        "macos": (
            "{home}/.claude.json",
            "{home}/.cursor/mcp.json",
            "{home}/.codex/config.toml",
            "{home}/Library/Application Support/Claude/claude_desktop_config.json",
        ),
        "windows": (
            "{home}/.claude.json",
            "{home}/.cursor/mcp.json",
            "{home}/.codex/config.toml",
            "{appdata}/Claude/claude_desktop_config.json",
        ),
    },
)
