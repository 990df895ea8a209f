"""One file fetches, another executes.

What it sees
    Network content handed to an imported function whose parameter becomes code, or code made of what an imported
    function fetched, or a third file that hands the answer of the one to the other.

Why it matters
    Each file alone looks like ordinary helper code: "an error handler", "a config service". Together they are the
    same loader as in one file.

Example
    `routes/auth.js`: `axios.get(url).catch(e => errorHandler(e.response.data))`; `utils/errorHandler.js`:
    `exports.errorHandler = (text) => new Function("require", text)(require)`

What to do
    Do not run the project. If it ran, treat every secret of that user account as stolen.

False alarms
    None known.

References
    ATT&CK T1059.007, T1105, T1027
"""

import posixpath
from collections.abc import Iterator, Mapping

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_imported import handovers
from lazaretto.parse.js_value import Path

MAX_GO_BETWEENS = 40
"""Files read again because they load both a fetching and an executing file."""


def check(project: Project) -> Iterator[Match]:
    """Join the signals of `js/cross-file-flow`."""
    runs: dict[tuple[str, str, str], Signal] = {}
    for signal in project.signals_of("js-runs-parameter"):
        name, _, index = signal.value.partition("\t")
        runs.setdefault((signal.path, name, index), signal)
    returns = {(signal.path, signal.value): signal for signal in project.signals_of("js-returns-net")}
    told: set[tuple[str, str]] = set()
    for signal in project.signals_of("js-net-to-import") if runs else ():
        specifier, _, rest = signal.value.partition("\t")
        name, _, index = rest.partition("\t")
        for target in _targets(project, signal.path, specifier):
            sink = runs.get((target, name, index)) or (
                runs.get((target, "default", index)) if name == "default" else None
            )
            if sink is not None and (signal.path, target) not in told:
                told.add((signal.path, target))
                yield _match(sink, signal)
    for signal in project.signals_of("js-runs-import") if returns else ():
        specifier, _, name = signal.value.partition("\t")
        for target in _targets(project, signal.path, specifier):
            source = (
                returns.get((target, name)) or returns.get((target, "default"))
                if name in ("default", "*")
                else returns.get((target, name))
            )
            if source is not None and (signal.path, target) not in told:
                told.add((signal.path, target))
                yield _match(signal, source)
    if runs and returns:
        yield from _between(project, runs, returns, told)


def _between(
    project: Project,
    runs: dict[tuple[str, str, str], Signal],
    returns: dict[tuple[str, str], Signal],
    told: set[tuple[str, str]],
) -> Iterator[Match]:
    """Read the files that load both halves: does one hand the answer of the first to the second?"""
    executors, fetchers = {path for path, _, _ in runs}, {path for path, _ in returns}
    read = 0
    for path in sorted(project.imports):
        near = project.imports[path]
        loaded = {*near, *(far for target in near[:40] for far in project.imports.get(target, ())[:12])}
        if not (loaded & executors and loaded & fetchers) or read >= MAX_GO_BETWEENS:
            continue
        read += 1
        blob = project.read(path)
        if blob is None or len(blob.data) > 300_000 or not JavaScriptModule.accepts(blob):
            continue
        for one in handovers(JavaScriptModule.of(blob)):
            sink = _known(
                project, path, one.callee, {key[:2]: found for key, found in runs.items() if key[2] == str(one.index)}
            )
            for imported in one.given.imports if sink is not None else ():
                source = _known(project, path, imported, returns)
                if sink is not None and source is not None and (source.path, sink.path) not in told:
                    told.add((source.path, sink.path))
                    yield _match(sink, source)


def _known(project: Project, path: str, called: Path, among: Mapping[tuple[str, str], Signal]) -> Signal | None:
    """Look up an imported function, (specifier, name), in the file that defines it."""
    name = called[-1] if len(called) > 1 else "default"
    for target in _targets(project, path, called[0]):
        if (found := among.get((target, name))) is not None:
            return found
        alone = name in ("default", "*", "", posixpath.basename(target).split(".")[0])
        if alone and (found := among.get((target, "default"))) is not None:
            return found
    return None


def _match(sink: Signal, source: Signal) -> Match:
    return Match(
        N_("executes what {other} fetches from the network"),
        path=sink.path,
        line=sink.line,
        params={"other": source.path},
        more=(Location(source.path, source.line),),
    )


def _targets(project: Project, path: str, specifier: str) -> tuple[str, ...]:
    """Return the file that a specifier names, and the files that this one may re-export."""
    target = project.resolve_js(path, specifier)
    return (target, *project.imports.get(target, ())[:12]) if target is not None else ()


RULE = Rule(
    id="js/remote-code-across-files",
    title=N_("one file fetches, another executes"),
    view=Project,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.007", "T1105", "T1027"),
)
