"""What it sees
    Code that was made unreadable on purpose: built-ins and modules called by names that are computed or decoded
    (`getattr(builtins, "cexe"[::-1])`), identifiers made of look-alike signs (`lIlIIl`, `O0O0O0`, `_0x1f3a`),
    identifiers in mathematical letters, and the marks of known obfuscators.

Why it matters
    Open source has nothing to hide from its reader. What such a module does cannot be told without running it, and
    that must not be done.

Example
    getattr(__builtins__, "cexe"[::-1])(text)

What to do
    Do not install or import it, unless its author is a company that you trust to ship code that nobody can read.

False alarms
    Commercial packers (PyArmor, Cython tricks) protect licences; they are reported with less severity. Mathematical
    letters in texts are not identifiers and are not reported.

References
    ATT&CK T1027 (Obfuscated Files or Information), T1027.010 (Command Obfuscation).
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from lazaretto.detect.pycode import once, runs_code, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse import py_decode
from lazaretto.parse.py_nodes import walk
from lazaretto.parse.py_sources import is_http
from lazaretto.parse.py_vocabulary import BUILTIN_FUNCTIONS
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_HIDDEN = N_("calls {name} by a name that it hides")
_COMPUTED = N_("calls built-in functions by names that it computes")
_NAMES = N_("is written in {count} identifiers that are made to look alike, such as {name}")
_RUNS = N_("is written in {count} identifiers that are made to look alike, such as {name}, and executes hidden text")
_LETTERS = N_("spells identifiers in mathematical letters")
_RENAMES = N_("gives built-in functions other names in one go, {name} among them")
_CLIMBS = N_("reaches classes by climbing from an object to all subclasses of its base")
_SPELLS = N_("spells {name} in character codes")
_PICKS = N_("picks the letters of a module's name out of a table")
_BULK = N_("is a text of {size} characters that nobody can read, and a line that executes it")
_PACKED = N_("was packed by {name}: what it does cannot be read")

_ALIKE = re.compile(
    rb"(?<![\w\"'\\.])(?:_{1,3}0x[0-9a-f]{3,10}|[Il][Il1]{7,400}|O[O0]{7,400}|[lIO][lI1O0]{9,400}|_{5,80}(?=\s?[=(,)\[])|(?:__?[A-Z]{1,4}){6,60}__?)(?!\w)"
)
_LONG = re.compile(rb"[A-Za-z_]\w{99,4000}(?=\s?=)")
_MATH = re.compile(rb"(?:^|[\s=(.;])(?:\xf0\x9d[\x90-\x9f][\x80-\xbf]){2,}")
_PACKERS = (
    (b"__pyarmor__", "PyArmor"), (b"pyarmor_runtime", "PyArmor"), (b"from pytransform import", "PyArmor"),
    (b"PyFuscation", "PyFuscation"), (b"pyobfuscate", "pyobfuscate"), (b"BlankOBF", "BlankOBF"),
    (b"Obfuscated with PyObfuscator", "PyObfuscator"),
)  # fmt: skip
_TEXT = re.compile(rb"#[^\n]{0,400}|\"\"\".{0,20000}?\"\"\"|\"[^\"\n]{0,4000}\"|'[^'\n]{0,4000}'", re.DOTALL)


_MANY = re.compile(
    rb"^[ \t]{0,40}\w{1,60}(?: ?, ?\w{1,60}){3,20} ?= ?(\w{1,60}(?: ?, ?\w{1,60}){3,20})[ \t]{0,20}\r?$", re.MULTILINE
)
_TELLING = frozenset({"exec", "eval", "compile", "globals", "__import__", "getattr"})
_ESCAPED = re.compile(rb"['\"]((?:\\x[2-7][0-9a-fA-F]){3,40})['\"]")
_NAMED = frozenset({b"eval", b"exec", b"compile", b"getattr", b"__import__", b"builtins", b"__builtins__", b"globals",
                    b"marshal", b"zlib", b"base64", b"decompress", b"b64decode", b"subprocess", b"system"})  # fmt: skip


_ESCAPED_CALL = re.compile(
    rb"(?<![\w.])(eval|exec|__import__|compile)\(\s{0,4}[bu]?(['\"])(?:\\x[2-7][0-9a-fA-F]){5,4000}\2\s{0,4}[,)]"
)
_PICKED = re.compile(
    rb"(?:__import__|import_module)\(\s{0,20}(?:[\w.]{1,40}\[-?\d{1,6}\]\s{0,10}\+\s{0,10}){2,40}[\w.]{1,40}\[-?\d{1,6}\]"
)
_DENSE = re.compile(rb"(?<![^\s'\"])[^\s'\"]{8000,}+")
_RUNNER = re.compile(rb"(?<![\w.])(?:exec|eval)(?:[ \t]*\(|\b[^\w\n]{0,3}(?:if|for|,|;))")
_REACHES = terms(b"getattr(__builtins__", b"getattr(builtins", b"eval(", b"\\x65")
_BASES = terms(b"__bases__", b"__base__", b"__mro__")
_SUBCLASSES = terms(b"__subclasses__")
_IMPORTING = terms(b"__import__", b"import_module")
_PACKED_BY = terms(*(mark for mark, _ in _PACKERS))
_MARKS = terms(b"lIl", b"IlI", b"IIl", b"llI", b"O0O", b"0O0", b"OO0", b"_0x", b"_____", b"__NO", b"O0l", b"IIII")


def _bulk(view: PythonModule) -> Iterator[Match]:
    """Yield a file that is one packed text and little more, and executes something."""
    data = view.blob.data
    size = sum(len(found[0]) for found in _DENSE.finditer(data[: 4 << 20]))
    if size * 10 < min(len(data), 4 << 20) * 9:
        return
    rest = _DENSE.sub(b" ", data[: 4 << 20])
    found = _RUNNER.search(rest)
    if found is not None:
        yield Match(_BULK, params={"size": size}, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield one finding for each sign of obfuscation."""
    data = view.blob.data
    if view.speaks("exec") and (view.speaks("decode") or view.mentions(_REACHES)):
        yield from _hidden(view)
    executes = view.speaks("exec")
    long_name = view.blob.has_run(100)
    lines = data[: 1 << 20].split(b"\n") if executes or long_name else []
    if executes and any(line.count(b",") >= 6 and b"=" in line for line in lines):
        for many in _MANY.finditer(data[: 1 << 20]):
            names = {part.strip().decode("latin-1") for part in many[1].split(b",")}
            if len(names & BUILTIN_FUNCTIONS) >= 4 and names & _TELLING:
                shown = ", ".join(sorted(names & _TELLING))
                yield Match(_RENAMES, view.blob.position(many.start())[0], params={"name": shown})
                break
    if view.mentions(_SUBCLASSES) and view.mentions(_BASES):
        yield from _climbs(view)
    if view.has_escapes:
        spelled = {bytes.fromhex(hit.replace(b"\\x", b"").decode("ascii")) for hit in _ESCAPED.findall(data[: 1 << 20])}
        telling = sorted(spelled & _NAMED)
        called = _ESCAPED_CALL.search(data[: 4 << 20])
        if called:
            yield Match(
                _SPELLS, view.blob.position(called.start())[0], params={"name": f"the argument of {called[1].decode()}"}
            )
            telling = []
        if len(telling) > 1 or (telling and len(spelled) > 3):
            shown = b", ".join(telling).decode("latin-1")
            first = _ESCAPED.search(data)
            yield Match(_SPELLS, view.blob.position(first.start())[0] if first else 1, params={"name": shown})
    if view.mentions(_IMPORTING):
        picked = _PICKED.search(data[: 1 << 20])
        if picked:
            yield Match(_PICKS, view.blob.position(picked.start())[0])
    if executes and len(data) > 20_000 and (len(data) > 1 << 20 or max(map(len, lines)) >= 8000):
        yield from _bulk(view)
    for mark, name in _PACKERS if view.mentions(_PACKED_BY) else ():
        if mark in data and len(data) > 200 and _is_code(view, mark):
            yield Match(
                _PACKED,
                view.blob.find_line(mark),
                params={"name": name},
                severity=Severity.MEDIUM,
                confidence=Confidence.MEDIUM,
            )
            break
    if b"\xf0\x9d" in data and (line := _mathematical(view)):
        yield Match(_LETTERS, line, confidence=Confidence.HIGH)
    counts: Counter[bytes] = Counter()
    if view.mentions(_MARKS):
        counts.update(_ALIKE.findall(data[: 1 << 20]))
    if long_name:
        counts.update(found[0] for line in lines if len(line) > 99 and (found := _LONG.match(line)) is not None)
    wild = _wild(view) if executes and not data.isascii() else Counter()
    counts += wild
    if len(counts) >= 6 and sum(counts.values()) >= 20 and not wild:  # once more, without texts: drawings are made so
        kept = Counter(_ALIKE.findall(_TEXT.sub(b" ", data[: 1 << 20])))
        counts = kept + Counter({name: count for name, count in counts.items() if len(name) > 99})
    if len(counts) >= 6 and sum(counts.values()) >= 20:
        alike = counts.most_common(1)[0][0]
        runs = any(runs_code(call) for call in view.facts.calls) or any(call.hidden for call in view.facts.calls)
        yield Match(
            _RUNS if runs else _NAMES,
            view.blob.find_line(alike),
            params={"count": len(counts), "name": alike[:40].decode("utf-8", "replace")},
            severity=Severity.HIGH if runs else Severity.MEDIUM,
            confidence=Confidence.HIGH if runs else Confidence.MEDIUM,
        )


_CLIMB = re.compile(r"__(?:bases__\s*\[\s*-?\d+\s*\]|base__|mro__\s*\[\s*-?\d+\s*\])\s*\.\s*__subclasses__\s*\(")


def _climbs(view: PythonModule) -> Iterator[Match]:
    for call in view.facts.calls:
        if call.attr == "__subclasses__" and _CLIMB.search(view.quote(call.line)):
            yield Match(
                _CLIMBS,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                phase=view.phase(call.scope),
                layers=call.layers,
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )
            return


def _mathematical(view: PythonModule) -> int:
    """Return the first line that spells a name in mathematical letters, outside of texts and comments; 0 = none."""
    if not _MATH.search(_TEXT.sub(b" ", view.blob.data)):
        return 0
    texts: set[int] = set()
    for node in walk(view.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.end_lineno != node.lineno:
            texts |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for line, text in enumerate(view.blob.data.split(b"\n"), 1):
        if b"\xf0\x9d" in text and line not in texts and _MATH.search(_TEXT.sub(b" ", text)):
            return line
    return 0


def _hidden(view: PythonModule) -> Iterator[Match]:
    seen: set[object] = set()
    for call in view.facts.calls:
        if call.hidden and "<computed>" in call.name and call.name.startswith("builtins.") and once(seen, "computed"):
            yield Match(_COMPUTED, call.line, call.column, excerpt=view.quote(call.line), phase=view.phase(call.scope))
        dangerous = (
            runs_code(call)
            or starts_process(call)
            or is_http(call)
            or call.name == "compile"
            or py_decode.decoder_kind(call.name)
        )
        if call.hidden and dangerous and once(seen, call.name):
            yield Match(
                _HIDDEN,
                call.line,
                call.column,
                params={"name": call.name},
                excerpt=view.quote(call.line),
                phase=view.phase(call.scope),
                layers=call.layers,
            )


_LOADERS = frozenset({b"__pyarmor__", b"pyarmor_runtime", b"from pytransform import"})


def _is_code(view: PythonModule, mark: bytes) -> bool:
    data = view.blob.data
    if mark in _LOADERS:
        return any(call.attr == "__pyarmor__" for call in view.facts.calls)
    line = data[data.rfind(b"\n", 0, data.find(mark)) + 1 : data.find(mark) + 80]
    return (mark in {b"pyobfuscate", b"BlankOBF"} and b"=" in line) or not line.lstrip().startswith((b"#", b'"', b"'"))


def _wild(view: PythonModule) -> "Counter[bytes]":
    """Count long identifiers in scripts where words are short, built from few signs."""
    names = re.findall(r"(?<![\w\"'])[^\W\d_a-zA-Z]{10,80}(?=\s*[=(\[.])", view.blob.text[: 1 << 20])
    return Counter(name.encode() for name in names if len(set(name)) <= 12 and not name.isascii())


RULE = Rule(
    id="py/obfuscated-module",
    title=N_("Made unreadable on purpose"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.IMPORT,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027", "T1027.010"),
)
