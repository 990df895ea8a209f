"""`hunt`: which places of this machine show that something sought was named, resolved, fetched, installed, run?

sources    roots, usual locations       units of work: folders to walk, places to read
evidence   worker processes             traces, judged against what is sought; gaps; folders left over
verdict    assemble                     hits, what an editor's trust adds, what became of every kind of place
surfaces   (the caller renders `Hunted`)

A worker walks for half a second and gives back the folders that it did not come to, so the work spreads by itself, and
every finished unit goes to the journal. Nothing leaves the machine.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

import msgspec

from lazaretto.adapters.cache import default_path
from lazaretto.adapters.hunt_journal import Journal
from lazaretto.adapters.hunt_tree import DiskTree, mounts
from lazaretto.adapters.pool import Death, OutOfTime, Pool, Work, time_limit
from lazaretto.app.examine import Progress, death_reason
from lazaretto.app.hunt_plan import Options, Unit, machine, plan, question, shown, sought_packs, system_of
from lazaretto.app.hunt_store import StoreRecords
from lazaretto.app.hunt_trust import starts, trusted_hits, under
from lazaretto.intel.pack import newest_date
from lazaretto.intel.wanted import Sought, pack_of
from lazaretto.model.finding import Confidence, Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import FOLDER, Hit, Hunted, Looked, Trace
from lazaretto.traces.catalog import PLACES
from lazaretto.traces.project import PLACE as PROJECT
from lazaretto.traces.project import read_folder
from lazaretto.traces.walk import Walker

UNIT_SECONDS = 120.0
"""Seconds of processor time for one unit; by the clock three times as many."""
WORKER_BYTES = 1 << 30
HITS = 200_000
GAPS = 5_000
NEVER = (
    Message.of(N_("memory of running programs, and files that were deleted and not recorded anywhere")),
    Message.of(N_("links, network drives, and what belongs to other users without permission")),
)


class Answer(msgspec.Struct, array_like=True):
    """What a worker found."""

    hits: list[Hit] = []
    folders_seen: list[Trace] = []
    gaps: list[Gap] = []
    left: list[bytes] = []
    counts: dict[str, int] = {}
    projects: int = 0
    folders: int = 0
    files: int = 0


class Record(msgspec.Struct, array_like=True):
    """One line of the journal."""

    number: int
    more: list[tuple[int, Unit]]
    answer: Answer


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What a worker needs to know."""

    sought: Sought
    skip: frozenset[str]


_encode = msgspec.msgpack.Encoder().encode
_decode_unit = msgspec.msgpack.Decoder(Unit)
_decode_answer = msgspec.msgpack.Decoder(Answer)
_decode_record = msgspec.msgpack.Decoder(Record)


def hunt(options: Options, progress: Progress | None = None) -> Hunted:
    """Hunt on this machine. Ctrl-C ends it early: the answer then says that it is incomplete.

    Raises:
        HuntError: the question cannot be asked.
    """
    started = time.monotonic()
    chosen = sought_packs(options)
    store = StoreRecords(options.store, options.now)
    wide = not options.campaigns and not options.indicators
    names, indicators, unread, newest = store.everything() if wide else ([], (), [], "")
    sought = Sought((*chosen, pack_of(indicators)), names, store)
    skip, remote = mounts() if sys.platform == "linux" else (frozenset(), [])
    planned = plan(options)
    within = [point for point in remote if any(under(point, root) for root in planned.roots)]
    gaps = [*planned.gaps, *unread, *(Gap(Stage.READ, point, Message.of(_REMOTE)) for point in within)]
    journal = Journal(
        options.journal or default_path().with_name("hunt.journal"), question(options, chosen), resume=options.resume
    )
    if options.resume and not journal.resumed:
        gaps.append(
            Gap(
                Stage.READ,
                "--resume",
                Message.of(N_("there was nothing to resume for this question: the hunt began anew")),
                partial=True,
            )
        )
    first = shown(planned.roots[0]) if planned.roots else ""
    run = _Run(WorkerConfig(sought, skip), options.workers, journal, progress, first)
    interrupted = run.work(planned.units)
    journal.close(finished=not interrupted)
    if run.left_out:
        text = N_("{n} more traces and gaps than an answer holds")
        gaps.append(Gap(Stage.LIMIT, ".", Message.of(text, {"n": run.left_out})))
    if journal.trouble:
        text = N_("no journal could be kept, so an interrupted hunt could not be resumed: {error}")
        gaps.append(Gap(Stage.READ, "hunt.journal", Message.of(text, {"error": journal.trouble}), partial=True))
    return assemble(
        run.answer,
        Hunted(
            at=options.now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            machine=machine(options.env),
            system=system_of(options),
            roots=tuple(shown(root) for root in planned.roots),
            campaigns=tuple(sorted(pack.campaign.id for pack in chosen if pack.campaign.id)),
            given=options.indicators,
            sought=sought.size,
            intel=max(newest_date(), newest)[:10],
            gaps=tuple(gaps),
            seconds=time.monotonic() - started,
            interrupted=interrupted,
            limits=NEVER,
        ),
        planned.absent,
        everywhere=options.host,
    )


_REMOTE = N_("a network drive: not entered")


class _Run:
    """The units of one hunt, given to workers until none is left."""

    def __init__(self, config: WorkerConfig, jobs: int, journal: Journal, progress: Progress | None, name: str) -> None:
        self._config, self._jobs, self._journal, self._progress, self._name = config, jobs, journal, progress, name
        self._pending: dict[int, Unit] = {}
        self._order: deque[int] = deque()
        self._next = 0
        self.answer = Answer([], [], [], [], {})
        self.left_out = 0
        """Traces and gaps beyond what an answer holds."""

    def work(self, units: Sequence[Unit]) -> bool:
        """Do everything; return whether it was interrupted."""
        for unit in units:
            self._add(unit)
        for record in self._journal.records():
            self._replay(record)
        if self._progress:
            self._progress.start(self._name, None)
        pool: Pool[int, WorkerConfig] = Pool(make_worker, self._config, self._jobs, UNIT_SECONDS * 3, WORKER_BYTES)
        try:
            with pool:
                while self._order:
                    for number, data in pool.run(self._given()):
                        self._take(number, data)
        except KeyboardInterrupt:
            for number in self._pending:
                for path in self._pending[number].paths[:20]:
                    self.answer.gaps.append(Gap(Stage.READ, shown(os.fsdecode(path)), Message.of(_INTERRUPTED)))
            return True
        finally:
            if self._progress:
                self._progress.done()
        return False

    def _given(self) -> Iterator[tuple[int, bytes]]:
        while self._order:
            number = self._order.popleft()
            yield number, _encode(self._pending[number])

    def _add(self, unit: Unit) -> int:
        number, self._next = self._next, self._next + 1
        self._pending[number] = unit
        self._order.append(number)
        return number

    def _take(self, number: int, data: bytes | Death) -> None:
        unit = self._pending.pop(number)
        more: list[Unit] = []
        if isinstance(data, Death):
            answer = Answer([], [], [], [], {})
            if len(unit.paths) > 1:
                more = [Unit(unit.kind, [path], 0.0) for path in unit.paths]
            elif not unit.kind and unit.seconds > 0:
                more = [Unit("", unit.paths, 0.0)]
            else:
                answer.gaps.append(Gap(Stage.LIMIT, shown(os.fsdecode(unit.paths[0])), death_reason(data)))
        else:
            answer = _decode_answer.decode(data)
            more = _spread(answer.left, self._jobs)
            answer.left = []
        numbered = [(self._add(one), one) for one in more]
        self._journal.add(_encode(Record(number, numbered, answer)))
        self._merge(answer)
        if self._progress:
            self._progress.advance(answer.files)

    def _replay(self, data: bytes) -> None:
        try:
            record = _decode_record.decode(data)
        except msgspec.MsgspecError:
            return
        if self._pending.pop(record.number, None) is None:
            return
        self._order.remove(record.number)
        for number, unit in record.more:
            self._pending[number] = unit
            self._order.append(number)
            self._next = max(self._next, number + 1)
        self._merge(record.answer)

    def _merge(self, answer: Answer) -> None:
        mine = self.answer
        self.left_out += max(0, len(mine.hits) + len(answer.hits) - HITS)
        self.left_out += max(0, len(mine.gaps) + len(answer.gaps) - GAPS)
        mine.hits += answer.hits[: max(0, HITS - len(mine.hits))]
        mine.folders_seen += answer.folders_seen
        mine.gaps += answer.gaps[: max(0, GAPS - len(mine.gaps))]
        for place, count in answer.counts.items():
            mine.counts[place] = mine.counts.get(place, 0) + count
        mine.projects += answer.projects
        mine.folders += answer.folders
        mine.files += answer.files


_INTERRUPTED = N_("interrupted before it was looked at")


def _spread(paths: list[bytes], jobs: int) -> list[Unit]:
    """Put folders that are left over into a few units for each worker."""
    count = min(len(paths), jobs * 4)
    if not count:
        return []
    size = -(-len(paths) // count)
    return [Unit("", paths[at : at + size]) for at in range(0, len(paths), size)]


def make_worker(config: WorkerConfig) -> Work:
    """Build the function that runs in a worker process: a unit in, its answer out."""
    sought = config.sought
    tree = DiskTree(config.skip)

    def work(request: bytes) -> bytes:
        unit = _decode_unit.decode(request)
        answer = Answer([], [], [], [], {})
        until = time.monotonic() + unit.seconds
        walker = Walker(tree, sought, lambda: walker.folders > 0 and time.monotonic() >= until)
        try:
            with time_limit(UNIT_SECONDS):
                for item in _read(walker, tree, sought, unit):
                    _keep(item, answer, sought)
        except OutOfTime:
            reason = Message.of(N_("examination took longer than {seconds} s"), {"seconds": f"{UNIT_SECONDS:g}"})
            answer.gaps += [Gap(Stage.LIMIT, shown(os.fsdecode(path)), reason) for path in unit.paths]
        answer.left = [os.fsencode(path) for path in walker.left]
        answer.gaps += [replace(gap, subject=shown(gap.subject)) for gap in tree.gaps()]
        answer.counts = walker.counts
        answer.projects, answer.folders, answer.files = walker.projects, walker.folders, walker.files
        return _encode(answer)

    return work


def _read(walker: Walker, tree: DiskTree, sought: Sought, unit: Unit) -> Iterator[Trace | Gap]:
    paths = [os.fsdecode(path).replace(os.sep, "/") for path in unit.paths]
    if not unit.kind:
        yield from walker.run(paths)
        return
    for path in paths:
        if unit.kind == PROJECT.id:
            folder, _, name = path.rpartition("/")
            walker.counts[PROJECT.id] = walker.counts.get(PROJECT.id, 0) + 1
            yield from read_folder(tree, folder, [name], sought)
        else:
            yield from walker.read_as(unit.kind, path)


def _keep(item: Trace | Gap, answer: Answer, sought: Sought) -> None:
    if isinstance(item, Gap):
        answer.gaps.append(replace(item, subject=shown(item.subject)))
        return
    trace = replace(item, path=shown(item.path), name=shown(item.name), version=shown(item.version))
    if item.world == FOLDER:
        answer.folders_seen.append(trace)
    elif (reason := sought.judge(item)) is not None:
        answer.hits.append(Hit(_weighed(trace, doubtful=reason.doubtful), reason))


def _weighed(trace: Trace, *, doubtful: bool) -> Trace:
    """Lower the confidence of a trace when the record itself is doubted."""
    if doubtful and trace.confidence > Confidence.LOW:
        return replace(trace, confidence=Confidence(trace.confidence - 1))
    return trace


def assemble(
    answer: Answer,
    hunted: Hunted,
    absent: Mapping[str, Sequence[str]],
    *,
    everywhere: bool,
    started: Callable[[str], bool] = starts,
) -> Hunted:
    """Put the whole answer together. `started` is as for `trusted_hits`."""
    hits = {hit.key: hit for hit in answer.hits}
    for hit in trusted_hits(tuple(hits.values()), answer.folders_seen, started):
        hits.setdefault(hit.key, hit)
    looked = tuple(
        Looked(
            place.id,
            answer.counts.get(place.id, 0),
            tuple(shown(path) for path in absent.get(place.id, ())),
            everywhere or place.id in answer.counts or (answer.folders > 0 and not place.locations),
        )
        for place in PLACES
    )
    gaps = dict.fromkeys((*hunted.gaps, *answer.gaps))
    return replace(
        hunted,
        hits=tuple(hits[key] for key in sorted(hits, key=repr_key)),
        looked=looked,
        gaps=tuple(sorted(gaps)),
        projects=answer.projects,
        folders=answer.folders,
        files=answer.files,
    )


def repr_key(key: tuple[object, ...]) -> tuple[object, ...]:
    """Make a key sortable (it is; the type checker cannot know)."""
    return (key[0], *map(str, key[1:]))
