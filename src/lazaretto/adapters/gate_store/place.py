"""Where the gate's store lies, and what may be wrong with it.

(nothing)                                                            gate.sqlite3 in the user's data folder
LAZARETTO_GATE_STORE=/srv/gate.sqlite3                               a file
LAZARETTO_GATE_STORE=postgresql+psycopg://user@db.example.test/intel one database for many replicas; the same one
                                                                     as the intelligence store's, if you like
"""

import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from lazaretto.adapters.store.place import Place, StoreError, folder
from lazaretto.adapters.store.place import place as intel_place
from lazaretto.model.text import N_

HEAD = "0001"
"""The schema that this version reads and writes: the newest file of `migrations/versions`."""


class Trouble(Enum):
    """What kind of trouble: decides whether to try again."""

    GONE = "gone"
    """The database does not answer."""
    LOCKED = "locked"
    """Somebody else held it for too long."""
    FULL = "full"
    """No room on its disk."""
    READ_ONLY = "read-only"
    NEWER = "newer"
    """Its schema is that of a newer version."""
    DAMAGED = "damaged"
    """Not a database of ours, or a damaged one."""
    WRONG = "wrong"
    """What was asked is wrong: a URL, a password, an approval that is already there."""


class GateStoreError(StoreError):
    """The gate's store cannot be used. `message` and `hint` are for the user, `trouble` for the program."""

    def __init__(
        self, trouble: Trouble, template: str, params: Mapping[str, object] | None = None, hint: str = ""
    ) -> None:
        """`template` and `hint` are marked with `N_`."""
        self.trouble = trouble
        usage = trouble in (Trouble.WRONG, Trouble.READ_ONLY, Trouble.NEWER)
        super().__init__(template, params, hint, "usage" if usage else "incomplete")

    @property
    def retry(self) -> bool:
        """True when the same may succeed later without anybody changing a setting."""
        return self.trouble in (Trouble.GONE, Trouble.LOCKED, Trouble.FULL)


def gate_place(setting: str = "", environment: Mapping[str, str] | None = None) -> Place:
    """Return where the gate's store lies. An empty `setting` asks the environment.

    Raises:
        GateStoreError: a URL of another database system, or `off`.
    """
    environment = os.environ if environment is None else environment
    setting = (setting or environment.get("LAZARETTO_GATE_STORE", "")).strip()
    if not setting:
        return Place(folder(environment) / "gate.sqlite3")
    hint = N_("write a path, sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
    try:
        found = intel_place(setting, {})
    except StoreError as error:
        raise GateStoreError(
            Trouble.WRONG,
            N_("LAZARETTO_GATE_STORE names a database of a kind that is not supported ({scheme})"),
            {"scheme": setting.partition("://")[0]},
            hint,
        ) from error
    if found is None:
        raise GateStoreError(Trouble.WRONG, N_("the gate cannot do without its store"), {}, hint)
    return found


def unusable(trouble: Trouble, place: Place, reason: object) -> GateStoreError:
    """Make the error for a store in trouble; `reason` is what the database said (its first line is kept)."""
    said = str(reason).strip().partition("\n")[0][:300]
    template, hint = _TEXTS[trouble]
    return GateStoreError(trouble, template, {"place": place.shown, "error": said}, hint)


_TEXTS = {
    Trouble.GONE: (
        N_("the gate's store {place} cannot be reached: {error}"),
        N_("is the database running, and is its folder there?"),
    ),
    Trouble.LOCKED: (
        N_("the gate's store {place} was busy for too long: {error}"),
        N_("another process holds it; repeat"),
    ),
    Trouble.FULL: (
        N_("there is no room left for the gate's store {place}: {error}"),
        N_("free some disk space, or shorten the decision log's retention"),
    ),
    Trouble.READ_ONLY: (
        N_("the gate's store {place} cannot be written: {error}"),
        N_("choose another place with LAZARETTO_GATE_STORE"),
    ),
    Trouble.NEWER: (
        N_("the gate's store {place} was written by a newer version of lazaretto (schema {error})"),
        N_("update lazaretto, or choose another place with LAZARETTO_GATE_STORE"),
    ),
    Trouble.DAMAGED: (
        N_("the gate's store {place} is damaged, or not a store: {error}"),
        N_("restore a backup, or choose another place with LAZARETTO_GATE_STORE"),
    ),
    Trouble.WRONG: (
        N_("the gate's store {place} cannot be used: {error}"),
        N_("look at the setting LAZARETTO_GATE_STORE"),
    ),
}


def as_place(where: Place | Path | str) -> Place:
    """Return the place of a path or URL."""
    if isinstance(where, Place):
        return where
    return Place(where, chosen=True) if isinstance(where, Path) else gate_place(where)
