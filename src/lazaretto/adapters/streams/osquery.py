"""osquery: results of queries over its event tables, https://osquery.readthedocs.io/en/stable/deployment/logging/.

    {"name": ..., "unixTime": ..., "columns": {"pid": "7", "path": "/bin/ls", "cmdline": "ls -l"}, "action": "added"}

One row a line, batches (`diffResults`), snapshots. The table is known by its columns: the name of the query is the
person's own. Tables: process_events, bpf_process_events, es_process_events, socket_events, bpf_socket_events,
file_events, process_file_events, es_process_file_events.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from lazaretto.adapters.streams.stream import (
    MOST_WORDS,
    RUNNING,
    Lines,
    Seen,
    UnreadError,
    address,
    command,
    json_object,
    moment,
    text,
    whole,
    words,
)
from lazaretto.model.host import Kind, Observed

_FILES: Final = {
    **dict.fromkeys(("CREATED", "UPDATED", "MOVED_TO", "create", "write", "rename", "truncate", "save"), Kind.WRITE),
    **dict.fromkeys(("open", "OPENED", "ACCESSED", "read"), Kind.READ),
    **dict.fromkeys(("DELETED", "unlink", "delete"), Kind.DELETE),
}
_EXECS: Final = frozenset({"", "exec", "execve", "execveat"})
_FORKS: Final = frozenset({"fork", "vfork", "clone", "clone3"})
MOST_ROWS: Final = 10_000


class Osquery(Lines):
    """Rows of event tables."""

    id: ClassVar[str] = "osquery"
    title: ClassVar[str] = "osquery, results log"
    product: ClassVar[str] = ""
    blind: ClassVar[tuple[str, ...]] = ("name", "decoy", "resolve", "trace", "memory-file")

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what the rows of a result tell."""
        result = json_object(line)
        done: list[Seen] = []
        rows = list(_rows(result))
        if not rows:
            if "numerics" in result or "severity" in result or result.get("action") == "removed":
                return self.leave("status or removal")
            raise UnreadError("without rows")
        for row in rows[:MOST_ROWS]:
            try:
                done.extend(self._row(row, float(whole(result.get("unixTime")))))
            except UnreadError as error:
                self.tally.count(self.tally.unread, str(error))
        if len(rows) > MOST_ROWS:
            self.tally.unread["rows beyond the bound of a result"] += len(rows) - MOST_ROWS
        return done

    def _row(self, row: dict[str, Any], otherwise: float) -> Iterable[Seen]:
        at = float(whole(row.get("time"))) or moment(row.get("time")) or otherwise
        event = text(row.get("event_type"))
        if "remote_address" in row:
            return self._socket(at, row)
        if "target_path" in row:
            return self._file(at, text(row.get("target_path")), text(row.get("action")), row)
        if "dest_path" in row or "dest_filename" in row:
            path = text(row.get("dest_path") or row.get("dest_filename") or row.get("path") or row.get("filename"))
            return self._file(at, path, text(row.get("operation")) or event, row)
        if "pid" not in row or ("cmdline" not in row and "path" not in row):
            raise UnreadError("row of an unknown table")
        call = event or text(row.get("syscall"))
        program = self._program(at, row, "")
        if call in _FORKS:
            return (Observed(at, self.id, Kind.FORK, program.pid, parent=program.parent, uid=program.uid),)
        if call in ("exit", "exit_group"):
            return self.ended(Observed(at, self.id, Kind.EXIT, program.pid, code=whole(row.get("exit_code"))))
        if call not in _EXECS:
            return self.leave(f"process {call}")
        if text(row.get("probe_error")) not in ("", "0"):
            self.tally.count(self.tally.unread, "row that its sensor marks as incomplete")
        return self.program(program)

    def _socket(self, at: float, row: dict[str, Any]) -> Iterable[Seen]:
        action = text(row.get("action") or row.get("syscall"))
        kinds = {"connect": Kind.CONNECT, "bind": Kind.LISTEN, "listen": Kind.LISTEN}
        kind = kinds.get(action)
        if kind is None:
            return self.leave(f"socket {action}")
        if text(row.get("success")) == "0" and text(row.get("status")) in ("", "failed"):
            return self.leave("connection that failed")
        side = "remote" if kind is Kind.CONNECT else "local"
        host, unix = text(row.get(f"{side}_address")), text(row.get("socket"))
        path = address(host, row.get(f"{side}_port")) if host else f"unix:{unix}" if unix else ""
        if not path:
            raise UnreadError(f"{action} without an address")
        actor = self._program(at, row, RUNNING)
        return self.by(actor, Observed(at, self.id, kind, actor.pid, uid=actor.uid, path=path))

    def _file(self, at: float, path: str, action: str, row: dict[str, Any]) -> Iterable[Seen]:
        kind = _FILES.get(action)
        if kind is None:
            return self.leave(f"file {action}")
        if not path:
            raise UnreadError(f"file {action} without a path")
        actor = self._program(at, {**row, "path": row.get("executable") or ""}, RUNNING)
        return self.by(actor, Observed(at, self.id, kind, actor.pid, uid=actor.uid, path=path))

    def _program(self, at: float, row: dict[str, Any], detail: str) -> Observed:
        argv = _words(row)
        return Observed(
            at,
            self.id,
            Kind.EXEC,
            whole(row.get("pid")),
            parent=whole(row.get("parent") or row.get("ppid")),
            uid=whole(row.get("uid"), -1),
            path=text(row.get("path")),
            argv=argv,
            cwd=text(row.get("cwd")).strip('"'),
            detail=detail,
            user=text(row.get("username")),
        )


def _words(row: dict[str, Any]) -> tuple[str, ...]:
    import msgspec

    given = row.get("json_cmdline")
    if isinstance(given, str) and given.startswith("["):
        try:
            return words(msgspec.json.decode(given))[:MOST_WORDS]
        except (msgspec.DecodeError, RecursionError):
            return command(text(row.get("cmdline")))
    return command(text(row.get("cmdline")))


def _rows(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    columns = result.get("columns")
    if isinstance(columns, dict):
        if result.get("action") in (None, "added", "snapshot"):
            yield columns
        return
    for key in ("snapshot", "diffResults"):
        given = result.get(key)
        if isinstance(given, dict):
            given = given.get("added")
        if isinstance(given, list):
            yield from (row for row in given if isinstance(row, dict))
