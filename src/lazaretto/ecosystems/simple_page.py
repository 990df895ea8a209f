"""A project's page at a Python index: what it offers, and what of it is passed on.

    page = parse_json(data, "idna", base_url)   or parse_html(...)
    page.candidates                       one for each file, in the page's order
    page.json(rulings, reasons, base)     application/vnd.pypi.simple.v1+json
    page.html(rulings, reasons, base)     application/vnd.pypi.simple.v1+html, text/html

Only what a ruling allows is listed; a file without a ruling is not. A quarantined file is listed as yanked with the
reason, so that resolvers avoid it and an exact pin is told why; a blocked one is not listed. Hashes, sizes, times and
fields that nobody knows yet pass through; links lead to this side. `api-version` is what the page really fulfils.

Sources: PEP 503, 592, 629, 658, 691, 700, 708, 714, 740, 792 (the specification "Simple repository API").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw

from lazaretto.ecosystems.pypi import is_name, normalize
from lazaretto.ecosystems.registry_document import (
    FIELD,
    LIMIT,
    RegistryDocumentError,
    attempt,
    check,
    check_count,
    decoded,
)
from lazaretto.ecosystems.registry_names import release_key
from lazaretto.ecosystems.simple_files import (
    KNOWN,
    FileRow,
    LooseRow,
    Passed,
    Rejected,
    candidates_of,
    passed_row,
    row_of,
)
from lazaretto.ecosystems.simple_html import Head, read, written
from lazaretto.model.gate import Candidate, Listing, Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome

PageError = RegistryDocumentError
T = TypeVar("T")

_NEWEST: Final = 4
"""Minor version of the interface that is understood: 1.4, PEP 792."""
_VERSIONS: Final = 4 << 20
"""Bytes of `versions`."""
_QUARANTINED: Final = "quarantined"
_HELD_BACK: Final = "Every file of this project is blocked by the policy of this index."


_ABSENT: Final = Raw(b"")


class _Page(msgspec.Struct, forbid_unknown_fields=True):
    """A page of which every field is known."""

    files: list[FileRow]
    name: str = ""
    meta: Raw = _ABSENT
    versions: Raw = _ABSENT
    project_status: Raw = msgspec.field(default=_ABSENT, name="project-status")
    alternate_locations: Raw = msgspec.field(default=_ABSENT, name="alternate-locations")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a page says of itself."""

    name: str
    meta: dict[str, Any]
    versions: list[str] | None
    status: dict[str, Any] | None


_PAGE = msgspec.json.Decoder(_Page)
_TOP = msgspec.json.Decoder(dict[str, Raw])
_ROWS = msgspec.json.Decoder(list[dict[str, Raw]])
_LOOSE = msgspec.json.Decoder(list[LooseRow])
_ANY = msgspec.json.Decoder(Any)
_OBJECT = msgspec.json.Decoder(dict[str, Any])
_NAMES = msgspec.json.Decoder(list[str])
_TEXT = msgspec.json.Decoder(str)


@dataclass(frozen=True, slots=True)
class SimplePage:
    """A project as its index describes it. Large: keep what comes out of it, not this."""

    listing: Listing
    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]
    """(file name, why) of what is never listed nor served."""
    _rows: Sequence[FileRow]
    """One a candidate."""
    _extra: Mapping[str, dict[str, Raw]]
    """File name -> fields that are not known."""
    _top: Mapping[str, Raw]
    _meta: Mapping[str, Any]
    _versions: Sequence[str] | None
    _status: Mapping[str, Any] | None

    def find(self, filename: str) -> Candidate | None:
        """Return the candidate of a file name, exactly as the page spells it."""
        return next((one for one in self.candidates if one.filename == filename), None)

    def provenance_url(self, filename: str) -> str:
        """Return the upstream's address of a file's attestations (PEP 740); empty when there are none."""
        return next((row.provenance or "" for row in self._rows if row.filename == filename), "")

    def json(
        self, rulings: Mapping[str, Ruling], reasons: Mapping[str, str], base: str, *, held_back: str = ""
    ) -> bytes:
        """Return the page as JSON.

        Args:
            rulings: file name -> ruling; a file without one is not listed.
            reasons: file name -> why it is quarantined.
            base: address of this side without a slash at its end.
            held_back: why nothing of the project is served although files are listed; the status says so.
        """
        rows, versions = self._listed(rulings, reasons, base)
        top = dict(self._top)
        top["name"] = _raw(self.listing.name)
        status = self._status_now(rulings, held_back)
        top["meta"] = _raw({**self._meta, "api-version": self._interface(rows, status)})
        if status is not None:
            top["project-status"] = _raw(status)
        if (told := self._versions_now(versions)) is not None:
            top["versions"] = _raw(told)
        if self._extra:
            top["files"] = _raw([Raw(self._with_extra(row)) for row in rows])
        else:
            top["files"] = _raw(rows)
        return msgspec.json.encode(top)

    def html(
        self, rulings: Mapping[str, Ruling], reasons: Mapping[str, str], base: str, *, held_back: str = ""
    ) -> bytes:
        """Return the page as HTML. Arguments as for `json`."""
        rows, _ = self._listed(rulings, reasons, base)
        status = self._status_now(rulings, held_back) or {}
        tracks = self._meta.get("tracks")
        places = attempt(_ANY.decode, self._top.get("alternate-locations"))
        head = Head(
            self._interface(rows, status),
            _text(status.get("status")),
            _text(status.get("reason")),
            tuple(one for one in tracks if isinstance(one, str)) if isinstance(tracks, list) else (),
            tuple(one for one in places if isinstance(one, str)) if isinstance(places, list) else (),
        )
        return written(self.listing.name, head, rows)

    def _listed(
        self, rulings: Mapping[str, Ruling], reasons: Mapping[str, str], base: str
    ) -> tuple[list[FileRow], set[str]]:
        passed = Passed(base, self.listing.name)
        rows: list[FileRow] = []
        versions: set[str] = set()
        for row, one in zip(self._rows, self.candidates, strict=True):
            ruling = rulings.get(one.filename)
            if ruling is None or ruling.outcome >= Outcome.BLOCK:
                continue
            held = ruling.outcome > Outcome.ALLOW
            reason = (reasons.get(one.filename) or "held back by the policy of this index") if held else None
            rows.append(passed_row(row, one.version, passed, reason))
            versions.add(one.version)
        return rows, versions

    def _versions_now(self, listed: set[str]) -> list[str] | None:
        if self._versions is None:
            return None
        keys = {release_key(version) for version in listed}
        return [spelled for spelled in self._versions if release_key(spelled) in keys]

    def _status_now(self, rulings: Mapping[str, Ruling], held_back: str) -> Mapping[str, Any] | None:
        if held_back:
            return {"status": _QUARANTINED, "reason": held_back}
        blocked = bool(self.candidates) and all(
            one.filename not in rulings or rulings[one.filename].outcome >= Outcome.BLOCK for one in self.candidates
        )
        return {"status": _QUARANTINED, "reason": _HELD_BACK} if blocked else self._status

    def _interface(self, rows: Sequence[FileRow], status: object) -> str:
        """PEP 700 (1.1) demands sizes and versions; only pages that have them may say more than 1.0."""
        told = str(self._meta.get("api-version", "1.0")).partition(".")[2]
        minor = min(int(told), _NEWEST) if told.isascii() and told.isdigit() and len(told) < 9 else 0
        if self._versions is None or any(row.size is None for row in rows):
            return "1.0"
        return f"1.{max(minor, _NEWEST) if status else minor}"

    def _with_extra(self, row: FileRow) -> bytes:
        body = msgspec.json.encode(row)
        extra = self._extra.get(row.filename)
        return body[:-1] + b"," + msgspec.json.encode(extra)[1:] if extra else body


def parse_json(
    data: bytes, name: str, base_url: str = "", *, upstream: str = "", private: bool = False, limit: int = LIMIT
) -> SimplePage:
    """Read a page in PEP 691's JSON.

    Args:
        data: the bytes.
        name: the project, in any spelling.
        base_url: address of the page, for links that are relative.
        upstream: id of the index.
        private: it is one of the user's own.
        limit: bytes that are read.

    Raises:
        PageError: too large, broken, of another project, or not a page.
    """
    project = _project(name)
    check(data, limit)
    # All fields known, all types right: one step in C. Anything else is taken apart field by field.
    page = attempt(_PAGE.decode, data, limit)
    extra: dict[str, dict[str, Raw]] = {}
    top: dict[str, Raw] = {}
    if page is None:
        fields = decoded(_TOP.decode, data)
        if "files" not in fields:
            raise PageError(Message(N_("the index answered without a list of files")))
        page = _Page(
            _odd_rows(fields["files"], extra),
            attempt(_TEXT.decode, fields.get("name")) or "",
            *(fields.get(key, _ABSENT) for key in ("meta", "versions", "project-status", "alternate-locations")),
        )
        top = {key: raw for key, raw in fields.items() if key not in ("files", "versions", "project-status")}
    elif page.alternate_locations is not _ABSENT:
        top = {"alternate-locations": page.alternate_locations}
    check_count(len(page.files))
    said = _Said(
        page.name,
        _told(_OBJECT, page.meta, FIELD) or {},
        _told(_NAMES, page.versions, _VERSIONS),
        _told(_OBJECT, page.project_status, FIELD),
    )
    interface = said.meta.get("api-version", "1.0")
    return _built(project, said, page.files, interface, top, extra, [], base_url, upstream, private)


def parse_html(
    data: bytes, name: str, base_url: str = "", *, upstream: str = "", private: bool = False, limit: int = LIMIT
) -> SimplePage:
    """Read a page in PEP 503's HTML. Arguments and errors as for `parse_json`."""
    project = _project(name)
    head, rows, place, rejected = read(data, base_url, limit)
    check_count(len(rows))
    meta: dict[str, Any] = {"tracks": list(head.tracks)} if head.tracks else {}
    top = {"alternate-locations": _raw(list(head.alternates))} if head.alternates else {}
    status = {"status": head.status} if head.status else None
    if status is not None and head.reason:
        status["reason"] = head.reason
    said = _Said(name, meta, None, status)
    return _built(project, said, rows, head.interface or "1.0", top, {}, rejected, place, upstream, private)


def _built(
    project: str,
    said: _Said,
    rows: list[FileRow],
    interface: object,
    top: dict[str, Raw],
    extra: dict[str, dict[str, Raw]],
    rejected: list[Rejected],
    base_url: str,
    upstream: str,
    private: bool,  # noqa: FBT001 - one of the listing's facts
) -> SimplePage:
    if not isinstance(interface, str) or interface.partition(".")[0] != "1":
        text = N_("the index speaks version {version} of the interface; only 1 is understood")
        raise PageError(Message.of(text, {"version": str(interface)[:20]}))
    if said.name and normalize(said.name) != project:
        text = N_("the registry was asked for {name} and answered about something else")
        raise PageError(Message.of(text, {"name": project}))
    told = _text((said.status or {}).get("status"))
    listing = Listing("pypi", project, status=told[:40] or "active", upstream=upstream, private=private)
    listing, candidates, rows = candidates_of(listing, rows, base_url, rejected)
    meta = {**said.meta, "api-version": interface}
    return SimplePage(listing, candidates, tuple(rejected), rows, extra, top, meta, said.versions, said.status)


def _odd_rows(raw: Raw, extra: dict[str, dict[str, Raw]]) -> list[FileRow]:
    """Read the files field by field; fields that nobody knows are put into `extra`."""
    raws = decoded(_ROWS.decode, raw)
    check_count(len(raws))
    rows: list[FileRow] = []
    loose = attempt(_LOOSE.decode, raw, LIMIT)
    if loose is not None:  # only that there is more than is known
        for known, one in zip(loose, raws, strict=True):
            if new := one.keys() - KNOWN:
                extra.setdefault(known.filename, {key: one[key] for key in sorted(new)})
        return [*loose]
    for one in raws:
        row, unknown = row_of(one)
        if row is not None:
            rows.append(row)
            if unknown:
                extra.setdefault(row.filename, unknown)
    return rows


def _told(decoder: msgspec.json.Decoder[T], raw: Raw, limit: int) -> T | None:
    return None if raw is _ABSENT else attempt(decoder.decode, raw, limit)


def _project(name: str) -> str:
    if not is_name(name):
        raise PageError(Message.of(N_("{name} is not the name of a Python project"), {"name": name[:100]}))
    return normalize(name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _raw(value: object) -> Raw:
    return Raw(msgspec.json.encode(value))
