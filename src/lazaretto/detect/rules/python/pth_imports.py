"""What it sees
    A `.pth` file with lines that are executed at every start of Python, other than the few that packaging tools
    write (editable installs, namespace packages, coverage, setuptools' compatibility shim).

Why it matters
    Such a line runs in every Python process of that environment, without the package ever being imported.

Example
    import os, base64; exec(base64.b64decode("..."))

What to do
    Do not install it; if it is installed, remove the `.pth` file before Python is started again.

False alarms
    Profilers and coverage tools start themselves this way: a plain `import NAME` is context only.

References
    Python documentation, module `site`; ATT&CK T1546 (Event Triggered Execution).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import short
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.py_pth import PthFile

_RUNS = N_("runs code at every start of Python: {code}")
_LOADS = N_("loads a module at every start of Python: {code}")

_KNOWN = (
    re.compile(r"import _virtualenv$"),
    re.compile(r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os\.environ\.get\(var, '(?:local"
        r"|stdlib)'\) == 'local'; enabled and __import__\('_distutils_hack'\)(?:\.add_shim\(\))?;?\s*$"),
    re.compile(r"import __editable___\w{1,120}_finder; __editable___\w{1,120}_finder\.install\(\)$"),
    re.compile(r"import sys, ?types, ?os;\s*(?:has_mfs = sys\.version_info > \(3, 5\);\s*)?"
        r"p = os\.path\.join\(sys\._getframe\(1\)\.f_locals\['sitedir'\], [^;]{1,300}(?:;"
        r"|$)"),
    re.compile(r"import sys;\s*sys\.__plen = len\(sys\.path\)$"),
    re.compile(r"import sys; new=sys\.path\[sys\.__plen:\]; del sys\.path\[sys\.__plen:\];"),
    re.compile(r"import coverage; coverage\.process_startup\(\)$"),
    re.compile(r"import sys;\s*exec\(\s*'(?:try:\\n\s*)?import (?:coverage|a1_coverage|pytest_cov)"),
    re.compile(r"import os, ?sys;\s*exec\('if .COV_CORE_SOURCE. in os\.environ:\\n try:\\n  "
        r"from pytest_cov\.embed import init"),
    re.compile(r"import sys;\s*exec\(\"try: from (?:zope|ruamel|google)"),
)  # fmt: skip
_DANGER = re.compile(
    r"\bexec\b|\beval\b|\bcompile\b|base64|b64decode|fromhex|zlib|marshal|subprocess|\bsystem\b|popen|socket|urlopen|requests|https?:|open\(|chr\(|\\x|getattr|\bctypes\b",
    re.IGNORECASE,
)
_STATIC = re.compile(
    r"import [\w., ]{1,80};\s{0,4}exec\((['\"])(?:try:)?[^\\]{0,300}(?:\\n[^\\]{0,200}){0,8}\1\)\s{0,4};?\s{0,20}$"
)
_HARD = re.compile(
    r"base64|b64|fromhex|zlib|marshal|subprocess|\bsystem\b|popen|socket|urlopen|requests|https?:|open\(|chr\(|\\x|getattr"
    r"|\bctypes\b|\beval\b|compile",
    re.IGNORECASE,
)
"""What a start-up hook that reads as plain text and only calls a module does not need."""
_PLAIN = re.compile(r"import\s+[\w.]+(?:\s*,\s*[\w.]+)*\s*;?\s*(?:#.*)?$")


def check(view: PthFile) -> Iterator[Match | Signal]:
    """Yield every line that is executed and not known, and what it loads."""
    for item in view.executed:
        text = item.text.strip()
        if any(known.match(text) for known in _KNOWN) and len(text) < 700:
            continue
        named = re.findall(r"[\w.]+", text.removeprefix("import").split(";", 1)[0])[:10]
        for module in (*named, *re.findall(r"__import__\([\"']([\w.]{1,120})[\"']\)", text)[:10]):
            yield Signal("import", f"py\t{module}", view.path, item.line)
        yield Signal("start", f"import\t{view.path}", view.path, item.line)
        danger = _DANGER.search(text) is not None
        plain = _PLAIN.match(text) is not None
        severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
        if _is_switch(text, view.blob.name) or (danger and _STATIC.match(text) and not _HARD.search(text)):
            confidence = Confidence.LOW
        elif danger or len(text) > 1000:
            severity, confidence = Severity.HIGH, Confidence.HIGH
        elif plain:
            severity = Severity.LOW
        yield Match(
            _LOADS if plain else _RUNS,
            item.line,
            params={"code": short(text, 120)},
            excerpt=text[:200],
            severity=severity,
            confidence=confidence,
        )


_SWITCH = re.compile(
    r"import [\w., ]{1,80};\s{0,4}"
    r"exec\((['\"])if ['\"\\]{1,2}(\w{4,60})['\"\\]{1,2} in os\.environ:\\n[^;]{0,1200}\1\)\s{0,4}$"
)
_HIDES = re.compile(
    r"base64|b64|fromhex|zlib|marshal|\\x|chr\(|getattr|__import__|urlopen|requests|https?:|socket|subprocess|system\(",
    re.IGNORECASE,
)


def _is_switch(text: str, name: str) -> bool:
    """Tell whether a line waits for a variable that has the hook's own name in it, and hides nothing."""
    found = _SWITCH.match(text)
    stem = name.rpartition(".")[0].strip("_-").lower()
    return found is not None and len(stem) > 3 and stem in found[2].lower() and _HIDES.search(text) is None


RULE = Rule(
    id="py/pth-runs-code",
    title=N_("Runs code at every start of Python"),
    view=PthFile,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.IMPORT,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1546",),
    needles=(b"import ", b"import\t"),
)
