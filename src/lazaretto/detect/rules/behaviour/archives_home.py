"""A developer tool packs the home folder or secrets.

What it sees
    tar, zip or a similar program that a developer tool started was told to pack or copy the home folder, a
    folder of keys or a browser's folder.

Why it matters
    What is packed is about to be sent.

Example
    node -> tar czf /tmp/x.tgz /home/dev/.ssh /home/dev/.config

What to do
    Stop the tree; look where the archive went.

False alarms
    Backups that a script of yours makes.

References
    ATT&CK T1560.001, T1005.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import SECRETS, below_home, place_of
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_PACKERS = frozenset({"tar", "zip", "7z", "7za", "7zz", "rar", "rsync", "bsdtar", "cpio", "zstd", "scp"})
_FOLDERS = frozenset(
    {
        "",
        ".ssh",
        ".aws",
        ".gnupg",
        ".config",
        ".mozilla",
        ".kube",
        ".azure",
        ".docker",
        "Documents",
        "Desktop",
        "Downloads",
        "Library",
        ".local",
        ".electrum",
        ".config/google-chrome",
        ".config/solana",
        ".config/Exodus",
        "Library/Keychains",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    home = behaviour.record.home
    for index, program in behaviour.own:
        if name_of(program) not in _PACKERS:
            continue
        for word in program.argv[1:40]:
            if word.startswith("-") or not word:
                continue
            path = posixpath.normpath(posixpath.join(program.cwd or "/", word))
            rest = below_home(f"{path}/", home)
            inside = bool(rest) or path == home
            if (inside and rest.rstrip("/") in _FOLDERS) or place_of(path, home) in SECRETS:
                yield Match(
                    N_("{who} packs {path}: {command}"),
                    path=path,
                    params={"who": behaviour.doer(index), "path": path, "command": command(program)},
                    excerpt=" ".join(program.argv),
                    phase=behaviour.phase_in(index),
                    process=index,
                )
                break


RULE = Rule(
    id="run/archives-home",
    title=N_("A developer tool packs the home folder or secrets"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1560.001", "T1005"),
    state="experimental",
)
