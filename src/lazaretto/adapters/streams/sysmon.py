"""Sysmon for Linux: its events as XML in syslog lines, or as the JSON that log shippers and the journal make of them.

    ... sysmon: <Event><System>...<EventID>1</EventID>...</System><EventData><Data Name="Image">/bin/ls</Data>...

https://github.com/microsoft/SysmonForLinux. Field names are those of Sigma. The XML is read with two expressions, not
with an XML parser: it has one shape, and nothing in it is trusted.
"""

import html
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from lazaretto.adapters.streams.stream import (
    RUNNING,
    Lines,
    Seen,
    UnreadError,
    address,
    command,
    inner,
    json_object,
    moment,
    text,
    whole,
)
from lazaretto.model.host import Kind, Observed

_NUMBER = re.compile(r"<EventID>(\d{1,4})</EventID>")
_DATA = re.compile(r"""<Data Name=["'](\w{1,40})["']>([^<]*)</Data>""")
_TIME = re.compile(r"""SystemTime=["']([0-9TZ:. +-]{10,40})["']""")
_KINDS: Final = {
    1: Kind.EXEC, 3: Kind.CONNECT, 5: Kind.EXIT, 10: Kind.TRACE, 11: Kind.WRITE, 22: Kind.RESOLVE, 23: Kind.DELETE,
    26: Kind.DELETE,
}  # fmt: skip
_ASIDE: Final = {4: "service state", 9: "raw access", 16: "configuration", 255: "error of sysmon"}
_KNOWN: Final = ("Image", "UtcTime", "ProcessId", "EventID")


class Sysmon(Lines):
    """Events of Sysmon for Linux."""

    id: ClassVar[str] = "sysmon"
    title: ClassVar[str] = "Sysmon for Linux, XML or JSON"
    product: ClassVar[str] = "linux"
    blind: ClassVar[tuple[str, ...]] = ("fork", "read", "listen", "name", "decoy", "memory-file")

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what an event tells."""
        number, data, stamp = _event(line)
        kind = _KINDS.get(number)
        if kind is None:
            return self.leave(_ASIDE.get(number, f"event {number}"))
        at = moment(data.get("UtcTime")) or moment(stamp)
        if kind is Kind.EXEC:
            return self.program(self._program(at, data, ""))
        pid = whole(data.get("ProcessId") or data.get("SourceProcessId"))
        if kind is Kind.EXIT:
            return self.ended(Observed(at, self.id, kind, pid))
        path = _object(kind, data)
        if path is None:
            return self.leave("connection from outside")
        if not path:
            raise UnreadError(f"event {number} without its object")
        detail = text(data.get("QueryResults")).replace(";", " ") if kind is Kind.RESOLVE else ""
        seen = Observed(at, self.id, kind, pid, path=path, detail=detail, user=text(data.get("User")))
        return self.by(self._program(at, data, RUNNING), seen)

    def _program(self, at: float, data: dict[str, Any], detail: str) -> Observed:
        return Observed(
            at,
            self.id,
            Kind.EXEC,
            whole(data.get("ProcessId") or data.get("SourceProcessId")),
            parent=whole(data.get("ParentProcessId")),
            uid=whole(data.get("LogonId"), -1),
            path=text(data.get("Image") or data.get("SourceImage")),
            argv=command(text(data.get("CommandLine"))),
            cwd=text(data.get("CurrentDirectory")),
            detail=detail,
            parent_path=text(data.get("ParentImage")),
            parent_argv=command(text(data.get("ParentCommandLine"))),
            user=text(data.get("User")),
        )


def _object(kind: Kind, data: dict[str, Any]) -> str | None:
    """Return what it was done to; None = it was done by somebody else."""
    if kind is Kind.CONNECT:
        if text(data.get("Initiated")).lower() == "false":
            return None
        host = text(data.get("DestinationIp")) or text(data.get("DestinationHostname"))
        return address(host, data.get("DestinationPort")) if host else ""
    if kind is Kind.TRACE:
        other = whole(data.get("TargetProcessId"))
        return f"pid:{other}" if other else ""
    if kind is Kind.RESOLVE:
        return text(data.get("QueryName"))
    return text(data.get("TargetFilename"))


def _event(line: bytes) -> tuple[int, dict[str, Any], str]:
    """Return the event's number, its data and its time.

    Raises:
        UnreadError: no event of Sysmon.
    """
    if line.startswith(b"{"):
        return _json(json_object(line))
    return _xml(line.decode("utf-8", "replace"))


def _xml(plain: str) -> tuple[int, dict[str, Any], str]:
    start = plain.find("<Event")
    number = _NUMBER.search(plain, max(start, 0)) if start >= 0 else None
    if number is None:
        raise UnreadError("no event of Sysmon")
    data: dict[str, Any] = {}
    for name, value in _DATA.findall(plain, start):
        data.setdefault(name, html.unescape(value))
    stamp = _TIME.search(plain, start)
    return int(number[1]), data, stamp[1] if stamp else ""


def _json(record: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
    for key in ("MESSAGE", "message", "Message"):
        if isinstance(message := record.get(key), str) and "<Event" in message:
            return _xml(message)
    event = inner(record, "Event") or record
    system = inner(event, "System") or inner(record, "winlog")
    given = event.get("EventData") or system.get("event_data")
    data = _pairs(given)
    if not data and any(name in event for name in _KNOWN):
        data = event
    number = whole(_plain(system.get("EventID") or system.get("event_id") or event.get("EventID")), -1)
    if number < 0 or not data:
        raise UnreadError("no event of Sysmon")
    return number, data, text(inner(system, "TimeCreated").get("SystemTime"))


def _plain(value: object) -> object:
    return value.get("#text") if isinstance(value, dict) else value


def _pairs(given: object) -> dict[str, Any]:
    """Return the data of `{"Data": [{"Name": ..., "#text": ...}]}`, or of `{"Image": ...}`."""
    pairs = given.get("Data") if isinstance(given, dict) else given
    if isinstance(pairs, list):
        return {
            str(one.get("Name") or one.get("@Name")): one.get("#text", one.get("Value"))
            for one in pairs
            if isinstance(one, dict)
        }
    return given if isinstance(given, dict) else {}
