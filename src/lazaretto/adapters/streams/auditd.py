"""auditd: the raw log (`/var/log/audit/audit.log`, `ausearch --raw`, audisp's syslog), joined by serial number.

    type=SYSCALL msg=audit(1626611363.720:348501): arch=c000003e syscall=59 success=yes ... pid=7 exe="/usr/bin/perl"
    type=EXECVE msg=audit(1626611363.720:348501): argc=3 a0="perl" a1="-e" a2=70726...

Values without quotation marks that are text are hexadecimal; a long word of a command comes in parts (`a2[0]=`,
`a2[1]=`) over several records. After a group separator (0x1d) enriched logs repeat fields as names. An event ends with
`EOE` or `PROCTITLE`, or when later ones have begun; see auditd's `README-log-format` and the kernel's audit.c.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable
from typing import ClassVar, Final

from lazaretto.adapters.streams.audit_event import Audit, observed, peer
from lazaretto.adapters.streams.stream import LONGEST_TEXT, MOST_WORDS, Lines, Seen, UnreadError, text, whole
from lazaretto.model.host import Lost

_HEAD = re.compile(
    r"(?:node=(\S{1,253}) )?type=([A-Z0-9_\[\]]{1,40}) msg=audit\((\d{1,12}\.\d{1,9}):(\d{1,20})\): ?(.*)", re.DOTALL
)
_FIELD = re.compile(r"""([A-Za-z_][\w-]{0,30}(?:\[\d{1,5}\])?)=("[^"]*"|'[^']*'|\S*)""")
_LOST = re.compile(r"audit_lost=(\d{1,18})")
_ENDS: Final = frozenset({"EOE", "PROCTITLE"})
_OURS: Final = frozenset({"SYSCALL", "EXECVE", "CWD", "PATH", "SOCKADDR", "PROCTITLE", "EOE"})
MOST_EVENTS: Final = 256
"""Events that wait for their last record."""
MOST_RECORDS: Final = 600
MOST_BYTES: Final = 4 << 20
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+\Z")


class _Event:
    __slots__ = ("records", "size")

    def __init__(self) -> None:
        self.records: list[tuple[str, str]] = []
        self.size = 0


class Auditd(Lines):
    """Raw audit records, a line each."""

    id: ClassVar[str] = "auditd"
    title: ClassVar[str] = "auditd, raw log or ausearch --raw"
    product: ClassVar[str] = "linux"
    blind: ClassVar[tuple[str, ...]] = ("fork", "exit", "name", "decoy", "resolve")

    def __init__(self) -> None:
        super().__init__()
        self._open: OrderedDict[tuple[str, str], _Event] = OrderedDict()

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what the line completes."""
        plain = line.decode("utf-8", "replace")
        head = _HEAD.search(plain) if "msg=audit(" in plain else None
        if head is None:
            if plain == "----" or plain.startswith("time->"):
                return ()  # ausearch's separators
            if lost := _LOST.search(plain):
                return (Lost(self.id, max(int(lost[1]), 1), "queue"),)
            raise UnreadError("interpreted form (use --raw)" if "msg=audit(" in plain else "no audit record")
        node, kind, stamp, serial, body = head.groups()
        if kind not in _OURS:
            return self.leave(f"audit {kind}")
        key = (node or "", f"{stamp}:{serial}")
        done: list[Seen] = []
        event = self._open.get(key)
        if event is None:
            if kind == "EOE":
                return ()
            event = self._open[key] = _Event()
            while len(self._open) > MOST_EVENTS:
                done.extend(self._finish(*self._open.popitem(last=False)))
        event.size += len(body)
        if len(event.records) < MOST_RECORDS and event.size < MOST_BYTES:
            event.records.append((kind, body))
        else:
            self.tally.count(self.tally.unread, "record beyond the bound of an event")
        if kind in _ENDS:
            self._open.pop(key)
            done.extend(self._finish(key, event))
        return done

    def flush(self) -> tuple[Seen, ...]:
        """Return events whose last record did not come."""
        done: list[Seen] = []
        while self._open:
            done.extend(self._finish(*self._open.popitem(last=False)))
        return tuple(done)

    def _finish(self, key: tuple[str, str], event: _Event) -> Iterable[Seen]:
        try:
            return tuple(observed(self, _joined(key[1], event.records)))
        except UnreadError as error:
            self.tally.count(self.tally.unread, str(error))
        except (ValueError, TypeError, OverflowError):
            self.tally.count(self.tally.unread, "shape of a record")
        return ()


def _joined(key: str, records: list[tuple[str, str]]) -> Audit:
    call: dict[str, str] = {}
    words: dict[int, dict[int, str]] = {}
    cwd = saddr = title = ""
    paths: list[tuple[int, str, str]] = []
    for kind, body in records:
        fields = _fields(body)
        if kind == "SYSCALL":
            call = fields
        elif kind == "EXECVE":
            _words(fields, words)
        elif kind == "CWD":
            cwd = _text(fields.get("cwd", ""))
        elif kind == "PATH":
            paths.append((whole(fields.get("item")), _text(fields.get("name", "")), fields.get("nametype", "")))
        elif kind == "SOCKADDR":
            saddr = fields.get("saddr", "")
        elif kind == "PROCTITLE":
            title = _text(fields.get("proctitle", ""))
    if not call:
        raise UnreadError("event without SYSCALL")
    argv = tuple("".join(parts[at] for at in sorted(parts))[:LONGEST_TEXT] for _, parts in sorted(words.items()))
    return Audit(
        at=float(key.partition(":")[0]),
        call=call.get("SYSCALL", ""),
        arch=call.get("arch", ""),
        number=whole(call.get("syscall"), -1),
        success=call.get("success", ""),
        code=whole(call.get("exit")),
        pid=whole(call.get("pid")),
        ppid=whole(call.get("ppid")),
        uid=whole(call.get("uid"), -1),
        user=call.get("UID", "").strip('"'),
        exe=_text(call.get("exe", "")),
        arguments=tuple(int(call.get(f"a{number}") or "0", 16) for number in range(4)),
        argv=argv or tuple(title.split("\0")[:MOST_WORDS] if title else ()),
        cwd=cwd,
        paths=tuple((name, what) for _, name, what in sorted(paths)),
        address=peer(saddr),
    )


def _fields(body: str) -> dict[str, str]:
    """Return the fields of a record, quotation marks kept: they tell text from hexadecimal."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(body.replace("\x1d", " ")):
        found.setdefault(name, value)
    return found


def _words(fields: dict[str, str], words: dict[int, dict[int, str]]) -> None:
    for name, value in fields.items():
        if name.startswith("a") and name[1:2].isdecimal() and not name.endswith("_len"):
            number, _, part = name[1:].partition("[")
            if number.isdecimal() and int(number) < MOST_WORDS:
                words.setdefault(int(number), {})[whole(part.rstrip("]")) if part else 0] = _text(value)


def _text(value: str) -> str:
    """Return a value's text: what stands in quotation marks, or what hexadecimal spells."""
    if value[:1] == '"':
        return value[1:-1]
    if _HEX.match(value):
        return bytes.fromhex(value).decode("utf-8", "replace")
    return text(value)
