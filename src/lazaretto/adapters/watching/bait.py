"""Bait in the home of a watched person: files that nobody needs, at places where stealers look.

Only where nothing lies yet: no file of the person is changed, and a list of what was laid out lets `remove` take away
exactly that. The content is the sandbox's (`adapters.sandbox.decoys`), new for each home.
"""

import json
import os
from pathlib import Path

from lazaretto.adapters.sandbox.decoys import make

_EXTRA = (
    ".config/Exodus/exodus.wallet/seed.seco",
    ".electrum/wallets/default_wallet",
    ".config/BraveSoftware/Brave-Browser/Default/Login Data",
)
_TOOLS = (".npmrc", ".netrc", ".pypirc", ".git-credentials", ".docker/config.json", ".env")
"""What package clients and git would read by themselves, and act upon."""


def lay_out(home: Path, ledger: Path) -> tuple[str, ...]:
    """Lay out bait where nothing lies; return the paths of all bait, also that of earlier times.

    Raises:
        OSError: the list cannot be written. Then no bait is laid out.
    """
    there = set(laid_out(ledger))
    wanted = [(one.path, one.content) for one in make() if one.path not in _TOOLS and not one.path.startswith(".ssh")]
    wanted += [(".ssh/id_ecdsa_backup", next(one.content for one in make() if one.path.startswith(".ssh")))]
    wanted += [(path, wanted[0][1]) for path in _EXTRA]
    planned = [(home / path, content) for path, content in wanted if not (home / path).exists()]
    # a folder that a program of the person owns is left alone: bait in it would be used
    planned = [(path, content) for path, content in planned if not _is_used(home, path)]
    ledger.parent.mkdir(parents=True, exist_ok=True)
    everything = tuple(sorted({*there, *(str(path) for path, _ in planned)}))
    _write(ledger, json.dumps(everything).encode())
    for path, content in planned:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, content.encode())
    return everything


def laid_out(ledger: Path) -> tuple[str, ...]:
    """Return the bait that the list names and that is still there."""
    try:
        named = json.loads(ledger.read_bytes())
    except (OSError, ValueError):
        return ()
    return tuple(path for path in named if isinstance(path, str) and Path(path).is_file())


def remove(ledger: Path) -> tuple[str, ...]:
    """Take away all bait and the folders that are empty then."""
    gone = laid_out(ledger)
    for path in map(Path, gone):
        path.unlink(missing_ok=True)
        for folder in list(path.parents)[:6]:
            try:
                folder.rmdir()
            except OSError:
                break
    ledger.unlink(missing_ok=True)
    return gone


def _is_used(home: Path, path: Path) -> bool:
    if ".config" not in path.parts and ".mozilla" not in path.parts:
        return False
    parts = path.relative_to(home).parts
    folder = home.joinpath(*parts[:2])
    return folder.is_dir() and any(folder.iterdir())


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
