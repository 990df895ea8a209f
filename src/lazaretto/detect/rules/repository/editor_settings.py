"""What it sees
    Settings that the folder brings along and that name a program for the editor to run: interpreters, language
    servers, git, terminal profiles, environment variables of terminals.

Why it matters
    A path that leads into the folder makes the editor run a file of the folder, often as soon as a source file is
    looked at. `NODE_OPTIONS`, `LD_PRELOAD` or `PYTHONSTARTUP` set for terminals do the same one step later.

Example
    {"git.path": "./tools/git", "terminal.integrated.env.linux": {"NODE_OPTIONS": "--require ./x.js"}}

What to do
    Look at the named file before you open the folder.

False alarms
    Virtual environments (`.venv/bin/python`), SDKs of package managers (`.yarn/sdks`, `node_modules`) are ordinary
    and not reported.

References
    ATT&CK T1574.007, T1204.002; VS Code documentation on workspace trust ("restricted settings").
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.commands import start_signals, uninvited
from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.documents import as_mapping, as_sequence, as_text
from lazaretto.parse.editor import EditorSettings
from lazaretto.parse.shell import analyse
from lazaretto.parse.workspace import line_of, shell_text

_PROGRAM = re.compile(
    r"(?:^|\.)(?:path|executable|executablePath|executablePaths|nodePath|interpreter|defaultInterpreterPath|pythonPath|"
    r"serverPath|server\.path|cargoPath|goroot|binPath|command|bin|runtimeExecutable|alternateTools|runtime)$",
    re.IGNORECASE,
)
_OWN_PLACES = re.compile(
    r"(?:^|[/\\])(?:\.?v?env[\w.-]{0,20}|node_modules|\.yarn|\.pixi|\.conda|\.tox|\.nox|sdks?|vendor|\.direnv|target|build|bin|dist|packages)(?:[/\\]|$)"
)
_INSIDE = re.compile(r"(?:\$\{workspaceFolder\}|\$\{workspaceRoot\}|\.)[/\\]|[\w.-]{1,80}[/\\]")
_WORKSPACE = re.compile(r"^\$\{workspace(?:Folder|Root)\}/")
_PRELOADS = frozenset(
    [
        "NODE_OPTIONS", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "PYTHONSTARTUP", "BASH_ENV", "ENV", "PERL5OPT",
        "RUBYOPT", "GIT_SSH_COMMAND", "PROMPT_COMMAND", "PYTHONINSPECT", "ZDOTDIR",
    ]
)  # fmt: skip
_HARMLESS_NODE = re.compile(
    r"--(?:max[-_]old[-_]space[-_]size|openssl-legacy-provider|no-warnings|trace-\w|experimental-\w|inspect|enable-source-maps|dns-result-order|unhandled-rejections)\S{0,60}"
)


def check(view: EditorSettings) -> Iterator[Match | Signal]:
    """Look at settings whose name says program, at terminal profiles and terminal environments."""
    for name, value in view.settings.items():
        if name.startswith("terminal.") and ".env." in name:
            for variable, text in as_mapping(value).items():
                text = as_text(text)
                if variable in _PRELOADS and _HARMLESS_NODE.sub("", text).strip():
                    yield _match(
                        view,
                        N_("terminals that are opened in this folder load code: {setting}"),
                        name,
                        f"{variable}={text}",
                        Confidence.MEDIUM,
                    )
        elif name.startswith("terminal.") and ("rofile" in name or "shell" in name.lower()):
            for profile in (value, *as_mapping(value).values()):
                fields = as_mapping(profile)
                yield from _starts(view, as_text(fields.get("path")), name)
                if fields.get("args"):
                    facts = analyse(shell_text(fields.get("path", "sh"), as_sequence(fields.get("args"))))
                    yield from start_signals(facts, Phase.OPEN, view.path, _top(view), line_of(view.blob, name))
                    danger = uninvited(facts)
                    if danger is not None:
                        yield danger.match(
                            name, line_of(view.blob, name), shell_text("", as_sequence(fields.get("args")))
                        )
        elif _PROGRAM.search(name):
            for path in [value] if isinstance(value, str) else as_sequence(value):
                text = as_text(path)
                yield from _starts(view, text, name)
                if (
                    _INSIDE.match(text)
                    and not _OWN_PLACES.search(text)
                    and not text.startswith(("/", "~"))
                    and "://" not in text
                ):
                    certain = (
                        Confidence.MEDIUM
                        if name in {"git.path", "eslint.nodePath", "typescript.npm", "npm.path"}
                        else Confidence.LOW
                    )
                    yield _match(
                        view, N_("the editor is told to run a program of this folder: {setting}"), name, text, certain
                    )


def _top(view: EditorSettings) -> str:
    """Return the folder that relative paths in the settings start from."""
    folder = posixpath.dirname(view.path)
    return posixpath.dirname(folder) if view.blob.name == "settings.json" else folder


def _starts(view: EditorSettings, text: str, name: str) -> Iterator[Signal]:
    """The editor runs a program of the folder."""
    if _INSIDE.match(text) and "://" not in text:
        inner = _WORKSPACE.sub("", text.replace("\\", "/"))
        target = normal(posixpath.join(_top(view), inner))
        if target and not target.startswith(".."):
            yield Signal("start", f"open\t{target}", view.path, line_of(view.blob, name))


def _match(view: EditorSettings, template: str, name: str, value: str, confidence: Confidence) -> Match:
    return Match(
        template, line=line_of(view.blob, name), params={"setting": f"{name} = {value}"[:200]}, confidence=confidence
    )


RULE = Rule(
    id="repo/editor-settings-run-programs",
    title=N_("The folder's settings make the editor run its programs"),
    view=EditorSettings,
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1574.007", "T1204.002"),
)
