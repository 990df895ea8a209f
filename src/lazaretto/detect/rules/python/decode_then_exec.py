"""What it sees
    `exec`, `eval`, `os.system` or a process call whose argument went through decoders: base64, hex, zlib, marshal,
    rot13, XOR, reversed text, `chr` chains, Fernet or another decryption. Renamed built-ins (`getattr(builtins,
    ...)`, `__import__("builtins").exec`, lambdas) and several layers are followed.

Why it matters
    There is no reason to hide the program text of a library from its own reader. Encoded program text is how
    payloads get past review, and how the next stage travels.

Example
    exec(__import__("zlib").decompress(__import__("base64").b64decode(b"eJw...")))

What to do
    Do not install, import or run it. `--all` shows what the decoded text does, when it could be read.

False alarms
    Commercial obfuscators ship such code, too; it cannot be examined, which is a finding of its own. Code
    generators that only replace or format text are not reported. Encrypted text whose key comes from outside is
    reported with less confidence.

References
    ATT&CK T1140 (Deobfuscate/Decode Files or Information), T1027.013 (Encrypted/Encoded File), T1059.006.
"""

import ast
from collections.abc import Iterator

from lazaretto.detect.pycode import STRONG, command_of, decoders, once, runs_code, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_fold import parse_text
from lazaretto.parse.py_sources import is_http
from lazaretto.parse.py_values import further
from lazaretto.parse.py_vocabulary import RUNS_CODE, SENDS, STANDARD_MODULES
from lazaretto.parse.python import PythonModule

_CODE = N_("executes program text that is hidden in a constant ({decoders})")
_OPAQUE = N_("executes decoded program text that this file does not show ({decoders})")
_COMPILED = N_("executes compiled code that is hidden in a constant ({decoders}); it uses {names}")
_OWN = N_("executes program text that it decodes from a file of its own package ({decoders})")
_KEYED = N_("executes program text that it decrypts with a key from elsewhere ({decoders})")
_COMMAND = N_("runs a command that is hidden in a constant ({decoders}): {command}")
_PLAIN = N_("executes program text that is encoded in a constant, and that defines things only ({decoders})")
_MODULE = N_("imports a module whose name is hidden ({decoders})")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every execution of decoded text."""
    if not (view.speaks("exec") and (view.speaks("decode") or view.speaks("disguise"))) and not view.speaks(
        "process", "decode"
    ):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        code, process = runs_code(call), starts_process(call)
        if not (code or process or call.name in {"__import__", "importlib.import_module"}):
            continue
        first = call.arg(0, "source", "args", "command", "cmd")
        tags = first.all_tags() if process else first.tags
        found = tags & STRONG
        if (not found and "crypt" not in tags) or "net" in tags or not once(seen, call.line):
            continue
        params = {"decoders": decoders(tags), "command": short(command_of(call)) if process else ""}
        literal = "lit" in tags
        if not code and not process:
            if found - {"dec:chr", "dec:reverse"} and literal:
                yield _match(view, call, _MODULE, params, Severity.MEDIUM, Confidence.MEDIUM)
            continue
        if process:
            if not literal or (first.items is not None and not any("lit" in item.tags for item in first.items)):
                continue
            # virtualenv carries its helper scripts this way: somebody has to ask before it runs
            carried = (
                view.phase(call.scope) is Phase.RUN and "python" in params["command"] and " -c " in params["command"]
            )
            yield _match(view, call, _COMMAND, params, confidence=Confidence.MEDIUM if carried else None)
        elif literal:
            if found <= {"dec:reverse", "dec:chr"} and len(first.text or "x" * 99) < 24:
                continue
            if found <= _PACKING and _is_plain(view, call):
                yield _match(view, call, _PLAIN, params, Severity.MEDIUM, Confidence.LOW)
                continue
            names = _names(view) if "dec:marshal" in tags else ""
            yield _match(view, call, _COMPILED if names else _CODE, {**params, "names": names})
        elif "own" in tags and found - {"dec:marshal", "dec:zlib"}:
            keyed = "crypt" in tags or bool({"dec:xor", "dec:fernet"} & tags)
            yield _match(view, call, _OWN, params, confidence=Confidence.HIGH if keyed else Confidence.MEDIUM)
        elif "crypt" in tags or "dec:xor" in tags or "dec:fernet" in tags:
            yield _match(view, call, _KEYED, params, confidence=Confidence.MEDIUM)
        else:
            # importers and caches load marshalled code from files: context only
            many = len(found - {"dec:marshal"}) >= 2
            yield _match(view, call, _OPAQUE, params, Severity.MEDIUM if many else Severity.LOW, Confidence.MEDIUM)


def _match(
    view: PythonModule,
    call: Call,
    message: str,
    params: dict[str, str],
    severity: Severity | None = None,
    confidence: Confidence | None = None,
) -> Match:
    return Match(
        message,
        call.line,
        call.column,
        params=params,
        excerpt=view.quote(call.line),
        severity=severity,
        confidence=confidence,
        phase=view.phase(call.scope),
        layers=further(call.layers, *call.arg(0, "source", "args", "command", "cmd").steps),
    )


_DULL = frozenset({"print", "len", "str", "range", "open", "name", "self", "time", "sleep", "exit", "input"})


def _names(view: PythonModule) -> str:
    """Return the most telling names of the code objects that the file executes."""
    names = {name for name in view.facts.code_names if not name.startswith("_") and name not in _DULL and len(name) > 2}
    known = sorted(names & (STANDARD_MODULES | RUNS_CODE | {"requests", "urlopen", "system", "Popen", "decompress"}))
    return ", ".join((known or sorted(names))[:6])


_PACKING = frozenset({"dec:base64", "dec:base85", "dec:zlib", "dec:lzma", "dec:bz2"})
"""What packs program text to make it short; the other decoders only hide."""
_DEFINES = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.If,
    ast.Try,
)


def _is_plain(view: PythonModule, call: Call) -> bool:
    """Tell whether the decoded text was read and does nothing by itself: definitions, no request, no execution."""
    texts = [text for text, line in view.facts.layers if line == call.line]
    if not texts:
        return False
    for text in texts:
        tree = parse_text(text)
        if tree is None or any(
            not isinstance(node, _DEFINES) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for node in tree.body
        ):
            return False
    inner = [other for other in view.facts.calls if other.layer and other.line == call.line]
    return len(inner) > 20 and not any(
        runs_code(other)
        or is_http(other)
        or other.name in SENDS
        or starts_process(other)
        or other.hidden
        or other.attr == "connect"
        for other in inner
    )


RULE = Rule(
    id="py/decode-then-exec",
    title=N_("Executes decoded text"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1140", "T1027.013", "T1059.006"),
)
