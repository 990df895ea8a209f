r"""Signs that source text was made unreadable on purpose, told apart from minified text. Text only, no tree.

A minifier shortens names and drops blanks. An obfuscator does more, and leaves its fingerprints:

    rotation     a string table that a loop shifts until a checksum of `parseInt` fits (obfuscator.io)
    hex-names    identifiers like `_0x3fa2c1`
    scrambled    a table unscrambled by an index walk, names like `_$_1e42` (javascriptobfuscator.com)
    escaped      most string text written as `\x41`
    brackets     JSFuck: nothing but `[]()!+`
    faces        aaencode, jjencode
    as-text      the whole program is one constant given to `Function`
"""

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.parse.js_fold import from_base64
from lazaretto.parse.js_nodes import unescape

_HEX_NAME = re.compile(rb"_0x[0-9a-f]{2,8}")
_LOOP = re.compile(rb"while\s*\(\s*(?:!!\[\]|true|!0|1)\s*\)\s*\{?\s*try\s*\{|for\s*\(\s*;\s*;\s*\)\s*\{?\s*try\s*\{")
_SHIFT = re.compile(
    rb"(?:\.|\[\s*['\"])(?:push|\\x70\\x75\\x73\\x68)['\"]?\s*\]?\s*\(\s*[\w$]+\s*(?:\.|\[\s*['\"])(?:shift|\\x73\\x68\\x69\\x66\\x74)"
)
_SCRAMBLED = re.compile(rb"_\$_[0-9a-f]{3,6}\b")
_MARKER = re.compile(
    rb"global\s*\[\s*['\"](?:!|r|m|_V|_H|_t|o|e)['\"]\s*\]\s*=|global\.(?:[irmo]|_V)\s*=\s*(?:['\"]|require|module)|rmcej%otb%"
)
_ESCAPE = re.compile(rb"\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}")
_BRACKETS = re.compile(rb"[\[\]()!+]{400}")
_FACE = "゚ω゚ﾉ".encode()
_FACES = re.compile("゚ω゚ﾉ|\\$=~\\[\\];".encode())
_AS_TEXT = re.compile(rb"Function\s*\(\s*(?:[\"'][\w$, ]{0,400}[\"']\s*,\s*){0,8}[\"'`](?=[^\n]{4000})")
_STATEMENT = re.compile(rb"(?:^|[;}\n])\s{0,20}(?:new\s{1,4})?$")
_STRING = re.compile(rb"'((?:[^'\\\n]|\\.){2,400})'|\"((?:[^\"\\\n]|\\.){2,400})\"")
_NUMBER_CALL = re.compile(rb"\(-?0x[0-9a-f]+\s*[,)-]")
_SWAPPED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

HINTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "processes",
        re.compile(r"child_|execSy|\bexec\b|\bspawn|detach|windowsHide|\bnode -e|process$|_process", re.IGNORECASE),
    ),
    ("files", re.compile(r"readdi|readFile|writeFi|existsS|mkdirS|statSync|unlink|copyFile|createRea", re.IGNORECASE)),
    (
        "host",
        re.compile(
            r"homedi|hostna|userInf|platfor|tmpdir|\bos\b$|/\.npl|\.pyp|USERPROFILE|APPDATA|LOCALAPP", re.IGNORECASE
        ),
    ),
    (
        "network",
        re.compile(
            r"https?:/|\bhttp|socket\.io|axios|request$|/upload|/pdown|formData|POST|multi_fi|:12[24]\d", re.IGNORECASE
        ),
    ),
    (
        "stores",
        re.compile(
            r"nkbih|Login\b|Local Ext|Extension S|BraveSof|keychai|/Default|Chrome/Us|solana|exodus|wallet|key4\.db",
            re.IGNORECASE,
        ),
    ),
    ("code", re.compile(r"\beval\b|Function|return \(?function|\{\}\.constr|ctor\(", re.IGNORECASE)),
)
"""What the strings of an obfuscated script speak of, even in pieces."""


@dataclass(frozen=True, slots=True)
class Obfuscation:
    """How a script was made unreadable."""

    signs: tuple[str, ...]
    """Names of the fingerprints, in the order of the module's docstring; `marker` for a campaign's own."""
    offset: int
    """First byte of the first fingerprint."""
    hints: tuple[str, ...]
    """What its strings speak of."""
    node: bool
    """Uses what only a Node program has: `require`, `process`, `Buffer`, `__dirname`."""


_NODE = re.compile(
    rb"\brequire\b\s*[(,;)\]=]|\bprocess\s*[\[.(,]|\bBuffer\s*[\[.]|\b__dirname\b|\bmodule\s*[\[.]|\bglobal\s*\[|\bchild_process\b"
)


@lru_cache(maxsize=2)
def obfuscation(source: bytes) -> Obfuscation | None:
    """Return how `source` was obfuscated; None for ordinary and for minified text."""
    signs: list[str] = []
    places: list[int] = []

    def sign(name: str, at: int) -> None:
        signs.append(name)
        places.append(at)

    for loop in _LOOP.finditer(source) if b"parseInt" in source and b"shift" in source else ():
        after = source[loop.start() : loop.start() + 6000]
        if after.count(b"parseInt") >= 3 and _SHIFT.search(after):
            sign("rotation", loop.start())
            break
    if b"_0x" in source:
        names: set[bytes] = set()
        first = -1
        for count, found in enumerate(_HEX_NAME.finditer(source)):
            first = found.start() if first < 0 else first
            names.add(found[0])
            if len(names) >= 24 or count > 20_000:
                break
        if len(names) >= 12 and len(_HEX_NAME.findall(source[first : first + 20_000])) * 120 > len(
            source[first : first + 20_000]
        ):
            sign("hex-names", first)
    if b"_$_" in source and (found_all := _SCRAMBLED.findall(source)) and len(found_all) >= 4:
        sign("scrambled", source.find(b"_$_"))
    if b"\\x" in source or b"\\u00" in source:
        escapes = len(_ESCAPE.findall(source))
        first_escape = _ESCAPE.search(source)
        if first_escape and escapes >= 60 and escapes * 4 * 4 > len(source):
            sign("escaped", first_escape.start())
    if b"(![]" in source and (run := _BRACKETS.search(source)) is not None:
        sign("brackets", run.start())
    if (b"$=~[]" in source or _FACE in source) and (face := _FACES.search(source)) is not None:
        sign("faces", face.start())
    for text in itertools.islice(_AS_TEXT.finditer(source), 20) if len(source) > 4_000 else ():
        if _STATEMENT.search(source[max(0, text.start() - 30) : text.start()]):
            sign("as-text", text.start())
            break
    if (
        b"global" in source
        and (marker := _MARKER.search(source)) is not None
        and (signs or b"_$_" in source or b"charAt" in source or b"eval" in source)
    ):
        sign("marker", marker.start())
    if not signs:
        return None
    part = source[min(places) :] if len(source) - min(places) > 400 else source
    return Obfuscation(tuple(signs), min(places), hints_of(source), _NODE.search(part) is not None)


@lru_cache(maxsize=4)
def hints_of(source: bytes) -> tuple[str, ...]:
    """Tell what the strings of an obfuscated script speak of; its Base64 table is read as well."""
    found: set[str] = set()
    for count, hit in enumerate(_STRING.finditer(source)):
        if count > 12_000 or len(found) == len(HINTS):
            break
        text = unescape((hit[1] or hit[2]).decode("utf-8", "replace"))
        texts = [text]
        if len(text) >= 4 and re.fullmatch(r"[A-Za-z0-9+/=]+", text):
            plain = from_base64(text.translate(_SWAPPED))
            if plain and plain.isprintable():
                texts.append(plain)
        for name, pattern in HINTS:
            if name not in found and any(pattern.search(one) for one in texts):
                found.add(name)
    return tuple(name for name, _ in HINTS if name in found)
