"""What it sees
    The content of a file that is named like an image, a font, a database or a stylesheet, being executed: read and
    given to `exec`, or started with an interpreter.

Why it matters
    The code is kept where no reviewer looks, and the line that starts it looks like a file being loaded.

Example
    exec(open("static/fonts/regular.woff2").read())

What to do
    Read the file that it names. Do not run the project.

False alarms
    None known; documentation tools execute examples in `.md` files, which is reported with less severity.

References
    ATT&CK T1036.008 (Masquerade File Type), T1027.003.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.project import normal
from lazaretto.detect.pycode import command_of, file_tags, once, runs_code, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_EXECUTES = N_("executes the content of a {suffix} file")
_ARCHIVE = N_("imports code out of an archive that is named {name}")
_CUT = N_("starts a file that it cut out of an asset")
_STARTS = N_("starts an interpreter with a file that is named like an asset: {command}")

_COMMAND = re.compile(
    r"(?:\bpython[\d.w]*(?:\.exe)?|%PYTHON%|\bnode(?:\.exe)?|\b(?:ba|z|da)?sh|\bwscript|\bperl|\bphp)['\"]?\s+['\"]?([^\s'\"|;&]{1,200}"
    r"\.(?:png|jpe?g|gif|ico|bmp|webp|svg|woff2?|ttf|otf|eot|mp3|mp4|wav|pdf|sqlite3?|db|dict|css))\b",
    re.IGNORECASE,
)
_IMPORTERS = terms(b"zipimport")
_ZIP_LOADS = terms(b"load_module", b"exec_module", b"get_code")


def check(view: PythonModule) -> Iterator[Match | Signal]:
    """Yield every execution of an asset, and the signal that names the file."""
    if view.mentions(_IMPORTERS) and view.mentions(_ZIP_LOADS):
        yield from _zipped(view)
    if not (view.speaks("exec") or view.speaks("process")) or not _HINTS.search(view.blob.data):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        if runs_code(call) and call.args:
            suffix = next((tag[6:] for tag in call.args[0].tags if tag.startswith("asset:")), "")
            if suffix and once(seen, call.line):
                weak = suffix in {".md", ".db", ".so", ".dll"} or view.is_test
                yield Match(
                    _EXECUTES,
                    call.line,
                    call.column,
                    params={"suffix": suffix},
                    excerpt=view.quote(call.line),
                    severity=Severity.LOW if weak else Severity.HIGH,
                    phase=view.phase(call.scope),
                    layers=call.layers,
                )
        elif starts_process(call) and "file:asset" in file_tags(view, call) and once(seen, call.line):
            yield Match(
                _CUT,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                phase=view.phase(call.scope),
                layers=call.layers,
            )
        elif starts_process(call):
            found = _COMMAND.search(command_of(call))
            if found and once(seen, call.line):
                phase = view.phase(call.scope)
                if "\0" not in found[1]:
                    yield Signal("start", f"{phase.value}\t{normal(found[1])}", view.path, call.line)
                yield Match(
                    _STARTS,
                    call.line,
                    call.column,
                    params={"command": short(command_of(call))},
                    excerpt=view.quote(call.line),
                    severity=Severity.LOW if view.is_test else Severity.HIGH,
                    phase=phase,
                    layers=call.layers,
                )


_ZIPS = re.compile(r"\.(?:zip|whl|egg|pyz|pyzw|jar|apk)$", re.IGNORECASE)
_NAMED = re.compile(r"[\w)-]\.[A-Za-z]\w{0,5}$")
"""A file with an ending; `.` and `..` are folders."""


def _zipped(view: PythonModule) -> Iterator[Match]:
    """Yield archives that are imported from although their name says something else."""
    for call in view.facts.calls:
        path = call.arg(0, "path").shape.rstrip("\0")
        if call.name == "zipimport.zipimporter" and _NAMED.search(path) and not _ZIPS.search(path):
            yield Match(
                _ARCHIVE,
                call.line,
                call.column,
                params={"name": short(path.rpartition("/")[2])},
                excerpt=view.quote(call.line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                phase=view.phase(call.scope),
                layers=call.layers,
            )
            return


_HINTS = re.compile(
    rb"\.(?:png|jpe?g|gif|ico|bmp|webp|svg|woff2?|ttf|otf|eot|mp3|mp4|wav|pdf|sqlite3?|db|dict|css|md)\b['\"]"
)

RULE = Rule(
    id="py/runs-asset",
    title=N_("Executes a file that is named like an asset"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008", "T1027.003"),
)
