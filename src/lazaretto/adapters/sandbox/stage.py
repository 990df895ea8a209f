"""The program that becomes the sandbox: it leaves the namespaces, sets up its own network, then is bubblewrap.

    python -c '... stage.main(FD)'     FD: a Unix socket to the supervisor

It receives one JSON document (`Plan` of `session.py`), and sends `net` with the listeners of the network, `filter`
with the listener of the recorder, or `error` and a text. Mounts live in its own mount namespace, on a file system in
memory: nothing of them is left when it ends, however it ends.
"""

import array
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from lazaretto.adapters.sandbox import bwrap, kernel, seccomp
from lazaretto.adapters.sandbox.netns import listen

NOBODY = 65534
_SCRATCH = "/tmp"  # noqa: S108 - the mount point of the sandbox's own file system, in its own mount namespace


def main(fd: int) -> None:
    """Build the sandbox and become it; never returns."""
    channel = socket.socket(fileno=fd)
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        plan = json.loads(_line(channel))
        _namespaces()
        _files(plan)
        _send(channel, "net", [one.detach() for one in listen(plan["ip"], plan["nft"])])
        _limits(plan["limits"])
        _become(channel, plan)
    except (OSError, subprocess.SubprocessError) as error:
        with contextlib.suppress(OSError):
            _send(channel, f"error {error}", [])
    os._exit(125)


def _line(channel: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\n"):
        part = channel.recv(1 << 20)
        if not part:
            raise OSError("the supervisor has gone")
        found += part
    return found


def _send(channel: socket.socket, word: str, fds: list[int]) -> None:
    passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    channel.sendmsg([word.encode()[:4000]], passed)


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
    """Lay out home, `/etc` and the project under its overlay, in memory."""
    project = os.open(plan["project"], os.O_PATH | os.O_DIRECTORY)
    options = f"size={plan['disk']},nr_inodes={plan['files']},mode=755"
    kernel.mount("lazaretto", _SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    os.chdir(_SCRATCH)
    for name in ("home", "etc", "lower", "upper", "work", "merged", "tmp"):
        Path(name).mkdir()
    kernel.mount(f"/proc/self/fd/{project}", "lower", "", kernel.MS_BIND)
    os.close(project)
    kernel.mount("overlay", "merged", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work,userxattr")
    for name, text in bwrap.FILES.items():
        Path("etc", name).write_text(text)
    for name, text in plan["decoys"].items():
        path = Path("home", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)


def _limits(limits: dict[str, int]) -> None:
    """Set what one process may use. After the user namespace: only processes within it count then."""
    for name, value in limits.items():
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))


def _become(channel: socket.socket, plan: dict[str, Any]) -> None:
    denied = os.memfd_create("filter", 0)
    os.write(denied, seccomp.deny())
    os.lseek(denied, 0, os.SEEK_SET)
    os.set_inheritable(denied, True)
    line = bwrap.arguments(
        plan["bwrap"], _SCRATCH, plan["inside"], plan["command"], filter_fd=denied, extra=plan["environment"]
    )
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    listener = kernel.install_filter(seccomp.record())
    _send(channel, "filter", [listener])
    os.close(listener)
    sys.stdout.flush()
    os.execv(line[0], line)  # noqa: S606 - our own words
