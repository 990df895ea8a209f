"""Two versions of one package side by side: what the new one has that the old one had not.

    old: Evidence  --\
                      Change --> rules of the family `change`, and the story that joins them
    new: Evidence  --/

Paths are compared by *place*: the path inside the package, without what a new version renames anyway (the archive's
own name, the root folder of an archive, version numbers in `*.dist-info`, digests that bundlers put into names).
"""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from lazaretto.detect.names import WORLDS, is_known
from lazaretto.detect.project import Evidence
from lazaretto.detect.requires import required
from lazaretto.model.finding import Confidence, Finding, Phase, Role, Severity
from lazaretto.model.package import Package, Relation

CAPABILITIES = ("network", "process", "code", "decode", "environment", "stores")
"""Values of the signal `capability`, in the order in which they are told."""
UNASKED = frozenset({Phase.OPEN, Phase.INSTALL, Phase.BUILD, Phase.IMPORT})
_OF_AN_UNPACKED = re.compile(r"^[^!]{1,400}?\.(?:tgz|tar\.gz|tar\.bz2|tar\.xz|zip|whl|egg|tar)!/")
_PACKAGE_FILE = re.compile(r"\.(?:tgz|tar\.gz|tar\.bz2|tar\.xz|zip|whl|egg|tar)$")
_VERSIONED = re.compile(r"-\d[^/]{0,100}(?=\.(?:dist-info|data|egg-info)(?:/|$))")
_HASHED = re.compile(r"(?<=[-._])(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{8,40}(?=\.[a-z.]{1,12}$)")
_SOURCES = re.compile(r"\.(?:[cm]?[jt]sx?|pyw?)$", re.IGNORECASE)
_BINARY = re.compile(r"\.(?:node|so(?:\.\d+)*|pyd|dll|dylib|exe|scr|com|msi|bin|elf|jar|class|wasm)$", re.IGNORECASE)
_PROJECT_SCRIPTS = frozenset({"preprepare", "prepare", "postprepare", "prepublish", "dependencies"})
"""Run in a project's own folder only, never when a package from a registry is installed."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that starts by itself, which the old version had not."""

    phase: Phase
    finding: Finding
    """Of the rule that saw it."""

    @property
    def path(self) -> str:
        """Path of the file that holds it."""
        return self.finding.locations[0].path


class Change:
    """What rules of the family `change` see."""

    def __init__(
        self, old: Evidence, new: Evidence, *, dependency: bool, ages: Mapping[tuple[str, str], int] | None = None
    ) -> None:
        """`dependency`: the new one is a package that somebody installs, not a project in its own folder.

        `ages`: (ecosystem, name) of new dependencies to the days since their first publication, where that was asked.
        """
        self.ages = ages or {}
        self.old = old
        self.new = new
        self.dependency = dependency

    @cached_property
    def old_places(self) -> Mapping[str, frozenset[str]]:
        """Place to the old version's paths there."""
        return _by_place(self.old.files)

    @cached_property
    def new_places(self) -> Mapping[str, frozenset[str]]:
        """Place to the new version's paths there."""
        return _by_place(self.new.files)

    @cached_property
    def place_of(self) -> Mapping[str, str]:
        """Path of the new version to its place."""
        return {path: place for place, paths in self.new_places.items() for path in paths}

    @cached_property
    def touched(self) -> frozenset[str]:
        """Paths of the new version that are new or differ."""
        digests = {info.digest for info in self.old.files.values() if info.digest}
        return frozenset(path for path in self.place_of if self.new.files[path].digest not in digests)

    @cached_property
    def fresh(self) -> frozenset[str]:
        """Paths of the new version at places that the old one did not have."""
        return frozenset(path for path in self.touched if self.place_of[path] not in self.old_places)

    @cached_property
    def added(self) -> tuple[Finding, ...]:
        """Findings of the new version that the old one had not, in their order; of registry metadata none.

        A finding is the same when rule and words agree at one place; or rule and place, the file having changed; or
        rule and content, the file having moved. Of triggers the words must agree: another command is another trigger.
        """
        old_place = {path: place for place, paths in self.old_places.items() for path in paths}
        exact: Counter[object] = Counter()
        loose: Counter[object] = Counter()
        for finding in self.old.findings:
            path = finding.locations[0].path
            place = old_place.get(path, "")
            exact[finding.rule, place, _words(finding)] += 1
            loose[finding.rule, place] += 1
        digests = {
            (finding.rule, info.digest)
            for finding in self.old.findings
            if (info := self.old.files.get(finding.locations[0].path)) is not None and info.digest
        }
        left: list[Finding] = []
        for finding in self.new.findings:
            if finding.rule.startswith("meta/"):
                continue
            place = self.place_of.get(finding.locations[0].path, "")
            key = (finding.rule, place, _words(finding))
            if exact[key]:
                exact[key] -= 1
                loose[finding.rule, place] -= 1
            else:
                left.append(finding)
        found = []
        for finding in left:
            path = finding.locations[0].path
            info = self.new.files.get(path)
            if info is not None and info.digest and (finding.rule, info.digest) in digests:
                continue
            key2 = (finding.rule, self.place_of.get(path, ""))
            if finding.role is not Role.TRIGGER and loose[key2] > 0:
                loose[key2] -= 1
                continue
            found.append(finding)
        return tuple(found)

    @cached_property
    def gone(self) -> int:
        """How many findings of the old version the new one has no more."""
        kept = sum(not finding.rule.startswith("meta/") for finding in self.new.findings) - len(self.added)
        return max(0, len(self.old.findings) - kept)

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """What starts by itself in the new version only."""
        return tuple(
            Trigger(finding.phase, finding)
            for finding in self.added
            if finding.role is Role.TRIGGER and finding.phase in UNASKED and not self._only_for_projects(finding)
        )

    @cached_property
    def gyp_added(self) -> str:
        """Path of a build description that makes npm compile, when the old version had none; or an empty text."""
        if "binding.gyp" in self.old_places:
            return ""
        return min(self.new_places.get("binding.gyp", ()), default="")

    @cached_property
    def concealment(self) -> tuple[Finding, ...]:
        """Concealment that is worth a look by itself and that only the new version has."""
        return tuple(
            finding
            for finding in self.added
            if finding.role is Role.CONCEAL
            and finding.severity >= Severity.MEDIUM
            and finding.confidence >= Confidence.MEDIUM
        )

    @cached_property
    def capabilities(self) -> Mapping[str, tuple[str, ...]]:
        """Capability that no file of the old version had, to the new version's paths that have it."""
        had = {signal.value for signal in self.old.signals_of("capability")}
        found: dict[str, list[str]] = defaultdict(list)
        for signal in self.new.signals_of("capability"):
            if signal.value not in had:
                found[signal.value].append(signal.path)
        return {name: tuple(found[name]) for name in CAPABILITIES if name in found}

    def capabilities_in(self, paths: Iterable[str]) -> frozenset[str]:
        """Capabilities of these files of the new version."""
        return frozenset(name for path in paths for name in self._capabilities_of.get(path, ()))

    def reached_from(self, trigger: Trigger) -> tuple[str, ...]:
        """Files of the new version that the trigger starts, its own included, that are new or differ."""
        reached = self._reached_from.get((trigger.path, trigger.phase), ())
        return tuple(sorted({*reached, trigger.path} & self.touched))

    @cached_property
    def _capabilities_of(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for signal in self.new.signals_of("capability"):
            found[signal.path].append(signal.value)
        return {path: tuple(names) for path, names in found.items()}

    @cached_property
    def _reached_from(self) -> Mapping[tuple[str, Phase], tuple[str, ...]]:
        found: dict[tuple[str, Phase], list[str]] = defaultdict(list)
        for path in self.touched:
            reach = self.new.reach(path)
            if reach is not None:
                found[reach.chain[0], reach.phase].append(path)
        return {key: tuple(paths) for key, paths in found.items()}

    @cached_property
    def dependencies(self) -> tuple[Package, ...]:
        """Packages that the new version needs to run and the old one did not name, each once."""
        had = {(package.ecosystem, package.name) for package in (*self.old.packages, *required(self.old))}
        found: dict[tuple[str, str], Package] = {}
        for package in (*self.new.packages, *required(self.new)):
            key = (package.ecosystem, package.name)
            if (
                package.relation is Relation.DECLARED
                and not package.dev
                and key not in had
                and _is_root(package.source)
            ):
                found.setdefault(key, package)
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def strangers(self) -> tuple[Package, ...]:
        """New dependencies that no list of downloaded packages holds."""
        return tuple(
            package
            for package in self.dependencies
            if package.ecosystem in WORLDS and not package.url and not is_known(package.ecosystem, package.name)
        )

    @cached_property
    def foreign(self) -> tuple[tuple[str, str, str, int], ...]:
        """Dependencies from outside the registry that are new: name, specification, path, line."""
        had = {signal.value.partition("\t")[0] for signal in self.old.signals_of("foreign-dependency")}
        tools = {package.alias or package.name for package in self.new.packages if package.dev} - {
            package.alias or package.name for package in self.new.packages if not package.dev
        }
        unneeded = tools if self.dependency else frozenset()
        found = [
            (name, spec, signal.path, signal.line)
            for signal in self.new.signals_of("foreign-dependency")
            for name, _, spec in (signal.value.partition("\t"),)
            if name not in had and name not in unneeded and _is_root(signal.path)
        ]
        found += [
            (package.name, package.url, package.source, package.line)
            for package in self.dependencies
            if package.ecosystem == "pypi" and package.url
        ]
        return tuple(found)

    @cached_property
    def binaries(self) -> tuple[str, ...]:
        """Compiled files, by name or by content, at places where the old version had nothing."""
        compiled = _compiled(self.new)
        return tuple(sorted(path for path in self.fresh if path in compiled))

    @cached_property
    def had_binaries(self) -> bool:
        """Whether the old version held compiled files."""
        return bool(_compiled(self.old))

    def grown(self, factor: int, least: int) -> tuple[tuple[str, int, int], ...]:
        """Source files that became `factor` times as large and gained `least` bytes: path, old and new size."""
        found = []
        for path in sorted(self.touched - self.fresh):
            if not _SOURCES.search(path):
                continue
            before = max((self.old.files[other].size for other in self.old_places[self.place_of[path]]), default=0)
            size = self.new.files[path].size
            if size >= before * factor and size - before >= least:
                found.append((path, before, size))
        return tuple(found)

    @cached_property
    def newly_minified(self) -> tuple[str, ...]:
        """Source files that were readable and are minified now."""
        had = {signal.path for signal in self.old.signals_of("form") if signal.value == "minified"}
        return tuple(
            signal.path
            for signal in self.new.signals_of("form")
            if signal.value == "minified"
            and signal.path in self.touched
            and (before := self.old_places.get(self.place_of.get(signal.path, "")))
            and not had & before
        )

    def _only_for_projects(self, finding: Finding) -> bool:
        if not self.dependency or finding.rule != "npm/lifecycle-script":
            return False
        return dict(finding.message.params).get("name") in _PROJECT_SCRIPTS


def _by_place(files: Iterable[str]) -> dict[str, frozenset[str]]:
    """Group paths by place; package files themselves are left out."""
    inside: list[tuple[str, str, str]] = []
    tops: dict[str, set[str]] = defaultdict(set)
    for path in files:
        match = _OF_AN_UNPACKED.match(path)
        holder = match[0] if match else ""
        inner = path[len(holder) :]
        if not holder and "/" not in path and _PACKAGE_FILE.search(path):
            continue
        inside.append((path, holder, inner))
        tops[holder].add(inner.partition("/")[0] if "/" in inner else "")
    found: dict[str, set[str]] = defaultdict(set)
    for path, holder, inner in inside:
        rooted = len(tops[holder]) == 1 and "/" in inner
        found[place(inner.partition("/")[2] if rooted else inner)].add(path)
    return {name: frozenset(paths) for name, paths in found.items()}


def place(path: str) -> str:
    """Return a path without what every version renames: version numbers of metadata folders, digests in names."""
    folder, name = posixpath.split(_VERSIONED.sub("", path).removeprefix("src/"))
    return posixpath.join(folder, _HASHED.sub("*", name))


def _compiled(evidence: Evidence) -> frozenset[str]:
    """Return the files that are compiled programs or libraries, by name or by content."""
    named = {path for path in evidence.files if _BINARY.search(path)}
    return frozenset(named | {signal.path for signal in evidence.signals_of("executable")})


def _is_root(path: str) -> bool:
    """Tell whether a manifest is the package's own: not in a bundled package, tests or examples."""
    inner = _OF_AN_UNPACKED.sub("", path)
    return inner.count("/") <= 2 and not re.search(r"(?:^|/)(?:node_modules|tests?|examples?|fixtures?|docs?)/", inner)


def _words(finding: Finding) -> tuple[object, ...]:
    """What a finding says, without the paths and numbers that versions change."""
    params = tuple((name, place(_OF_AN_UNPACKED.sub("", value))) for name, value in finding.message.params)
    return finding.message.template, params
