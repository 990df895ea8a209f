"""The body of a failed request is executed: the error branch is the loader.

What it sees
    `err.response.data` (or whatever else a failed network call leaves) that reaches `eval`, `Function`,
    `Function.constructor` or `vm`: in `.catch(...)`, in a `catch` clause, or in a helper called "error handler".

Why it matters
    Readers skip error handling. The server answers with status 500 and the payload as body, so that nothing in the
    normal flow looks odd and scanners that follow the happy path see a clean request.

Example
    `axios.get(url).catch(err => errorHandler(err.response.data))`, where `errorHandler` builds
    `new (Function.constructor)('require', text)`.

What to do
    Do not run the project. If it ran, treat every secret of that user account as stolen.

False alarms
    None known: no program needs to execute an error message.

References
    ATT&CK T1059.007, T1105, T1036
"""

from collections.abc import Iterator

from lazaretto.detect.jscode import CODE_NEEDLES, remote_matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every code execution whose text came from the failure branch of a network call."""
    return remote_matches(module, "error", N_("{how} executes the error text that {address} answers"))


RULE = Rule(
    id="js/error-branch-executed",
    title=N_("the error text of a request is executed as code"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.007", "T1105", "T1036"),
    needles=CODE_NEEDLES,
)
