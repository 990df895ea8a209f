"""Instructions are read from a public ledger or a paste service, then decoded and executed.

What it sees
    Calls to blockchain nodes (JSON-RPC `eth_call`, `eth_getTransactionByHash`, TRON, Aptos, Solana memos) or to
    services that store anybody's text, in a file that also turns text into code.

Why it matters
    A transaction cannot be taken down, and the host that serves it is honest: neither a block list nor the provider
    stops it. The operator changes the next address by one cheap transaction.

Example
    a POST of `{"method":"eth_getTransactionByHash"}` to a public node, an XOR over the input field, then `eval`

What to do
    Do not run it.

False alarms
    Wallets and dapps read the ledger all day, but they do not execute what they read.

References
    ATT&CK T1102.001, T1027, T1059.007
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import CODE_NEEDLES, in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_LEDGER = re.compile(
    rb"eth_getTransactionByHash|eth_call|eth_getLogs|getSignaturesForAddress|api\.trongrid\.io|/v1/accounts/[^\s'\"]{0,80}transactions"
    rb"|fullnode\.mainnet\.aptoslabs|bsc-dataseed|bsc-rpc|binance\.org:\d|getTransactionReceipt|\bgetMemo\b|arb_sepolia|sepolia-rollup"
)
_STORE = re.compile(
    rb"(?:api\.npoint\.io|jsonkeeper\.com/b|jsonsilo\.com|mocki\.io/v1|jsonbin\.io|pastebin\.com/raw|rentry\.co/[^\s'\"]{1,40}/raw|gist\.githubusercontent|api\.jsonserve|run\.mocky\.io|n8n\.cloud/webhook)"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every execution in a file that reads a dead drop."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    odd = [
        execution
        for execution in module.executions
        if execution.kind == "code"
        and execution.code.tags & {"net", "decoded", "unpacked"}
        and execution.code.text is None
    ]
    if not odd:
        return
    drop = _LEDGER.search(module.source) or _STORE.search(module.source)
    if drop is None:
        return
    for execution in odd:
        tags = execution.code.tags
        sure = "net" in tags or "chain" in tags
        yield Match(
            N_("{how} executes text while the file reads a dead drop ({drop})"),
            line=execution.line,
            column=execution.column,
            params={"how": execution.how, "drop": drop[0].decode("ascii", "replace")},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            severity=Severity.HIGH,
            confidence=Confidence.HIGH if sure and not in_tests(module.path) else Confidence.MEDIUM,
            phase=phase_of(module.path),
        )


RULE = Rule(
    id="js/dead-drop-read",
    title=N_("instructions are read from a public ledger or paste service and executed"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1102.001", "T1059.007"),
    needles=CODE_NEEDLES,
)
