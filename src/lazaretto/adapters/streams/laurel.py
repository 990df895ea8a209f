"""LAUREL: audit records, joined and as JSON, https://github.com/threathunters-io/laurel.

One line is one audit event, `{"ID": "TIME:SERIAL", "SYSCALL": {...}, "EXECVE": {...}, "CWD": ..., "PATH": [...]}`.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from lazaretto.adapters.streams.audit_event import Audit, observed
from lazaretto.adapters.streams.stream import Lines, Seen, UnreadError, inner, json_object, text, whole, words


class Laurel(Lines):
    """Audit events that LAUREL joined."""

    id: ClassVar[str] = "laurel"
    title: ClassVar[str] = "LAUREL, audit events as JSON"
    product: ClassVar[str] = "linux"
    blind: ClassVar[tuple[str, ...]] = ("fork", "exit", "name", "decoy", "resolve")

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what an audit event tells."""
        event = json_object(line)
        stamp = text(event.get("ID")).partition(":")[0]
        call = inner(event, "SYSCALL")
        if not stamp or not call:
            kinds = [kind for kind in event if kind not in ("ID", "NODE")]
            if stamp and kinds:
                return self.leave(f"audit {kinds[0]}")
            raise UnreadError("without ID")
        run = inner(event, "EXECVE")
        argv = words(run.get("ARGV")) or tuple(text(run.get("ARGV_STR")).split(" ")) if run else ()
        parent = inner(event, "PARENT_INFO") or inner(call, "PPID")
        name = call.get("SYSCALL")
        audit = Audit(
            at=float(stamp),
            call=text(name) if isinstance(name, str) else "",
            arch=text(call.get("arch")).removeprefix("0x"),
            number=whole(call.get("syscall"), -1),
            success=text(call.get("success")),
            code=whole(call.get("exit")),
            pid=whole(call.get("pid")),
            ppid=whole(call.get("ppid")),
            uid=whole(call.get("uid"), -1),
            user=text(call.get("UID")) if isinstance(call.get("UID"), str) else "",
            exe=text(call.get("exe")),
            arguments=tuple(_hexadecimal(call.get(f"a{number}")) for number in range(4)),
            argv=argv,
            cwd=text(inner(event, "CWD").get("cwd")),
            paths=tuple(_path(one) for one in event.get("PATH") or () if isinstance(one, dict)),
            address=_address(inner(event, "SOCKADDR")),
            parent_path=text(parent.get("exe")),
            parent_argv=words(parent.get("ARGV")),
        )
        return observed(self, audit)


def _hexadecimal(value: object) -> int:
    if isinstance(value, int):
        return value
    try:
        return int(str(value)[:20], 16)
    except ValueError:
        return 0


def _path(one: dict[str, Any]) -> tuple[str, str]:
    return text(one.get("name")), text(one.get("nametype"))


def _address(record: dict[str, Any]) -> str:
    from lazaretto.adapters.streams.audit_event import peer

    if plain := inner(record, "SADDR"):
        host, port = text(plain.get("addr") or plain.get("laddr")), plain.get("port") or plain.get("lport")
        if host and port is not None:
            return f"[{host}]:{whole(port)}" if ":" in host else f"{host}:{whole(port)}"
        if path := text(plain.get("path")):
            return f"unix:{path}"
    return peer(text(record.get("saddr")))
