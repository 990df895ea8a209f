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
from typing import TYPE_CHECKING

from lazaretto.detect.jscode import address, network_calls, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments

if TYPE_CHECKING:
    from tree_sitter import Node

_WHOLE = re.compile(rb"process\s*(?:\.\s*env|\[\s*['\"]env['\"]\s*\])\b(?!\s*(?:\?\.|\.|\[|=[^=]))")

_COPIED = re.compile(
    rb"process\s*\.\s*env\s*\)[^;]{0,80}?(?<![\w$.])([\w$]{1,60})\s*\[\s*([\w$]{1,60})\s*\]\s*="
    rb"\s*process\s*\.\s*env\s*\[\s*\2\s*\]"
)
"""A loop that copies every variable: `for (const k in process.env) all[k] = process.env[k]`."""


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every network call that gets the whole environment."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    if module.bulky or module.minified or _WHOLE.search(module.source) is None:
        return
    copies = {hit[1] for hit in _COPIED.finditer(module.source)}
    for call, _ in network_calls(module):
        given = arguments(call)[:4]
        if any("env-all" in module.flow.value(one).tags or _mentions(one, copies) for one in given):
            yield Match(
                N_("sends the whole environment to {address}"),
                line=module.line_of(call.start_byte),
                params={"address": address(module.flow.value(call))},
                excerpt=module.quote(call.start_byte, call.end_byte),
                phase=phase_of(module.path),
            )


def _mentions(node: "Node", names: set[bytes]) -> bool:
    """Tell whether an argument is, or holds, one of these variables."""
    text = (node.text or b"")[:400]
    return any(re.search(rb"(?<![\w$.])" + re.escape(name) + rb"(?![\w$])(?!\s*[.\[(:])", text) for name in names)


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
