"""Falco: alerts as JSON (`json_output: true`), https://falco.org/docs/concepts/outputs/formatting/.

Falco tells what its rules were asked to tell; `docs/watch-sigma.md` has rules that tell every exec, connection and
write. Fields: https://falco.org/docs/reference/rules/supported-fields/. Command lines arrive joined by blanks.
"""

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
    named,
    text,
    whole,
)
from lazaretto.model.host import Kind, Lost, Observed

_CALLS: Final = {
    **dict.fromkeys(("execve", "execveat"), Kind.EXEC),
    **dict.fromkeys(("open", "openat", "openat2", "open_by_handle_at"), Kind.READ),
    **dict.fromkeys(("creat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"), Kind.WRITE),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), Kind.DELETE),
    **dict.fromkeys(("clone", "clone3", "fork", "vfork"), Kind.FORK),
    "connect": Kind.CONNECT,
    "sendto": Kind.CONNECT,
    "sendmsg": Kind.CONNECT,
    "bind": Kind.LISTEN,
    "listen": Kind.LISTEN,
    "procexit": Kind.EXIT,
    "ptrace": Kind.TRACE,
    "process_vm_readv": Kind.TRACE,
    "process_vm_writev": Kind.TRACE,
    "memfd_create": Kind.MEMORY_FILE,
}
_WRITES: Final = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC")
_DROPS: Final = "Falco internal: syscall event drop"


class Falco(Lines):
    """`{"output": ..., "rule": ..., "source": "syscall", "time": ..., "output_fields": {...}}`."""

    id: ClassVar[str] = "falco"
    title: ClassVar[str] = "Falco, JSON output"
    product: ClassVar[str] = "linux"
    blind: ClassVar[tuple[str, ...]] = ("name", "decoy", "resolve")

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what an alert tells of the program and of what it did."""
        alert = json_object(line)
        fields = inner(alert, "output_fields")
        if alert.get("rule") == _DROPS:
            return (Lost(self.id, max(whole(fields.get("n_drops"), 1), 1), "queue"),)
        if not fields:
            raise UnreadError("without output_fields")
        source = text(alert.get("source")) or "syscall"
        if source != "syscall":
            return self.leave(f"source {source}")
        at = _time(alert, fields)
        call = named(fields, "evt.type", "syscall.type")
        kind = _CALLS.get(call)
        actor = self._program(at, fields, RUNNING)
        if kind is None:
            if not call:
                raise UnreadError("without evt.type")
            return self.leave(f"call {call}")
        if kind is Kind.EXEC:
            return self.program(self._program(at, fields, ""))
        if kind is Kind.EXIT:
            code = whole(named(fields, "evt.arg.status", "evt.arg.ret"), -1)
            return self.ended(Observed(at, self.id, kind, actor.pid, code=code if code >= 0 else None))
        if kind is Kind.FORK:
            child = whole(named(fields, "evt.arg.res", "evt.rawres"))
            if child <= 0:
                return self.leave("the child's side of a fork")
            return self.by(actor, Observed(at, self.id, kind, child, parent=actor.pid))
        kind, path = _object(kind, fields)
        if not path:
            raise UnreadError(f"{call} without its object")
        detail = call if kind is Kind.TRACE else ""
        return self.by(actor, Observed(at, self.id, kind, actor.pid, path=path, detail=detail, uid=actor.uid))

    def _program(self, at: float, fields: dict[str, Any], detail: str) -> Observed:
        line = named(fields, "proc.cmdline")
        return Observed(
            at,
            self.id,
            Kind.EXEC,
            whole(fields.get("proc.pid")),
            parent=whole(fields.get("proc.ppid")),
            uid=whole(fields.get("user.uid"), -1),
            path=named(fields, "proc.exepath", "evt.arg.filename", "proc.exe", "proc.name"),
            argv=command(line),
            cwd=named(fields, "proc.cwd", "evt.arg.cwd"),
            detail=detail,
            parent_path=named(fields, "proc.pexepath", "proc.pexe", "proc.pname"),
            parent_argv=command(named(fields, "proc.pcmdline")),
            user=named(fields, "user.name"),
        )


def _time(alert: dict[str, Any], fields: dict[str, Any]) -> float:
    for name in ("evt.rawtime", "evt.time"):
        nanoseconds = whole(fields.get(name))
        if nanoseconds > 1 << 40:
            return nanoseconds / 1e9
    return moment(fields.get("evt.time.iso8601")) or moment(alert.get("time"))


def _object(kind: Kind, fields: dict[str, Any]) -> tuple[Kind, str]:
    """Return what was done, more exactly, and to what."""
    if kind in (Kind.CONNECT, Kind.LISTEN):
        return kind, _peer(fields, far=kind is Kind.CONNECT)
    if kind is Kind.TRACE:
        other = whole(named(fields, "evt.arg.pid"))
        return kind, f"pid:{other}" if other > 0 else ""
    if kind is Kind.MEMORY_FILE:
        return kind, named(fields, "evt.arg.name", "evt.arg.filename")
    path = named(
        fields, "fs.path.target", "fs.path.name", "evt.arg.newpath", "evt.arg.linkpath", "evt.arg.path", "fd.name"
    )
    if kind is Kind.READ:
        flags = named(fields, "evt.arg.flags")
        writing = str(fields.get("evt.is_open_write")).lower() == "true" or any(flag in flags for flag in _WRITES)
        return (Kind.WRITE if writing else Kind.READ), path
    return kind, path


def _peer(fields: dict[str, Any], *, far: bool) -> str:
    """Return the address: by its fields, else from `local:port->remote:port`."""
    host, port = named(fields, "fd.rip", "fd.sip"), named(fields, "fd.rport", "fd.sport")
    if not far:
        host, port = named(fields, "fd.lip", "fd.sip"), named(fields, "fd.lport", "fd.sport")
    if host and port:
        return address(host, port)
    name = named(fields, "fd.name", "evt.arg.tuple", "evt.arg.addr")
    if name.startswith("/") or text(fields.get("fd.type")) == "unix":
        return f"unix:{name.rpartition('->')[2] or name}"
    _, _, peer = name.rpartition("->")
    host, _, port = peer.rpartition(":")
    return address(host.strip("[]"), port) if host and port.isdecimal() else ""
