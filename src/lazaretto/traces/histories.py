"""Histories of shells and of interactive Python and Node: what was typed, with the time where the shell keeps it.

    .bash_history                `#SECONDS` before a command (HISTTIMEFORMAT)
    .zsh_history                 `: SECONDS:DURATION;COMMAND` (EXTENDED_HISTORY)
    fish_history                 `- cmd: COMMAND` and `  when: SECONDS`
    ConsoleHost_history.txt      PowerShell (PSReadLine): no times
    .python_history, .node_repl_history

Nothing is quoted without `redact`. A history says what was asked for, not whether it worked: medium confidence.
"""

import re
from collections.abc import Iterator

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.commands import Use, imports, uses
from lazaretto.traces.place import Place, Tree, Wanted, iso
from lazaretto.traces.redact import redact

_ZSH = re.compile(r": (\d{9,11}):\d{1,9};(.{0,8000})", re.DOTALL)
_BASH = re.compile(r"#(\d{9,11})\s*")
_FISH_WHEN = re.compile(r"\s{1,4}when: (\d{9,11})")
_CONTACT = re.compile(
    r"(?i)\b(?:curl|wget|iwr|irm|invoke-(?:webrequest|restmethod|expression)|iex|mshta|nc|ncat|ssh|bash|sh|node|python\d?|powershell|pwsh|certutil|bitsadmin|osascript)\b"
)
_CLONE = re.compile(r"(?i)\b(?:git\s{1,4}clone|gh\s{1,4}repo\s{1,4}clone|degit)\b")
_TYPED = N_("typed: {line}")


def read_shell(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read a shell's history."""
    fish = path.endswith("fish_history")
    for line, number, at in _lines(tree, path, wanted, fish=fish):
        yield from _traces(SHELL.id, uses(line), line, path, number, at, wanted)
        yield from contacts(line, SHELL.id, path, number, at, wanted)


def read_repl(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read the history of an interactive Python or Node. Node keeps the newest line first."""
    for line, number, at in _lines(tree, path, wanted, fish=False):
        yield from _traces(REPL.id, imports(line), line, path, number, at, wanted)
        yield from contacts(line, REPL.id, path, number, at, wanted)


def contacts(line: str, place: str, path: str, number: int, at: str, wanted: Wanted) -> Iterator[Trace]:
    """Yield the sought addresses of a command."""
    data = line.encode("utf-8", "replace")
    for mark in wanted.marks(data):
        rung, confidence = Rung.NAMED, Confidence.MEDIUM
        if _CLONE.search(line):
            rung, confidence = Rung.FETCHED, Confidence.HIGH
        elif _CONTACT.search(line):
            rung = Rung.EXECUTED
        detail = Message.of(_TYPED, {"line": redact(line)})
        yield Trace(mark.kind, mark.value, "", rung, place, path, number, at, confidence, detail)


def _traces(
    place: str, found: Iterator[Use], line: str, path: str, number: int, at: str, wanted: Wanted
) -> Iterator[Trace]:
    for use in found:
        if wanted.named(use.world, use.name):
            detail = Message.of(_TYPED, {"line": redact(line)})
            yield Trace(
                use.world,
                use.name,
                use.version,
                use.rung,
                place,
                path,
                number,
                at,
                Confidence.MEDIUM,
                detail,
                use.requirement,
            )


def _lines(tree: Tree, path: str, wanted: Wanted, *, fish: bool) -> Iterator[tuple[str, int, str]]:
    """Yield (command, line, time) of the lines that may matter."""
    number, when = 0, ""
    for block in tree.blocks(path):
        if not wanted.touches(block) and next(wanted.marks(block), None) is None:
            number += block.count(b"\n")
            continue
        rows = block.decode("utf-8", "replace").split("\n")
        for index, row in enumerate(rows):
            number += index < len(rows) - 1
            here = number if index < len(rows) - 1 else number + 1
            if match := _BASH.fullmatch(row):
                when = iso(int(match[1]))
                continue
            if fish:
                if not row.startswith("- cmd: "):
                    continue
                after = _FISH_WHEN.match(rows[index + 1]) if index + 1 < len(rows) else None
                yield row[7:], here, iso(int(after[1])) if after else ""
            elif match := _ZSH.match(row):
                yield match[2], here, iso(int(match[1]))
            elif row:
                yield row, here, when
                when = ""


_HOMES = ("linux", "macos", "windows")
SHELL = Place(
    "shell-history",
    N_("shell histories"),
    (Rung.NAMED, Rung.FETCHED, Rung.INSTALLED, Rung.EXECUTED),
    read_shell,
    files=(
        ".bash_history",
        ".zsh_history",
        ".zhistory",
        ".histfile",
        ".sh_history",
        ".ksh_history",
        "fish_history",
        "ConsoleHost_history.txt",
        ".bash_history-*",
        "*.historynew",
    ),
    locations={
        "linux": ("{home}/.bash_history", "{home}/.zsh_history", "{data}/fish/fish_history", "$HISTFILE"),
        "macos": (
            "{home}/.bash_history",
            "{home}/.zsh_history",
            "{home}/.zsh_sessions",
            "{home}/.local/share/fish/fish_history",
            "$HISTFILE",
        ),
        "windows": (
            "{appdata}/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
            "{home}/.bash_history",
        ),
    },
)
REPL = Place(
    "repl-history",
    N_("histories of interactive Python and Node"),
    (Rung.EXECUTED,),
    read_repl,
    files=(".python_history", ".node_repl_history", ".python_history-*", ".bun_repl_history", ".ts_node_repl_history"),
    locations=dict.fromkeys(_HOMES, ("{home}/.python_history", "{home}/.node_repl_history")),
)
PLACES = (SHELL, REPL)
