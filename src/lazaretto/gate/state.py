"""Where a running gate says that it runs: one small file in the user's data folder, for `gate status` and `doctor`."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lazaretto.adapters.store.place import folder

_NAME = "gate.running.json"


def state_file(environment: Mapping[str, str] | None = None) -> Path:
    """Return the file's place."""
    return folder(os.environ if environment is None else environment) / _NAME


@contextmanager
def announced(url: str) -> Iterator[None]:
    """Write the file while a gate runs. A home that cannot be written is no reason not to run."""
    file = state_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({"url": url, "pid": os.getpid()}), "utf-8")
        part.replace(file)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if running().get("pid") == os.getpid():
                file.unlink()


def running(environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return what the last gate wrote; empty when none runs (a file of a process that is gone counts for nothing)."""
    try:
        told = json.loads(state_file(environment).read_text("utf-8"))
        pid = told.get("pid")
        os.kill(pid, 0)
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return dict(told)
