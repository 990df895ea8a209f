"""What may be done about an alert, when the person said so: notify, suspend, kill, cut off the network.

Nothing outside of the alert's own tree is ever touched: each process is opened (pidfd) and compared with the start that
the engine knows before it is signalled, so a number that is used again is safe. Ancestors of the tree (shells, editors,
terminals) are not in it. Evidence is kept first. Every step is logged, also those of a dry run.
"""

import ipaddress
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lazaretto.adapters.sensors.procfs import start_of
from lazaretto.model.finding import Severity
from lazaretto.model.host import Alert

WAYS = ("notify", "suspend", "kill", "block-net")
_MAPS = 1 << 20
_MOST = 256
"""Processes of one tree that are acted upon."""
_TABLE = "lazaretto_watch"


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be done."""

    way: str = ""
    """One of `WAYS`; empty = nothing."""
    least: Severity = Severity.HIGH
    """Alerts below this change nothing."""
    allowed: frozenset[str] = frozenset()
    """Rules, packages (`npm:NAME`) and programs (paths) about which nothing is done. Empty = none."""
    dry: bool = False
    folder: Path = field(default_factory=Path)
    """Where the log and the evidence go."""


@dataclass(frozen=True, slots=True)
class Member:
    """One process of a tree, as the engine knows it."""

    pid: int
    started: int
    """Start in ticks; 0 = not known, then it is left alone."""
    path: str


class Responder:
    """Acts on alerts."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._log = policy.folder / "responses.jsonl"
        self._done: set[str] = set()

    def act(self, alert: Alert, members: Sequence[Member]) -> str:
        """Do what the policy says about an alert; return what was done: `suspended 3`, `would kill 2`, or why not."""
        policy = self._policy
        if not policy.way or alert.finding.severity < policy.least:
            return ""
        excuse = self._excuse(alert, members)
        if excuse:
            return self._note(alert, f"left alone: {excuse}", members)
        if policy.way == "notify":
            return self._note(
                alert, notify(alert.finding.rule, alert.finding.message.english(), dry=policy.dry), members
            )
        if alert.tree in self._done and policy.way != "block-net":
            return ""
        known = [one for one in members[:_MOST] if one.started and start_of(one.pid)[1] == one.started]
        if policy.dry:
            return self._note(alert, f"would {policy.way} {len(known)}", known)
        self._keep(alert, known)
        if policy.way == "block-net":
            return self._note(alert, _block(alert), known)
        # from the first to the last, so that nobody is left to start another
        number = signal.SIGSTOP if policy.way == "suspend" else signal.SIGKILL
        count = sum(_signal(one, signal.SIGSTOP) for one in known)
        if number == signal.SIGKILL:
            count = sum(_signal(one, number) for one in reversed(known))
        self._done.add(alert.tree)
        return self._note(alert, f"{'suspended' if number == signal.SIGSTOP else 'killed'} {count}", known)

    def _excuse(self, alert: Alert, members: Iterable[Member]) -> str:
        if not alert.tool:
            return "no developer tool's tree"
        package = alert.package.rpartition("@")[0] or alert.package
        names = {
            alert.finding.rule,
            alert.package,
            package,
            *(one.path for one in members),
            *(s.path for s in alert.chain),
        }
        found = sorted(names & self._policy.allowed)
        return f"allowed ({found[0]})" if found else ""

    def _keep(self, alert: Alert, members: Iterable[Member]) -> None:
        """Keep what is gone when the processes are: maps, open files, sockets, command lines."""
        folder = self._policy.folder / "evidence" / alert.id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        told: list[dict[str, Any]] = []
        for one in members:
            base = Path(f"/proc/{one.pid}")
            told.append(
                {
                    "pid": one.pid,
                    "started": one.started,
                    "exe": _link(base / "exe"),
                    "cwd": _link(base / "cwd"),
                    "cmdline": _text(base / "cmdline").replace("\0", " "),
                    "files": {name: _link(base / "fd" / name) for name in _names(base / "fd")},
                    "maps": _text(base / "maps"),
                    "tcp": _text(base / "net" / "tcp"),
                    "tcp6": _text(base / "net" / "tcp6"),
                }
            )
        _write(folder / "processes.json", json.dumps(told, ensure_ascii=True).encode())

    def _note(self, alert: Alert, told: str, members: Iterable[Member]) -> str:
        line = {
            "at": time.time(),
            "alert": alert.id,
            "rule": alert.finding.rule,
            "way": self._policy.way,
            "dry_run": self._policy.dry,
            "told": told,
            "processes": [[one.pid, one.started, one.path] for one in members],
        }
        self._policy.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "ab") as stream:
            stream.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
        return told


def notify(title: str, text: str, *, dry: bool = False) -> str:
    """Show a notification on the desktop, where there is one; return what was done. Words are no options."""
    program = shutil.which("notify-send")
    if program is None:
        return "no desktop to notify"
    if not dry:
        words = [program, "--app-name=lazaretto", "--urgency=critical", "--", title, _plain(text)[:400]]
        subprocess.Popen(  # noqa: S603 - a program of the system; words are behind --
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    return "notified"


def _plain(text: str) -> str:
    """Take markup and control characters out: notifications show some of HTML."""
    kept = "".join(one if one.isprintable() else " " for one in text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _signal(one: Member, number: signal.Signals) -> bool:
    try:
        handle = os.pidfd_open(one.pid)
    except OSError:
        return False
    try:
        # the descriptor holds the process; only now its start is proof
        if start_of(one.pid)[1] != one.started or one.pid in (1, os.getpid(), os.getppid()):
            return False
        signal.pidfd_send_signal(handle, number)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)


def _block(alert: Alert) -> str:
    """Refuse the addresses that the alert is about, for the user whose program asked; needs nft and root."""
    program = shutil.which("nft")
    if program is None or os.geteuid() != 0:
        return "cannot block: it needs nft and root"
    addresses = [one for one in (_bare(target) for target in alert.targets) if one]
    if not addresses:
        return "nothing to block: no address is known"
    lines = [f"add table inet {_TABLE}", f"add chain inet {_TABLE} out {{ type filter hook output priority 0; }}"]
    for address in addresses:
        family = "ip6" if ":" in address else "ip"
        lines.append(f"add rule inet {_TABLE} out {family} daddr {address} reject")
    done = subprocess.run(  # noqa: S603 - addresses that were parsed
        [program, "-f", "-"], input="\n".join(lines), text=True, capture_output=True, check=False
    )
    return f"blocked {', '.join(addresses)}" if done.returncode == 0 else f"cannot block: {done.stderr.strip()[:200]}"


def _bare(target: str) -> str:
    try:
        address = ipaddress.ip_address(target.rpartition(":")[0].strip("[]"))
    except ValueError:
        return ""
    return "" if address.is_loopback or address.is_unspecified else str(address)


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_MAPS).decode("utf-8", "backslashreplace")
    except OSError:
        return ""


def _names(path: Path) -> list[str]:
    try:
        return [one.name for one in path.iterdir()][:1024]
    except OSError:
        return []


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
