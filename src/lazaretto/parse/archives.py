"""Archives in memory: any seekable bytes in, members, anomalies and gaps out, one at a time.

    bytes -> kind (archive_kinds) -> reader (archive_zip | archive_streams + archive_tar) -> Item ...
                                          ^                                                   |
                                          '------------- archives inside archives ------------'

Nothing is written, nothing is extracted, nothing declared is believed. A member's path inside a nested archive is
`inner.zip!/file`. All limits are those of `Limits`; each one that is reached is said as a `Gap`.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.text import N_
from lazaretto.parse import archive_kinds as kinds
from lazaretto.parse.archive_member import Budget, Item, Member, OverrunError, anomaly, unread
from lazaretto.parse.archive_names import decode_name, member_path
from lazaretto.parse.archive_streams import CompressedStream, PlainStream, can_read
from lazaretto.parse.archive_tar import read_tar
from lazaretto.parse.archive_zip import read_zip
from lazaretto.parse.limits import DEFAULT, Limits

__all__ = ["Item", "Member", "identify", "read_archive"]

_REMARKS_PER_KIND = 50
"""Signals of one kind, and gaps of one sentence, beyond this number are counted instead of listed."""


def identify(path: str, head: bytes, tail: bytes = b"") -> str:
    """Return the kind of archive that a file is opened as, or "".

    Kinds: `zip tar gzip bzip2 xz zstd` (opened), `appended` (a zip behind something else), `closed` (a container left
    closed on purpose), `rar 7z asar cab deb rpm msi dmg iso` (cannot be opened).
    """
    shown = kinds.sniff(head, tail)
    if shown and kinds.left_closed(path):
        return "closed"
    promise = kinds.promised(path)
    if shown == "appended":
        if kinds.suffix_of(path) in (".exe", ".dll", ".bin", ".run"):
            return ""  # self-extracting programs are programs
        return promise or shown  # a zip application has a line in front by design
    if shown:
        return shown
    if promise == "asar":
        return promise
    if promise == "xz" and head[:1] == b"\x5d":  # .lzma has no magic
        return "xz"
    if promise == "tar" and (kinds.tar_checksum_ok(head[:512]) or (len(head) == 512 and not head.strip(b"\0"))):
        return "tar"  # older than the magic, or empty
    return "zip" if promise == "zip" and b"PK\x03\x04" in head else ""


def read_archive(
    source: BinaryIO | bytes,
    path: str,
    limits: Limits = DEFAULT,
    *,
    prefix: str = "",
    kind: str = "",
    wanted: Callable[[str], bool] | None = None,
) -> Iterator[Item]:
    """Yield the items of an outermost archive. Never raises for what the archive holds.

    `path` names the archive in signals and gaps; `prefix` stands before every member's path (`outer.zip!/`, or
    nothing when the archive itself is the subject); `kind` is the answer of `identify` when it is already known;
    members for which `wanted` is false are not unpacked.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not kind:
        head = stream.read(kinds.HEAD_BYTES)
        stream.seek(max(size - 22, 0))
        kind = identify(path, head, stream.read(22))
    budget = Budget(limits, size)
    if wanted is not None:
        chosen = wanted
        wanted = lambda member: chosen(member) or kinds.promised(member) in kinds.READABLE  # noqa: E731
    yield from _quieted(_guarded(stream, path, prefix, kind, budget, 0, wanted), path)


def _guarded(
    stream: BinaryIO,
    path: str,
    prefix: str,
    kind: str,
    budget: Budget,
    depth: int,
    wanted: Callable[[str], bool] | None,
) -> Iterator[Item]:
    links: set[str] = set()
    try:
        for item in _opened(stream, path, prefix, kind, budget, wanted):
            if isinstance(item, Signal) and item.kind == "link" and item.value.startswith("outside\t"):
                links.add(item.path)
            elif links and isinstance(item, Member) and (way := _through(item.path, links)):
                yield anomaly("through-link", way, item.path)
            yield item
            if isinstance(item, Member):
                yield from _nested(item, budget, depth + 1, wanted)
            del item  # its bytes must not outlive it while the next one is unpacked
    except OverrunError as error:
        if depth:
            raise
        yield anomaly("bomb", error.message.english(), path)
        yield Gap(Stage.LIMIT, path, error.message)
    except OSError as error:
        yield unread(Stage.READ, path, N_("reading failed: {error}"), error=error.strerror or "")


def _through(path: str, links: set[str]) -> str:
    """Return the link that a naive installer would write this member through, "" when there is none."""
    at = path.find("/")
    while at >= 0:
        if path[:at] in links:
            return path[:at]
        at = path.find("/", at + 1)
    return path if path in links else ""


def _nested(member: Member, budget: Budget, depth: int, wanted: Callable[[str], bool] | None) -> Iterator[Item]:
    data = member.data
    if len(data) < 22:
        return
    kind = identify(member.path, data[: kinds.HEAD_BYTES], data[-22:])
    if not kind:
        return
    yield from remarks(member.path, kind)
    if kind not in kinds.READABLE and kind != "appended":
        return
    if depth > budget.limits.nesting:
        yield anomaly("nested", f"more than {budget.limits.nesting} deep", member.path)
        yield unread(
            Stage.LIMIT,
            member.path,
            N_("archives nested more than {limit} deep: not unpacked"),
            limit=budget.limits.nesting,
        )
        return
    if budget.held + len(data) > budget.limits.file_bytes:
        yield unread(
            Stage.LIMIT, member.path, N_("nested archives of more than {limit} bytes"), limit=budget.limits.file_bytes
        )
        return
    budget.held += len(data)
    try:
        yield from _guarded(io.BytesIO(data), member.path, member.path + "!/", kind, budget, depth, wanted)
    finally:
        budget.held -= len(data)


def remarks(path: str, kind: str) -> Iterator[Gap | Signal]:
    """Say what is to be said about a file that is an archive, before or instead of opening it."""
    if kind == "closed":
        yield unread(Stage.UNPACK, path, N_("a container of documents or programs: not unpacked"), partial=True)
        return
    if kind not in kinds.READABLE and kind != "appended":
        yield anomaly("foreign", kind, path)
        yield unread(Stage.UNPACK, path, N_("a {kind} archive: it cannot be unpacked here"), kind=kind)
    if kind == "appended":
        yield anomaly("appended", "zip", path)
    elif kinds.disguised(path):
        yield anomaly("disguised", kind, path)


def _opened(
    stream: BinaryIO, path: str, prefix: str, kind: str, budget: Budget, wanted: Callable[[str], bool] | None
) -> Iterator[Item]:
    stream.seek(0)
    if kind in ("zip", "appended"):
        yield from read_zip(stream, path, prefix, budget, wanted)
    elif kind == "tar":
        yield from read_tar(PlainStream(stream.read, budget), path, prefix, budget, wanted)
    elif kind in kinds.READABLE:
        if not can_read(kind):
            yield anomaly("foreign", kind, path)
            yield unread(Stage.UNPACK, path, N_("a {kind} archive: it cannot be unpacked here"), kind=kind)
            return
        yield from _decompressed(CompressedStream(kind, stream.read, budget), path, prefix, budget, wanted)
    else:
        yield unread(Stage.UNPACK, path, N_("not an archive that can be read"))


def _decompressed(
    stream: CompressedStream, path: str, prefix: str, budget: Budget, wanted: Callable[[str], bool] | None
) -> Iterator[Item]:
    head = stream.peek(kinds.HEAD_BYTES)
    if kinds.sniff(head) == "tar" or (_is_tarball(path) and head.count(0) > 100):
        yield from read_tar(stream, path, prefix, budget, wanted)
    else:
        yield from _single(stream, path, prefix, budget)
    if stream.fault in ("truncated", "damaged"):
        yield unread(Stage.UNPACK, path, N_("the compressed stream is damaged or cut short"))
    elif stream.fault:
        yield anomaly("bad-crc", "the checksum of the compressed stream", path)
    if stream.trailing:
        yield anomaly("trailing-data", f"{stream.trailing} bytes after the compressed stream", path)


def _single(stream: CompressedStream, path: str, prefix: str, budget: Budget) -> Iterator[Item]:
    """A compressed file that is no tar: one member, named like the file without its last suffix."""
    limit = budget.limits.file_bytes
    budget.file()
    out = io.BytesIO()
    while piece := stream.read(1 << 16):
        out.write(piece)
        if out.tell() > limit:
            shown = prefix + PurePosixPath(path.rsplit("!/", 1)[-1]).stem
            yield unread(Stage.LIMIT, shown, N_("larger than {limit} bytes"), limit=limit)
            return
    base = PurePosixPath(path.rsplit("!/", 1)[-1]).name
    stem = base.rsplit(".", 1)[0] if kinds.suffix_of(base) in kinds.OPENED else base
    name = member_path(decode_name(stream.name)[0])[0] if stream.name else ""
    if out.tell() or not stream.fault:
        yield Member(prefix + (stem or name or "content"), out.getvalue())


def _is_tarball(path: str) -> bool:
    name = path.lower()
    return ".tar." in name or kinds.suffix_of(name) in (".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".crate")


def _quieted(items: Iterator[Item], path: str) -> Iterator[Item]:
    """Let the first few of each kind of remark through; a hostile archive can make a million."""
    seen: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Member):
            yield item
            del item
            continue
        key = item.reason.template if isinstance(item, Gap) else item.kind + item.value.partition("\t")[0]
        seen[key] += 1
        if seen[key] <= _REMARKS_PER_KIND or (isinstance(item, Signal) and item.kind == "link" and seen[key] < 5000):
            yield item
    for key, count in sorted(seen.items()):
        if count > _REMARKS_PER_KIND and not key.startswith(("archive", "link")):
            yield unread(
                Stage.UNPACK,
                path,
                N_("{count} more of the same: {sentence}"),
                partial=True,
                count=count - _REMARKS_PER_KIND,
                sentence=key,
            )
