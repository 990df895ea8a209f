"""What every kind of target becomes: a stream of entries, with its gaps and signals on the side."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

from lazaretto.adapters.files import UnreadableError
from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.release import ReleaseFacts
from lazaretto.model.text import N_, Message
from lazaretto.parse import archive_kinds
from lazaretto.parse.archive_member import Item, Member
from lazaretto.parse.archives import identify, read_archive, remarks
from lazaretto.parse.limits import Limits

Kind = Literal["folder", "archive", "file", "lockfile", "package", "git"]
Wanted = Callable[[str], bool]

_GAPS_PER_SENTENCE = 50
_PARTIAL_GAPS_PER_SENTENCE = 3


class TargetError(Exception):
    """A target cannot be examined at all: missing, unreadable, not what it claims, not reachable."""

    def __init__(
        self,
        message: str,
        params: Mapping[str, object] | None = None,
        hint: str = "",
        exit_kind: Literal["usage", "incomplete"] = "incomplete",
    ) -> None:
        """`message` and `hint` are templates marked with `N_`; both are filled from `params`."""
        self.message = Message.of(message, params)
        self.hint = Message.of(hint, params) if hint else None
        self.exit_kind = exit_kind
        """`usage`: the command was wrong (exit 2). `incomplete`: what was asked for could not be checked (exit 3)."""
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a target."""

    path: str
    """Relative to the target, `/` separated, printable; `outer.zip!/inner` for members of archives."""
    size: int
    load: Callable[[], bytes]
    """Give the content. Raises `UnreadableError` when the file changed or vanished since it was listed."""
    file: Path | None = None
    """Set for a plain file on this disk: a worker may read it by itself, with `files.read_file`."""


Source = Callable[[Wanted | None], Iterator[Entry | Gap | Signal]]


class Target:
    """Something to examine. Iterate `entries()` once; then `gaps` and `signals` are complete."""

    def __init__(
        self,
        spec: str,
        subject: str,
        kind: Kind,
        source: Source,
        limits: Limits,
        *,
        close: Callable[[], None] | None = None,
    ) -> None:
        """`source(wanted)` yields entries, gaps and signals; `close` releases what the target holds."""
        self.spec = spec
        self.subject = subject
        self.kind: Kind = kind
        self.gaps: list[Gap] = []
        self.signals: list[Signal] = []
        self.not_checked: list[Message] = []
        """What this kind of target never shows, for `Coverage.not_checked`."""
        self.release: Callable[[], tuple[ReleaseFacts | None, list[Gap]]] | None = None
        """For a package of a registry: ask what the registry says of it. Uses the network when it is called."""
        self._source = source
        self._limits = limits
        self._close = close

    def entries(self, wanted: Wanted | None = None) -> Iterator[Entry]:
        """Yield the entries, folders in name order, archives in their own order.

        `wanted(path)` may say no to files that the caller has no use for; they are then neither unpacked nor counted.
        """
        self.gaps, self.signals = [], []
        seen: Counter[str] = Counter()
        files = total = 0
        for item in self._source(wanted):
            if isinstance(item, Gap):
                self._note(item, seen)
            elif isinstance(item, Signal):
                self.signals.append(item)
            elif wanted is None or wanted(item.path):
                files += 1
                total += item.size
                if files > self._limits.files:
                    self._stop(N_("more than {limit} files: the rest was not read"), self._limits.files)
                    break
                if total > self._limits.total_bytes:
                    self._stop(N_("more than {limit} bytes: the rest was not read"), self._limits.total_bytes)
                    break
                yield item
            del item  # the bytes of one member must not outlive it
        for key, count in seen.items():
            limit = _PARTIAL_GAPS_PER_SENTENCE if key.startswith("partial ") else _GAPS_PER_SENTENCE
            if count > limit:
                self._sum_up(key, count - limit)

    def read(self, path: str) -> bytes | None:
        """Return the content of one entry again, or None when there is no such entry or it cannot be read."""
        for item in self._source(lambda candidate: candidate == path or path.startswith(candidate + "!/")):
            if isinstance(item, Entry) and item.path == path:
                with contextlib.suppress(UnreadableError):
                    return item.load()
                return None
        return None

    def close(self) -> None:
        """Release temporary files."""
        if self._close is not None:
            self._close()
            self._close = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _note(self, gap: Gap, seen: Counter[str]) -> None:
        key = f"{'partial' if gap.partial else 'whole'} {gap.stage} {gap.reason.template}"
        seen[key] += 1
        if seen[key] <= (_PARTIAL_GAPS_PER_SENTENCE if gap.partial else _GAPS_PER_SENTENCE):
            self.gaps.append(gap)

    def _sum_up(self, key: str, count: int) -> None:
        strength, stage, template = key.split(" ", 2)
        example = next(gap for gap in self.gaps if gap.reason.template == template and gap.stage == stage)
        self.gaps.append(
            replace(
                example,
                subject=self.subject,
                reason=Message.of(
                    N_("{count} more like {example}: {reason}"),
                    {"count": count, "example": example.subject, "reason": example.reason.english()},
                ),
                partial=strength == "partial",
            )
        )

    def _stop(self, template: str, limit: int) -> None:
        self.gaps.append(Gap(Stage.LIMIT, self.subject, Message.of(template, {"limit": limit})))


def unpacked(
    path: str,
    head: bytes,
    tail: bytes,
    opener: Callable[[], BinaryIO],
    limits: Limits,
    wanted: Wanted | None,
) -> Iterator[Entry | Gap | Signal]:
    """Yield what is inside the file shown as `path`, when it is an archive; nothing when it is not.

    `opener` gives the file's content as a seekable stream; it is called only for archives that are opened.
    """
    kind = identify(path, head, tail)
    if not kind:
        return
    yield from remarks(path, kind)
    if kind not in archive_kinds.READABLE and kind != "appended":
        return
    try:
        with opener() as stream:
            for item in read_archive(stream, path, limits, prefix=path + "!/", kind=kind, wanted=wanted):
                yield entry_of(item)
                del item
    except UnreadableError as error:
        yield error.gap(path)
    except OSError as error:
        yield Gap(Stage.READ, path, Message.of(N_("cannot be read: {error}"), {"error": error.strerror or "unknown"}))


def entry_of(item: Item) -> Entry | Gap | Signal:
    """Make an entry of an archive's member; gaps and signals pass through."""
    if not isinstance(item, Member):
        return item
    data = item.data
    return Entry(item.path, len(data), lambda: data)
