"""The whole subject at once: files, signals, packages and findings, and what starts what.

Two views live here. `Project` is what project rules see: every file rule has run. `Evidence` is what story rules
see: project rules and intel have run as well. Both answer the question that makes a capability dangerous: *who
starts this file, and when?*

    a trigger (task, hook, lifecycle script)  --start-->  file  --import-->  file  --import--> ...

Signals used (all are listed in `docs/signals.md`):

    start   value `PHASE<TAB>PATH`   the signal's file makes PATH run in PHASE (`open`, `install`, ...)
    import  value `js<TAB>SPECIFIER` or `py<TAB>MODULE`   the signal's file loads another one
    run     value `PATH`             when the signal's file runs, it runs PATH (a shell script that calls node)
    script-call      value `PHASE<TAB>FOLDER<TAB>NAME`   the signal's file starts FOLDER's package script NAME
    npm-script       value `NAME<TAB>PATH`               the package.json's script NAME runs PATH
    npm-script-call  value `NAME<TAB>FOLDER<TAB>OTHER`   ... and this one starts FOLDER's script OTHER
"""

import posixpath
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from lazaretto.model.finding import Finding, Phase, Signal
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob

PHASE_ORDER = (Phase.OPEN, Phase.INSTALL, Phase.BUILD, Phase.IMPORT, Phase.RUN)
"""Earlier means less consent by the victim."""

T = TypeVar("T")
P = TypeVar("P", bound="Project")

_JS_SUFFIXES = ("", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".json", ".node")


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What is kept of a file once it was examined."""

    size: int
    digest: str
    """SHA-256 of the content, hexadecimal; empty when the file was not read."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a file comes to run."""

    phase: Phase
    chain: tuple[str, ...]
    """Paths from the file that holds the trigger to the file that runs, both included."""
    line: int = 1
    """Line of the trigger in the first of them."""


class Project:
    """Everything known after the file rules have run."""

    def __init__(
        self,
        files: Mapping[str, FileInfo],
        signals: Iterable[Signal] = (),
        findings: Iterable[Finding] = (),
        packages: Iterable[Package] = (),
        read: Callable[[str], Blob | None] = lambda _path: None,
    ) -> None:
        """`read` gives a file's content again, or None when it is not to be had."""
        self.files = files
        self.signals = tuple(signals)
        self.findings = tuple(findings)
        self.packages = tuple(packages)
        self.read = read
        self._derived: dict[object, object] = {}

    def seen_as(self, view: type[P], findings: Iterable[Finding]) -> P:
        """Return the same subject with other findings; what comes of its files and signals is not computed again."""
        other = view.__new__(view)
        other.__dict__.update(self.__dict__, findings=tuple(findings))
        other.__dict__.pop("_by_path", None)
        return other

    def derived(self, function: Callable[..., T], *arguments: Hashable) -> T:
        """Return `function(self, *arguments)`, computed once for the subject; it must not look at findings."""
        key = (function, *arguments)
        if key not in self._derived:
            self._derived[key] = function(self, *arguments)
        return self._derived[key]  # type: ignore[return-value]  # the key holds the function that made the value

    def signals_of(self, kind: str) -> tuple[Signal, ...]:
        """All signals of a kind, in path order."""
        return self._by_kind.get(kind, ())

    def findings_in(self, path: str) -> tuple[Finding, ...]:
        """All findings whose primary location is in this file."""
        return self._by_path.get(path, ())

    def reach(self, path: str) -> Reach | None:
        """Tell how a file is started without the victim's asking; None when nothing was seen to start it."""
        return self._reach.get(path)

    def resolve_js(self, importer: str, specifier: str) -> str | None:
        """Resolve a relative JavaScript specifier to a file of the subject; None for packages and misses."""
        if specifier.startswith(("@/", "~/")):  # the customary aliases of the source folder
            return next(
                (
                    found
                    for top in _alias_roots(importer)
                    if (found := self.resolve_js(f"{top}x", f"./{specifier[2:]}"))
                ),
                None,
            )
        if not specifier.startswith((".", "/")):
            return None
        base = normal(posixpath.join(posixpath.dirname(importer), specifier.split("?", maxsplit=1)[0]))
        for suffix in _JS_SUFFIXES:
            if base + suffix in self.files:
                return base + suffix
        for suffix in _JS_SUFFIXES[1:]:
            candidate = f"{base}/index{suffix}" if base else f"index{suffix}"
            if candidate in self.files:
                return candidate
        if base.endswith((".js", ".mjs", ".cjs")):  # TypeScript sources are imported by their built name
            stem = base.rsplit(".", 1)[0]
            return next((stem + end for end in (".ts", ".tsx", ".mts", ".cts") if stem + end in self.files), None)
        return None

    def resolve_py(self, importer: str, module: str) -> str | None:
        """Resolve a Python module (`.x` relative to the importer, `a.b` from any root) to a file, or None."""
        last = module.rpartition(".")[2].rpartition("/")[2]
        if last and last not in self._py_names:
            return None
        folder = posixpath.dirname(importer)
        if module.startswith("."):
            dots = len(module) - len(module.lstrip("."))
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            bases = [folder]
        else:
            bases = [folder, "", "src"]
            while folder:
                folder = posixpath.dirname(folder)
                bases.append(folder)
        tail = module.lstrip(".").replace(".", "/")
        for base in bases:
            stem = normal(posixpath.join(base, tail))
            for candidate in (f"{stem}.py", f"{stem}/__init__.py" if stem else "__init__.py"):
                if candidate in self.files and candidate != importer:
                    return candidate
        return None

    @cached_property
    def _py_names(self) -> frozenset[str]:
        """The last part of every module that a file of the subject can be: most imports are of something else."""
        parts = (path.split("/") for path in self.files if path.endswith(".py"))
        return frozenset(
            name
            for folders in parts
            for name in (folders[-1][:-3], *(folders[-2:-1] if folders[-1] == "__init__.py" else ()))
        )

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Signal, ...]]:
        groups: dict[str, list[Signal]] = defaultdict(list)
        for signal in sorted(self.signals, key=lambda s: (s.path, s.line, s.value)):
            groups[signal.kind].append(signal)
        return {kind: tuple(group) for kind, group in groups.items()}

    @cached_property
    def _by_path(self) -> dict[str, tuple[Finding, ...]]:
        groups: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            groups[finding.locations[0].path].append(finding)
        return {path: tuple(group) for path, group in groups.items()}

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, ...]]:
        """Files of the subject that each file loads."""
        edges: dict[str, set[str]] = defaultdict(set)
        for signal in self.signals_of("import"):
            language, _, name = signal.value.partition("\t")
            target = (self.resolve_js if language == "js" else self.resolve_py)(signal.path, name)
            if target is not None:
                edges[signal.path].add(target)
        for signal in self.signals_of("run"):
            target = self._existing(signal.value)
            if target is not None and target != signal.path:
                edges[signal.path].add(target)
        return {path: tuple(sorted(targets)) for path, targets in edges.items()}

    @cached_property
    def package_scripts(self) -> Mapping[tuple[str, str], tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
        """(folder, script name) to the paths that the script runs and the (folder, name) of scripts that it starts."""
        runs: dict[tuple[str, str], list[str]] = defaultdict(list)
        calls: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for signal in self.signals_of("npm-script"):
            name, _, target = signal.value.partition("\t")
            runs[posixpath.dirname(signal.path), name].append(target)
        for signal in self.signals_of("npm-script-call"):
            name, _, rest = signal.value.partition("\t")
            folder, _, other = rest.partition("\t")
            calls[posixpath.dirname(signal.path), name].append((folder, other))
        return {key: (tuple(runs.get(key, ())), tuple(calls.get(key, ()))) for key in (*runs, *calls)}

    def script_files(self, folder: str, name: str) -> tuple[str, ...]:
        """Paths that a package script comes to run, scripts that it starts included."""
        found: list[str] = []
        queue = [(folder, name)]
        seen: set[tuple[str, str]] = set()
        while queue and len(seen) < 200:
            place = queue.pop()
            if place in seen:
                continue
            seen.add(place)
            for script in _script_names(place[1]):
                paths, others = self.package_scripts.get((place[0], script), ((), ()))
                found.extend(paths)
                queue.extend(others)
        return tuple(dict.fromkeys(found))

    @cached_property
    def _reach(self) -> dict[str, Reach]:
        reached: dict[str, Reach] = {}
        starts = []
        for signal in self.signals_of("start"):
            phase, _, target = signal.value.partition("\t")
            if phase in Phase._value2member_map_:
                starts.append((Phase(phase), signal.path, target, signal.line))
        for signal in self.signals_of("script-call"):
            phase, _, rest = signal.value.partition("\t")
            folder, _, name = rest.partition("\t")
            if phase in Phase._value2member_map_:
                files = self.script_files(folder, name)
                starts.extend((Phase(phase), signal.path, target, signal.line) for target in files)
        for phase in PHASE_ORDER:
            queue = deque(
                (found, (source, found) if source != found else (found,), line)
                for start, source, target, line in starts
                if start is phase and (found := self._existing(target)) is not None
            )
            while queue:
                path, chain, line = queue.popleft()
                if path in reached:
                    continue
                reached[path] = Reach(phase, chain, line)
                if len(chain) < 12:
                    queue.extend((target, (*chain, target), line) for target in self.imports.get(path, ()))
        return reached

    def _existing(self, target: str) -> str | None:
        target = normal(target)
        if target in self.files:
            return target
        return self.resolve_js("", f"./{target}")


class Evidence(Project):
    """A `Project` whose findings also hold those of project rules and of intel; what story rules see."""


def _script_names(name: str) -> tuple[str, ...]:
    """Return the scripts that a client runs for one name: its `pre` and `post` hooks too."""
    if name == "install":
        return ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
    return (f"pre{name}", name, f"post{name}")


def _alias_roots(importer: str) -> tuple[str, ...]:
    """Return folders (with their slash) that `@/` may stand for: `src`, then the package's top, nearest first."""
    roots: list[str] = []
    folder = posixpath.dirname(importer)
    while len(roots) < 12:
        top = f"{folder}/" if folder else ""
        roots.extend((f"{top}src/", top))
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return tuple(roots)


def normal(path: str) -> str:
    """Normalise a `/` path without a leading slash; parts that climb out of the subject stay as `..`."""
    path = posixpath.normpath(path).lstrip("/")
    return "" if path == "." else path
