"""Payments are redirected: wallet calls, answers of the network or the clipboard are changed on their way.

What it sees
    A script that puts its own function in place of `fetch`, `XMLHttpRequest` or a wallet's `request`, and exchanges
    wallet addresses or the recipient of a transaction for constant ones; the same with the clipboard.

Why it matters
    The page and the wallet look as always; the money goes elsewhere. A hijacked library that everybody bundles does
    this to the visitors of every site.

Example
    `ethereum.request = async (a) => { if (a.method === "eth_sendTransaction") a.params[0].to = MINE; return real(a) }`

What to do
    Do not ship it. If it was shipped, take the site down and look for transactions to the addresses in the code.

False alarms
    Wallet libraries wrap `request` as well, but they do not hold a recipient of their own. Tests with fixed addresses
    are told apart by their folder.

References
    ATT&CK T1565.002, T1185, T1115
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_HOOKS = (
    (re.compile(rb"fetch\s*=(?!=)"), re.compile(rb"(?:window|globalThis|self|global)\s*\.\s*fetch\s*=(?!=)")),
    (None, re.compile(rb"XMLHttpRequest\s*\.\s*prototype\s*\.\s*(?:open|send)\s*=(?!=)")),
    (
        re.compile(rb"(?:request|send|sendAsync|signTransaction|signAndSendTransaction)\s*=(?!=)"),
        re.compile(
            rb"(?:ethereum|solana|provider|tronWeb)[\w.?\[\]]{0,40}\.\s*(?:request|send|sendAsync|signTransaction|signAndSendTransaction)\s*=(?!=)"
        ),
    ),
    (None, re.compile(rb"defineProperty\s*\(\s*(?:window\s*\.\s*)?ethereum")),
)
"""What is quickly told and must be there (None: the expression itself is quick), and the expression."""
_ADDRESS_PATTERN = re.compile(
    rb"0x\[(?:a-f|A-F|0-9){2,3}[^\]]{0,6}\]\{40\}|\[13\]\[a-km-zA-HJ-NP-Z1-9\]|\(?bc1\|\[13\]|bc1\)?[\[(]|T\[[A-Za-z1-9-]{4,30}\]\{33\}|\[1-9A-HJ-NP-Za-km-z\]\{3"
)
_OWN = re.compile(
    rb"[\"'`](?:0x[0-9a-fA-F]{40}|bc1[02-9ac-hj-np-z]{20,62}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33})[\"'`]"
)
_RECIPIENT = re.compile(
    rb"params\s*\[\s*0\s*\]\s*\.\s*(?:to|data)\s*=(?!=)|\b(?:tx|transaction|txn?Params)\w{0,8}\s*\.\s*to\s*=(?!=)|\.to\s*=\s*[\"'`]0x[0-9a-fA-F]{40}"
)
_REPLACES = re.compile(rb"\.\s*replace(?:All)?\s*\(")
_PASTE = re.compile(rb"clipboard\s*\.\s*readText|clipboardy|readSync\s*\(|pbpaste|Get-Clipboard")
_COPY = re.compile(rb"clipboard\s*\.\s*writeText|writeSync\s*\(|pbcopy|Set-Clipboard|setData\s*\(")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per script that changes payments."""
    source = module.source
    hook, copy = _hook(source), _COPY.search(source) if _PASTE.search(source) else None
    if (hook is None and copy is None) or not _OWN.search(source):
        return
    pattern = _ADDRESS_PATTERN.search(source)
    if hook is not None and (_RECIPIENT.search(source) or (pattern and _REPLACES.search(source))):
        yield _match(module, hook.start(), N_("puts itself between wallet or network and page, and changes addresses"))
    elif copy is not None and pattern is not None:
        yield _match(module, copy.start(), N_("replaces wallet addresses in the clipboard"))


def _hook(source: bytes) -> re.Match[bytes] | None:
    """Return the first place where a function of wallet or network is replaced."""
    found = [
        hit
        for needed, hook in _HOOKS
        if (needed is None or needed.search(source)) and (hit := hook.search(source)) is not None
    ]
    return min(found, key=re.Match.start, default=None)


def _match(module: JavaScriptModule, start: int, template: str) -> Match:
    line, column = module.position(start)
    tests = in_tests(module.path)
    return Match(
        template,
        line=line,
        column=column,
        excerpt=module.quote(start),
        severity=Severity.MEDIUM if tests else Severity.CRITICAL,
        confidence=Confidence.LOW if tests else Confidence.HIGH,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/transaction-rewritten",
    title=N_("payments are redirected on their way"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1565.002", "T1185", "T1115"),
    needles=(b"XMLHttpRequest", b".fetch", b"ethereum", b"lipboard", b"solana", b"tronWeb", b"pbcopy"),
)
