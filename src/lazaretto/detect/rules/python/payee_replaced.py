"""What it sees
    A function that is told where to send money (`to`, `dest`, `recipient`, ...) and puts an address of its own in that
    place.

Why it matters
    The transfer works, the amount is right, and it goes to somebody else. Copies of wallet tools are made for this one
    line.

Example
    def transfer(wallet, dest, amount):
        call_params = {"dest": "5D4k...", "value": amount}

What to do
    Do not use it. Compare the address with what was asked for in every transfer that it made.

False alarms
    A default for an argument that was left out is not reported, nor are addresses of contracts and of nobody (zeros).

References
    ATT&CK T1657 (Financial Theft), T1565.002 (Transmitted Data Manipulation).
"""

import ast
import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_nodes import walk
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_REPLACES = N_("takes {name} from its caller, and puts the address {address} in its place")

_PAYEES = frozenset(
    {
        "to", "dest", "destination", "recipient", "receiver", "payee", "to_address", "dest_address", "to_addr",
        "destination_address", "recipient_address", "receiver_address", "toaddress", "address_to", "wallet_address",
    }
)  # fmt: skip
_WORDS = terms(
    b"dest", b"Dest", b"recip", b"Recip", b"eceiver", b"payee", b"Payee", b"ddress", b"to_addr",
    b"(to,", b" to,", b"(to)", b" to)", b"(to:", b" to:", b"(to=", b" to=", b" to =", b"(to ", b"\tto", b"\nto",
    b"To,", b"To)", b"To:", b"To=", b"DEST", b"DDRESS", b"(TO", b" TO,", b",to", b",TO",
)  # fmt: skip
"""How a payee among the arguments of a function looks in the text."""
_B58 = "1-9A-HJ-NP-Za-km-z"
_ADDRESS = re.compile(
    rf"0x[0-9a-fA-F]{{40}}|bc1[a-z0-9]{{25,62}}|5[{_B58}]{{47}}|T[{_B58}]{{33}}|[13][{_B58}]{{25,34}}|[{_B58}]{{43,44}}|4[{_B58}]{{94}}"
)
SHORTEST = 26
"""Signs of the shortest of these."""
_NOBODY = re.compile(r"^(?:0x)?([0-9a-fA-F])\1{30,}|dead(?:dead){3,}|0{20}", re.IGNORECASE)
_QUOTED = re.compile(rf"[\"'](?:{_ADDRESS.pattern})[\"']".encode("ascii"))


def check(view: PythonModule) -> Iterator[Match]:
    """Yield the first such place of a file."""
    if not view.mentions(_WORDS) or not view.blob.has_run(SHORTEST) or _QUOTED.search(view.blob.data) is None:
        return
    for function in walk(view.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        arguments = function.args
        told = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        told = {name for name in told if name.lower() in _PAYEES}
        if not told:
            continue
        found = _replaced(function, told)
        if found is not None:
            name, address, line = found
            yield Match(
                _REPLACES,
                line,
                params={"name": name, "address": f"{address[:8]}..."},
                excerpt=view.quote(line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
            )
            return


def _replaced(function: ast.FunctionDef | ast.AsyncFunctionDef, told: set[str]) -> tuple[str, str, int] | None:
    """Return the argument, the address put there and the line; None when there is no such place."""
    asked = {  # lines below a test of the argument: there a default is given
        line
        for node in walk(function)
        if isinstance(node, ast.If | ast.IfExp)
        and any(isinstance(part, ast.Name) and part.id in told for part in walk(node.test))
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for node in walk(function):
        if isinstance(node, ast.Assign) and node.lineno not in asked:
            address = _address(node.value)
            for target in node.targets:
                if address and isinstance(target, ast.Name) and target.id in told:
                    return target.id, address, node.lineno
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).lower() in _PAYEES:
                    address = _address(value)
                    if address and value.lineno not in asked:
                        return min(told), address, value.lineno
    return None


def _address(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
        if _ADDRESS.fullmatch(node.value) and not _NOBODY.search(node.value) and not node.value.isalpha():
            return node.value
    return ""


RULE = Rule(
    id="py/payee-replaced",
    title=N_("Sends money somewhere else than it was told"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1657", "T1565.002"),
    needles=(b"to", b"dest", b"recipient", b"receiver", b"payee"),
)
