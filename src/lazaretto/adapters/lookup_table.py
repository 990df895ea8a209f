"""Whom lookups about a sender's domain are addressed to: `lookups.toml`, with a file of the user's own laid over it."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path


class LookupTableError(ValueError):
    """The user's file cannot be read, or says something impossible. The text names the file and says what."""


@dataclass(frozen=True, slots=True)
class LookupTable:
    """Where questions go."""

    servers: tuple[str, ...] = ()
    """Name servers; empty = those of this computer."""
    bootstrap: str = ""
    """Address or path of the table of registries; empty = registries are not asked."""


def lookup_table(own: str = "") -> LookupTable:
    """Return the table; `own` is the path of the user's file, empty for none.

    Raises:
        LookupTableError: see there.
    """
    table = tomllib.loads((resources.files("lazaretto.adapters") / "lookups.toml").read_text("utf-8"))
    if own:
        try:
            mine = tomllib.loads(Path(own).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise LookupTableError(f"{own} cannot be read: {getattr(error, 'strerror', None) or error}") from error
        for name, row in mine.items():
            if name not in table or not isinstance(row, dict):
                raise LookupTableError(f"{own}: there is no table {name}")
            table[name] = {**table[name], **row}
    servers, place = table["dns"].get("servers"), table["rdap"].get("bootstrap")
    if not isinstance(servers, list) or not all(isinstance(one, str) for one in servers) or not isinstance(place, str):
        raise LookupTableError(f"{own}: servers is a list of texts, bootstrap is a text")
    return LookupTable(tuple(servers), place)
