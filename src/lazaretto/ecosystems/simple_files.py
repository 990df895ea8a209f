"""The files of a project's page: read, judged by their names, turned into candidates, and written with links to here.

A page of a large project has 15,000 of them, so each is looked at once: standard file names are split without
`packaging`, each spelling of a version is understood once.
"""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import UNSET, Raw, UnsetType
from packaging.version import Version

from lazaretto.ecosystems.registry_document import attempt
from lazaretto.ecosystems.registry_names import canonical_version, is_sdist, is_wheel, pypi_version_text
from lazaretto.ecosystems.release_dates import instant
from lazaretto.model.gate import Candidate, Listing
from lazaretto.model.text import N_, Message

Rejected = tuple[str, Message]
Metadata = bool | dict[str, str]
T = TypeVar("T")

_OTHER: Final = Message(N_("its name is not that of a file of this project"))
_TWICE: Final = Message(N_("it is listed twice"))
_NO_LINK: Final = Message(N_("it names no address of a file"))
_SIZES: Final = {"sha256": 64, "sha512": 128, "sha384": 96, "sha1": 40}
"""Algorithms that are told on, with the length of their hex form. Weaker ones prove nothing."""
_HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]{40,128}", re.ASCII)


class FileRow(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="kebab"):
    """One file, with all fields that the specifications know."""

    filename: str
    url: str
    hashes: dict[str, str]
    requires_python: str | None = None
    size: int | None = None
    upload_time: str | None = None
    yanked: bool | str = False
    core_metadata: Metadata | UnsetType = UNSET
    data_dist_info_metadata: Metadata | UnsetType = UNSET
    dist_info_metadata: Metadata | UnsetType = UNSET
    gpg_sig: bool | UnsetType = UNSET
    provenance: str | UnsetType | None = UNSET


KNOWN: Final = frozenset(field.encode_name for field in msgspec.structs.fields(FileRow))

_TEXT = msgspec.json.Decoder(str)
_TEXTS = msgspec.json.Decoder(dict[str, str])
_SIZE = msgspec.json.Decoder(int)
_METADATA = msgspec.json.Decoder(Metadata)
_YANKED = msgspec.json.Decoder(bool | str)
_FLAG = msgspec.json.Decoder(bool)


@dataclass(frozen=True, slots=True)
class Passed:
    """Where links lead."""

    base: str
    project: str


def row_of(raw: Mapping[str, Raw]) -> tuple[FileRow | None, dict[str, Raw]]:
    """Read a file field by field: those of a wrong type count as absent. Returns the unknown fields, too."""
    filename = attempt(_TEXT.decode, raw.get("filename"))
    if filename is None:
        return None, {}
    yanked = attempt(_YANKED.decode, raw.get("yanked"))
    if yanked is None:  # PEP 592: anything there means yanked
        yanked = "yanked" in raw and bytes(raw["yanked"]) != b"null"
    row = FileRow(
        filename,
        attempt(_TEXT.decode, raw.get("url")) or "",
        attempt(_TEXTS.decode, raw.get("hashes")) or {},
        attempt(_TEXT.decode, raw.get("requires-python")),
        attempt(_SIZE.decode, raw.get("size")),
        attempt(_TEXT.decode, raw.get("upload-time")),
        yanked,
        _told(_METADATA, raw.get("core-metadata")),
        _told(_METADATA, raw.get("data-dist-info-metadata")),
        _told(_METADATA, raw.get("dist-info-metadata")),
        UNSET if (signed := attempt(_FLAG.decode, raw.get("gpg-sig"))) is None else signed,
        attempt(_TEXT.decode, raw.get("provenance")) if "provenance" in raw else UNSET,
    )
    return row, {key: value for key, value in raw.items() if key not in KNOWN}


def candidates_of(
    listing: Listing, rows: Sequence[FileRow], base_url: str, rejected: list[Rejected]
) -> tuple[Listing, tuple[Candidate, ...], list[FileRow]]:
    """Judge every file by its name and link. Returns the completed listing, the candidates and the row of each."""
    project = listing.name
    versions: dict[str, str] = {}
    kept: dict[str, tuple[FileRow, str, str, datetime | None]] = {}
    wheels: set[str] = set()
    proven: set[str] = set()
    tells = False
    first: datetime | None = None
    for row in rows:
        filename = row.filename
        text = pypi_version_text(project, filename)
        version = versions.get(text)
        if version is None:
            version = versions[text] = canonical_version(text)
        url = row.url if row.url.startswith(("https://", "http://")) else _absolute(base_url, row.url)
        if not version or not url or filename in kept:
            why = _OTHER if not version else _NO_LINK if not url else _TWICE
            rejected.append((filename[:256], why))
            continue
        moment = _moment(row.upload_time)
        if moment is not None and (first is None or moment < first):
            first = moment
        kept[filename] = row, version, url, moment
        if is_wheel(filename):
            wheels.add(version)
        if row.provenance is not UNSET:
            tells = True
            if row.provenance:
                proven.add(version)
    order = sorted({one[1] for one in kept.values()}, key=Version)
    before: dict[str, bool] = {}
    had = False
    for version in order:
        before[version] = had
        had = had or version in proven
    listing = replace(listing, first_published=first, versions=len(order))
    found = tuple(
        [
            Candidate(
                listing,
                version,
                filename,
                url,
                digests_of(row.hashes),
                row.size,
                moment,
                (),
                version not in wheels and is_sdist(filename),
                None if row.yanked is False else "" if row.yanked is True else row.yanked,
                "",
                bool(row.provenance) if tells else None,
                before[version] if tells else None,
            )
            for filename, (row, version, url, moment) in kept.items()
        ]
    )
    return listing, found, [one[0] for one in kept.values()]


def digests_of(hashes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the digests that are well-formed and strong enough to be told on."""
    if len(hashes) == 1 and (told := hashes.get("sha256")) and _HEX64.fullmatch(told):
        return (("sha256", told),)
    return tuple(
        (name, told.lower())
        for name, size in _SIZES.items()
        if (told := hashes.get(name)) and len(told) == size and _HEX.fullmatch(told)
    )


def passed_row(row: FileRow, version: str, to: Passed, reason: str | None) -> FileRow:
    """Return the row with links to this side; `reason`: it is held back, and listed as yanked for this reason."""
    new = copy(row)
    new.url = f"{to.base}/files/{to.project}/{row.filename}"
    if row.provenance:
        new.provenance = f"{to.base}/integrity/{to.project}/{version}/{row.filename}/provenance"
    if row.core_metadata is UNSET or row.data_dist_info_metadata is UNSET:
        told = next(
            (
                one
                for one in (row.core_metadata, row.data_dist_info_metadata, row.dist_info_metadata)
                if one is not UNSET
            ),
            UNSET,
        )
        new.core_metadata = new.data_dist_info_metadata = told
    if reason is not None:
        new.yanked = reason
    return new


def _absolute(base_url: str, url: str) -> str:
    if not url:
        return ""
    try:
        joined = urljoin(base_url, url)
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and parts.netloc else ""


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    if len(text) == 27 and text[10] == "T" and text[26] == "Z" and text.isascii():  # as the public index writes it
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return instant(text)


def _told(decoder: msgspec.json.Decoder[T], raw: Raw | None) -> T | UnsetType:
    found = attempt(decoder.decode, raw)
    return UNSET if found is None else found
