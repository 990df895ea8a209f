"""What it sees
    A process that is started with the arguments of a cryptocurrency miner: a mining pool's address and a wallet, or
    one of the usual miners by its name.

Why it matters
    Mining on somebody else's machine is what many packages are published for. Who wants to mine installs a miner, not
    a library.

Example
    subprocess.Popen([path, "-o", "pool.example.test:443", "-u", wallet])

What to do
    Do not install or import it. Look for a process that keeps the processor busy.

False alarms
    Front ends of miners start one when their user asks for it; that is reported with less severity.

References
    ATT&CK T1496.001 (Compute Hijacking).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import command_of, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_MINES = N_("starts a cryptocurrency miner: {command}")

_MINER = re.compile(
    r"stratum\+(?:tcp|ssl|tls)://|\bxmrig\b|\bcpuminer\b|\bminerd\b|\bnbminer\b|\bt-rex\b[^\n]{0,80}-a\s|--donate-level"
    r"|supportxmr\.com|nanopool\.org|minexmr\.com|moneroocean|2miners\.com|hashvault\.pro"
    r"|-o\s+[\w.-]{4,80}:\d{2,5}\s[^\n]{0,40}-u\s+[48][1-9A-HJ-NP-Za-km-z]{90,105}"
)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield the first start of a miner."""
    if not view.speaks("process"):
        return
    for call in view.facts.calls:
        command = command_of(call) if starts_process(call) else ""
        if not _MINER.search(command):
            continue
        unasked = view.unasked(call.scope)
        yield Match(
            _MINES,
            call.line,
            call.column,
            params={"command": short(command)},
            excerpt=view.quote(call.line),
            severity=Severity.LOW if view.is_test else Severity.HIGH if unasked else Severity.MEDIUM,
            confidence=Confidence.HIGH if unasked else Confidence.MEDIUM,
            phase=view.phase(call.scope),
            layers=call.layers,
        )
        return


RULE = Rule(
    id="py/starts-miner",
    title=N_("Starts a cryptocurrency miner"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1496.001",),
    needles=(
        b"xmrig",
        b"stratum+",
        b"minerd",
        b"cpuminer",
        b"donate-level",
        b"supportxmr",
        b"nanopool",
        b"minexmr",
        b"moneroocean",
        b"2miners",
        b"hashvault",
        b"nbminer",
        b"t-rex",
        b"-u 4",
        b"-u 8",
    ),
)
