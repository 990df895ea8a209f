"""What is seen on a running computer: observations of sensors, and the alerts that rules make of them.

    Observed ...   one thing that a sensor saw: a program began, a file was opened, a connection was made
    Lost ...       how many a sensor could not deliver, and why
    Alert          a finding in one tree of programs, with the chain, the package and the phase to blame

Times are Unix time in seconds. Every text comes from other people's programs and is hostile.
"""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.finding import Finding


class Kind(StrEnum):
    """What was seen."""

    FORK = "fork"
    """`pid` was started by `parent` and still runs its parent's image."""
    EXEC = "exec"
    """`pid` runs a new image: `path`, `argv`, `cwd`, `env`."""
    EXIT = "exit"
    READ = "read"
    """`path` was opened for reading."""
    WRITE = "write"
    """`path` was opened for writing, created, or is the new name of something."""
    DELETE = "delete"
    CONNECT = "connect"
    """A connection was asked for: `path` is `host:port`, `[v6]:port` or `unix:NAME`."""
    LISTEN = "listen"
    RESOLVE = "resolve"
    """`path` is the name that was asked for; `detail` holds the addresses of the answer, separated by blanks."""
    NAME = "name"
    """An address (`path`, with port) is known by a name (`detail`), from a greeting (SNI) or an answer."""
    TRACE = "trace"
    """Another process was traced, or its memory read or written: `path` is `pid:N`, `detail` the call."""
    MEMORY_FILE = "memory-file"
    """`path` is the name that was given to a file in memory."""
    DECOY = "decoy"
    """The bait `path` was opened. `pid` is 0 when the sensor cannot tell by whom."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One thing that a sensor saw."""

    at: float
    sensor: str
    """Id of the sensor: `process-connector`, `ebpf`, `falco`, ..."""
    kind: Kind
    pid: int
    """Process (thread group); 0 = not known."""
    parent: int = 0
    """Process that started it; 0 = not known."""
    started: int = 0
    """When the process began, in clock ticks since the start of the computer (`/proc/PID/stat`, field 22): with
    `pid` it names one process for good. 0 = not known."""
    uid: int = -1
    path: str = ""
    """The image (exec), the file, or the address."""
    argv: tuple[str, ...] = ()
    """Words of the command; empty = not known."""
    cwd: str = ""
    env: tuple[tuple[str, str], ...] = ()
    """Only the variables of `ENVIRONMENT`; never anything else of a process's environment."""
    detail: str = ""
    code: int | None = None
    """Exit status."""
    parent_path: str = ""
    """Image of the parent, where a foreign stream tells it and the parent itself was not seen."""
    parent_argv: tuple[str, ...] = ()
    user: str = ""
    """Name of the user, where the stream tells it."""


ENVIRONMENT = frozenset(
    {
        *("npm_package_name", "npm_package_version", "npm_lifecycle_event", "npm_lifecycle_script", "npm_command"),
        *("npm_execpath", "npm_package_json", "INIT_CWD", "PIP_BUILD_TRACKER", "_PYPROJECT_HOOKS_BUILD_BACKEND"),
        *("UV_INTERNAL__BUILD_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_EXEC_PATH", "TERM_PROGRAM", "VSCODE_PID"),
        *("VSCODE_IPC_HOOK_CLI", "TERMINAL_EMULATOR", "CURSOR_TRACE_ID", "NODE_OPTIONS", "LD_PRELOAD", "PYTHONSTARTUP"),
    }
)
"""Variables that say on whose behalf a program runs, or that load code into it. Values are cut to 400 characters."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Observations that never became any: they are counted, and told."""

    sensor: str
    count: int
    """At least 1; what a kernel counts."""
    why: str
    """`queue` (the kernel's queue overflowed), `shed` (left out under load), `gone` (a program ended before it was
    read), `dead` (the sensor ended)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One program of a chain, from the first to the one that did it."""

    pid: int
    started: int
    path: str
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding on this computer."""

    id: str
    """The same for the same rule, tree, program and target: a repetition raises `count` of the one that is open."""
    at: float
    """When the last event that it rests on happened."""
    told: float
    """When it was made; `told - at` is the latency."""
    finding: Finding
    tool: str
    """The toolchain of the tree: `npm`, `pip`, `editor`, ...; empty = none."""
    tree: str
    """`PID.STARTED` of the tree's first program."""
    phase: str
    package: str
    """`npm:NAME@VERSION`, or empty."""
    script: str
    how: str
    """What the package was known by (`detect.attribution`): `lifecycle`, `build`, `folder`, `module`, or empty."""
    repository: str
    """Folder of the project that it happened in, or empty."""
    chain: tuple[Step, ...]
    targets: tuple[str, ...]
    """Files and hosts that it is about; hosts by name where the name is known."""
    count: int = 1
    open: bool = True
    """No person has closed it yet."""
