"""Tetragon: its JSON export, https://tetragon.io/docs/concepts/events/.

`process_exec` and `process_exit` come by themselves; files and connections when a tracing policy hooks a function that
is named here. Words of a command that hold blanks stand in quotation marks; other quoting does not exist.
"""

import posixpath
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from lazaretto.adapters.streams.stream import (
    MOST_WORDS,
    RUNNING,
    Lines,
    Seen,
    UnreadError,
    address,
    inner,
    json_object,
    moment,
    text,
    whole,
)
from lazaretto.model.host import Kind, Lost, Observed

_HOOKS: Final = ("process_kprobe", "process_tracepoint", "process_lsm")
_ASIDE: Final = ("process_loader", "process_uprobe", "process_usdt", "process_throttle", "test", "process_fork")
_WORD: Final = re.compile(r'"([^"]*)"(?= |\Z)|([^ ]+)')
_PREFIX: Final = re.compile(r"^(?:__(?:x64|arm64|ia32)_|security_|bpf_lsm_)?(?:sys_(?:enter_|exit_)?)?")
_FUNCTIONS: Final = {
    **dict.fromkeys(("tcp_connect", "socket_connect", "connect", "tcp_v4_connect", "tcp_v6_connect"), Kind.CONNECT),
    **dict.fromkeys(("udp_sendmsg", "udpv6_sendmsg", "ip4_datagram_connect", "ip6_datagram_connect"), Kind.CONNECT),
    **dict.fromkeys(("socket_bind", "bind", "inet_csk_listen_start", "listen", "socket_listen"), Kind.LISTEN),
    **dict.fromkeys(("fd_install", "file_open", "open", "openat", "openat2", "file_permission"), Kind.READ),
    **dict.fromkeys(("write", "path_truncate", "file_truncate", "inode_create", "path_mknod", "vfs_write"), Kind.WRITE),
    **dict.fromkeys(("inode_rename", "path_rename", "rename", "renameat", "renameat2", "path_link"), Kind.WRITE),
    **dict.fromkeys(("inode_unlink", "path_unlink", "unlink", "unlinkat", "vfs_unlink", "path_rmdir"), Kind.DELETE),
    **dict.fromkeys(("ptrace", "ptrace_access_check", "process_vm_readv", "process_vm_writev"), Kind.TRACE),
    "memfd_create": Kind.MEMORY_FILE,
}
_MAY_WRITE: Final = 2
_O_WRITES: Final = 0o1 | 0o2 | 0o100


class Tetragon(Lines):
    """`{"process_exec": {"process": {...}, "parent": {...}}, "node_name": ..., "time": ...}`."""

    id: ClassVar[str] = "tetragon"
    title: ClassVar[str] = "Tetragon, JSON export"
    product: ClassVar[str] = "linux"
    blind: ClassVar[tuple[str, ...]] = ("fork", "name", "decoy", "resolve")

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what an event tells."""
        event = json_object(line)
        at = moment(event.get("time"))
        if body := inner(event, "process_exec"):
            return self.program(self._program(at, body, ""))
        if body := inner(event, "process_exit"):
            status = body.get("status")
            code = whole(status) if status is not None or not body.get("signal") else None
            return self.ended(Observed(at, self.id, Kind.EXIT, whole(inner(body, "process").get("pid")), code=code))
        for name in _HOOKS:
            if body := inner(event, name):
                return self._hook(at, body)
        if body := inner(event, "rate_limit_info"):
            dropped = whole(body.get("number_of_dropped_process_events"), 1)
            return (Lost(self.id, max(dropped, 1), "shed"),)
        for name in _ASIDE:
            if name in event:
                return self.leave(name)
        raise UnreadError("event without a known block")

    def _hook(self, at: float, body: dict[str, Any]) -> Iterable[Seen]:
        function = text(body.get("function_name")) or text(body.get("event"))
        name = _PREFIX.sub("", function)
        kind = _FUNCTIONS.get(name)
        if kind is None:
            return self.leave(f"hook {function}")
        actor = self._program(at, body, RUNNING)
        arguments = [one for one in body.get("args") or () if isinstance(one, dict)]
        kind, path = _object(kind, name, arguments, actor.cwd)
        if not path:
            raise UnreadError(f"hook {function} without its object")
        detail = name if kind is Kind.TRACE else ""
        return self.by(actor, Observed(at, self.id, kind, actor.pid, path=path, detail=detail, uid=actor.uid))

    def _program(self, at: float, body: dict[str, Any], detail: str) -> Observed:
        own, parent = inner(body, "process"), inner(body, "parent")
        path, above = text(own.get("binary")), text(parent.get("binary"))
        return Observed(
            at,
            self.id,
            Kind.EXEC,
            whole(own.get("pid")),
            parent=whole(parent.get("pid")),
            uid=whole(own.get("uid"), -1),
            path=path,
            argv=_argv(path, text(own.get("arguments"))),
            cwd=text(own.get("cwd")),
            detail=detail,
            parent_path=above,
            parent_argv=_argv(above, text(parent.get("arguments"))) if above else (),
            user=text(inner(own, "user").get("name")),
        )


def _argv(path: str, arguments: str) -> tuple[str, ...]:
    """Return the words; the first, which the export leaves out, is the name of the image."""
    found = [match[1] if match[2] is None else match[2] for match in _WORD.finditer(arguments)]
    return (posixpath.basename(path), *found[:MOST_WORDS]) if path else tuple(found[:MOST_WORDS])


def _object(kind: Kind, name: str, arguments: list[dict[str, Any]], cwd: str) -> tuple[Kind, str]:
    numbers = [whole(one[key]) for one in arguments for key in ("int_arg", "uint_arg", "size_arg") if key in one]
    if kind in (Kind.CONNECT, Kind.LISTEN):
        return kind, _peer(arguments, far=kind is Kind.CONNECT)
    if kind is Kind.TRACE:
        other = next((number for number in numbers if number > 1), 0)
        return kind, f"pid:{other}" if other else ""
    paths = [
        text(inner(one, key).get("path"))
        for one in arguments
        for key in ("file_arg", "path_arg", "dentry_arg", "linux_binprm_arg")
        if key in one
    ]
    paths += [text(one["string_arg"]) for one in arguments if "string_arg" in one]
    path = next(iter(paths[-1:] if "rename" in name or "link" in name else paths), "")
    if kind is Kind.MEMORY_FILE:
        return kind, path
    if kind is Kind.READ and numbers:
        writing = numbers[-1] & _MAY_WRITE if name == "file_permission" else name.startswith("open") and any(
            number & _O_WRITES for number in numbers[-2:]
        )  # fmt: skip
        kind = Kind.WRITE if writing else Kind.READ
    return kind, posixpath.join(cwd, path) if path and cwd else path


def _peer(arguments: list[dict[str, Any]], *, far: bool) -> str:
    for one in arguments:
        for key in ("sock_arg", "skb_arg"):
            if socket := inner(one, key):
                host, port = ("daddr", "dport") if far else ("saddr", "sport")
                return address(text(socket.get(host)), socket.get(port)) if text(socket.get(host)) else ""
        if peer := inner(one, "sockaddr_arg"):
            host = text(peer.get("addr"))
            unix = text(peer.get("family")).endswith("UNIX")
            return f"unix:{host}" if unix else address(host, peer.get("port")) if host else ""
    return ""
