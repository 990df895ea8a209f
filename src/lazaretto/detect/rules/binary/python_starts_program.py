"""What it sees
    Nothing that a person hears of: the names of programs that a Python file starts, and when.

Why it matters
    A rule over the whole package joins it with the compiled programs that the package brings along.

Example
    subprocess.Popen([os.path.join(HERE, "bin", "helper.exe")])

What to do
    Nothing: there is no finding.

False alarms
    None.

References
    docs/signals.md
"""

import re
from collections.abc import Iterator
from itertools import islice

from lazaretto.detect.pycode import command_of, starts_process
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

NAMES = 12
"""Names of one call."""
CALLS = 60
_WORD = re.compile(r"[^\s\0'\"|;&<>]{2,400}")
_NAME = re.compile(r"[\w.+-]{2,80}$")
_BESIDE = terms(b"__file__", b"__path__", b".exe", b".scr", b"pkg_resources", b"pkgutil", b"importlib.resources")
_SUFFIXES = (".exe", ".scr", ".com", ".bin", ".out")


def check(view: PythonModule) -> Iterator[Signal]:
    """Yield `starts-program` for every word of a command that can be a program of the package."""
    if view.is_test or not view.speaks("process"):
        return
    # A syntax tree is dear: it is made for this rule only when the file can find something that lies beside it.
    if "facts" not in view.__dict__ and not view.is_setup and not view.mentions(_BESIDE):
        return
    seen: set[tuple[str, str]] = set()
    for call in [call for call in view.facts.calls if starts_process(call)][:CALLS]:
        phase = view.phase(call.scope).value
        for name in islice(_names(command_of(call)[:4000]), NAMES):
            if (phase, name) not in seen:
                seen.add((phase, name))
                yield Signal("starts-program", f"{phase}\t{name}", view.path, call.line)


def _names(command: str) -> Iterator[str]:
    """Yield last parts of the words that can be a program: the first, paths, and what is named like one."""
    for number, hit in enumerate(_WORD.finditer(command)):
        word = hit[0].lower()
        name = _NAME.search(word)
        if name and (number == 0 or "/" in word or "\\" in word or word.endswith(_SUFFIXES)):
            yield name[0]


RULE = Rule(
    id="binary/python-starts-program",
    title=N_("Which programs a Python file starts"),
    view=PythonModule,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
)
