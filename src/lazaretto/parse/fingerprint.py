"""A code file's fingerprint: what stays the same when a package is copied under another name.

    bytes -> lower case, own name replaced, blanks dropped -> lines (or statements) -> 32-bit hashes -> Fingerprint

Nothing is parsed: every code file is fingerprinted, so this must cost next to nothing (see `bench/clones.py`). The own
name is the folder that a distribution is unpacked to, or the top folder of its package: a copy that renames both
consistently keeps its fingerprint. In the sketch, order and comments do not count, nor do lines of less than `LINE`
characters; the digest is that of the whole text without blanks, so that no edit hides from it.

Method: bottom-k sketch of a set (Broder 1997, "On the resemblance and containment of documents").
"""

import base64
import binascii
import re
from array import array
from dataclasses import dataclass
from zlib import crc32

from lazaretto.parse.prefilter import Prefilter

SKETCH = 32
"""Hashes kept of one file: the smallest ones."""
LINE = 10
"""Shorter lines (brackets, `else:`, `return x`) are everybody's."""
HEAD = 1 << 14
"""Bytes (blanks dropped) of a file from which its lines are taken; its digest and words are those of all of it."""
LARGEST = 4 << 20
"""Bytes; a larger file is a bundle or data."""
FULL = 1 << 32

PYTHON = frozenset({".py", ".pyw"})
JAVASCRIPT = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"})
SUFFIXES = PYTHON | JAVASCRIPT

_BLANKS = b" \t\r\f\v"
_PYTHON_TABLE = bytes.maketrans(b"'", b'"')
_JAVASCRIPT_TABLE = bytes.maketrans(b"'`;{}", b'""\n\n\n')
_PYTHON_SKIP: tuple[bytes, ...] = (b"#", b">>>")
_JAVASCRIPT_SKIP: tuple[bytes, ...] = (b"//", b"*", b"/*")
_UNPACKED = re.compile(r"(.{1,100}?)-v?\d")
_ASIDE = frozenset({
    "node_modules", "site-packages", "dist-packages", "test", "tests", "__tests__", "testing", "spec", "specs", "docs",
    "doc", "example", "examples", "benchmark", "benchmarks", "samples", "demo", "demos", "_vendor", "vendor",
    "vendored", "third_party", "third-party", "extern", "externals", "__pycache__",
})  # fmt: skip
"""Folders whose code is not the package's own, or not what a copy is made for."""
_GENERIC = frozenset({"package", "src", "lib", "dist", "build", "purelib", "platlib"})
_SHORTEST_NAME = 3

CAPABILITIES = ("execute", "process", "network", "decode", "environment", "native")
_PYTHON_WORDS: tuple[tuple[bytes, ...], ...] = (
    (b"exec(", b"eval(", b"marshal"),
    (b"subprocess", b"popen(", b"os.system("),
    (b"urllib", b"requests.", b"socket", b"http"),
    (b"base64", b"zlib", b"fernet"),
    (b"environ",),
    (b"ctypes",),
)
_JAVASCRIPT_WORDS: tuple[tuple[bytes, ...], ...] = (
    (b"eval(", b"newfunction("),
    (b"child_process",),
    (b"http", b"fetch("),
    (b"base64", b"atob("),
    (b"process.env", b"homedir("),
    (),
)
"""What a file could do, by words of its code without blanks: for telling what a copy has that its original lacks.
A word is no proof: only the difference to the original means something."""
_NOWHERE = b"\n\n "
"""Blanks are dropped, so this stands in no text: the words of a capability that a language does not have."""
_SEARCHED = {
    words: Prefilter([(group or (_NOWHERE,), False) for group in words]) for words in (_PYTHON_WORDS, _JAVASCRIPT_WORDS)
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of one file."""

    lines: int
    """Distinct lines of the file's head that count."""
    digest: int
    """32 bits over the whole text: equal for files that differ in blanks, quotes, case or the own name only."""
    sketch: tuple[int, ...]
    """The `SKETCH` smallest hashes, ascending; all of them when there are fewer."""
    capabilities: int = 0
    """Bit set over `CAPABILITIES`."""

    @property
    def threshold(self) -> int:
        """Every hash of the file's head up to this value is in the sketch."""
        return self.sketch[-1] if self.lines > len(self.sketch) else FULL

    def encoded(self) -> str:
        """Return the fingerprint as text: LINES, DIGEST, CAPABILITIES and the sketch, separated by a blank."""
        packed = base64.b64encode(array("I", self.sketch).tobytes()).decode()
        return f"{self.lines} {self.digest:x} {self.capabilities:x} {packed}"


def decoded(text: str) -> Fingerprint | None:
    """Read what `encoded` wrote; None for anything else."""
    try:
        lines, digest, capabilities, packed = text.split(" ")
        sketch = array("I")
        sketch.frombytes(base64.b64decode(packed, validate=True))
        return Fingerprint(int(lines), int(digest, 16), tuple(sketch), int(capabilities, 16))
    except (ValueError, binascii.Error):
        return None


def is_library_code(path: str) -> bool:
    """Tell whether a path is that of a code file which is neither vendored nor there for tests and documentation."""
    return path[path.rfind(".") :].lower() in SUFFIXES and _ASIDE.isdisjoint(path.lower().split("/"))


def fingerprint(path: str, data: bytes) -> Fingerprint | None:
    """Return the fingerprint of a code file; None for other files, declarations (`.d.ts`) and very large ones."""
    suffix = path[path.rfind(".") :].lower()
    if suffix not in SUFFIXES or len(data) > LARGEST or path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return None
    text = data.lower()
    for name in own_names(path):
        text = text.replace(name, b"@")
    python = suffix in PYTHON
    text = _plain(text, python=python)
    skip, words = (_PYTHON_SKIP, _PYTHON_WORDS) if python else (_JAVASCRIPT_SKIP, _JAVASCRIPT_WORDS)
    lines = {line for line in text[:HEAD].split(b"\n") if len(line) >= LINE and not line.startswith(skip)}
    hashes = sorted(map(crc32, lines))
    found = sum(1 << bit for bit in _SEARCHED[words].holding(text))
    return Fingerprint(len(hashes), crc32(text), tuple(hashes[:SKETCH]), found)


def half_renamed(path: str, data: bytes) -> set[int]:
    """Return the digests that a file would have in copies that did not replace its own name everywhere.

    Many replace `graphlib` but not `GraphLib`, or rename the folder alone.
    """
    names = own_names(path)
    if not any(name in data.lower() for name in names):
        return set()
    text = data
    for name in names:
        text = text.replace(name, b"@")
    python = path[path.rfind(".") :].lower() in PYTHON
    return {crc32(_plain(part.lower(), python=python)) for part in (text, data)}


def _plain(text: bytes, *, python: bool) -> bytes:
    """Drop blanks, make quotes one, and break JavaScript at the end of statements."""
    return text.translate(_PYTHON_TABLE if python else _JAVASCRIPT_TABLE, _BLANKS)


def own_names(path: str) -> list[bytes]:
    """Return what a file's package calls itself, by its path, lower case, longest first: at most two names.

    The folder that an sdist is unpacked to (`graphlib-1.0/`), and the first folder in it or in a wheel.
    """
    folders = path.lower().rpartition("!/")[2].split("/")[:-1]
    names: list[str] = []
    if folders and (unpacked := _UNPACKED.match(folders[0])) is not None:
        names.append(unpacked[1])
        folders = folders[1:]
    names.extend(next(([folder] for folder in folders if folder not in _GENERIC), []))
    wanted = {name for name in names if len(name) >= _SHORTEST_NAME and name not in _GENERIC}
    return sorted((name.encode("utf-8", "replace") for name in wanted), key=lambda name: (-len(name), name))
