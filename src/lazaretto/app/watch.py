"""`watch`: what do developer tools do on this computer, as it happens?

sensors (adapters/sensors)  ->  intake (bounded)  ->  engine (detect/live)  ->  state  ->  whoever listens

One thread waits for all sensors. A sensor that dies is told and taken out; the others go on.
"""

import json
import math
import os
import pwd
import select
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.adapters.sensors.catalog import KINDS
from lazaretto.adapters.sensors.fuse_decoys import tidy
from lazaretto.adapters.sensors.procfs import snapshot
from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.adapters.streams.source import StreamEndedError, StreamSource
from lazaretto.adapters.streams.stream import Lines
from lazaretto.adapters.watching.bait import folders, laid_out
from lazaretto.adapters.watching.state import State, close_alert, read
from lazaretto.detect.catalog import RULES
from lazaretto.detect.live.intake import Intake
from lazaretto.detect.live.recording import NotObservedError, head, line_of, observed, settings_of
from lazaretto.detect.live.watcher import EventRule, Settings, Watcher
from lazaretto.model.finding import Gap, Phase, Stage
from lazaretto.model.host import Alert, Lost, Observed
from lazaretto.model.text import N_, Message
from lazaretto.reports.watch import document

_BATCH = 2000
_LONGEST_WAIT = 1.0
_BUSY_WAIT = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """How to watch."""

    state: Path | None = None
    """The journal of open alerts; None = nothing is kept."""
    bait: Path | None = None
    """The list of bait; None = no bait."""
    sensors: tuple[str, ...] = ()
    """Ids of the sensors that may run; empty = the best ones that can."""
    streams: tuple[str, ...] = ()
    """Streams of other sensors, `ID=PATH`. Where there are some and `sensors` is empty, no sensor of ours runs."""
    record: Path | None = None
    """Where observations are written as a recording; None = nowhere."""
    seconds: float = math.inf
    """How long to watch."""
    drill: bool = False
    registries: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    homes: Mapping[int, str] = field(default_factory=dict)
    """Homes that differ from those of the list of users (tests)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A sensor here and now, for `doctor`."""

    kind: SensorKind
    missing: Message | None
    used: bool


@dataclass(slots=True)
class Tally:
    """What was seen, for the last line."""

    events: dict[str, int] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    alerts: int = 0
    gaps: list[Gap] = field(default_factory=list)
    sensors: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds of processor time of the watcher."""
    trees: int = 0


Tell = Callable[[Alert], None]
Note = Callable[[Message], None]
Read = Observed | Lost | Settings


def standing(host: Host, chosen: Sequence[str] = ()) -> list[Standing]:
    """Say of every sensor whether it runs here."""
    found: list[Standing] = []
    covered: set[str] = set()
    for kind in KINDS:
        missing = kind.missing(host)
        wanted = kind.id in chosen if chosen else kind.id not in covered
        used = missing is None and wanted
        if used:
            covered.update(kind.instead_of)
        found.append(Standing(kind, missing, used))
    return found


def watch(
    options: Options,
    tell: Tell,
    note: Note,
    *,
    event_rules: Sequence[EventRule] = (),
    stop: Callable[[], bool] = lambda: False,
    respond: Callable[[Alert, Watcher], None] | None = None,
) -> Tally:
    """Watch until `stop` says so.

    Raises:
        SensorError: no sensor runs.
        StateError: another watcher runs, or the journal cannot be written.
    """
    if options.bait:
        tidy(folders(options.bait))
    bait = laid_out(options.bait) if options.bait else ()
    host = Host(decoys=bait, bait_folders=folders(options.bait) if options.bait else ())
    state = State(options.state) if options.state else None
    settings = Settings(
        homes={**_homes(), **options.homes},
        decoys=frozenset(bait),
        registries=options.registries,
        own=frozenset({os.getpid()}),
        drill=options.drill,
        repository=Repositories().root_of,
        clock=time.process_time,
        muted=options.muted,
    )
    watcher = Watcher(RULES, settings, event_rules, state.open if state else ())
    host.watched = lambda: watcher.watched
    host.busy = lambda: _busy(watcher)
    recorder = Recorder(options.record, settings) if options.record else None
    loop = Loop(host, watcher, recorder, note)
    tally = Tally()
    try:
        loop.open(options.sensors, options.streams)
        note(Message.of(N_("watching with {sensors}; Ctrl-C ends it"), {"sensors": ", ".join(loop.used)}))
        began, cpu = time.monotonic(), time.process_time()
        if options.sensors or not options.streams:
            for seen in snapshot("proc", host.now()):
                loop.take(seen)
        while not stop() and not loop.over and time.monotonic() - began < options.seconds:
            loop.turn()
            _hand_out(watcher, state, host.now(), tell, respond, tally)
        loop.drain()
        _hand_out(watcher, state, host.now(), tell, respond, tally, everything=True)
        tally.seconds, tally.cpu = time.monotonic() - began, time.process_time() - cpu
    finally:
        tally.sensors = tuple(loop.used)
        tally.gaps += loop.close()
        if recorder:
            recorder.close()
            if recorder.failure:
                note(Message.of(N_("the recording could not be written: {error}"), {"error": recorder.failure}))
        if state:
            if state.failure:
                note(Message.of(N_("alerts could not be kept: {error}"), {"error": state.failure}))
            state.close()
    return _counted(tally, watcher)


def replay(
    lines: Iterable[bytes],
    tell: Tell,
    note: Note,
    *,
    event_rules: Sequence[EventRule] = (),
    muted: frozenset[str] = frozenset(),
    stream: Lines | None = None,
) -> Tally:
    """Run the rules over a recording, or over what another sensor logged (`stream`); the times are those of it."""
    tally = Tally(sensors=("replay",) if stream is None else (stream.id,))
    base = Settings(repository=Repositories().root_of, muted=muted)
    read = _recorded(lines, base, note, tally) if stream is None else _logged(lines, stream, base, tally)
    watcher: Watcher | None = None
    looked = last = 0.0
    for seen in read:
        if watcher is None or isinstance(seen, Settings):
            watcher = Watcher(RULES, seen if isinstance(seen, Settings) else base, event_rules)
        if isinstance(seen, Settings):
            continue
        if isinstance(seen, Lost):
            watcher.lose(seen)
            continue
        if looked and seen.at - looked >= _BUSY_WAIT:
            _hand_out(watcher, None, seen.at, tell, None, tally)
            looked = seen.at
        looked = looked or seen.at
        watcher.feed(seen)
        last = max(last, seen.at)
    if watcher is None:
        watcher = Watcher((), base)
    _hand_out(watcher, None, last, tell, None, tally, everything=True)
    return _counted(tally, watcher)


def _recorded(lines: Iterable[bytes], base: Settings, note: Note, tally: Tally) -> Iterator[Read]:
    """Yield what a recording of ours holds: its settings, when it has a head, then what was seen."""
    bad = 0
    for number, line in enumerate(lines, 1):
        try:
            document = json.loads(line)
            if number == 1 and isinstance(document, dict) and "recording" in document:
                yield settings_of(document, base)
                continue
            seen = observed(document)
        except (ValueError, RecursionError) as error:
            bad += 1
            if bad <= 5:
                why = str(error) if isinstance(error, NotObservedError) else N_("no JSON")
                note(Message.of(N_("line {number} is no observation: {why}"), {"number": number, "why": why}))
            continue
        yield seen
    if bad:
        reason = Message.of(N_("{count} lines are no observations"), {"count": bad})
        tally.gaps.append(Gap(Stage.PARSE, "replay", reason))


def _logged(
    lines: Iterable[bytes], stream: Lines, base: Settings, tally: Tally
) -> Iterator[Observed | Lost | Settings]:
    """Yield what another sensor's log tells."""
    yield base
    for line in lines:
        yield from stream.feed(line)
    yield from stream.flush()
    tally.gaps += stream.tally.gaps(stream.id)


class Loop:
    """Waits for sensors and carries what they saw to the engine."""

    def __init__(self, host: Host, watcher: Watcher, recorder: "Recorder | None", note: Note) -> None:
        self._host = host
        self._watcher = watcher
        self._recorder = recorder
        self._note = note
        self._intake = Intake()
        self._sensors: list[Sensor] = []
        self._streams: list[StreamSource] = []
        self._poll = select.poll()
        self.used: list[str] = []
        self.over = False
        """All that was read were streams, and all of them ended."""

    def open(self, chosen: Sequence[str], streams: Sequence[str] = ()) -> None:
        """Start the sensors, and open the streams of others.

        Raises:
            SensorError: none runs, or a stream cannot be opened.
        """
        for given in streams:
            name, _, path = given.partition("=")
            source = StreamSource(name, path or "-")
            self._streams.append(source)
            self._begin(source)
        for one in standing(self._host, chosen) if chosen or not streams else ():
            if not one.used:
                if one.kind.id in chosen and one.missing:
                    raise SensorError(
                        N_("the sensor {sensor} cannot run: {why}"), sensor=one.kind.id, why=one.missing.english()
                    )
                continue
            try:
                sensor = one.kind.open(self._host)
            except SensorError as error:
                self._note(
                    Message.of(N_("the sensor {sensor} does not start: {why}"), {"sensor": one.kind.id, "why": error})
                )
                continue
            self._begin(sensor)
        if not self._sensors:
            raise SensorError(N_("no sensor runs here; lazaretto watch doctor says why"))

    def _begin(self, sensor: Sensor) -> None:
        self._sensors.append(sensor)
        self.used.append(sensor.id)
        if sensor.fileno() >= 0:
            self._poll.register(sensor.fileno(), select.POLLIN)

    def turn(self, wait: float | None = None) -> None:
        """Wait for something, and take it."""
        now = time.monotonic()
        dirty = any(tree.dirty for tree in self._watcher.trees.values())
        due = min((sensor.due() for sensor in self._sensors), default=math.inf)
        longest = _BUSY_WAIT if dirty else _LONGEST_WAIT
        pause = min(longest, max(0.0, due - now)) if wait is None else wait
        ready = {handle for handle, _ in self._poll.poll(0 if len(self._intake) else pause * 1000)}
        now = time.monotonic()
        for sensor in list(self._sensors):
            if isinstance(sensor, StreamSource) and len(self._intake) > _BATCH:
                continue  # who writes a file or a pipe can wait: nothing needs to be left out
            if sensor.fileno() in ready or sensor.due() <= now:
                self._read(sensor)
        for seen in self._intake.take(_BATCH):
            self._watcher.feed(seen)
        for lost in self._intake.shed():
            self.take(lost)

    def drain(self) -> None:
        """Look once more at all sensors, and take everything that waits."""
        self.turn(wait=0.0)
        while len(self._intake):
            for seen in self._intake.take(_BATCH):
                self._watcher.feed(seen)

    def _read(self, sensor: Sensor) -> None:
        try:
            for seen in sensor.read():
                self.take(seen)
        except StreamEndedError as error:
            self._note(error.message)
            self._take_out(sensor)
            self.over = not self._sensors
        except (SensorError, OSError) as error:
            why = error.message.english() if isinstance(error, SensorError) else str(error)
            self._drop(sensor)
            self._watcher.lose(Lost(sensor.id, 1, "dead"))
            self._note(Message.of(N_("the sensor {sensor} died: {why}"), {"sensor": sensor.id, "why": why}))

    def take(self, seen: Observed | Lost) -> None:
        """Take one thing that was seen, or lost."""
        if self._recorder:
            self._recorder.write(seen)
        if isinstance(seen, Lost):
            self._watcher.lose(seen)
        else:
            self._intake.put(seen)

    def _take_out(self, sensor: Sensor) -> None:
        self._sensors.remove(sensor)
        if sensor.fileno() >= 0:
            self._poll.unregister(sensor.fileno())
        sensor.close()

    def _drop(self, sensor: Sensor) -> None:
        self._take_out(sensor)
        if not self._sensors:
            raise SensorError(N_("the last sensor died; nothing is watched any more"))

    def close(self) -> list[Gap]:
        """Stop all sensors; return what streams told that was not understood."""
        for sensor in self._sensors:
            sensor.close()
        return [gap for source in self._streams for gap in source.stream.tally.gaps(source.id)]


class Recorder:
    """Writes what sensors saw as a recording."""

    def __init__(self, path: Path, settings: Settings) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", buffering=1 << 16)
        self.failure = ""
        self._put(head(settings))

    def write(self, seen: Observed | Lost) -> None:
        """Write one observation; a full disk is noted once."""
        self._put(line_of(seen))

    def _put(self, document: Mapping[str, object]) -> None:
        if self.failure:
            return
        try:
            self._file.write(json.dumps(document, ensure_ascii=True, default=list) + "\n")
        except OSError as error:
            self.failure = error.strerror or str(error)

    def close(self) -> None:
        """Finish the file."""
        try:
            self._file.close()
        except OSError as error:
            self.failure = error.strerror or str(error)


class Repositories:
    """Finds the root of the project that a folder is in: where `.git`, a manifest or the home ends the way up."""

    _MARKS = (".git", "package.json", "pyproject.toml", "go.mod", "setup.py", "requirements.txt")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def root_of(self, folder: str) -> str:
        """Return the project's root, or the folder itself."""
        found = self._known.get(folder)
        if found is None:
            if len(self._known) > 5000:
                self._known.clear()
            found = self._known[folder] = self._look(folder)
        return found

    def _look(self, folder: str) -> str:
        path = folder.partition("/node_modules/")[0]
        for candidate in (Path(path), *list(Path(path).parents)[:12]):
            try:
                if any((candidate / mark).exists() for mark in self._MARKS):
                    return str(candidate)
            except OSError:
                break
        return path


def _busy(watcher: Watcher) -> int:
    found = 0
    for tree in watcher.trees.values():
        if tree.alive and (tree.tool is None or tree.tool.name != "editor"):
            found = max(found, 2 if tree.phase in (Phase.INSTALL, Phase.BUILD) else 1)
    return found


def _hand_out(
    watcher: Watcher,
    state: State | None,
    now: float,
    tell: Tell,
    respond: Callable[[Alert, Watcher], None] | None,
    tally: Tally,
    *,
    everything: bool = False,
) -> None:
    for alert in watcher.tick(now, everything=everything):
        tally.alerts += 1
        if state is not None:
            state.add(document(alert))
        if respond is not None:
            respond(alert, watcher)
        tell(alert)
    if state is not None:
        for key in watcher.repeated:
            state.again(key)


def _counted(tally: Tally, watcher: Watcher) -> Tally:
    tally.events = dict(watcher.counts)
    tally.lost += [Lost(sensor, count, why) for (sensor, why), count in sorted(watcher.lost.items())]
    tally.lost += [Lost(f"trees ({kind})", count, "shed") for kind, count in sorted(watcher.left_out().items())]
    tally.gaps += watcher.gaps.values()
    tally.trees = len(watcher.trees)
    return tally


def _homes() -> dict[int, str]:
    return {one.pw_uid: one.pw_dir.rstrip("/") for one in pwd.getpwall() if one.pw_dir not in ("", "/")}


def open_alerts(path: Path) -> list[dict[str, object]]:
    """Return the alerts that nobody closed, oldest first."""
    return [alert for _, alert in read(path)]


def close(path: Path, start: str) -> list[str]:
    """Close the alerts whose id begins so; return their ids."""
    keys = [key for key, _ in read(path) if start and key.startswith(start)]
    return [key for key in keys if close_alert(path, key)]
