"""The ignore file: what the caller has decided to live with. Given by the caller only, never found in the subject.

[[ignore]]
rule = "npm/dependency-outside-registry"    # a rule id, or family/*
path = "package.json"                       # optional glob; default: everywhere
reason = "our own fork, reviewed"           # required
expires = 2027-01-31                        # required, a date
owner = "platform team"                     # optional
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from lazaretto.model.policy import Waiver
from lazaretto.model.text import N_, Message

_KEYS = frozenset({"rule", "path", "reason", "expires", "owner"})


class ConfigError(Exception):
    """A configuration file of the caller is missing or wrong. `message` is for the user."""

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class IgnoreList:
    """What the file says."""

    waivers: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()
    """Entries whose day has passed: they no longer count, and the user is told."""


def load_ignore(path: Path, now: datetime) -> IgnoreList:
    """Read an ignore file.

    Raises:
        ConfigError: missing, not TOML, an unknown key, or an entry without `rule`, `reason` or `expires`.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(N_("ignore file {path} cannot be read: {error}"), path=path, error=reason) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(N_("ignore file {path} is not TOML: {error}"), path=path, error=error) from error
    entries = document.get("ignore", [])
    if set(document) - {"ignore"} or not isinstance(entries, list):
        raise ConfigError(N_("ignore file {path} may only hold [[ignore]] entries"), path=path)
    waivers = tuple(_waiver(entry, number, path) for number, entry in enumerate(entries, 1))
    today = now.date().isoformat()
    return IgnoreList(
        tuple(waiver for waiver in waivers if waiver.expires >= today),
        tuple(waiver for waiver in waivers if waiver.expires < today),
    )


def _waiver(entry: object, number: int, path: Path) -> Waiver:
    if not isinstance(entry, Mapping):
        raise ConfigError(N_("ignore file {path}: entry {number} is not a table"), path=path, number=number)
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise ConfigError(
            N_("ignore file {path}: entry {number} has an unknown key {key}"),
            path=path,
            number=number,
            key=unknown[0],
        )
    for key in ("rule", "reason", "expires"):
        if not entry.get(key):
            raise ConfigError(
                N_("ignore file {path}: entry {number} has no {key}; every entry needs rule, reason and expires"),
                path=path,
                number=number,
                key=key,
            )
    expires = entry["expires"]
    if isinstance(expires, str):
        try:
            expires = date.fromisoformat(expires)
        except ValueError as error:
            raise ConfigError(
                N_("ignore file {path}: entry {number}: expires is not a date (YYYY-MM-DD)"), path=path, number=number
            ) from error
    if not isinstance(expires, date):
        raise ConfigError(
            N_("ignore file {path}: entry {number}: expires is not a date (YYYY-MM-DD)"), path=path, number=number
        )
    return Waiver(
        subject=str(entry.get("path", "*")),
        rule=str(entry["rule"]),
        reason=str(entry["reason"]),
        owner=str(entry.get("owner", "")),
        expires=expires.isoformat()[:10],
    )
