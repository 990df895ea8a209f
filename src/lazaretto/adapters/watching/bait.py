"""Bait in the home of a watched person: files that nobody needs, at places where stealers look.

Only where nothing lies yet: no file of the person is changed, and a list of what was laid out lets `remove` take away
exactly that. The content is the sandbox's (`adapters.sandbox.decoys`), new for each home.
"""

import contextlib
import json
import os
from pathlib import Path

from lazaretto.adapters.sandbox.decoys import make

_HARMLESS = (
    ".config/google-chrome/Profile 9/Login Data",
    ".config/google-chrome/Profile 9/Cookies",
    ".config/google-chrome/Profile 9/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn/000003.log",
    ".config/BraveSoftware/Brave-Browser/Profile 9/Login Data",
    ".mozilla/firefox/p4k2.default/logins.json",
    ".config/Exodus/exodus.wallet/seed.seco",
    ".electrum/wallets/default_wallet",
    ".ssh/id_ecdsa_backup",
)
"""Where stealers look and where no program of the person would take the content for its own."""


def lay_out(home: Path, ledger: Path) -> tuple[str, ...]:
    """Lay out bait where nothing lies; return the paths of all bait, also that of earlier times.

    Raises:
        OSError: the list cannot be written. Then no bait is laid out.
    """
    files, folders = _read(ledger)
    content = {one.path.rpartition("/")[2]: one.content for one in make()}
    for path in (home / one for one in _HARMLESS):
        if str(path) in files or path.exists() or path.is_symlink():
            continue
        missing = [one for one in path.parents if home in one.parents and not one.exists()]
        files.append(str(path))
        folders += [str(one) for one in missing if str(one) not in folders]
    ledger.parent.mkdir(parents=True, exist_ok=True)
    _write(ledger, json.dumps({"files": files, "folders": folders}).encode())
    for path in map(Path, files):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, content.get(path.name, content["id_ed25519"]).encode())
    return laid_out(ledger)


def laid_out(ledger: Path) -> tuple[str, ...]:
    """Return the bait that the list names and that is still there."""
    return tuple(path for path in _read(ledger)[0] if Path(path).is_file())


def folders(ledger: Path) -> tuple[str, ...]:
    """Return the folders that were made for bait."""
    return tuple(_read(ledger)[1])


def remove(ledger: Path) -> tuple[str, ...]:
    """Take away all bait, and the folders that were made for it when they are empty."""
    gone = laid_out(ledger)
    for path in gone:
        Path(path).unlink(missing_ok=True)
    for folder in sorted(_read(ledger)[1], key=len, reverse=True):
        with contextlib.suppress(OSError):  # something else lies there now
            Path(folder).rmdir()
    ledger.unlink(missing_ok=True)
    return gone


def _read(ledger: Path) -> tuple[list[str], list[str]]:
    try:
        document = json.loads(ledger.read_bytes())
        return [str(one) for one in document["files"]], [str(one) for one in document["folders"]]
    except (OSError, ValueError, KeyError, TypeError):
        return [], []


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
