"""A file that is no program by its name is loaded or started as one.

What it sees
    `require`, `vm`, `eval` of a read file, or a started interpreter, with a path that ends like a font, an image, a
    database or a dictionary, or that lies in a folder of a version control system (`.svn/.DS_Store`).

Why it matters
    The loader is one harmless-looking line; the payload is where no reviewer and no search for `*.js` looks.

Example
    `require("../config/.svn/.DS_Store");`

What to do
    Do not run the project. Look at the named file with a text viewer.

False alarms
    Bundlers let code `require` images and fonts to get their address: that alone is not reported, calling what comes
    back is.

References
    ATT&CK T1036.008, T1027.009
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_SUFFIX = (
    rb"(?:woff2?|ttf|otf|eot|png|jpe?g|gif|svg|ico|webp|bmp|db|sqlite3?|dict|dic|dat|bin|mp3|mp4|wav|pdf|DS_Store)"
)
_LOAD = re.compile(
    rb"\b(?:require|import|createRequire\s*\([^()\n]{1,80}\))\s*\(\s*(?:[\w$.]{1,40}\s*\([^()\n]{0,80})?[\"'`]([^\"'`\n]{1,200}\."
    + _SUFFIX
    + rb")[\"'`]\s*\)?\s*\)(\s*(?:\.default\s*)?\()?"
)
_IMPORT = re.compile(
    rb"\bimport\s*(?:[\w$*{}, ]{1,80}\s*from\s*)?[\"']([^\"'\n]{0,200}(?:/\.(?:svn|git|hg)/|\.DS_Store)[^\"'\n]{0,99})"
)
_START = re.compile(
    rb"[\"'`][^\"'`\n]{0,60}\b(?:node|nodejs|bun|python3?)(?:\.exe)?\s+([^\"'`\n\s]{1,200}\." + _SUFFIX + rb")\b"
)
_READ = re.compile(rb"readFile(?:Sync)?\s*\([^;\n]{0,160}?[\"'`]([^\"'`\n]{1,160}\." + _SUFFIX + rb")[\"'`]")
_NAMED = re.compile(rb"\." + _SUFFIX + rb"[\"'`\s]|\.(?:svn|git|hg)/")
_ODD_WORDS = (b".svn/", b".DS_Store", b".git/")
_ODD_PLACE = re.compile(rb"(?:^|/)\.(?:svn|git|hg|bzr)/|\.DS_Store$|(?:^|/)Thumbs\.db$")
_COMMENTED = re.compile(rb"^\s*(?://|\*|/\*)")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every load or start of a file that is named like an asset."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    source = module.source
    if not (_NAMED.search(source) if not module.bulky else any(word in source for word in _ODD_WORDS)):
        return
    weak = in_tests(module.path) or module.minified
    for hit in _LOAD.finditer(source):
        odd = _ODD_PLACE.search(hit[1]) is not None
        called = hit.group(2) is not None
        if (odd or called) and not _in_comment(source, hit.start()):
            confidence = Confidence.HIGH if odd else Confidence.MEDIUM
            yield _match(module, hit, Severity.HIGH, Confidence.LOW if weak and not odd else confidence)
    for hit in (*_IMPORT.finditer(source), *_START.finditer(source)):
        if not _in_comment(source, hit.start()):
            yield _match(module, hit, Severity.HIGH, Confidence.MEDIUM if weak else Confidence.HIGH)
    for execution in module.executions if b"readFile" in source and _READ.search(source) else ():
        if execution.kind == "code" and "file" in execution.code.tags:
            for hit in _READ.finditer(source):
                yield _match(module, hit, Severity.HIGH, Confidence.MEDIUM if weak else Confidence.HIGH)


def _match(module: JavaScriptModule, hit: "re.Match[bytes]", severity: Severity, confidence: Confidence) -> Match:
    return Match(
        N_("loads {name} as a program"),
        line=module.line_of(hit.start()),
        params={"name": hit[1].decode("utf-8", "replace")},
        excerpt=module.quote(hit.start(), hit.end()),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


def _in_comment(source: bytes, at: int) -> bool:
    """Tell whether the line of an offset is commented out before it."""
    line = source[source.rfind(b"\n", 0, at) + 1 : at]
    return _COMMENTED.match(line) is not None or b"// " in line


RULE = Rule(
    id="js/loads-non-code-file",
    title=N_("a file named like a font, image or database is loaded as a program"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008", "T1027.009"),
    needles=(b"require", b"import", b"readFile", b"spawn"),
)
