"""The program that becomes the sandbox: it leaves the namespaces, sets up its own network, then starts commands.

    python -c '... stage.main(CHANNEL, QUESTIONS, PLAN)'     three descriptors

`PLAN` is one JSON document (`session.py`). Over the channel it sends `net` with the listeners of the network, and for
each order to run `filter` with the listener of the recorder, then `ended` with the exit code; or `error` and a text.
Questions are answered meanwhile: a connection to a port inside, a folder. Every command is bubblewrap, in the same
home, project and network. Mounts live in its own mount namespace, on a file system in memory: nothing of them is left
when it ends, however it ends.
"""

import array
import contextlib
import fcntl
import json
import os
import resource
import select
import signal
import socket
import sys
import termios
from pathlib import Path
from typing import Any

from lazaretto.adapters.sandbox import bwrap, idmap, kernel, seccomp
from lazaretto.adapters.sandbox.netns import listen

NOBODY = 65534
MESSAGE, MOST_FDS = 1 << 20, 16
_SCRATCH = "/tmp"  # noqa: S108 - the mount point of the sandbox's own file system, in its own mount namespace
_FOLDERS = ("home", "etc", "lower", "upper", "work", "merged", "tmp", "shm", "kept")
_CONNECT_SECONDS = 5
_NOWHERE = 125
"""Exit code of a command that could not be started."""


def main(channel_fd: int, questions_fd: int, plan_fd: int) -> None:
    """Build the sandbox and serve it; never returns."""
    channel, questions = socket.socket(fileno=channel_fd), socket.socket(fileno=questions_fd)
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        with os.fdopen(plan_fd, "rb") as stream:
            plan = json.loads(stream.read())
        _shown(plan)
        _namespaces()
        _files(plan)
        send(channel, {"word": "net"}, [one.detach() for one in listen(plan["ip"], plan["nft"])])
        _serve(channel, questions, plan)
    except Exception as error:  # noqa: BLE001 - the supervisor tells it
        with contextlib.suppress(OSError):
            send(channel, {"word": "error", "error": str(error)})
    os._exit(_NOWHERE)


def send(channel: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
    """Send one message with descriptors; they are closed here. Raises OSError."""
    passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    try:
        channel.sendmsg([json.dumps(message).encode()], passed)
    finally:
        for fd in fds or ():
            os.close(fd)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Receive one message with its descriptors; None when the other side has gone. Raises OSError."""
    data, control, _, _ = channel.recvmsg(MESSAGE, socket.CMSG_SPACE(MOST_FDS * 4))
    fds = array.array("i")
    for level, kind, raw in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(raw[: len(raw) - len(raw) % 4])
    return (json.loads(data), list(fds)) if data else None


def _shown(plan: dict[str, Any]) -> None:
    """Show the person's folders where nobody may look at them, too; root's own may be closed to all others."""
    if os.geteuid() != 0:
        return
    try:
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
        places = {name: Path(plan[name]) for name in ("project", "kept") if plan[name]}
        opened = {name: os.open(path, os.O_PATH | os.O_DIRECTORY) for name, path in places.items()}
        kernel.mount("lazaretto", _SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1M,mode=755")
        for name, fd in opened.items():
            Path(_SCRATCH, name).mkdir()
            try:
                if name != "project":
                    raise OSError(name)
                idmap.show(fd, f"{_SCRATCH}/{name}", NOBODY)
                os.close(fd)
            except OSError:  # an older kernel, or a file system that cannot: then files of root can only be read
                _bind(fd, f"{_SCRATCH}/{name}")
            plan[name] = f"{_SCRATCH}/{name}"
    except PermissionError:
        pass  # a root that may not mount (in a container): then as it is


def _namespaces() -> None:
    """Root becomes nobody first: a root's user namespace would own what the system's root owns."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        kernel.prctl(4, 1)  # PR_SET_DUMPABLE: or /proc/self belongs to root
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET | kernel.CLONE_NEWNS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)


def _files(plan: dict[str, Any]) -> None:
    """Lay out home, `/etc` and the project under its overlay; in memory, but for work that is kept."""
    flags = os.O_PATH | os.O_DIRECTORY
    given = {name: os.open(plan[name], flags) for name in ("project", "kept") if plan[name]}
    options = f"size={plan['disk']},nr_inodes={plan['files']},mode=755"
    kernel.mount("lazaretto", _SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    os.chdir(_SCRATCH)
    for name in _FOLDERS:
        Path(name).mkdir()
    _bind(given["project"], "lower")
    changed = "upperdir=upper,workdir=work"
    if "kept" in given:
        _bind(given["kept"], "kept")
        changed = "upperdir=kept/upper,workdir=kept/work"
    kernel.mount("overlay", "merged", "overlay", 0, f"lowerdir=lower,{changed},userxattr")
    for name, text in bwrap.FILES.items():
        Path("etc", name).write_text(text)
    trusted = "".join(_text(name) for name in bwrap.BUNDLES[:1])
    Path("etc", "trusted.pem").write_text(f"{trusted}\n{plan['authority']}")
    for name, text in {**plan["home"], **plan["decoys"]}.items():
        path = Path("home", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    for name, text in plan["over"].items():
        place = Path("merged", Path(name).name)
        place.unlink(missing_ok=True)  # the project may have put a link there
        with place.open("xb") as stream:
            stream.write(text.encode("utf-8", "surrogateescape"))


def _bind(fd: int, target: str) -> None:
    """Show a folder at another place: without what is mounted in it, or with it where the kernel wants that."""
    source = f"/proc/self/fd/{fd}"
    try:
        kernel.mount(source, target, "", kernel.MS_BIND)
    except OSError:
        kernel.mount(source, target, "", kernel.MS_BIND | kernel.MS_REC)
    os.close(fd)


def _serve(channel: socket.socket, questions: socket.socket, plan: dict[str, Any]) -> None:
    """Start commands, one at a time, until the supervisor has gone."""
    running = watched = -1
    poll = select.poll()
    for one in (channel, questions):
        poll.register(one, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == watched:
                poll.unregister(watched)
                os.close(watched)
                code = os.waitstatus_to_exitcode(os.waitpid(running, 0)[1])
                running = watched = -1
                send(channel, {"word": "ended", "code": code if code >= 0 else 128 - code})
            elif fd == questions.fileno():
                _answer(questions)
            else:
                got = receive(channel)
                if got is None:
                    return  # with us goes whatever still runs
                order, fds = got
                if order["do"] == "run" and running < 0:
                    running = _start(channel, plan, order, fds)
                    watched = os.pidfd_open(running)
                    poll.register(watched, select.POLLIN)
                elif order["do"] == "end" and running >= 0:
                    os.kill(running, signal.SIGKILL)


def _answer(questions: socket.socket) -> None:
    got = receive(questions)
    if got is None:
        os._exit(0)
    question, fds = got[0], list[int]()
    try:
        fds.append(_connected(question["port"]) if "port" in question else os.open(question["folder"], os.O_DIRECTORY))
    except OSError as error:
        send(questions, {"error": error.strerror or str(error)})
    else:
        send(questions, {}, fds)


def _connected(port: int) -> int:
    """Connect to a port inside, whatever kind of loopback it listens at. Raises OSError.

    NOTE: without `create_connection`, which imports a codec: the files of Python may be out of sight by now.
    """
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        made = socket.socket(family, socket.SOCK_STREAM)
        made.settimeout(_CONNECT_SECONDS)
        try:
            made.connect((host, port))
        except OSError:
            made.close()
        else:
            made.settimeout(None)
            return made.detach()
    raise ConnectionRefusedError(port)


def _start(channel: socket.socket, plan: dict[str, Any], order: dict[str, Any], fds: list[int]) -> int:
    """Start one command with the given standard streams and return its process."""
    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
            os.close(fd)
        if order["terminal"]:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        _limits(plan["limits"])
        _become(channel, plan, order)
    except OSError as error:
        with contextlib.suppress(OSError):
            send(channel, {"word": "error", "error": str(error)})
    finally:
        os._exit(_NOWHERE)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _limits(limits: dict[str, int]) -> None:
    """Set what one process may use. After the user namespace: only processes within it count then."""
    for name, value in limits.items():
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))


def _become(channel: socket.socket, plan: dict[str, Any], order: dict[str, Any]) -> None:
    denied = os.memfd_create("filter", 0)
    os.write(denied, seccomp.deny())
    os.lseek(denied, 0, os.SEEK_SET)
    os.set_inheritable(denied, True)
    line = bwrap.arguments(
        plan["bwrap"],
        _SCRATCH,
        plan["inside"],
        order["command"],
        filter_fd=denied,
        extra=order["environment"],
        tools=[(source, target) for source, target in plan["tools"] if os.access(source, os.R_OK)],
        terminal=order["terminal"],
    )
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.filtered(seccomp.record(), lambda fd: send(channel, {"word": "filter"}, [fd]))
    sys.stdout.flush()
    os.execv(line[0], line)  # noqa: S606 - our own words
