"""The command line for bubblewrap: what is there inside, and nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path

USER, HOST, HOME = "dev", "dev-laptop", "/home/dev"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32")
_TMP, _SHM = "/tmp", "/dev/shm"  # noqa: S108 - the paths inside
_ETC = (
    "alternatives",
    "ssl",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "ca-certificates",
)
FILES = {
    "passwd": f"root:x:0:0:root:/root:/bin/sh\n{USER}:x:1000:1000::{HOME}:/bin/sh\n",
    "group": f"root:x:0:\n{USER}:x:1000:\n",
    "hosts": f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {HOST}\n",
    "resolv.conf": "nameserver 127.0.0.1\noptions attempts:1 timeout:2\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
"""Files of `/etc` that the sandbox has of its own."""

ENVIRONMENT = {
    "HOME": HOME,
    "USER": USER,
    "LOGNAME": USER,
    "SHELL": "/bin/sh",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
}
"""All that the command finds in its environment; nothing is passed on."""

BUNDLES = ("/etc/ssl/certs/ca-certificates.crt",)
"""Where clients find whom to trust. Inside, the run's own authority is added to the first."""
_TRUST = (
    *("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT"),
    *("AWS_CA_BUNDLE", "DENO_CERT"),
)


def arguments(
    program: str,
    scratch: str,
    project: str,
    command: Sequence[str],
    *,
    filter_fd: int,
    extra: Mapping[str, str],
    tools: Sequence[tuple[str, str]] = (),
    terminal: bool = False,
) -> list[str]:
    """Return the whole command line.

    Args:
        program: path of bubblewrap.
        scratch: folder with `home`, `etc` and `merged` (the project under its overlay).
        project: path of the project inside.
        command: absolute program and its arguments.
        filter_fd: descriptor with the compiled deny filter.
        extra: further environment variables.
        tools: programs of the person that lie elsewhere: where they are, and where they are inside.
        terminal: its streams are a terminal of its own, which it may control.
    """
    line = [program, "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    line += ["--unshare-cgroup-try", "--hostname", HOST, "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    # with a terminal, the stage has made the session already: it must keep the terminal that it controls
    line += [*(() if terminal else ("--new-session",)), "--die-with-parent", "--clearenv"]
    for name, value in {**ENVIRONMENT, **dict.fromkeys(_TRUST, BUNDLES[0]), **extra}.items():
        line += ["--setenv", name, value]
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            line += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            line += ["--ro-bind", str(path), str(path)]
    line += ["--proc", "/proc", "--dev", "/dev", "--bind", f"{scratch}/shm", _SHM, "--bind", f"{scratch}{_TMP}", _TMP]
    for name in _ETC:
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    line += ["--ro-bind-try", f"{scratch}/etc/trusted.pem", BUNDLES[0]]
    for name in FILES:
        line += ["--ro-bind", f"{scratch}/etc/{name}", f"/etc/{name}"]
    for source, target in tools:
        line += ["--ro-bind", source, target]
    line += ["--bind", f"{scratch}/home", HOME, "--bind", f"{scratch}/merged", project, "--chdir", project]
    return [*line, "--seccomp", str(filter_fd), "--", *command]
