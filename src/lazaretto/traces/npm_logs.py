"""npm's logs: the last ten commands, with folder and time, and every package that they placed, fetched and ran.

    NUMBER http fetch GET 200 ADDRESS          fetched (a tarball) or resolved (a document)
    NUMBER silly placeDep ROOT NAME@VERSION    resolved
    NUMBER silly ADD node_modules/NAME         installed
    NUMBER info run NAME@VERSION postinstall   executed: a script of the package ran

The time is that in the log's name.
"""

import re
from collections.abc import Iterator

from lazaretto.ecosystems import npm
from lazaretto.model.finding import Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.npm_cache import package_of
from lazaretto.traces.place import Place, Tree, Wanted, iso, join
from lazaretto.traces.redact import redact

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)_(\d\d)_(\d\d)")
_FETCH = re.compile(r"http (?:fetch GET|cache) (?:200 |304 )?(?:\S{1,300}@)?(https?://\S{1,2000})")
_PLACE = re.compile(r"placeDep \S{1,500} (\S{1,300}) (?:OK|KEEP|REPLACE)")
_ADD = re.compile(r"(?:ADD|CHANGE) (\S{0,2000}node_modules/\S{1,300})")
_RUN = re.compile(r"info run (\S{1,300}) (\w{1,40})")
_ARGV = re.compile(r"verbose argv (.{1,2000})")
_CWD = re.compile(r"verbose cwd (.{1,1000})")
LINES = 400_000


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `_logs` folder."""
    for name in tree.list(path)[1]:
        if name.endswith(".log") and (blob := tree.read(join(path, name))) is not None and wanted.touches(blob.data):
            yield from _log(blob.path, blob.text, log_time(name) or iso(tree.time(blob.path)), wanted)


def log_time(name: str) -> str:
    """Return the time in a log's name."""
    match = _STAMP.match(name)
    return f"{match[1]}T{match[2]}:{match[3]}:{match[4]}Z" if match else ""


def _log(path: str, text: str, at: str, wanted: Wanted) -> Iterator[Trace]:
    argv, cwd = _ARGV.search(text), _CWD.search(text)
    command = redact("npm " + " ".join(argv[1].replace('"', "").split())) if argv else "npm"
    place = cwd[1].strip() if cwd else ""
    found: dict[tuple[str, str, Rung], Trace] = {}
    versions: dict[str, str] = {}
    for number, line in enumerate(text.split("\n", LINES)[:LINES], 1):
        name, version, rung = _event(line)
        if not name or not wanted.named("npm", name):
            continue
        versions.setdefault(name, version) if version else None
        detail = Message.of(N_("{command} in {folder}"), {"command": command, "folder": place or "?"})
        found.setdefault(
            (name, version, rung), Trace("npm", name, version, rung, PLACE.id, path, number, at, detail=detail)
        )
    for (name, version, _), trace in found.items():
        if version or name not in versions:
            yield trace
        elif trace.rung is Rung.INSTALLED:  # ADD names a folder; placeDep said which version
            yield Trace("npm", name, versions[name], trace.rung, PLACE.id, path, trace.line, at, detail=trace.detail)


def _event(line: str) -> tuple[str, str, Rung]:
    if match := _FETCH.search(line):
        name, version = package_of(match[1])
        return name, version, Rung.FETCHED if version and "http fetch" in line else Rung.RESOLVED
    if match := _RUN.search(line):
        return *npm.split_at_version(match[1]), Rung.EXECUTED
    if match := _PLACE.search(line):
        return *npm.split_at_version(match[1]), Rung.RESOLVED
    if match := _ADD.search(line):
        return match[1].rpartition("node_modules/")[2], "", Rung.INSTALLED
    return "", "", Rung.NAMED


PLACE = Place(
    "npm-logs",
    N_("npm's logs"),
    (Rung.RESOLVED, Rung.FETCHED, Rung.INSTALLED, Rung.EXECUTED),
    read,
    folders=(".npm/_logs", "npm-cache/_logs", "_logs"),
    locations={
        "linux": ("{home}/.npm/_logs",),
        "macos": ("{home}/.npm/_logs",),
        "windows": ("{localappdata}/npm-cache/_logs",),
    },
)
