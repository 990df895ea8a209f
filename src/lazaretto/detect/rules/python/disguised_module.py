"""What it sees
    A file whose name says image, font, database or another asset, and whose content is a Python program.

Why it matters
    Nobody reads a font. Something else in the project starts the file by its path; rules that know what starts what
    use this fact.

Example
    public/fonts/regular.woff2: import os, urllib.request ...

What to do
    Look for what opens or runs the file (tasks, hooks, `subprocess`, `exec(open(...).read())`).

False alarms
    Scripts without a suffix are ordinary and are not reported here, only passed on as a signal.

References
    ATT&CK T1036.008 (Masquerade File Type).
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_DISGUISED = N_("is a Python program under the name of a {suffix} file")
_ORDINARY = frozenset({"", ".lock", ".log", ".tmp", ".cache", ".bak", ".data", ".dat", ".model", ".bin", ".key"})


def check(view: PythonModule) -> Iterator[Match | Signal]:
    """Yield the signal, and a finding when the suffix is an asset's."""
    if not view.disguised:
        return
    yield Signal("disguised", "py", view.path)
    if view.blob.suffix not in _ORDINARY:
        yield Match(_DISGUISED, params={"suffix": view.blob.suffix}, excerpt=view.quote(1))


RULE = Rule(
    id="py/disguised-module",
    title=N_("A Python program under an asset's name"),
    view=PythonModule,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008",),
)
