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
PLACES = 80
"""Such places per script."""

_EXECUTES = re.compile(
    rb"eval\s*[(,;)\]]|Function\s*[(,;\"'\]]|constructor[\"']?\]?\s*\(|\brunIn(?:This|New)?Context|"
    rb"_compile\b|\.Script\("
    rb"|(?:Timeout|Interval|Immediate)\s*\(\s*(?!function|async|\(|[\w$.]+\s*(?:=>|,|\)))"
)
_DECODES = re.compile(
    rb"atob|base64|fromCharCode|fromCodePoint|unescape|charCodeAt|codePointAt|[\"'`]hex[\"'`]|decodeURI"
    rb"|[\"'`]{2}\s*\)\s*\.\s*reverse|(?:\\x[0-9a-fA-F]{2}){4}|(?:\\u00[0-9a-fA-F]{2}){4}|inflate|gunzip|"
    rb"parseInt\([^()]{1,60},\s*(?:0x)?(?:2|8|16|36|10)\)"
)
_DATA = re.compile(
    rb"[^\s\"'`]{200}|(?:\d{1,5}\s*,\s*){40}|(?:0x[0-9a-f]{1,4}\s*,\s*){40}|"
    rb"p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e|(?:\\x[0-9a-fA-F]{2}){16}"
)
_PIECES = re.compile(rb"(?:[\"'][^\"'\n\\]{1,8}[\"']\s*\+\s*){3}[\"'][^\"'\n\\]{1,8}[\"']")
_JOINT = re.compile(rb"[\[(]\s*[\"'][\w:]{1,12}[\"']\s*\+\s*[\"']\w{1,12}[\"']\s*[\])]")
_ESCAPES = re.compile(rb"(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}){4}")
_SEQUENTIAL = re.compile("[$_\\w]=~\\[\\]|゚ω゚ﾉ|[\\[\\]()!+]{200}".encode())
_TELLING = re.compile(
    rb"child_process|\beval\b|https?://|\bexec(?:Sync|File)?\b|\bspawn|process\.env|hostname|userInfo|homedir|"
    rb"\.ssh\b|npmrc|powershell"
    rb"|wallet|keychain|Login Data|XMLHttpRequest|\bfetch\b|WebSocket|\brequire\b|readFile|writeFile|ethereum|\bcurl\b"
    rb"|\bFunction\b"
    rb"|id_rsa",
    re.IGNORECASE,
)


def find(module: JavaScriptModule) -> Iterator[Layer]:
    """Yield the rewritten script and the texts that it runs.

    Raises:
        ParseError: a limit was reached; what was found until then is kept.
    """
    source = module.source
    if module.path.endswith(".d.ts"):
        return
    signs = obfuscation(source)
    if signs is None and not _worth(module, source):
        return
    if len(source) > MAX_BYTES:
        raise ParseError("too long to undo its obfuscation")
    if signs is None and (module.minified or len(source) > SMALL):
        told: set[str] = set()
        for code in executed(module.root, parsed, anchors(source)[:PLACES]):
            if len(code.text) >= SHORTEST_CODE and code.text not in told:
                told.add(code.text)
                yield from _layer(module, code)
        return
    answer = rewritten(source, parsed)
    start = module.position(signs.offset) if signs is not None else (1, 1)
    if answer.source and _telling(source, answer, strong=signs is not None and bool(answer.steps)):
        yield Layer(answer.source, JAVASCRIPT, answer.steps or ("constants folded",), *start)
    told = set()
    codes = answer.codes
    if _SEQUENTIAL.search(source) or (not codes and signs is None):
        codes += run(source, parsed)
    for code in codes:
        if len(code.text) < SHORTEST_CODE or code.text in told:
            continue
        told.add(code.text)
        yield from _layer(module, code)
    if answer.cut:
        raise ParseError("too much work to undo its obfuscation; the rest was not evaluated")


def _worth(module: JavaScriptModule, source: bytes) -> bool:
    """Tell from the text alone whether a script without fingerprints may hide code."""
    if len(source) > PLAIN_BYTES:
        return False
    if _EXECUTES.search(source) and _DECODES.search(source):
        return not module.minified or _DATA.search(source) is not None
    if module.minified:
        return False
    return bool(_PIECES.search(source) or _JOINT.search(source)) or _ESCAPES.search(source) is not None


def _telling(old: bytes, answer: Rewrite, *, strong: bool) -> bool:
    """Tell whether the rewritten script says something that the script did not."""
    if strong:
        return True
    before = {word.lower() for word in _TELLING.findall(old)}
    return any(word.lower() not in before for word in _TELLING.findall(answer.source))


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
