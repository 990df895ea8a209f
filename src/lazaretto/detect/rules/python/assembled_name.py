"""What it sees
    A module, function or attribute whose name is put together from characters (character codes, single letters cut out
    of a text, reversed or decoded text) and then looked up and called: `getattr(__import__(...), ...)`,
    `globals()[...]`, `vars(builtins)[...]`.

Why it matters
    A name that is spelled out can be searched for. Whoever builds `exec` or `subprocess` from numbers hides from
    exactly that, and knows why.

Example
    getattr(__import__("".join(map(chr, (111, 115)))), "".join(chr(c) for c in codes))(command)

What to do
    Do not install, import or call it. The finding says which name it is, as far as it can be told.

False alarms
    Plugin systems look up names that come from a configuration, or put a prefix before them (`"visit_" + kind`): such
    names are not reported, only those that are built from characters or decoded.

References
    ATT&CK T1027.010 (Command Obfuscation), T1027.007 (Dynamic API Resolution).
"""

from collections.abc import Iterator

from lazaretto.detect.pycode import once, runs_code, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse import py_decode
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_sources import is_http
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_CALLS = N_("calls {name}, a name that it puts together from characters")
_LOADS = N_("loads the module {name}, whose name it puts together from characters")
_UNTOLD = N_("calls something by a name that it puts together from characters")

_SPELLS = frozenset(
    f"dec:{kind}"
    for kind in ("chr", "pick", "xor", "base64", "hex", "rot13", "reverse", "base32", "base85", "translate")
)
_MODULES = frozenset(
    {
        "os", "subprocess", "builtins", "marshal", "socket", "ctypes", "importlib", "zlib", "base64", "pty", "platform",
        "shutil", "requests", "urllib", "http", "cryptography", "codecs", "sys", "types", "code", "threading",
    }
)  # fmt: skip
_WORDS = terms(b"getattr", b"__import__", b"import_module", b"globals", b"vars", b"locals", b"__dict__", b"attrgetter")

_BUILDS = terms(
    b"chr(", b"chr,", b"chr)", b"[::-1]", b'"".join', b"''.join", b"str.join", b"b''.join", b'b"".join', b"bytes([",
    b"ascii_lowercase", b"ascii_letters", b"maketrans", b"b64decode", b"b32decode", b"b85decode", b"a85decode",
    b"b16decode", b"fromhex", b"unhexlify", b"a2b_", b"rot13", b"rot_13", b"_decode(", b"__doc__",
)  # fmt: skip
"""What text is put together with, so that a name does not stand in the file."""

_TABLES = ("builtins.", "globals()", "os.", "subprocess.", "<computed module>", "sys.modules.", "importlib.")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield the worst such name in each scope."""
    if not view.mentions(_WORDS) or not view.mentions(_BUILDS):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        loads = call.name in {"__import__", "importlib.import_module"} and bool(call.args)
        spelled = (call.args[0].tags if loads else frozenset()) & _SPELLS
        loads = loads and not call.hidden
        if not (loads and spelled) and not call.hidden:
            continue
        graded = _grade(call, loads=loads)
        if graded is None or not once(seen, call.scope, graded[0], call.name if not loads else call.args[0].shape):
            continue
        message, severity, confidence = graded
        yield Match(
            message,
            call.line,
            call.column,
            params={"name": call.args[0].shape if loads else call.name},
            excerpt=view.quote(call.line),
            severity=Severity.LOW if view.is_test else severity,
            confidence=confidence,
            phase=view.phase(call.scope),
            layers=call.layers,
        )


def _grade(call: Call, *, loads: bool) -> tuple[str, Severity, Confidence] | None:
    if loads and not call.hidden:
        name = call.args[0].text
        if name is None:
            return None
        if name.partition(".")[0] in _MODULES:
            return _LOADS, Severity.HIGH, Confidence.HIGH
        weak = not call.args[0].tags & (_SPELLS - {"dec:pick", "dec:reverse"})
        return None if weak else (_LOADS, Severity.MEDIUM, Confidence.MEDIUM)
    dangerous = (
        runs_code(call)
        or starts_process(call)
        or is_http(call)
        or call.name in {"compile", "__import__", "importlib.import_module", "getattr"}
        or bool(py_decode.decoder_kind(call.name))
    )
    if dangerous:
        return _CALLS, Severity.HIGH, Confidence.HIGH
    if "<computed" in call.name and call.name.startswith(_TABLES):
        return _UNTOLD, Severity.HIGH, Confidence.HIGH if call.name.count("<computed") > 1 else Confidence.MEDIUM
    return None


RULE = Rule(
    id="py/assembled-name",
    title=N_("Puts the names of what it calls together from characters"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.010", "T1027.007"),
)
