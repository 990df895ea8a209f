"""What it sees
    A `pyproject.toml` whose build backend lies in the project itself (`backend-path`), and build requirements that come
    from a URL.

Why it matters
    `pip install .` or opening the project in some IDEs runs the backend. It is as good as a setup.py.

Example
    [build-system]
    requires = []
    build-backend = "backend"
    backend-path = ["_build"]

What to do
    Read the backend before you build or install.

False alarms
    Many projects wrap setuptools this way (low); the backend's code is judged by the rules for Python.

References
    PEP 517, "In-tree build backends"; ATT&CK T1195.001.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.documents import as_mapping, as_sequence, as_text
from lazaretto.parse.manifests import Pyproject
from lazaretto.parse.workspace import line_of


def check(view: Pyproject) -> Iterator[Match | Signal]:
    """Look at `[build-system]`, and emit what the scripts table starts."""
    build = as_mapping(view.root.get("build-system"))
    module = as_text(build.get("build-backend")).split(":", 1)[0].replace(".", "/")
    folder = posixpath.dirname(view.path)
    for place in as_sequence(build.get("backend-path")):
        line = line_of(view.blob, "backend-path")
        for ending in (".py", "/__init__.py"):
            yield Signal(
                "start", f"install\t{normal(posixpath.join(folder, as_text(place), module + ending))}", view.path, line
            )
        yield Match(
            N_("building the project runs its own backend {module} in {place}"),
            line=line,
            params={"module": module or "?", "place": as_text(place)},
        )
    tool = as_mapping(view.root.get("tool"))
    hatch = as_mapping(as_mapping(as_mapping(tool.get("hatch")).get("build")).get("hooks"))
    custom = as_mapping(hatch.get("custom"))
    if "custom" in hatch:
        path = as_text(custom.get("path")) or "hatch_build.py"
        yield Signal(
            "start", f"install\t{normal(posixpath.join(folder, path))}", view.path, line_of(view.blob, "hooks.custom")
        )
    for path in (
        as_text(as_mapping(as_mapping(tool.get("poetry")).get("build")).get("script")),
        as_text(as_mapping(as_mapping(tool.get("pdm")).get("build")).get("custom-hook")),
        as_text(as_mapping(tool.get("poetry")).get("build"))
        if isinstance(as_mapping(tool.get("poetry")).get("build"), str)
        else "",
    ):
        if path:
            yield Signal(
                "start", f"install\t{normal(posixpath.join(folder, path))}", view.path, line_of(view.blob, path)
            )
    scripts = {
        **as_mapping(as_mapping(view.root.get("project")).get("scripts")),
        **as_mapping(as_mapping(tool.get("poetry")).get("scripts")),
    }
    for value in scripts.values():
        target = as_text(value).split(":", 1)[0].replace(".", "/")
        if target:
            for base in ("", "src"):
                yield Signal("start", f"run\t{normal(posixpath.join(folder, base, target))}.py", view.path, 1)


RULE = Rule(
    id="pypi/pyproject-build-backend",
    title=N_("Building runs a backend that lies in the project"),
    view=Pyproject,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
)
