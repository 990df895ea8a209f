"""Where programs make themselves start again: matched against what is recorded.

Start files of shells, cron, systemd units, launch agents, autostart entries, git's global configuration and hooks, the
Windows Startup folder, clients' own configuration. That a machine has such files says nothing; that one of them names a
recorded address, file or package says that something stayed: *infected*.
"""

from collections.abc import Iterator

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.commands import uses
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join
from lazaretto.traces.redact import redact

_DEPTH = 4


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one start file."""
    yield from _file(tree, path, wanted, PLACE.id)


def _file(tree: Tree, path: str, wanted: Wanted, place: str) -> Iterator[Trace | Gap]:
    blob = tree.read(path, SMALL)
    if blob is None:
        return
    at = iso(tree.time(path))
    for mark in wanted.marks(blob.data):
        line = blob.position(mark.offset)[0]
        quoted = redact(blob.line_bytes(line).decode("utf-8", "replace").strip())
        detail = Message.of(N_("starts by itself: {line}"), {"line": quoted})
        yield Trace(mark.kind, mark.value, "", Rung.INFECTED, place, path, line, at, Confidence.HIGH, detail)
    if wanted.touches(blob.data):
        for number, text in enumerate(blob.text.split("\n")[:20_000], 1):
            command = text.partition("ExecStart=")[2] or text.partition("Exec=")[2] or text
            for use in uses(_without_schedule(command)):
                if wanted.named(use.world, use.name):
                    detail = Message.of(N_("starts by itself: {line}"), {"line": redact(text.strip())})
                    yield Trace(
                        use.world,
                        use.name,
                        use.version,
                        Rung.INFECTED,
                        place,
                        path,
                        number,
                        at,
                        Confidence.MEDIUM,
                        detail,
                    )
    if digest := wanted.digest(blob.data):
        detail = Message.of(N_("a recorded file that starts by itself"))
        yield Trace(
            "sha256" if len(digest) == 64 else "md5", digest, "", Rung.INFECTED, place, path, 0, at, detail=detail
        )


def read_folder(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read all files of a folder of start files."""
    stack = [(path, 0)]
    while stack:
        folder, depth = stack.pop()
        folders, files = tree.list(folder)
        if depth < _DEPTH:
            stack += [(join(folder, name), depth + 1) for name in folders]
        for name in files:
            if not name.endswith(".sample"):
                yield from _file(tree, join(folder, name), wanted, FOLDERS.id)
                if name.lower() in wanted.files:
                    file = join(folder, name)
                    detail = Message.of(N_("a file of this name is left behind, and it starts by itself"))
                    yield Trace(
                        "file-name",
                        name.lower(),
                        "",
                        Rung.INFECTED,
                        FOLDERS.id,
                        file,
                        0,
                        iso(tree.time(file)),
                        Confidence.MEDIUM,
                        detail,
                    )


def _without_schedule(line: str) -> str:
    """Drop the five fields of time in front of a crontab's command."""
    words = line.split(None, 6)
    if len(words) > 5 and all(set(word) <= set("0123456789*/,-") for word in words[:5]):
        return line.split(None, 5)[5]
    return line.partition(" ")[2] if line.startswith("@") else line


PLACE = Place(
    "persistence",
    N_("places from which programs start by themselves"),
    (Rung.INFECTED,),
    read,
    files=(
        ".bashrc",
        ".bash_profile",
        ".bash_login",
        ".bash_logout",
        ".profile",
        ".zshrc",
        ".zshenv",
        ".zprofile",
        ".zlogin",
        "config.fish",
        ".xprofile",
        ".xinitrc",
        ".xsessionrc",
        ".gitconfig",
        "git/config",
        ".npmrc",
        ".yarnrc",
        ".yarnrc.yml",
        "pip.conf",
        "pip.ini",
        "Microsoft.PowerShell_profile.ps1",
        "profile.ps1",
        "crontab",
        "rc.local",
        ".pam_environment",
    ),
    locations={
        "linux": ("/etc/crontab", "{home}/.bashrc", "{home}/.profile", "{home}/.zshrc", "{home}/.gitconfig"),
        "macos": ("{home}/.zshrc", "{home}/.zprofile", "{home}/.bash_profile", "{home}/.gitconfig"),
        "windows": ("{home}/.gitconfig", "{home}/Documents/PowerShell"),
    },
)
FOLDERS = Place(
    "persistence-folders",
    N_("folders of programs that start by themselves"),
    (Rung.INFECTED,),
    read_folder,
    folders=(
        "systemd/user",
        "config/autostart",
        ".config/autostart",
        "autostart",
        "LaunchAgents",
        "LaunchDaemons",
        "Startup",
        "cron.d",
        "cron.daily",
        "cron.hourly",
        "cron.weekly",
        "cron/crontabs",
        "spool/cron",
        "git/hooks",
        "git-templates/hooks",
        "StartupItems",
        "tmpfiles.d",
        "git/template",
    ),
    locations={
        "linux": (
            "{config}/systemd/user",
            "{data}/systemd/user",
            "{config}/autostart",
            "{config}/git",
            "/etc/cron.d",
            "/etc/cron.daily",
            "/etc/cron.hourly",
            "/var/spool/cron",
            "/etc/xdg/autostart",
        ),
        "macos": (
            "{home}/Library/LaunchAgents",
            "/Library/LaunchAgents",
            "/Library/LaunchDaemons",
            "{home}/.config/git",
        ),
        "windows": (
            "{appdata}/Microsoft/Windows/Start Menu/Programs/Startup",
            "{programdata}/Microsoft/Windows/Start Menu/Programs/Startup",
        ),
    },
)
PLACES = (PLACE, FOLDERS)
