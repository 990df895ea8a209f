"""The files of a project's page: read, judged by their names, turned into candidates, and written with links to here.

A page of a large project has 15,000 of them, so each is looked at once: standard file names are split without
`packaging`, each spelling of a version is understood once.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urljoin

import msgspec
from msgspec import UNSET, Raw, UnsetType
from packaging.version import Version

from lazaretto.ecosystems.candidates import draft
from lazaretto.ecosystems.registry_document import ADDRESS, attempt
from lazaretto.ecosystems.registry_names import is_sdist, is_wheel, sorter
from lazaretto.ecosystems.release_dates import instant
from lazaretto.model.gate import Candidate, Listing
from lazaretto.model.text import N_, Message

Rejected = tuple[str, Message]
Metadata = bool | dict[str, str]
T = TypeVar("T")

_OTHER: Final = Message(N_("its name is not that of a file of this project"))
_TWICE: Final = Message(N_("it is listed twice"))
_NO_LINK: Final = Message(N_("it names no address of a file"))
_SIZES: Final = {"sha256": 32, "sha512": 64, "sha384": 48, "sha1": 20}
"""Algorithms that are told on, with their bytes. Weaker ones prove nothing."""


class FileRow(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True, rename="kebab"):
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


class LooseRow(FileRow, gc=False, forbid_unknown_fields=False, omit_defaults=True, rename="kebab"):
    """One file that has more fields than are known."""


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
    sort = sorter(listing.name)
    kept: list[tuple[FileRow, str, datetime | None, str]] = []  # with version, time, address
    seen: set[str] = set()
    wheels: set[str] = set()
    proven: set[str] = set()
    tells = False
    first: datetime | None = None
    for row in rows:
        filename = row.filename
        version = sort(filename)
        url = row.url
        if ADDRESS.fullmatch(url) is None:
            url = _absolute(base_url, url)
        if not version or not url or filename in seen:
            rejected.append((filename[:256], _OTHER if not version else _NO_LINK if not url else _TWICE))
            continue
        seen.add(filename)
        moment = instant(row.upload_time)
        if moment is not None and (first is None or moment < first):
            first = moment
        kept.append((row, version, moment, url))
        if version not in wheels and is_wheel(filename):
            wheels.add(version)
        if row.provenance is not UNSET:
            tells = True
            if row.provenance:
                proven.add(version)
    order = {version: Version(version) for version in {one[1] for one in kept}}
    built = {order[version] for version in wheels}
    unbuilt = {version for version, parsed in order.items() if parsed not in built}
    oldest = min((order[version] for version in proven), default=None)
    before = {version: (oldest is not None and oldest < parsed) if tells else None for version, parsed in order.items()}
    listing = replace(listing, first_published=first, versions=len(set(order.values())))
    found = []
    for row, version, moment, url in kept:
        filename, yanked = row.filename, row.yanked
        made = draft(
            listing,
            version,
            filename,
            url,
            digests_of(row.hashes),
            row.size,
            moment,
            (),
            version in unbuilt and is_sdist(filename),
            None if yanked is False else "" if yanked is True else yanked,
            "",
            bool(row.provenance) if tells else None,
            before[version],
            "",
            "",
            "",
        )
        made.__class__ = Candidate
        found.append(made)
    return listing, tuple(found), [one[0] for one in kept]


def digests_of(hashes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the digests that are well-formed and strong enough to be told on."""
    told = hashes.get("sha256")
    if told is not None and len(hashes) == 1 and len(told) == 64:  # as nearly every file has it
        try:
            return (("sha256", told.lower()),) if len(bytes.fromhex(told)) == 32 else ()
        except ValueError:
            return ()
    found = []
    for name in hashes:
        size = _SIZES.get(name)
        told = hashes[name]
        if size is not None and len(told) == 2 * size:
            try:
                plain = bytes.fromhex(told)
            except ValueError:
                continue
            if len(plain) == size:
                found.append((name, told.lower()))
    return tuple(found)


def passed_row(row: FileRow, version: str, to: Passed, reason: str | None) -> FileRow:
    """Return the row with links to this side; `reason`: it is held back, and listed as yanked for this reason."""
    new = copy(row)
    new.url = f"{to.base}/files/{to.project}/{row.filename}"
    if row.provenance:
        new.provenance = f"{to.base}/integrity/{to.project}/{version}/{row.filename}/provenance"
    told = next(
        (one for one in (row.core_metadata, row.data_dist_info_metadata, row.dist_info_metadata) if one is not UNSET),
        UNSET,
    )
    if row.filename.endswith(".whl"):
        new.core_metadata = new.data_dist_info_metadata = told or True  # this side takes it out of the wheel
    elif row.core_metadata is UNSET or row.data_dist_info_metadata is UNSET:
        new.core_metadata = new.data_dist_info_metadata = told
    if reason is not None:
        new.yanked = reason
    return new


def _absolute(base_url: str, url: str) -> str:
    if not url:
        return ""
    try:
        joined = urljoin(base_url, url)
    except ValueError:
        return ""
    return joined if ADDRESS.fullmatch(joined) else ""


def _told(decoder: msgspec.json.Decoder[T], raw: Raw | None) -> T | UnsetType:
    found = attempt(decoder.decode, raw)
    return UNSET if found is None else found
