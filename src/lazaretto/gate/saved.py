"""The registries that a user's clients asked before `gate install` pointed them at the gate: its upstreams since."""

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lazaretto.adapters.upstreams import Upstream

_NAME = "upstreams.json"


def save_upstreams(state: Path, found: Sequence[Upstream], gate: str) -> None:
    """Write addresses down, readable for the user alone. Nothing is overwritten by nothing.

    Raises:
        OSError: it cannot be written.
    """
    if not found:
        return
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = [
        {"id": one.id, "ecosystem": one.ecosystem, "url": one.url, "names": one.names, "private": one.private}
        for one in found
    ]
    part = state / f"{_NAME}.{os.getpid()}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump({"gate": gate, "upstreams": rows}, out)
    part.replace(state / _NAME)


def forget_upstreams(state: Path) -> None:
    """Remove what was written down."""
    with contextlib.suppress(OSError):
        (state / _NAME).unlink()


def behind(state: Path, found: Sequence[Upstream]) -> list[Upstream]:
    """Put what was written down in the place of upstreams that are the gate itself."""
    try:
        told = json.loads((state / _NAME).read_text("utf-8"))
        gate = str(told["gate"]).rstrip("/")
        rows = {str(row["ecosystem"]): row for row in reversed(told["upstreams"]) if not row["names"]}
    except (OSError, ValueError, KeyError, TypeError):
        return list(found)
    real = []
    for one in found:
        row = rows.get(one.ecosystem)
        itself = one.url.rstrip("/") in (gate, f"{gate}/simple")
        real.append(replace(one, url=str(row["url"])) if itself and row is not None else one)
    return real
