"""Words that running text as code cannot do without, found in the bytes. Nothing is parsed here.

anchors(source)                      byte ranges of `eval`, `Function`, `constructor`, `exec`, ... worth a look
worth_reading(source, vendored=...)  whether anything in the text could make such a place dangerous
"""

import itertools
import re
from collections.abc import Iterator

MAX_ANCHORS = 4_000

# NOTE: every pattern starts with a literal so that the search runs at memchr speed; what stands before a hit is
# judged by hand (`_before`). Ten passes over a 4 MB bundle cost milliseconds this way, seconds otherwise.
_EVAL = re.compile(rb"eval(?![\w$])\s*(?:\(|[,;)\n]|$|\.\s*(?:call|apply|bind)\b|[\"'`]\s*\])")
_EVAL_CONSTANT = re.compile(rb"eval\s*\(\s*(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')\s*\)")
_FUNCTION = re.compile(
    rb"Function(?![\w$])\s*(?:\(|[,;)\n]|$|\.\s*(?:constructor\b|(?:apply|call|bind)\s*\(|prototype\s*\.\s*constructor\b)|\[)"
)
_STANDS_ALONE = re.compile(rb"(?:[^=!<>]=|=>|\(\s*[\w\"']{1,6}\s*,|construct\s*\(|apply\s*\(|return)\s*$")
"""What stands before `eval` or `Function` where the name itself is handed on."""
_FUNCTION_CONSTANT = re.compile(
    rb"Function\s*\(\s*(?:[\"']return [\w.$]{1,40};?\s*[\"']|[\"'][^\"'\n]{0,80}[\"']"
    rb"|(?:[\"'][\w$, ]{0,60}[\"']\s*,\s*){1,4}[\"'][^\"'\n]{0,200}[\"'])?\s*\)"
)
_NOT_FUNCTION = re.compile(rb"(?:instanceof|typeof|extends|function|class|:)\s*$")
_CONSTRUCTOR = re.compile(rb"constructor\s*(?:[\"'`]\s*\])?\s*\)?\s*\(")
_FUNCTION_KIND = re.compile(rb"constructor(?![\w$])\s*(?!\()")
_FUNCTION_END = re.compile(rb"\}\s*\)*\s*\.\s*$")
_CODE_BEFORE = re.compile(rb"(?:Function|constructor|[\])}\"'`])\s*(?:\.|\?\.|\[\s*[\"'`])\s*$")
_COMPUTED = re.compile(rb"\]\s*\)?\s*\(\s*[\"'`]require[\"'`]\s*,")
"""A computed property that is called like `Function`: `(() => {})[k]("require", text)`."""
_REFLECT = re.compile(rb"Reflect\s*\.\s*apply\s*\(")
_WORKER = re.compile(rb"Worker\s*\(")
_EVAL_OPTION = re.compile(rb"\beval[\"']?\s*:\s*(?:true|!0)\b")
_VM = re.compile(rb"(?:runInThisContext|runInNewContext|runInContext|compileFunction|_compile)\s*\(")
_SCRIPT = re.compile(rb"Script\s*\(")
_GLOBAL_KEY = re.compile(rb"\[\s*[^\]\n]{1,200}\]\s*\(")
_GLOBAL_TEXT = re.compile(rb"\[\s*[^\]\n]{0,60}[\"'`(][^\]\n]{1,200}\]\s*\(")
_GLOBAL_WORDS = (b"globalThis", b"global", b"window", b"self")
_TIMER = re.compile(
    rb"set(?:Timeout|Interval|Immediate)\s*\(\s*(?:atob|unescape|Buffer|decodeURIComponent|String\s*[.(]"
    rb"|[\w$]{1,40}\s*\.\s*(?:data|toString|code|text|message|body)\b)"
)
_COMMAND = re.compile(rb"(?:Sync|File|FileSync|Command)?(?![\w$])\s*(?:\.\s*\w+\s*)?\(")
_RENAMED = re.compile(rb"(?:Sync|File|FileSync)?\s*(?::|\bas\b)\s*([\w$]{1,40})\s*[,}=]")
_COMMAND_WORDS = (b"exec", b"spawn", b"fork", b"execa", b"shelljs")
_ASSIGNED = re.compile(rb"([\w$]{1,40})\s*=\s*(?:[\w$.]{0,40}\(\s*){0,2}[\w$.]*$")
"""What stands before a value that gets a name: `run = cp.`, `exec = util.promisify(`."""
_FROM = re.compile(rb"import\s*(?:\*\s*as\s*)?([\w$]{1,40})[^;\n\"']{0,60}from\s*[\"'](?:node:)?$")
_REQUIRED = re.compile(rb"([\w$]{1,40})\s*=\s*[^;,\n]{0,60}?[\w$\])]\s*\(\s*[\"'`](?:node:)?$")
_HOLDER = re.compile(rb"([\w$]+|[)\]])\s*(?:\.\s*default\s*)?(?:\?\.|\.)\s*$")
_REQUIRE = re.compile(rb"require\s*\(\s*(?![\s\"'`)\d])(?:[\w$.]{1,40}\s*[(\[+]|[\w$]{1,40}\s*\)|\(|!|\[)")
_REQUIRE_SUM = re.compile(
    rb"require\s*\(\s*[\"'](?:[\w:]{0,14}[\"']\s*\+\s*[\"']|[\w:]{2,40}[\"']\s*\.\s*(?:split|replace|slice)\b)"
)
_IMPORT_DATA = re.compile(rb"import\(\s*(?:[\"'`]\s*data:|[\w$.]{1,40}\s*[)+])")
_REQUIRE_CALL = re.compile(rb"require\s*\(\s*(?!path\b|_?_?dirname)[\w$.]{1,40}\s*\(")
_CHILD = (b"child_", b"execa", b"shelljs", b"cross-spawn")
_ENCODED = re.compile(rb"base64|atob|fromCharCode|[\"']hex[\"']|unescape|\\x[0-9a-f]{2}")
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")

_SOURCES = re.compile(
    rb"\bfetch\s*\(|axios|XMLHttpRequest|[\"'](?:node:)?https?2?[\"']|WebSocket|socket\.io|superagent|needle|node-fetch"
    rb"|[\"'](?:got|request|undici|ky|phin|ws|net|tls|\$)[\"']|base64|atob|fromCharCode|unescape|[\"']hex[\"']|ecipher"
    rb"|unzip|inflate|(?:\$|jQuery)\.(?:get|ajax|post|getJSON)\b|\b(?:curl|wget)\s|eth_call|\.(?:svn|woff2?|ttf|DS_Store)\b"
    rb"|reverse\(|detached|nslookup|whoami|/dev/(?:tcp|udp)/|\bgot[.(]|require\(\s*[\"'][\w:]{0,14}[\"']\s*\+"
)
_REQUIRE_NAME = re.compile(rb"[\"'`]require[\"'`]")
_PROJECT_CODE = re.compile(rb"\bexport\b|\bexports\b|[\"']\.{1,2}/")


def worth_reading(source: bytes, *, vendored: bool) -> bool:
    """Tell from the text alone whether an execution here could be more than the language's own business."""
    if _SOURCES.search(source):
        return True
    if b"Function" in source and _REQUIRE_NAME.search(source):
        return True
    return not vendored and len(source) < 200_000 and _PROJECT_CODE.search(source) is not None


def anchors(source: bytes) -> list[tuple[int, int]]:
    """Return byte ranges of words that a sink cannot do without; nothing is parsed."""
    found: list[tuple[int, int]] = []
    if b"eval" in source:
        for m in _EVAL.finditer(source):
            at = m.start()
            if _before(source, at) in _WORD or _EVAL_CONSTANT.match(source, at) or _commented(source, at):
                continue
            if not _bare(m[0]) or _STANDS_ALONE.search(source, max(0, at - 24), at):
                found.append((at, at + 4))
    if b"Function" in source:
        for m in _FUNCTION.finditer(source):
            at = m.start()
            if _before(source, at) in _WORD and source[at - 5 : at] != b"Async" and source[at - 9 : at] != b"Generator":
                continue
            if (
                _FUNCTION_CONSTANT.match(source, at)
                or _NOT_FUNCTION.search(source, max(0, at - 14), at)
                or _commented(source, at)
            ):
                continue
            if not _bare(m[0]) or _STANDS_ALONE.search(source, max(0, at - 24), at):
                found.append((at, at + 8))
    if b"constructor" in source:
        found += [
            (m.start(), m.start() + 11)
            for m in _CONSTRUCTOR.finditer(source)
            if _CODE_BEFORE.search(source, max(0, m.start() - 24), m.start())
            or b"require" in source[m.end() : m.end() + 9]
        ]
        found += [
            (m.start(), m.start() + 11)
            for m in _FUNCTION_KIND.finditer(source)
            if _FUNCTION_END.search(source, max(0, m.start() - 8), m.start())
        ]
    if b"vm" in source or b"_compile" in source:
        found += [(m.start(), m.end() - 1) for m in _VM.finditer(source) if _before(source, m.start()) not in _WORD]
        found += [(m.start(), m.start() + 6) for m in _SCRIPT.finditer(source) if _before(source, m.start()) in b". "]
    found += [(m.start(), m.start() + 1) for m in _COMPUTED.finditer(source)]
    if b"Worker" in source and _EVAL_OPTION.search(source):
        found += [(m.start(), m.start() + 6) for m in _WORKER.finditer(source)]
    found += [(m.start(), m.start() + 10) for m in _TIMER.finditer(source)]
    if any(word in source for word in _CHILD):
        found += _command_anchors(source)
        found += [(m.start(), m.start() + 7) for m in _REFLECT.finditer(source)]
    for word in _GLOBAL_WORDS:
        at = -1
        key = _GLOBAL_KEY if word[:1] in b"gw" else _GLOBAL_TEXT
        while (at := source.find(word + b"[", at + 1)) >= 0:
            if _before(source, at) not in _WORD and key.match(source, at + len(word)):
                found.append((at, at + len(word)))
    if b"require(" in source:
        found += [(m.start(), m.start() + 6) for m in _REQUIRE_SUM.finditer(source)]
    if b"require(" in source and _ENCODED.search(source):
        for m in (_REQUIRE_CALL if len(source) > 300_000 else _REQUIRE).finditer(source):
            if _before(source, m.start()) not in _WORD:
                found.append((m.start(), m.start() + 6))
    if b"data:" in source and b"import(" in source:
        found += [(m.start(), m.start() + 6) for m in _IMPORT_DATA.finditer(source)]
    return sorted(set(found))[:MAX_ANCHORS]


def _command_anchors(source: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    renamed: set[tuple[int, int]] = set()
    holders: set[bytes] = set()
    for at in _all(source, b"child_process"):
        for pattern in (_REQUIRED, _FROM):
            if (m := pattern.search(source, max(0, at - 120), at)) is not None:
                holders.add(m[1])
                if source[at + 13 : at + 18].lstrip(b"\"') ")[:1] in (b".", b"["):
                    renamed.add(m.span(1))
    for word in _COMMAND_WORDS:
        for at in _all(source, word):
            if _before(source, at) in _WORD:
                continue
            if _COMMAND.match(source, at + len(word)) is not None:
                if word == b"exec" and _before(source, at) == 0x2E and source[at + 4 : at + 5] in b"( ":
                    holder = _HOLDER.search(source, max(0, at - 60), at)
                    if holder is None or (holder[1] not in holders and holder[1] not in b")]"):
                        continue  # a regular expression's method
                end = at + len(word)
                while end < len(source) and source[end] in _WORD:
                    end += 1
                found.append((at, end))
            elif (m := _RENAMED.match(source, at + len(word))) is not None or (
                m := _ASSIGNED.search(source, max(0, at - 100), at)
            ) is not None:
                renamed.add(m.span(1))
    for at in _all(source, b"require("):
        if (m := _ASSIGNED.search(source, max(0, at - 60), at)) is not None and source[at + 8 : at + 9] not in b"\"'`":
            renamed.add(m.span(1))
    for start, end in sorted(renamed)[:80]:
        found.append((start, end))
        name = source[start:end]
        if len(name) < 2:
            continue
        calls = re.compile(re.escape(name) + rb"\s*\(").finditer(source)
        found += [
            (c.start(), c.start() + len(name))
            for c in itertools.islice(calls, 40)
            if _before(source, c.start()) not in _WORD
        ]
    return found


def _all(source: bytes, word: bytes) -> Iterator[int]:
    """Yield every offset of a word."""
    at = -1
    while (at := source.find(word, at + 1)) >= 0:
        yield at


def _bare(found: bytes) -> bool:
    """Tell whether a hit is the name itself, without a call or a property."""
    return found[-1:] in (b",", b";", b")") or found.strip() in (b"eval", b"Function")


def _commented(source: bytes, at: int) -> bool:
    """Tell whether an offset stands in a line that is a comment from its start."""
    line = source[max(source.rfind(b"\n", 0, at) + 1, at - 200) : at].lstrip()
    return line.startswith((b"//", b"* ", b"/*", b"*\t"))


def _before(source: bytes, at: int) -> int:
    return source[at - 1] if at else 0x20
