"""An address that was hidden by an encoding is fetched.

What it sees
    A network call whose address is decoded at run time from a constant or from the environment (`atob`, Base64, hex,
    character codes), whatever becomes of the answer.

Why it matters
    Addresses are not secret to the program that uses them. They are encoded so that neither a search nor a reviewer
    finds them, nor a list of known bad hosts matches.

Example
    `fetch(atob("aHR0cHM6Ly9maWxlcy5leGFtcGxlLnRlc3QvYQ=="))`

What to do
    Do not run it. See what the file does with the answer.

False alarms
    Configuration values that a service hands out in Base64 as a whole (a connection string), rarely.

References
    ATT&CK T1027.013, T1105
"""

from collections.abc import Iterator

from lazaretto.detect.jscode import ENCODED_NEEDLES, host_of, network_calls, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_, Phrase
from lazaretto.parse.javascript import JavaScriptModule

_NETWORK = (b"fetch", b"axios", b"http", b"request", b"got", b"needle", b"agent", b"XMLHttp")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every network call to an address that was decoded."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    if module.bulky or module.minified:
        return
    if not any(word in module.source for word in _NETWORK):
        return
    for call, _ in network_calls(module):
        value = module.flow.value(call)
        if "url:decoded" not in value.tags:
            continue
        constant = host_of(value.url)
        if not constant and "url:env" not in value.tags:
            continue
        yield Match(
            N_("fetches an address that is hidden by an encoding: {address}"),
            line=module.line_of(call.start_byte),
            params={"address": constant or Phrase(N_("a decoded environment value"))},
            excerpt=module.quote(call.start_byte, call.end_byte),
            phase=phase_of(module.path),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )


RULE = Rule(
    id="js/decoded-url-fetched",
    title=N_("an address hidden by an encoding is fetched"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.013", "T1105"),
    needles=ENCODED_NEEDLES[:4],
)
