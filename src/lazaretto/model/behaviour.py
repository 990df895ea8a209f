"""What programs were seen to do, in the sandbox or on a watched computer: events by time, and the tree of programs.

    Record
    |-- programs: Program ...   one for each image that a process ran (an exec makes a new one)
    |-- events:   Event ...     what they tried; `process` is an index into `programs`
    |-- flows:    Flow ...      what hosts were asked for and told, with headers and bytes
    |-- counted:  folder, n     reads of ordinary files that were only counted
    |-- decoys:   paths of the files that were laid out as bait
    `-- gaps:     Gap ...       what was not recorded, and why

Every text comes from programs that are not trusted and is hostile.
"""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.finding import Gap, Phase


class Action(StrEnum):
    """What was tried."""

    EXEC = "exec"
    READ = "read"
    WRITE = "write"
    """Made, changed or put into its place: `detail` is `rename PATH`, `link PATH` or `symlink TEXT` for the latter."""
    DELETE = "delete"
    CONNECT = "connect"
    """Also `bind` and `sendto`, which `detail` says."""
    RESOLVE = "resolve"
    REQUEST = "request"
    """Bytes that were sent to a host that the sandbox played."""
    MEMORY_FILE = "memory-file"
    FORBIDDEN = "forbidden"
    """A system call that was refused: `target` is its name."""
    CANARY = "canary"
    """Bytes of a decoy were on their way out: `target` is where to, `detail` the decoy and the encoding."""
    LISTEN = "listen"
    """A port was opened for others: `target` is `host:port`."""
    TRACE = "trace"
    """Another process was traced or its memory read: `target` is `pid:N`, `detail` the call."""


@dataclass(frozen=True, slots=True)
class Program:
    """One image that a process ran."""

    pid: int
    parent: int
    """Index of the program that started it; -1 = the first."""
    path: str
    argv: tuple[str, ...]
    cwd: str
    at: float
    """Seconds since the command started."""
    package: str = ""
    """`npm:NAME@VERSION` whose lifecycle script it belongs to, directly or by its parents; or empty."""
    script: str = ""
    """Name of that lifecycle script (`postinstall`), of a build back-end's hook (`build_wheel`), or empty."""
    how: str = ""
    """How the package is known: see `detect.attribution.Owner`; empty when there is none."""
    added: tuple[tuple[str, str], ...] = ()
    """Environment variables that the program above had not, or had with another value. Values are cut."""
    removed: tuple[str, ...] = ()
    """Names of variables that the program above had and this one has not."""
    digest: str = ""
    """SHA-256 of the file that was run, as hexadecimal; empty when it could not be read."""
    end: float | None = None
    """When it ended, or its process ran another image; None = it lived until the end."""
    phase: Phase | None = None
    """When it runs, where that is known of the program itself; None = the record's."""
    tool: str = ""
    """The toolchain that it is the first program of: `npm`, `pip`, `git`, `editor`, ...; or empty."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a program tried."""

    at: float
    """Seconds since the command started."""
    sensor: str
    """`calls` (system calls) or `network`."""
    action: Action
    process: int
    """Index into `Record.programs`; -1 = not known."""
    target: str
    """A path, `host:port`, a name."""
    detail: str = ""
    package: str = ""
    near: str = ""
    """Package whose code the process had loaded last, when it belongs to no package's script: a hint, no proof."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one host was asked for: a connection, a datagram or a question for a name."""

    at: float
    """Seconds since the command started."""
    kind: str
    """`name`, `tcp`, `tls`, `http`, `https` or `udp`."""
    host: str
    """The name that was asked for, else the address. May be empty for a datagram."""
    port: int
    address: str = ""
    """The address that the program connected to; names have made-up ones of 198.18.0.0/15."""
    process: int = -1
    """Index into `Record.programs`; -1 = not known."""
    name: str = ""
    """Name in the TLS greeting (SNI), or the kind of record that was asked for."""
    ja3: str = ""
    """Digest of the TLS greeting's shape (MD5, JA3)."""
    request: str = ""
    """First line of the HTTP request."""
    headers: tuple[tuple[str, str], ...] = ()
    sent: int = 0
    """Bytes that the program sent, in clear."""
    data: bytes = b""
    """The first of them."""
    answer: bytes = b""
    """What it was answered, its first bytes."""
    end: float | None = None
    decision: str = "played"
    """`played`: the sandbox answered itself; `passed`: it was let through; `refused`."""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that was seen in one phase."""

    phase: Phase
    programs: tuple[Program, ...] = ()
    events: tuple[Event, ...] = ()
    decoys: frozenset[str] = frozenset()
    project: str = ""
    """Path of the project inside."""
    home: str = ""
    """Path of the home folder inside."""
    gaps: tuple[Gap, ...] = ()
    code: int | None = None
    """Exit code of the command; None = it was ended from outside."""
    seconds: float = 0.0
    live: bool = False
    """Watched on a running computer: the record grows, and ancestors outside of the tree come first in it."""
    outside: int = 0
    """Programs before this index are ancestors outside of what was watched."""
    began: float = 0.0
    """When the command started, Unix time in seconds; 0 = not known."""
    calls: int = 0
    """How many system calls were looked at, those that made no event included."""
    harmful: tuple[tuple[str, str], ...] = ()
    """Path inside and rule of what the static examination finds grave in what was written meanwhile."""
    flows: tuple[Flow, ...] = ()
    counted: tuple[tuple[str, int], ...] = ()
    """Reads of files of the system, of caches and of the project, by folder: each was looked at, none is told alone."""

    def chain(self, index: int) -> tuple[Program, ...]:
        """Return the program and those that started it, the first one first."""
        found: list[Program] = []
        while 0 <= index < len(self.programs) and len(found) < 64:
            found.append(self.programs[index])
            index = self.programs[index].parent
        return tuple(reversed(found))
