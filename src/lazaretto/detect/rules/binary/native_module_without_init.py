"""What it sees
    A file that is named like a native module (`.pyd`, `.node`, `.cpython-311-*.so`) and is a plain program, or has no
    function by which Python or Node could load it as a module.

Why it matters
    A native module is expected in a package and is seldom looked at. Something that cannot be imported was put under
    that name for another purpose: to be started, or to run when it is loaded.

Example
    pkg/_speedups.pyd is a Windows program

What to do
    Look for what starts or loads the file, and whether its source is part of the package.

False alarms
    Libraries that are loaded with ctypes and happen to have such a suffix: those have no init function and are
    reported with low confidence.

References
    PEP 489 (PyInit functions), Node-API (module registration); ATT&CK T1036.008.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.exe_facts import COMPILED
from lazaretto.parse.executable import Executable

_TAGGED = re.compile(r"\.(?:cpython-\d+[^/]{0,60}|abi3|pypy\d+[^/]{0,60})\.so$")


def check(view: Executable) -> Iterator[Match]:
    """Judge files with a module's name.

    Raises:
        ParseError: the header is damaged.
    """
    if view.format not in COMPILED or not (view.blob.suffix in {".pyd", ".node"} or _TAGGED.search(view.blob.name)):
        return
    if view.is_program and not view.image.exports:
        yield Match(
            N_("is named like a native module, but is a program of its own ({format})"),
            params={"format": view.format.value},
            severity=Severity.LOW if in_tests(view.path) else Severity.HIGH,
        )
    elif not view.init_symbol and not view.image.cut:
        yield Match(
            N_("is named like a native module, but has no function to load it by"),
            severity=Severity.LOW if in_tests(view.path) else Severity.MEDIUM,
            confidence=Confidence.LOW,
        )


RULE = Rule(
    id="binary/native-module-not-a-module",
    title=N_("A native module that cannot be loaded as one"),
    view=Executable,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008",),
)
