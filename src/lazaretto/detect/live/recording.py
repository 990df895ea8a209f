"""Recordings: observations as JSON lines, so that rules can be run over them later (`lazaretto watch replay`).

The first line says what was known of the computer: `{"recording": 1, "homes": ..., "decoys": ...}`.
Every other line is an observation without its empty fields, or `{"lost": COUNT, "sensor": ..., "why": ...}`. A line
that is neither is told with its number, and passed over.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from lazaretto.detect.live.watcher import Settings
from lazaretto.model.host import Kind, Lost, Observed

VERSION = 1
_DEFAULTS = {field.name: field.default for field in dataclasses.fields(Observed)}
_TEXTS = ("path", "cwd", "detail", "parent_path", "user")
_NUMBERS = ("parent", "started", "uid")
_LISTS = ("argv", "parent_argv")
_MOST = 4096


class NotObservedError(ValueError):
    """A line is no observation."""


def head(settings: Settings) -> dict[str, Any]:
    """Return the first line."""
    return {
        "recording": VERSION,
        "homes": {str(uid): home for uid, home in settings.homes.items()},
        "decoys": sorted(settings.decoys),
        "registries": sorted(settings.registries),
        "drill": settings.drill,
    }


def settings_of(document: Mapping[str, Any], base: Settings) -> Settings:
    """Return what the first line says, with the rest of `base`.

    Raises:
        NotObservedError: it is no first line of a recording of this version.
    """
    if document.get("recording") != VERSION:
        raise NotObservedError(f"no recording of version {VERSION}")
    homes = document.get("homes")
    return dataclasses.replace(
        base,
        homes={int(uid): str(home) for uid, home in homes.items() if uid.lstrip("-").isdigit()}
        if isinstance(homes, dict)
        else {},
        decoys=frozenset(_strings(document.get("decoys"))),
        registries=frozenset(_strings(document.get("registries"))),
        drill=document.get("drill") is True,
    )


def line_of(seen: Observed | Lost) -> dict[str, Any]:
    """Return an observation as a JSON object."""
    if isinstance(seen, Lost):
        return {"lost": seen.count, "sensor": seen.sensor, "why": seen.why}
    found: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = getattr(seen, name)
        if value != default:
            found[name] = value.value if isinstance(value, Kind) else value
    return found


def observed(document: object) -> Observed | Lost:
    """Read a line.

    Raises:
        NotObservedError: it is none.
    """
    if not isinstance(document, dict):
        raise NotObservedError("no object")
    sensor = str(document.get("sensor", ""))[:100]
    if "lost" in document:
        return Lost(sensor, _whole(document, "lost"), str(document.get("why", ""))[:40])
    try:
        kind = Kind(document.get("kind", ""))
    except ValueError as error:
        raise NotObservedError("unknown kind") from error
    at = document.get("at")
    if not isinstance(at, (int, float)) or isinstance(at, bool) or at != at or abs(at) > 1e11:
        raise NotObservedError("no time")
    env = document.get("env")
    pairs = (
        tuple((str(p[0])[:100], str(p[1])[:_MOST]) for p in env if isinstance(p, list) and len(p) == 2)
        if isinstance(env, list)
        else ()
    )
    values: dict[str, Any] = {
        **{name: _whole(document, name, _DEFAULTS[name]) for name in _NUMBERS},
        **{name: str(document.get(name, ""))[:_MOST] for name in _TEXTS},
        **{name: tuple(_strings(document.get(name)))[:300] for name in _LISTS},
        "code": document["code"] if isinstance(document.get("code"), int) else None,
        "env": pairs[:100],
    }
    return Observed(float(at), sensor, kind, _whole(document, "pid"), **values)


def _whole(document: Mapping[str, Any], name: str, default: Any = None) -> int:  # noqa: ANN401 - an int or None
    value = document.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 62:
        raise NotObservedError(f"no whole number: {name}")
    return value


def _strings(value: object) -> list[str]:
    return [one[:131072] for one in value if isinstance(one, str)] if isinstance(value, list) else []
