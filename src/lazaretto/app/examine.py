"""Examining the files of one subject: worker processes, the cache, and what is kept for the rules that follow.

    Target.entries() -> batches -> workers: read, digest, cache look-up, Engine + intel -> Gathered

A batch whose worker dies is split and tried again file by file, so that one hostile file costs only itself.
"""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from lazaretto.adapters.cache import Cache
from lazaretto.adapters.pool import Cause, Death, OutOfTime, Pool, Work, time_limit
from lazaretto.adapters.targets import Entry, Target
from lazaretto.detect.catalog import RULES
from lazaretto.detect.engine import Collected, Engine, FileResult
from lazaretto.detect.layers.catalog import LAYERS
from lazaretto.detect.own_package import is_own_document
from lazaretto.detect.project import FileInfo
from lazaretto.intel.match import match_file, words_of_files
from lazaretto.lockfiles.inventory import is_candidate
from lazaretto.model.finding import Finding, Gap, Signal, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS
from lazaretto.parse.limits import Limits

BATCH_FILES = 48
BATCH_BYTES = 2 << 20
KEPT_CODE_BYTES = 24 << 20
"""Python source of an archive's members that is kept for stories across files; folders are read again."""
KEPT_CODE_FILE = 512 << 10
KEPT_BYTES = 64 << 20
"""Documents of archives that are held in memory for the inventory; documents on disk are read again."""


class Progress(Protocol):
    """Who wants to know how far it is. Every method returns at once."""

    def start(self, target: str, total: int | None) -> None:
        """A target begins; `total` is the number of files when it is known."""

    def advance(self, count: int) -> None:
        """`count` more files are done."""

    def done(self) -> None:
        """The target is done."""


class Item(msgspec.Struct, array_like=True):
    """One file for a worker: either its name on disk (as bytes, names need not be text) or its content."""

    path: str
    file: bytes
    data: bytes


class Answer(msgspec.Struct, array_like=True):
    """What a worker says of one file."""

    path: str
    size: int
    digest: str
    key: bytes
    cached: bool
    result: msgspec.Raw
    """An encoded `FileResult`."""


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What a worker needs to know."""

    limits: Limits
    cache: Path | None
    engine_digest: str


@dataclass
class Gathered:
    """Everything that the file stage yields."""

    files: dict[str, FileInfo] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    size: int = 0
    """Bytes read."""
    examined: int = 0
    cached: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    kept_bytes: int = 0
    kept_code_bytes: int = 0
    on_disk: dict[str, Path] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)

    def read(self, path: str, limit: int = 4 << 20) -> Blob | None:
        """Give a file's content again (for project rules and document readers), or None."""
        if path in self.kept:
            return Blob(path, self.kept[path])
        file = self.on_disk.get(path)
        if file is None:
            return None
        try:
            with file.open("rb") as stream:
                data = stream.read(limit + 1)
        except OSError:
            return None
        return Blob(path, data) if len(data) <= limit else None


_decode_items = msgspec.msgpack.Decoder(list[Item])
_decode_answers = msgspec.msgpack.Decoder(list[Answer])
_decode_result = msgspec.msgpack.Decoder(FileResult)
_encode = msgspec.msgpack.Encoder().encode


def make_worker(config: WorkerConfig) -> Work:
    """Build the function that runs in a worker process: a batch of items in, their answers out."""
    engine = Engine(RULES, VIEWS, config.limits, LAYERS, (match_file,), words_of_files)
    cache = Cache(config.cache, config.engine_digest, read_only=True) if config.cache else None

    def work(request: bytes) -> bytes:
        blobs = []
        answers: list[Answer] = []
        for item in _decode_items.decode(request):
            blob = _load(item, config.limits)
            if isinstance(blob, Gap):
                answers.append(Answer(item.path, 0, "", b"", False, msgspec.Raw(_encode(FileResult(gaps=(blob,))))))
            else:
                key = cache.key(item.path, blob.digest) if cache else b""
                blobs.append((blob, key))
        known = cache.get([key for _, key in blobs]) if cache else {}
        for blob, key in blobs:
            value = known.get(key)
            cached = value is not None
            if value is None:
                value = _encode(examine_blob(engine, blob, config.limits))
            answers.append(Answer(blob.path, len(blob.data), blob.digest, key, cached, msgspec.Raw(value)))
        return _encode(answers)

    return work


def examine_blob(engine: Engine, blob: Blob, limits: Limits) -> FileResult:
    """Run rules and intel over one file within the time limit."""
    seen = Collected()
    collects = gc.isenabled()
    gc.disable()  # trees hold no cycles; to walk them again and again while they grow costs a sixth of the time
    try:
        with time_limit(limits.file_seconds):
            return engine.examine(blob, seen)
    except OutOfTime:
        seen.gaps.append(
            Gap(
                Stage.LIMIT,
                blob.path,
                Message.of(N_("examination took longer than {seconds} s"), {"seconds": f"{limits.file_seconds:g}"}),
            )
        )
        return seen.result()
    except (MemoryError, RecursionError) as error:
        return FileResult(
            gaps=(
                Gap(
                    Stage.LIMIT,
                    blob.path,
                    Message.of(N_("examination ran out of room: {error}"), {"error": type(error).__name__}),
                ),
            )
        )
    finally:
        if collects:
            gc.enable()


def gather(
    target: Target,
    config: WorkerConfig,
    by: "Pool[bytes, WorkerConfig] | Examiner",
    progress: Progress | None = None,
) -> Gathered:
    """Examine every file of a target: by a pool of workers, or here where this process is a worker."""
    gathered = Gathered()
    if isinstance(by, Examiner):
        for _ in by.gather(target, gathered):
            if progress:
                progress.advance(1)
        return _complete(gathered, target)
    fresh: list[tuple[bytes, bytes]] = []
    writer = Cache(config.cache, config.engine_digest) if config.cache else None
    for answer in _in_workers(target, gathered, by):
        whole = _take(answer, gathered)
        if writer and answer.key and not answer.cached and whole:
            fresh.append((answer.key, bytes(answer.result)))
            if len(fresh) >= 2000:
                writer.put(fresh)
                fresh = []
        if progress:
            progress.advance(1)
    if writer:
        writer.put(fresh)
        writer.close()
        if writer.trouble:
            gathered.gaps.append(
                Gap(
                    Stage.READ,
                    "cache",
                    Message.of(N_("the result cache cannot be used: {error}"), {"error": writer.trouble}),
                    partial=True,
                )
            )
    return _complete(gathered, target)


def _complete(gathered: Gathered, target: Target) -> Gathered:
    """Add what the target itself has to say; it is known when all entries were given."""
    gathered.gaps.extend(target.gaps)
    gathered.signals.extend(target.signals)
    gathered.documents.sort()
    return gathered


class Examiner:
    """Examines one file after another in this very process, which must be a worker: nothing is encoded."""

    def __init__(self, config: WorkerConfig) -> None:
        """Build the engine."""
        self._limits = config.limits
        self._engine = Engine(RULES, VIEWS, config.limits, LAYERS, (match_file,), words_of_files)
        self._cache = Cache(config.cache, config.engine_digest, read_only=True) if config.cache else None

    def gather(self, target: Target, gathered: Gathered) -> Iterator[None]:
        """Examine every file; once for each of them that is done."""
        for entry in target.entries():
            item = _item(entry, gathered)
            if item is None:
                continue
            blob = _load(item, self._limits)
            if isinstance(blob, Gap):
                gathered.gaps.append(blob)
            else:
                result = self._known(blob, gathered) or examine_blob(self._engine, blob, self._limits)
                gathered.findings += result.findings
                gathered.signals += result.signals
                gathered.gaps += result.gaps
                gathered.files[blob.path] = FileInfo(len(blob.data), blob.digest)
                gathered.size += len(blob.data)
                gathered.examined += 1
            yield

    def _known(self, blob: Blob, gathered: Gathered) -> FileResult | None:
        if self._cache is None:
            return None
        key = self._cache.key(blob.path, blob.digest)
        value = self._cache.get([key]).get(key)
        if value is None:
            return None
        gathered.cached += 1
        return _decode_result.decode(value)


def _in_workers(target: Target, gathered: Gathered, pool: Pool[bytes, WorkerConfig]) -> Iterator[Answer]:
    again: list[Item] = []
    for request, answer in pool.run(_batches(target, gathered)):
        if isinstance(answer, Death):
            again.extend(_decode_items.decode(request))
        else:
            yield from _decode_answers.decode(answer)
    for request, answer in pool.run((single, single) for single in (_encode([item]) for item in again)):
        if isinstance(answer, Death):
            gathered.gaps.extend(
                Gap(Stage.LIMIT, item.path, death_reason(answer)) for item in _decode_items.decode(request)
            )
        else:
            yield from _decode_answers.decode(answer)


def _batches(target: Target, gathered: Gathered) -> Iterator[tuple[bytes, bytes]]:
    """Yield requests, each as its own key: a batch whose worker dies is then at hand to be split."""
    batch: list[Item] = []
    size = 0
    for entry in target.entries():
        item = _item(entry, gathered)
        size += entry.size
        del entry  # or the bytes of two members are alive at once
        if item is None:
            continue
        batch.append(item)
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            request = _encode(batch)
            yield request, request
            batch, size = [], 0
    if batch:
        request = _encode(batch)
        yield request, request


def _item(entry: Entry, gathered: Gathered) -> Item | None:
    """Make the item for a worker; contents of archive members are read here, in the order of the archive."""
    gathered.files[entry.path] = FileInfo(entry.size, "")
    document = is_candidate(entry.path)
    if document:
        gathered.documents.append(entry.path)
    if entry.file is not None:
        gathered.on_disk[entry.path] = entry.file
        return Item(entry.path, os.fsencode(entry.file), b"")
    try:
        data = entry.load()
    except OSError as error:
        gathered.gaps.append(read_gap(entry.path, error))
        return None
    if (document or is_own_document(entry.path)) and gathered.kept_bytes + len(data) <= KEPT_BYTES:
        gathered.kept[entry.path] = data
        gathered.kept_bytes += len(data)
    elif entry.path.endswith(".py") and len(data) <= KEPT_CODE_FILE:
        if gathered.kept_code_bytes + len(data) <= KEPT_CODE_BYTES:
            gathered.kept[entry.path] = data
            gathered.kept_code_bytes += len(data)
    return Item(entry.path, b"", data)


def _load(item: Item, limits: Limits) -> Blob | Gap:
    if not item.file:
        return Blob(item.path, item.data)
    try:
        with open(item.file, "rb") as stream:  # noqa: PTH123 - a name in bytes, and this is hot
            data = stream.read(limits.file_bytes + 1)
    except OSError as error:
        return read_gap(item.path, error)
    if len(data) > limits.file_bytes:
        return Gap(
            Stage.LIMIT, item.path, Message.of(N_("larger than {limit} bytes; not read"), {"limit": limits.file_bytes})
        )
    return Blob(item.path, data)


def _take(answer: Answer, gathered: Gathered) -> bool:
    """Add an answer; tell whether the file was examined to its end. A time limit met today may hold tomorrow."""
    result = _decode_result.decode(answer.result)
    gathered.findings.extend(result.findings)
    gathered.signals.extend(result.signals)
    gathered.gaps.extend(result.gaps)
    if answer.digest:
        gathered.files[answer.path] = FileInfo(answer.size, answer.digest)
        gathered.size += answer.size
        gathered.examined += 1
        gathered.cached += answer.cached
    return all(gap.partial for gap in result.gaps)


def read_gap(path: str, error: OSError) -> Gap:
    """A file that the system would not give."""
    return Gap(Stage.READ, path, Message.of(N_("cannot be read: {error}"), {"error": error.strerror or str(error)}))


def death_reason(death: Death) -> Message:
    """Say why a worker gave no answer."""
    if death.cause is Cause.TIME:
        return Message.of(N_("examination was stopped: it took too long"))
    return Message.of(N_("examination was stopped: its process died, perhaps for want of memory"))
