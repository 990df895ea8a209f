"""The whole environment is sent over the network.

What it sees
    `process.env` as a whole (spread, stringified, copied) in the address, body or headers of a network call.

Why it matters
    The environment of a developer or a build server holds cloud keys, registry tokens and database passwords. Traps
    post it first, both as loot and to let the server decide whom to attack further.

Example
    `axios.post(url, { ...process.env })`

What to do
    Do not run it. If it ran, change every secret that was in the environment.

False alarms
    None known: error reporters send single variables.

References
    ATT&CK T1552.001, T1041, T1082
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import address, network_calls, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments

_WHOLE = re.compile(rb"process\s*(?:\.\s*env|\[\s*['\"]env['\"]\s*\])\b(?!\s*(?:\?\.|\.|\[|=[^=]))")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every network call that gets the whole environment."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    if module.bulky or module.minified or _WHOLE.search(module.source) is None:
        return
    for call, _ in network_calls(module):
        if any("env-all" in module.flow.value(one).tags for one in arguments(call)[:4]):
            yield Match(
                N_("sends the whole environment to {address}"),
                line=module.line_of(call.start_byte),
                params={"address": address(module.flow.value(call))},
                excerpt=module.quote(call.start_byte, call.end_byte),
                phase=phase_of(module.path),
            )


RULE = Rule(
    id="js/environment-posted",
    title=N_("the whole environment is sent over the network"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.001", "T1041", "T1082"),
    needles=(b"env",),
)
