"""What a Python index tells of a release: its project page, and the release's own document where there is one.

The page is the simple API's JSON (PEP 691, with PEP 700's times and versions, PEP 740's provenance and PEP 792's
status). The document is that of the older JSON API (`info` with core metadata, `ownership`); few indexes have it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from lazaretto.ecosystems.release_dates import dates, instant
from lazaretto.model.release import ReleaseFacts

Json = Mapping[str, Any]
_EMAIL = re.compile(r"[\w.+-]{1,100}@[\w.-]{1,200}")
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:github|gitlab|bitbucket|codeberg)\.(?:com|org)/[^\s/]{1,100}/[^\s/#?]{1,200}"
)


def facts(page: Json, name: str, version: str, document: Json | None = None) -> ReleaseFacts:
    """Read the project page, and the document of this release if the index has one."""
    wanted = _version(version)
    rows = _files(page)
    times: dict[Version, datetime] = {}
    known: set[Version] = set()
    for found, row in rows:
        known.add(found)
        moment = instant(row.get("upload-time"))
        if moment is not None and (found not in times or moment < times[found]):
            times[found] = moment
    around = dates({str(found): moment for found, moment in times.items()}, str(wanted))
    before = _previous(known, wanted)
    own = [row for found, row in rows if found == wanted]
    status = page.get("project-status")
    info = document.get("info") if document is not None else None
    info = info if isinstance(info, dict) else None
    return ReleaseFacts(
        ecosystem="pypi",
        name=name,
        version=version,
        published=around.published,
        first_published=around.first,
        versions=len(known),
        within_hour=around.within_hour,
        previous=str(before or ""),
        previous_published=around.before,
        maintainers=_owners(document),
        has_description=None
        if info is None
        else any(_text(info.get(key)).strip() for key in ("summary", "description")),
        repository="" if info is None else _repository(info),
        emails=() if info is None else _emails(info),
        provenance=_provenance(own),
        previous_provenance=_provenance([row for found, row in rows if found == before]) if before else None,
        yanked=bool(own) and all(row.get("yanked") for row in own),
        withdrawn=isinstance(status, dict) and status.get("status") == "quarantined",
    )


def _previous(known: set[Version], wanted: Version | None) -> Version | None:
    """Return the highest version below, pre-releases left out unless `wanted` is one itself."""
    if wanted is None:
        return None
    lower = [found for found in known if found < wanted and (wanted.is_prerelease or not found.is_prerelease)]
    return max(lower, default=None)


def _described(info: Json) -> str:
    return f"{_text(info.get('summary'))}{_text(info.get('description'))}".strip()


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _files(page: Json) -> list[tuple[Version, Json]]:
    rows = page.get("files")
    found: list[tuple[Version, Json]] = []
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not isinstance(row.get("filename"), str):
            continue
        name = row["filename"]
        try:
            version = parse_wheel_filename(name)[1] if name.endswith(".whl") else parse_sdist_filename(name)[1]
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion, ValueError):
            continue
        found.append((version, row))
    return found


def _provenance(rows: list[Json]) -> bool | None:
    """None when the index says nothing of provenance at all."""
    told = [row["provenance"] for row in rows if "provenance" in row]
    return any(isinstance(value, str) and value for value in told) if told else None


def _owners(document: Json | None) -> tuple[str, ...]:
    ownership = document.get("ownership") if document else None
    roles = ownership.get("roles") if isinstance(ownership, dict) else None
    names = [row.get("user") for row in roles if isinstance(row, dict)] if isinstance(roles, list) else []
    return tuple(sorted({name[:100] for name in names if isinstance(name, str)}))


def _emails(info: Json) -> tuple[str, ...]:
    texts = f"{_text(info.get('author_email'))[:2000]} {_text(info.get('maintainer_email'))[:2000]}"
    return tuple(dict.fromkeys(found.lower() for found in _EMAIL.findall(texts)))


def _repository(info: Json) -> str:
    urls = info.get("project_urls")
    values = [*(urls.values() if isinstance(urls, dict) else ()), info.get("home_page")]
    return next((hit[0] for value in values if (hit := _REPOSITORY.match(_text(value)[:500]))), "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
