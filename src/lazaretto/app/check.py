"""`check`: is this folder, archive, file, lockfile, repository or package malicious? Nothing in it is executed.

sources    open_target           a target becomes a stream of files
evidence   gather, inventory,    file rules in workers; packages; intel; rules over the whole; stories
           examine_project
verdict    judge
surfaces   (the caller renders `Checked`)
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lazaretto import __version__
from lazaretto.adapters.cache import default_path, program_digest
from lazaretto.adapters.pool import Death, Pool, default_jobs
from lazaretto.adapters.targets import Target, TargetError, open_target
from lazaretto.app.examine import (
    Examiner,
    Gathered,
    Progress,
    WorkerConfig,
    death_reason,
    gather,
    make_worker,
    read_gap,
)
from lazaretto.app.ignore import IgnoreList
from lazaretto.app.library import look_up
from lazaretto.detect.catalog import RULES
from lazaretto.detect.change import Change
from lazaretto.detect.engine import run_rule
from lazaretto.detect.own_package import as_packages
from lazaretto.detect.project import Evidence, Project
from lazaretto.detect.release import Release
from lazaretto.intel.cluster import hypotheses
from lazaretto.intel.match import match_packages
from lazaretto.intel.pack import newest_date
from lazaretto.judge.judge import judge
from lazaretto.lockfiles.inventory import read_documents
from lazaretto.model.finding import Coverage, Examination, Finding, Gap, Stage
from lazaretto.model.package import Inventory, Package
from lazaretto.model.policy import DEFAULT as DEFAULT_POLICY
from lazaretto.model.policy import Policy
from lazaretto.model.release import ReleaseFacts
from lazaretto.model.report import Checked, Comparison
from lazaretto.model.text import N_, Message
from lazaretto.parse.limits import DEFAULT as DEFAULT_LIMITS
from lazaretto.parse.limits import Limits

FIXTURE_FOLDERS = frozenset(
    {"test", "tests", "__tests__", "fixture", "fixtures", "__fixtures__", "testdata", "test-data", "spec", "specs"}
)
"""Where projects keep documents that are broken on purpose."""

TARGET_SECONDS = 300.0
"""Time for one whole target of a list before it is given up."""

_WORKING_COPY = ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "uv.lock", "poetry.lock", ".gitignore")
"""Files at the root of a working copy that packages do not ship."""

NEVER_CHECKED = (
    Message.of(N_("the code of dependencies that are not part of the target")),
    Message.of(N_("runtime behaviour (nothing was executed)")),
)
"""What `check` does not look at, whatever the target; every report says so."""

NO_METADATA = Message.of(N_("registry metadata such as age, maintainers and provenance"))
"""Said beside it, unless the registry was asked."""

PREVIOUS = "previous"
"""In place of an older version's name: the highest version of the same package below it."""


ASKED = 5
"""New dependencies that nobody has heard of whose age is asked, when the network may be used."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to check."""

    limits: Limits = DEFAULT_LIMITS
    online: bool = False
    """May the network be used, through the user's own client configuration?"""
    jobs: int = 0
    """Worker processes; 0 = one for each processor."""
    cache: bool = True
    cache_path: Path | None = None
    """None = the default place."""
    policy: Policy = DEFAULT_POLICY
    ignore: IgnoreList = field(default_factory=IgnoreList)
    against: str = ""
    """An older version to compare with, named like a target, or `PREVIOUS`; empty = no comparison."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    store: str = ""
    """The intelligence store, as `LAZARETTO_STORE` names it; empty = the environment, `off` = none."""

    @property
    def workers(self) -> int:
        """The number of worker processes to use."""
        return self.jobs or default_jobs()


def check(target: str, options: Options, progress: Progress | None = None) -> Checked:
    """Check one target. Never raises for what the target is or holds: `Checked.error` says it.

    Raises:
        KeyboardInterrupt: the user gave up.
    """
    config = _worker_config(options)
    pool: Pool[bytes, WorkerConfig] = Pool(
        make_worker, config, options.workers, options.limits.file_seconds * 3, options.limits.worker_bytes
    )
    with pool:
        return _check(target, options, config, pool, progress)


def check_many(targets: Iterable[str], options: Options, progress: Progress | None = None) -> Iterator[Checked]:
    """Check many targets in one process, each in a worker; answers come as they are ready."""
    if progress:
        progress.start("", None)
    pool: Pool[str, Options] = Pool(
        _make_checker, options, options.workers, TARGET_SECONDS, options.limits.worker_bytes
    )
    with pool:
        for target, answer in pool.run((target, target.encode("utf-8", "surrogateescape")) for target in targets):
            if progress:
                progress.advance(1)
            if isinstance(answer, Death):
                yield _failed(target, options, death_reason(answer))
            else:
                yield _decode_checked.decode(answer)
    if progress:
        progress.done()


def inventory(target: str, options: Options) -> tuple[str, Inventory]:
    """List the packages that a target's documents name, and its kind. Only documents are read.

    Raises:
        TargetError: the target cannot be opened.
    """
    from lazaretto.lockfiles.inventory import is_candidate

    with contextlib.closing(open_target(target, options.limits, online=options.online)) as opened:
        gathered = Gathered()
        for entry in opened.entries(is_candidate):
            gathered.documents.append(entry.path)
            if entry.file is not None:
                gathered.on_disk[entry.path] = entry.file
            else:
                try:
                    gathered.kept[entry.path] = entry.load()
                except OSError as error:
                    gathered.gaps.append(read_gap(entry.path, error))
        found = _inventory(gathered)
        gaps = (*found.gaps, *gathered.gaps, *opened.gaps)
        return opened.kind, Inventory(found.packages, tuple(sorted(set(gaps))))


def _check(
    target: str,
    options: Options,
    config: WorkerConfig,
    by: Pool[bytes, WorkerConfig] | Examiner,
    progress: Progress | None,
) -> Checked:
    started = time.monotonic()
    if progress:
        progress.start(target, None)
    try:
        with contextlib.ExitStack() as held:
            opened = held.enter_context(open_target(target, options.limits, online=options.online))
            seen = _examine(opened, gather(opened, config, by, progress), options)
            kind = opened.kind
            comparison = None
            if options.against:
                if progress:
                    progress.start(options.against, None)
                seen, comparison = _compare(seen, options, held, lambda old: gather(old, config, by, progress))
    except TargetError as error:
        return _failed(target, options, error.message, error.hint)
    except OSError as error:
        reason = {"error": error.strerror or str(error)}
        return _failed(target, options, Message.of(N_("cannot be read: {error}"), reason))
    finally:
        if progress:
            progress.done()
    target = _shown(target)
    policy = replace(options.policy, waivers=(*options.policy.waivers, *options.ignore.waivers))
    verdict, ignored = judge(seen.examination, policy, options.now)
    return Checked(
        target=target,
        kind=kind,
        examination=seen.examination,
        verdict=verdict,
        ignored=ignored,
        version=__version__,
        intel_date=seen.intel_date,
        online=options.online,
        seconds=time.monotonic() - started,
        comparison=comparison,
        hypotheses=hypotheses(seen.examination.findings),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """One subject, examined: the answer, and what it was made of."""

    examination: Examination
    evidence: Evidence
    target: Target
    facts: ReleaseFacts | None = None
    intel_date: str = ""
    """Day of the newest intelligence that was asked."""


def _examine(target: Target, gathered: Gathered, options: Options) -> _Seen:
    found = _inventory(gathered)
    findings: list[Finding] = list(gathered.findings)
    gaps: list[Gap] = [*gathered.gaps, *map(_fixture_is_partial, found.gaps)]
    project = Project(gathered.files, gathered.signals, findings, found.packages, gathered.read)
    own = tuple(as_packages(project))
    asked = (*found.packages, *(one for one in own if one.ecosystem != "npm" or not _is_checkout(project)))
    recorded, unasked, intel_date = look_up(asked, options.store, options.now)
    gaps.extend(unasked)
    findings.extend(match_packages((*found.packages, *own), recorded))
    project = project.seen_as(Project, findings)
    _run_over(project, findings, gaps, target.subject)
    facts, missing = target.release() if target.release is not None else (None, [])
    gaps.extend(missing)
    if facts is not None and not facts.security_holder:
        _run_over(Release(facts, options.now), findings, gaps, target.subject)
    evidence = project.seen_as(Evidence, findings)
    _run_over(evidence, findings, gaps, target.subject)
    coverage = Coverage(
        files=len(gathered.files),
        examined=gathered.examined,
        bytes=gathered.size,
        packages=len({package.purl for package in found.packages}),
        cached=gathered.cached,
        not_checked=(*NEVER_CHECKED, *(() if facts else (NO_METADATA,)), *target.not_checked),
    )
    examination = Examination(target.subject, _ordered(findings), tuple(sorted(set(gaps))), coverage)
    return _Seen(examination, evidence, target, facts, intel_date)


def _is_checkout(project: Project) -> bool:
    """Tell somebody's working copy from a package: its own name is then not what a registry serves under it."""
    return any(name in project.files for name in _WORKING_COPY) or any(
        path.startswith(".git/") for path in project.files
    )


def _compare(
    new: _Seen, options: Options, held: contextlib.ExitStack, read: Callable[[Target], Gathered]
) -> tuple[_Seen, Comparison | None]:
    """Examine the older version, too, and add what the new one brings. That it cannot be had is a gap."""
    named = options.against
    try:
        name = _previous(new) if named == PREVIOUS else named
        target = held.enter_context(open_target(name, options.limits, online=options.online))
        target.release = None  # what the registry says now is not what it said of the older version then
        old = _examine(target, read(target), options)
    except (TargetError, OSError) as error:
        reason = error.message if isinstance(error, TargetError) else Message.of(str(error.strerror or "unreadable"))
        partial = isinstance(error, _FirstVersionError)
        return _with(new, (), (Gap(Stage.READ, _shown(named), reason, partial=partial),)), None
    evidence = new.evidence.seen_as(Evidence, new.examination.findings)
    before = old.evidence.seen_as(Evidence, old.examination.findings)
    dependency = new.target.kind in ("package", "archive")
    change = Change(before, evidence, dependency=dependency)
    findings: list[Finding] = []
    gaps: list[Gap] = []
    if options.online and change.strangers:
        ages = _ages(change.strangers[:ASKED], options.now, gaps)
        change = Change(before, evidence, dependency=dependency, ages=ages)
    _run_over(change, findings, gaps, new.examination.subject)
    unread = sum(not gap.partial for gap in old.examination.gaps)
    if unread:
        reason = Message.of(N_("the older version was not read wholly: {n} gaps"), {"n": unread})
        gaps.append(Gap(Stage.READ, _shown(name), reason, partial=True))
    verdict, _ = judge(old.examination, options.policy, options.now)
    comparison = Comparison(_shown(name), verdict.grade, (*change.added, *findings), change.gone)
    return _with(new, findings, gaps), comparison


def _ages(packages: Sequence[Package], now: datetime, gaps: list[Gap]) -> dict[tuple[str, str], int]:
    """Ask the registries how old packages are, in days; what is not told is left out."""
    from lazaretto.adapters.registry import first_published

    found: dict[tuple[str, str], int] = {}
    for package in packages:
        moment, missing = first_published(package.ecosystem, package.name)
        gaps.extend(missing)
        if moment is not None:
            found[package.ecosystem, package.name] = max(0, (now - moment).days)
    return found


class _FirstVersionError(TargetError):
    """There is no version before this one."""


def _previous(new: _Seen) -> str:
    """Return the target that `previous` stands for.

    Raises:
        TargetError: not a package of a registry, the registry does not tell, or it is the first version.
    """
    if new.target.kind != "package":
        raise TargetError(N_("previous stands for a package's version: name npm:NAME@VERSION, pypi:NAME==VERSION"))
    facts = new.facts
    if facts is None:
        raise TargetError(N_("the registry does not tell the versions; name the older version"))
    if not facts.previous:
        raise _FirstVersionError(N_("there is no earlier version to compare with"))
    return f"{facts.ecosystem}:{facts.name}{'@' if facts.ecosystem == 'npm' else '=='}{facts.previous}"


def _with(seen: _Seen, findings: Sequence[Finding], gaps: Sequence[Gap]) -> _Seen:
    examination = replace(
        seen.examination,
        findings=_ordered([*seen.examination.findings, *findings]),
        gaps=tuple(sorted({*seen.examination.gaps, *gaps})),
    )
    return replace(seen, examination=examination)


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _fixture_is_partial(gap: Gap) -> Gap:
    """A malformed document below a test folder is meant to be malformed: told, but the answer stays complete."""
    folders = gap.subject.lower().split("/")[:-1]
    return replace(gap, partial=True) if FIXTURE_FOLDERS.intersection(folders) else gap


def _run_over(view: Project | Release | Change, findings: list[Finding], gaps: list[Gap], subject: str) -> None:
    """Run the rules of exactly this view: of the whole subject, of what a registry says, or of a change."""
    for rule in RULES:
        if rule.view is type(view):
            result = run_rule(rule, view, subject)
            findings.extend(result.findings)
            gaps.extend(result.gaps)


def _inventory(gathered: Gathered) -> Inventory:
    missing: list[Gap] = []
    blobs = []
    for path in gathered.documents:
        blob = gathered.read(path, limit=64 << 20)
        if blob is None:
            reason = Message.of(N_("not read again for the inventory: too large or no longer readable"))
            missing.append(Gap(Stage.INVENTORY, path, reason))
        else:
            blobs.append(blob)
    found = read_documents(blobs, gathered.read)
    return Inventory(found.packages, (*found.gaps, *missing))


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    unique = {(f.rule, f.locations, f.message): f for f in findings}
    return tuple(sorted(unique.values(), key=lambda f: (-f.severity, -f.confidence, f.locations[0], f.rule, f.message)))


def _failed(target: str, options: Options, message: Message, hint: Message | None = None) -> Checked:
    target = _shown(target)
    examination = Examination(target, gaps=(Gap(Stage.READ, target, message),))
    verdict, _ = judge(examination, options.policy, options.now)
    return Checked(
        target=target,
        kind="unknown",
        examination=examination,
        verdict=verdict,
        version=__version__,
        intel_date=newest_date(),
        online=options.online,
        error=message,
        hint=hint,
    )


def _worker_config(options: Options) -> WorkerConfig:
    path = (options.cache_path or default_path()) if options.cache else None
    return WorkerConfig(options.limits, path, program_digest() if path else "")


_decode_checked = msgspec.msgpack.Decoder(Checked)


class _Checker:
    """What a worker of `check_many` holds."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.config = _worker_config(options)
        self.work = Examiner(self.config)

    def __call__(self, request: bytes) -> bytes:
        target = request.decode("utf-8", "surrogateescape")
        try:
            checked = _check(target, self.options, self.config, self.work, None)
        except Exception as error:  # noqa: BLE001 - one target must not end the list
            reason = Message.of(N_("the check failed: {error}"), {"error": f"{type(error).__name__}: {error}"[:200]})
            checked = _failed(target, self.options, reason)
        return msgspec.msgpack.encode(checked)


def _make_checker(options: Options) -> _Checker:
    return _Checker(options)


def make_single(options: Options) -> Callable[[str], Checked]:
    """Return a function that checks one target after another in this very process, which must be a worker."""
    config = _worker_config(options)
    work = Examiner(config)
    return lambda target: _check(target, options, config, work, None)
