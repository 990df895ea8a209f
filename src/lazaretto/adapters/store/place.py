"""Where the intelligence store lies: `LAZARETTO_STORE`, else a SQLite file in the user's data folder.

    LAZARETTO_STORE=/srv/intel.sqlite3                              a file
    LAZARETTO_STORE=sqlite:////srv/intel.sqlite3                    the same as a URL
    LAZARETTO_STORE=postgresql+psycopg://user@db.example.test/intel one database for a team
    LAZARETTO_STORE=off                                             none; only what is embedded

Nothing here opens anything, and nothing heavy is imported.
"""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from lazaretto.model.text import N_, Message

HEAD = "0001"
"""The schema that this version reads and writes: the newest file of `migrations/versions`."""
OFF = frozenset({"off", "none", "no"})


class StoreError(Exception):
    """The store cannot be used. `message` and `hint` are for the user."""

    def __init__(
        self, template: str, params: Mapping[str, object] | None = None, hint: str = "", exit_kind: str = "incomplete"
    ) -> None:
        """`template` and `hint` are marked with `N_`; `exit_kind` is `incomplete` or `usage`."""
        self.message = Message.of(template, params)
        self.hint = Message.of(hint) if hint else None
        self.exit_kind = exit_kind
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Place:
    """Where the store lies: a file, or the URL of a database server."""

    file: Path | None
    url: str = ""
    """SQLAlchemy URL; may hold a password: show `shown` instead."""
    chosen: bool = False
    """True when the user named it: that it is missing is then worth telling."""

    @property
    def exists(self) -> bool:
        """True when there may be a store; a server is always asked.

        A default place that one may not even look at holds nothing that one could have put there.
        """
        try:
            return self.file is None or self.file.exists()
        except OSError:
            return self.chosen

    @property
    def shown(self) -> str:
        """The place without a password."""
        if self.file is not None:
            return str(self.file)
        return re.sub(r"([?&]password=)[^&]*", r"\1***", re.sub(r"(://[^/@:]*):[^@/]*@", r"\1:***@", self.url))


def place(setting: str = "", environment: Mapping[str, str] | None = None) -> Place | None:
    """Return where the store lies; None when the user wants none. An empty `setting` asks the environment.

    Raises:
        StoreError: a URL of another database system.
    """
    environment = os.environ if environment is None else environment
    setting = (setting or environment.get("LAZARETTO_STORE", "")).strip()
    if setting.lower() in OFF:
        return None
    if not setting:
        return Place(folder(environment) / "intel.sqlite3")
    if "://" not in setting:
        return Place(Path(setting).expanduser(), chosen=True)
    scheme, _, rest = setting.partition("://")
    if scheme == "sqlite":
        return Place(Path(unquote(rest.removeprefix("/"))).expanduser(), chosen=True)
    if scheme in ("postgresql", "postgresql+psycopg", "postgres"):
        return Place(None, f"postgresql+psycopg://{rest}", chosen=True)
    raise StoreError(
        N_("LAZARETTO_STORE names a database of a kind that is not supported ({scheme})"),
        {"scheme": scheme},
        N_("write a path, sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"),
        "usage",
    )


def folder(environment: Mapping[str, str]) -> Path:
    """Return the user's data folder for Lazaretto: what must not be lost, unlike a cache."""
    if sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or "~/AppData/Local")
    elif sys.platform == "darwin":
        base = Path("~/Library/Application Support")
    else:
        base = Path(environment.get("XDG_DATA_HOME") or "~/.local/share")
    return base.expanduser() / "lazaretto"
