"""What npm's own client tells of a release (`npm view NAME@VERSION --json`): package facts and one version's manifest.

The client merges both documents: `time`, `versions` and `maintainers` are the package's, `scripts`, `dist`, `_npmUser`
and the rest the version's. Source: npm's documentation of the package metadata ("packument").
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cmp_to_key
from typing import Any

from lazaretto.ecosystems import npm
from lazaretto.ecosystems.release_dates import dates, instant
from lazaretto.model.release import ReleaseFacts

INSTALL_SCRIPTS = ("preinstall", "install", "postinstall")
_HOLDER = "security holding package"
Json = Mapping[str, Any]


def _compared(one: str, other: str) -> int:
    return npm.compare(one, other) or 0


_ORDER = cmp_to_key(_compared)


def previous_version(document: Json, version: str) -> str:
    """Return the highest version below `version`, pre-releases left out unless it is one itself; or ""."""
    lower = [
        name
        for name in _kept(document)
        if ("-" in version or "-" not in name) and (order := npm.compare(name, version)) is not None and order < 0
    ]
    return max(lower, key=_ORDER, default="")


def facts(document: Json, version: str, previous: Json | None = None) -> ReleaseFacts:
    """Read the answer about `version`, and the one about the version before it if it was asked for."""
    kept = _kept(document)
    told = _times(document)
    around = dates({name: moment for name, moment in told.items() if name == version or name in kept}, version)
    before = previous or {}
    removed = [moment for name, moment in told.items() if kept and name not in kept]
    first = around.first
    description = document.get("description")
    return ReleaseFacts(
        ecosystem="npm",
        name=_text(document.get("name")),
        version=version,
        published=around.published,
        first_published=first,
        versions=len(kept),
        within_hour=around.within_hour,
        removed=len(removed),
        removed_before_first=sum(first is not None and moment < first for moment in removed),
        previous=previous_version(document, version),
        previous_published=around.before,
        publisher=_account(document.get("_npmUser")),
        previous_publisher=_account(before.get("_npmUser")),
        maintainers=_accounts(document.get("maintainers")),
        has_description=bool(_text(description).strip()) or bool(_text(document.get("readme")).strip()),
        repository=_url(document.get("repository")),
        emails=_emails(document),
        provenance=_provenance(document),
        previous_provenance=_provenance(before) if previous else None,
        install_scripts=_scripts(document),
        previous_install_scripts=_scripts(before) if previous else None,
        deprecated=_text(document.get("deprecated"))[:200],
        security_holder=version.endswith("-security") and _text(description).strip().lower() == _HOLDER,
    )


def _kept(document: Json) -> frozenset[str]:
    found = document.get("versions")
    names = [found] if isinstance(found, str) else found
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list | dict) else frozenset()


def _times(document: Json) -> dict[str, datetime]:
    found = document.get("time")
    rows = found.items() if isinstance(found, dict) else ()
    return {
        name: moment
        for name, text in rows
        if isinstance(name, str) and name not in ("created", "modified") and (moment := instant(text)) is not None
    }


def _provenance(document: Json) -> bool | None:
    dist = document.get("dist")
    return isinstance(dist.get("attestations"), dict) if isinstance(dist, dict) else None


def _scripts(document: Json) -> tuple[str, ...]:
    scripts = document.get("scripts")
    return tuple(name for name in INSTALL_SCRIPTS if name in scripts) if isinstance(scripts, dict) else ()


def _url(value: object) -> str:
    return _text(value.get("url") if isinstance(value, dict) else value)[:500]


def _account(value: object) -> str:
    """Return the account name of `name <address>` or `{"name", "email"}`."""
    if isinstance(value, dict):
        return _text(value.get("name"))[:100]
    return _text(value).partition("<")[0].strip()[:100]


def _accounts(value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else [value] if value else []
    return tuple(sorted({name for row in rows[:200] if (name := _account(row))}))


def _emails(document: Json) -> tuple[str, ...]:
    found = []
    maintainers = document.get("maintainers")
    for row in (document.get("author"), *(maintainers[:200] if isinstance(maintainers, list) else [maintainers])):
        text = _text(row.get("email")) if isinstance(row, dict) else _text(row).partition("<")[2].partition(">")[0]
        if "@" in text:
            found.append(text.strip().lower()[:200])
    return tuple(dict.fromkeys(found))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
