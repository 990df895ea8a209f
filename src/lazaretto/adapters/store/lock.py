"""One writer at a time: a lock on a file beside the store, which the system itself lets go when its holder dies."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from lazaretto.adapters.store.place import StoreError
from lazaretto.model.text import N_


@contextlib.contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, which is made when it is not there.

    Raises:
        StoreError: somebody else holds it, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            N_("{file} cannot be written: {error}"),
            {"file": path.parent, "error": error.strerror or error},
            N_("choose another place with LAZARETTO_STORE"),
            "usage",
        ) from error
    try:
        if not _taken(handle):
            raise StoreError(
                N_("another update is running; nothing was changed"), {}, N_("wait for it to end and repeat")
            )
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
