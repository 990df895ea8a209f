"""Which files are worth a line of their own, and which are only counted. Paths are those inside.

A read of a file of the system, of the project or of a package client's cache is counted by folder. A change that a
package client makes where it keeps packages is, too. Everything else is told: decoys always, the home, whatever asks
what machine this is, and every change.
"""

import re

from lazaretto.model.behaviour import Action

_TOP = ("usr", "lib", "lib64", "bin", "sbin", "opt", "etc", "proc", "sys", "dev", "tmp", "run", "var")
_SYSTEM = tuple(f"/{name}/" for name in _TOP)
_ASKS = re.compile(
    r"/etc/(?:machine-id|shadow|sudoers)|/sys/(?:class/dmi|devices/virtual/dmi|hypervisor)|/\.dockerenv|/run/\.containerenv"
    r"|/proc/(?:\d+|self|1)/(?:environ|mem|maps|cmdline|cgroup|root|mountinfo|status)$|/proc/(?:kallsyms|kcore|modules|keys|uptime)$"
    r"|/dev/(?:mem|kmem|kvm|tun|fuse|sd[a-z]|nvme)|/proc/net/|/proc/self/net/"
)
"""Where a program looks that wants to know on what machine it is, or into others."""
_OWN = re.compile(r"/proc/(?:self|thread-self)/(?:maps|cgroup|mountinfo|status|net/if_inet6)$|/proc/self/net/")
"""Of these, what runtimes read of themselves when they start."""
_TOOL_CACHES = (
    ".npm/",
    ".cache/",
    ".node-gyp/",
    ".local/share/pnpm/",
    ".yarn/",
    ".bun/",
    ".config/yarn/",
    ".local/lib/python",
)
_PACKAGES = ("/node_modules/", "/site-packages/", "/dist-packages/", "/__pycache__/")
_SCRATCH = ("/dev/null", "/dev/tty", "/dev/pts/", "/dev/ptmx", "/proc/self/", "/dev/shm/")  # noqa: S108 - paths inside


class Places:
    """Knows where project, home and decoys lie."""

    def __init__(self, project: str, home: str, decoys: frozenset[str]) -> None:
        self._project = f"{project}/"
        self._home = f"{home}/"
        self._decoys = decoys
        self._caches = tuple(self._home + name for name in _TOOL_CACHES)

    def quiet(self, name: str) -> str:
        """Return the folder under which a read of this path, as it was given, is counted; empty when it must be seen.

        Only for paths of the system that are whole: the file behind is the same whoever asks.
        """
        if name.startswith(_SYSTEM) and "/.." not in name and "//" not in name and not _ASKS.match(name):
            return top(name)
        return ""

    def counted(self, action: Action, path: str, *, manages: bool) -> str:
        """Return the folder under which this is counted; empty when it is told.

        Args:
            action: read, write or delete.
            path: whole and normalised.
            manages: a package client does it.
        """
        if path in self._decoys:
            return ""
        if path.startswith(_SCRATCH):
            return "" if path.startswith("/dev/shm/") or action is not Action.WRITE else top(path)  # noqa: S108
        if action is Action.READ:
            if path.startswith(self._project) or path == self._project[:-1]:
                return "PROJECT"
            if path.startswith(self._caches):
                return "CACHES"
            if _OWN.match(path) or (path.startswith(_SYSTEM) and not _ASKS.match(path)):
                return top(path)
            return ""
        if "/__pycache__/" in path:
            return "__pycache__"
        if manages and (path.startswith((*self._caches, "/tmp/")) or any(word in path for word in _PACKAGES)):  # noqa: S108
            return "PACKAGES"
        return ""


def top(path: str) -> str:
    """Return the first two folders of a path."""
    return "/".join(path.split("/", 3)[:3])
