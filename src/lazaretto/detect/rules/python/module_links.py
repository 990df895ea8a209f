"""What it sees
    Nothing that a person hears of: which modules a file loads and which variables of the environment it reads.
    Other rules join these facts across files.

Why it matters
    A harmless-looking `setup.py` that imports a helper runs that helper at installation.

Example
    from . import helper; token = os.environ["API_TOKEN"]

What to do
    Nothing: there is no finding.

False alarms
    None.

References
    Python language reference, section 7.11 (import statement).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.py_vocabulary import STANDARD_MODULES
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule
from lazaretto.parse.views import ParseError

LINKS = 300
"""Modules and variables that are passed on for one file."""

_IMPORT = re.compile(
    rb"[ \t]*(?:from[ \t]+([.\w]{1,200})[ \t]+import[ \t]*(\([^)]{0,2000}|[^\n#;)]{0,400})"
    rb"|import[ \t]+([\w., \t]{1,400}))"
)
_DYNAMIC = re.compile(rb"(?:__import__|import_module)\(\s{0,20}[\"']([\w.]{1,200})[\"']")
_ENV = re.compile(rb"(?:environ(?:\.get\(|\.pop\(|\[)|getenv\()\s{0,20}[\"'](\w{1,80})[\"']")
_LOADING = terms(b"__import__", b"import_module")
_READING = terms(b"environ", b"getenv")


def check(view: PythonModule) -> Iterator[Match | Signal]:
    """Yield `import` and `env-read` signals.

    Raises:
        ParseError: at the end, when the file could only be read in part.
    """
    seen: set[tuple[str, str]] = set()
    data, line, last = view.blob.data, 1, 0
    for kind, name, offset in _found(view):
        if (kind, name) in seen or len(seen) >= LINKS:
            continue
        seen.add((kind, name))
        if offset < last:  # another search began anew
            line, last = 1, 0
        line, last = line + data.count(b"\n", last, offset), offset
        yield Signal(kind, f"py\t{name}" if kind == "import" else name, view.path, line)
    if "facts" in view.__dict__:
        for name, line in view.facts.imports:
            if ("import", name) not in seen and not _standard(name) and len(seen) < LINKS:
                seen.add(("import", name))
                yield Signal("import", f"py\t{name}", view.path, line)
        if view.facts.partial:
            raise ParseError("too big, deep or repetitive to be read to its end")


def _found(view: PythonModule) -> Iterator[tuple[str, str, int]]:
    data = view.blob.data
    for hit in _imports(data):
        if hit[3] is not None:
            for part in hit[3].decode("latin-1").split(","):
                name = part.strip().partition(" ")[0]
                if name and not _standard(name):
                    yield "import", name, hit.start(3)
            continue
        module = hit[1].decode("latin-1")
        if _standard(module):
            continue
        if module.strip("."):
            yield "import", module, hit.start(1)
        if hit[2]:
            for part in hit[2].decode("latin-1").lstrip("(").split(",")[:40]:
                name = part.strip().partition(" ")[0]
                if name.isidentifier():
                    yield "import", f"{module}{name}" if module.endswith(".") else f"{module}.{name}", hit.start(1)
    for hit in _DYNAMIC.finditer(data) if view.mentions(_LOADING) else ():
        name = hit[1].decode("latin-1")
        if not _standard(name):
            yield "import", name, hit.start(1)
    for hit in _ENV.finditer(data) if view.mentions(_READING) else ():
        yield "env-read", hit[1].decode("latin-1"), hit.start()


def _imports(data: bytes) -> "Iterator[re.Match[bytes]]":
    """Yield the import statements that begin a line; only lines that hold the word are looked at."""
    at = data.find(b"import")
    while at >= 0:
        hit = _IMPORT.match(data, data.rfind(b"\n", 0, at) + 1)
        if hit is not None:
            yield hit
        end = data.find(b"\n", at)
        at = data.find(b"import", end) if end >= 0 else -1


def _standard(module: str) -> bool:
    return module.partition(".")[0] in STANDARD_MODULES


RULE = Rule(
    id="py/module-links",
    title=N_("What a Python file loads and reads"),
    view=PythonModule,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
)
