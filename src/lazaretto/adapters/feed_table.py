"""The table of feeds: `feeds.toml`, with a file of the user's own laid over it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from lazaretto.adapters.store.place import StoreError
from lazaretto.intel.feeds.catalog import FORMATS
from lazaretto.model.text import N_

LAYOUTS = ("osv-bucket", "file", "taxii")


@dataclass(frozen=True, slots=True)
class Source:
    """One feed and where it is fetched from."""

    name: str
    format: str
    layout: str
    address: str
    title: str = ""
    licence: str = ""
    worlds: tuple[str, ...] = ()
    replaces: bool = False
    enabled: bool = True


def sources(own: Path | None = None) -> dict[str, Source]:
    """Return all feeds by name, switched off ones included.

    Raises:
        StoreError: the user's file cannot be read, or says something impossible.
    """
    table = tomllib.loads((resources.files("lazaretto.adapters") / "feeds.toml").read_text("utf-8"))
    if own is not None:
        try:
            mine = tomllib.loads(own.read_text("utf-8"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise _wrong(N_("{file} cannot be read: {error}"), file=own, error=reason) from error
        for name, row in mine.items():
            if not isinstance(row, dict):
                raise _wrong(N_("{file}: {name} is not a table"), file=own, name=name)
            table[name] = {**table.get(name, {}), **row}
    return {name: _source(name, row) for name, row in table.items()}


def _source(name: str, row: Mapping[str, Any]) -> Source:
    known = {"format", "layout", "address", "title", "licence", "worlds", "replaces", "enabled"}
    if unknown := sorted(set(row) - known):
        raise _wrong(N_("feed {name}: unknown setting {key}"), name=name, key=unknown[0])
    texts = {key: row.get(key, "") for key in ("format", "layout", "address", "title", "licence")}
    switches = {key: row.get(key, default) for key, default in (("replaces", False), ("enabled", True))}
    worlds = row.get("worlds", [])
    good = (
        all(isinstance(value, str) for value in texts.values())
        and all(isinstance(value, bool) for value in switches.values())
        and isinstance(worlds, list)
        and all(isinstance(one, str) and one and "/" not in one for one in worlds)
        and texts["layout"] in LAYOUTS
        and texts["format"] in {one.id for one in FORMATS}
        and texts["address"].startswith(("https://", "http://"))
    )
    if not good:
        raise _wrong(N_("feed {name}: format, layout or address is missing or not known"), name=name)
    return Source(name=name, worlds=tuple(worlds), **texts, **switches)


def _wrong(template: str, **params: object) -> StoreError:
    return StoreError(template, params, N_("docs/intel.md shows a table of feeds"), "usage")
