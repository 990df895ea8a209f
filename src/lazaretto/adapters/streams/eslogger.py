"""macOS `eslogger`: events of Endpoint Security as JSON lines. Root and Full Disk Access; its manual says "NOT API".

    sudo eslogger exec fork exit open create rename unlink trace get_task | lazaretto watch --stream eslogger -

The shape follows `es_message_t`: `{"time", "process": {...}, "event": {"exec": {...}}}`. Connections to the network are
not among its events; the name of the event is read, not its number, which changes with the system.
"""

import posixpath
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from lazaretto.adapters.streams.stream import (
    RUNNING,
    Lines,
    Seen,
    UnreadError,
    inner,
    json_object,
    moment,
    text,
    whole,
    words,
)
from lazaretto.model.host import ENVIRONMENT, Kind, Lost, Observed

_KINDS: Final = {
    **dict.fromkeys(("create", "rename", "clone", "copyfile", "exchangedata", "link", "write", "truncate"), Kind.WRITE),
    **dict.fromkeys(("trace", "get_task", "get_task_read", "get_task_name", "remote_thread_create"), Kind.TRACE),
    "open": Kind.READ,
    "unlink": Kind.DELETE,
    "uipc_connect": Kind.CONNECT,
    "uipc_bind": Kind.LISTEN,
    "btm_launch_item_add": Kind.WRITE,
}
_WRITING: Final = 2
"""FWRITE, of `fflag`."""
_VALUE: Final = 400


class EsLogger(Lines):
    """Events of Endpoint Security."""

    id: ClassVar[str] = "eslogger"
    title: ClassVar[str] = "macOS eslogger, JSON"
    product: ClassVar[str] = "macos"
    blind: ClassVar[tuple[str, ...]] = ("connect", "listen", "resolve", "name", "decoy", "memory-file")

    def __init__(self) -> None:
        super().__init__()
        self._next = -1

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what an event tells, and how many were lost before it."""
        message = json_object(line)
        event, own = inner(message, "event"), inner(message, "process")
        if not event or not own:
            raise UnreadError("without event or process")
        return (*self._lost(message), *self._event(moment(message.get("time")), event, own))

    def _lost(self, message: dict[str, Any]) -> Iterable[Seen]:
        """Numbers of messages have no holes, unless the system dropped some."""
        number = whole(message.get("global_seq_num"), -1)
        hole = number - self._next if 0 <= self._next < number else 0
        self._next = number + 1 if number >= 0 else -1
        return (Lost(self.id, hole, "queue"),) if hole else ()

    def _event(self, at: float, event: dict[str, Any], own: dict[str, Any]) -> Iterable[Seen]:
        name = next(iter(event))
        body = inner(event, name)
        actor = self._program(at, own, RUNNING)
        if name == "exec":
            return self.program(self._exec(at, body, own))
        if name == "fork":
            child = _pid(inner(body, "child"))
            return self.by(actor, Observed(at, self.id, Kind.FORK, child, parent=actor.pid))
        if name == "exit":
            status = whole(body.get("stat"))
            return self.ended(Observed(at, self.id, Kind.EXIT, actor.pid, code=status >> 8 & 255))
        if name == "close":
            if body.get("modified") is not True:
                return self.leave("close")
            kind: Kind | None = Kind.WRITE
        else:
            kind = _KINDS.get(name)
        if kind is None:
            return self.leave(f"event {name}")
        kind, path = _object(kind, name, body)
        if not path:
            raise UnreadError(f"{name} without its object")
        detail = name if kind is Kind.TRACE else ""
        return self.by(actor, Observed(at, self.id, kind, actor.pid, uid=actor.uid, path=path, detail=detail))

    def _program(self, at: float, own: dict[str, Any], detail: str) -> Observed:
        return Observed(
            at,
            self.id,
            Kind.EXEC,
            _pid(own),
            parent=whole(own.get("ppid")),
            uid=whole(inner(own, "audit_token").get("euid"), -1),
            path=_file(own, "executable"),
            detail=detail,
        )

    def _exec(self, at: float, body: dict[str, Any], own: dict[str, Any]) -> Observed:
        target = inner(body, "target")
        seen = self._program(at, target, "")
        before = _file(own, "executable")
        return Observed(
            at,
            self.id,
            Kind.EXEC,
            seen.pid,
            parent=seen.parent,
            uid=seen.uid,
            path=seen.path,
            argv=words(body.get("args")),
            cwd=_file(body, "cwd"),
            env=_environment(words(body.get("env"))),
            # The process that ran exec held its parent's image when it was forked for that.
            parent_path=before if before != seen.path else "",
        )


def _environment(pairs: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    split = (pair.partition("=") for pair in pairs)
    return tuple((name, value[:_VALUE]) for name, _, value in split if name in ENVIRONMENT)


def _pid(process: dict[str, Any]) -> int:
    return whole(inner(process, "audit_token").get("pid"))


def _file(holder: dict[str, Any], key: str) -> str:
    return text(inner(holder, key).get("path"))


def _object(kind: Kind, name: str, body: dict[str, Any]) -> tuple[Kind, str]:
    if kind is Kind.TRACE:
        other = _pid(inner(body, "target"))
        return kind, f"pid:{other}" if other else ""
    if name == "open":
        return (Kind.WRITE if whole(body.get("fflag")) & _WRITING else kind), _file(body, "file")
    if name in ("uipc_connect", "uipc_bind"):
        path = _file(body, "file") or _in(body, "dir", "filename")
        return kind, f"unix:{path}" if path else ""
    if name == "btm_launch_item_add":
        return kind, text(inner(body, "item").get("item_url")).removeprefix("file://")
    if name in ("create", "rename"):
        goal = inner(body, "destination")
        path = _file(goal, "existing_file")
        return kind, path or _in(inner(goal, "new_path"), "dir", "filename")
    path = _in(body, "target_dir", "target_name") or _file(body, "target_file") or _file(body, "target")
    return kind, path or _file(body, "source")


def _in(holder: dict[str, Any], folder: str, name: str) -> str:
    base, last = _file(holder, folder), text(holder.get(name))
    return posixpath.join(base, last) if base and last else ""
