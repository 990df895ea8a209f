"""What comes out of an archive, and how much may come out: members, anomalies, gaps, and the budget.

    Item = Member   a file of the archive, with its bytes
         | Signal   an anomaly of the archive: kind `archive`, value `KIND<TAB>DETAIL`
         | Gap      something that was not read

Every reader (`archive_zip`, `archive_tar`, `archives`) yields these, one member at a time, and counts what it
unpacks against one `Budget` per outermost archive, so that archives inside archives share the same purse.
"""

from dataclasses import dataclass

from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.limits import Limits

DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    path: str
    """`/` separated, printable; within a nested archive `inner.zip!/file`."""
    data: bytes

    @property
    def size(self) -> int:
        """Bytes that were read, whatever the archive declared."""
        return len(self.data)


Item = Member | Gap | Signal


class OverrunError(Exception):
    """A limit of the whole archive is reached: nothing more of it is read."""

    def __init__(self, message: Message) -> None:
        """`message` is the reason of the gap."""
        super().__init__(message.english())
        self.message = message


class Budget:
    """How much one outermost archive may still unpack. Never trusts a declared size."""

    def __init__(self, limits: Limits, packed: int) -> None:
        """`packed` is the size of the outermost archive in bytes."""
        self.limits = limits
        self.packed = max(packed, 1)
        self.unpacked = 0
        self.files = 0
        self.held = 0
        """Bytes of archives that are being read from memory, one inside another."""

    def take(self, count: int) -> None:
        """Account for `count` unpacked bytes.

        Raises:
            OverrunError: too many bytes, or too many for what the archive weighs.
        """
        self.unpacked += count
        limits = self.limits
        if self.unpacked > limits.archive_bytes:
            raise OverrunError(
                Message.of(
                    N_("unpacks to more than {limit} bytes; the rest was not read"), {"limit": limits.archive_bytes}
                )
            )
        if self.unpacked > limits.ratio_floor and self.unpacked > limits.archive_ratio * self.packed:
            raise OverrunError(
                Message.of(
                    N_("unpacks to more than {ratio} times its size; the rest was not read"),
                    {"ratio": limits.archive_ratio},
                )
            )

    def file(self) -> None:
        """Account for one more member.

        Raises:
            OverrunError: too many members.
        """
        self.files += 1
        if self.files > self.limits.files:
            raise OverrunError(
                Message.of(N_("holds more than {limit} files; the rest was not read"), {"limit": self.limits.files})
            )


def anomaly(kind: str, detail: object, path: str) -> Signal:
    """Make the signal of one anomaly. `kind` is a word of the table in `docs/signals.md`."""
    return Signal("archive", f"{kind}\t{str(detail)[:DETAIL_CHARS]}", path)


def unread(stage: Stage, path: str, template: str, *, partial: bool = False, **params: object) -> Gap:
    """Make a gap; `template` is marked with `N_` where it is written."""
    return Gap(stage, path, Message.of(template, params), partial)
