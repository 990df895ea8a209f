"""Scripts without their obfuscation, and the texts that they run as code.

String tables with rotation and decoders, split and escaped strings, pass-on functions, flattened control flow are
undone by an evaluator over the syntax tree (`parse/js_eval`); what reaches `eval`, `Function`, a timer or `vm` is a
layer of its own. Nothing is executed. Plain scripts are told apart from the text alone and cost two searches.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.layers.source import LayerSource
from lazaretto.parse.javascript import JavaScriptModule, parsed
from lazaretto.parse.js_anchors import anchors
from lazaretto.parse.js_eval.rewrite import MAX_BYTES, Code, Rewrite, executed, rewritten, run
from lazaretto.parse.js_obfuscation import obfuscation
from lazaretto.parse.layer import JAVASCRIPT, Layer, kind_of, peel
from lazaretto.parse.views import ParseError

SHORTEST_CODE = 12
"""Characters from which an executed text is worth a look."""
PLAIN_BYTES = 400_000
"""Longer scripts are only rewritten when they carry an obfuscator's fingerprints."""

SMALL = 60_000
"""Bytes; in longer scripts without fingerprints only the places that execute something are evaluated."""
MAX_BRACKETS = 400_000
"""A tree of more brackets than this does not fit into a worker's memory; a quarter, where they are all there is."""
PLACES = 80
"""Such places per script."""

# NOTE: each pattern starts with a literal: that makes the search several times faster than one alternation.
_EXECUTES = tuple(
    re.compile(pattern)
    for pattern in (
        rb"eval\s*[(,;)\]]",
        rb"Function\s*[(,;\"'\]]",
        rb"constructor[\"']?\]?\s*\(",
        rb"runIn(?<!\wrunIn)(?:This|New)?Context",
        rb"_compile\b",
        rb"\.Script\(",
        *(
            word + rb"\s*\(\s*(?!function|async|\(|[\w$.]+\s*(?:=>|,|\)))"
            for word in (b"Timeout", b"Interval", b"Immediate")
        ),
    )
)
_DECODES = (
    b"base64", b"fromCharCode", b"atob", b"charCodeAt", b"unescape", b"decodeURI", b"fromCodePoint", b"codePointAt",
    b"inflate", b"gunzip", b"'hex'", b'"hex"',
)  # fmt: skip
_DECODES_TOO = re.compile(
    rb"[\"'`]hex[\"'`]|[\"'`]{2}\s*\)\s*\.\s*reverse|(?:\\x[0-9a-fA-F]{2}){4}|(?:\\u00[0-9a-fA-F]{2}){4}|"
    rb"parseInt\([^()]{1,60},\s*(?:0x)?(?:2|8|16|36|10)\)"
)
_DATA = re.compile(
    rb"[^\s\"'`]{200}|(?:\d{1,5}\s*,\s*){40}|(?:0x[0-9a-f]{1,4}\s*,\s*){40}|"
    rb"p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e|(?:\\x[0-9a-fA-F]{2}){16}"
)
_JOINT = re.compile(rb"(?<=[\w:/.])[\"'`]\s{0,8}\+\s{0,8}[\"'`](?=[\w:/.])")
_ALPHABET = re.compile(rb"\"(?:[!#-\[\]-~]|\\\\.){85,95}\"")
_ESCAPE = re.compile(rb"\\x([2-7][0-9a-fA-F])|\\u00([2-7][0-9a-fA-F])")
_COMPUTED_LOAD = re.compile(rb"require\s*\(\s*(?:[\w$]{1,40}\s*\)|[\w$]{1,40}\s*[(\[])")
_SEQUENTIAL = re.compile("[$_\\w]=~\\[\\]|゚ω゚ﾉ|[\\[\\]()!+]{200}".encode())
_TELLING = tuple(
    b"child_process eval http:// https:// exec spawn process.env hostname userinfo homedir .ssh npmrc powershell wallet"
    b" keychain xmlhttprequest fetch websocket require readfile writefile ethereum curl function id_rsa".split()
)
"""Words, lower case, that a script has a reason to hide."""


def find(module: JavaScriptModule) -> Iterator[Layer]:
    """Yield the rewritten script and the texts that it runs.

    Raises:
        ParseError: a limit was reached; what was found until then is kept.
    """
    source = module.source
    if module.path.endswith(".d.ts"):
        return
    signs = obfuscation(source)
    if signs is None:
        yield from _plain(module, source)
        return
    brackets = source.count(b"[") + source.count(b"(")
    if len(source) > MAX_BYTES or brackets > (MAX_BRACKETS if brackets * 5 < len(source) else MAX_BRACKETS // 4):
        raise ParseError("too long to undo its obfuscation")
    yield from _rewritten(
        module, source, module.position(signs.offset), sequential=_SEQUENTIAL.search(source) is not None
    )


def _plain(module: JavaScriptModule, source: bytes) -> Iterator[Layer]:
    """A script without fingerprints: as much work as its text gives reason for."""
    if len(source) > PLAIN_BYTES:
        return
    if not module.minified and len(source) <= SMALL and _hides_words(source):
        yield from _rewritten(module, source, (1, 1), sequential=False)
        return
    if not (_executes(source) and _decodes(source)) or not (places := anchors(source)):
        return
    codes = executed(module.root, parsed, places[:PLACES])
    if not codes and not module.minified and _DATA.search(source):
        codes = run(source, parsed)
    yield from _layers(module, codes)


def _executes(source: bytes) -> bool:
    """Tell whether anything looks as if a text were run as code."""
    return any(pattern.search(source) for pattern in _EXECUTES)


def _decodes(source: bytes) -> bool:
    """Tell whether anything looks as if a text were decoded."""
    return any(word in source for word in _DECODES) or _DECODES_TOO.search(source) is not None


def _rewritten(module: JavaScriptModule, source: bytes, start: tuple[int, int], *, sequential: bool) -> Iterator[Layer]:
    answer = rewritten(source, parsed)
    if answer.source and _telling(source, answer):
        yield Layer(answer.source, JAVASCRIPT, answer.steps or ("constants folded",), *start)
    yield from _layers(module, answer.codes + (run(source, parsed) if sequential else ()))
    if answer.cut:
        raise ParseError("too much work to undo its obfuscation; the rest was not evaluated")


def _hides_words(source: bytes) -> bool:
    """Tell whether split or escaped texts spell a telling word once joined, or a decoder is at hand."""
    joined = source
    if b"+" in source and _JOINT.search(source):
        joined = _JOINT.sub(b"", source)
    if b"\\x" in source or b"\\u00" in source:
        joined = _ESCAPE.sub(lambda found: bytes((int(found[1] or found[2], 16),)), joined)
    if joined is not source and _new_words(source, joined):
        return True
    if b"fromCodePoint" in source and _ALPHABET.search(source):
        return True
    decodes = b"fromCharCode" in source and b"charCodeAt" in source and b"^" in source
    return decodes and _COMPUTED_LOAD.search(source) is not None


def _new_words(old: bytes, new: bytes) -> bool:
    old, new = old.lower(), new.lower()
    return any(word in new and word not in old for word in _TELLING)


def _telling(old: bytes, answer: Rewrite) -> bool:
    """Tell whether the rewritten script says something that the script did not."""
    return bool(answer.steps) or _new_words(old, answer.source)


def _layers(module: JavaScriptModule, codes: tuple[Code, ...]) -> Iterator[Layer]:
    told: set[str] = set()
    for code in codes:
        if len(code.text) >= SHORTEST_CODE and code.text not in told:
            told.add(code.text)
            yield from _layer(module, code)


def _layer(module: JavaScriptModule, code: Code) -> Iterator[Layer]:
    data, steps = peel(code.text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode())
    kind = kind_of(data)
    if kind:
        line, column = module.position(code.offset)
        kind = JAVASCRIPT if not steps else kind
        yield Layer(data, kind, (f"text given to {code.how}", *steps), line, column)


SOURCE = LayerSource(
    id="script-rewritten",
    view=JavaScriptModule,
    find=find,
    needles=(
        b"_0x",
        b"_$_",
        b"eval",
        b"Function",
        b"constructor",
        b"\\x",
        b"\\u00",
        b"(![]",
        b"$=~[]",
        b"runIn",
        b"_compile",
        b"parseInt",
        b"' + '",
        b"'+'",
        b'"+"',
        b'" + "',
    ),
)
