"""Finished documents: filtered, rewritten and compressed once for one state of the world, then served as bytes.

A page's ETag is a digest of its bytes and of the epoch; so a cooldown that ends, an approval, a verdict all change it,
and a client that holds yesterday's page gets today's.
"""

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lazaretto.gate.once import Memory
from lazaretto.gate.refusal import case_id, missing, phrase, sentence, told, word
from lazaretto.gate.settings import Settings
from lazaretto.gate.table import Table
from lazaretto.gate.tables import Built
from lazaretto.model.gate import Ruling
from lazaretto.model.verdict import Outcome

MAX_AGE = 300
"""Seconds that a client may use a page without asking, at most."""
AT_ONCE = 1
"""Documents that are parsed at a time: each may take a hundred megabytes for a moment, and only one can run anyway."""

Key = tuple[str, str, str, str, str, str]
"""Ecosystem, name, team, form, rest (a version), base."""


@dataclass(frozen=True, slots=True)
class Page:
    """One finished document."""

    packed: bytes
    """gzip."""
    size: int
    """Unpacked."""
    etag: str
    content_type: str
    document: str
    epoch: tuple[object, ...]
    ends: datetime | None
    hidden: int = 0
    """Files that are withheld."""

    def body(self) -> bytes:
        """Unpack, for the client that takes nothing else."""
        return gzip.decompress(self.packed)

    def max_age(self, now: datetime) -> int:
        """Seconds for which this page cannot change by itself, at most `MAX_AGE`."""
        if self.ends is None:
            return MAX_AGE
        return max(0, min(MAX_AGE, int((self.ends - now).total_seconds())))


TYPES = {
    "full": "application/json",
    "abbreviated": "application/vnd.npm.install-v1+json",
    "version": "application/json",
    "simple-json": "application/vnd.pypi.simple.v1+json",
    "simple-html": "application/vnd.pypi.simple.v1+html",
    "html": "text/html; charset=utf-8",
    "legacy": "application/json",
}


@dataclass
class Pages:
    """The pages in memory."""

    settings: Settings
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _pages: Memory[Key, Page] = field(init=False)
    _names: dict[tuple[str, str], set[Key]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pages = Memory(self.settings.form_bytes, lambda page: len(page.packed) + 600)

    def get(self, key: Key, document: str, epoch: tuple[object, ...], now: datetime) -> Page | None:
        """Return a page that still holds."""
        page = self._pages.get(key)
        if page is None or page.document != document or page.epoch != epoch:
            return None
        return page if page.ends is None or now < page.ends else None

    def forget(self, ecosystem: str, name: str) -> None:
        """Drop the pages of a project, for all teams."""
        for key in self._names.pop((ecosystem, name), ()):
            self._pages.drop(key)

    def make(self, key: Key, built: Built, base: str, form: str, rest: str) -> Page:
        """Write a page. Takes a while for large ones: call it in a thread.

        Raises:
            Refusal: there is no such version.
        """
        table = built.table
        body = FORMS[form](built, base, rest)
        packed = compress(body)
        tag = hashlib.blake2b(body, digest_size=12).hexdigest()
        page = Page(
            packed,
            len(body),
            f'"{tag}-{table.epoch[1]}"',
            TYPES[form],
            table.document,
            table.epoch,
            table.ends,
            sum(ruling.outcome > Outcome.ALLOW for ruling in table.rulings.values()),
        )
        self._pages.put(key, page)
        self._names.setdefault(key[:2], set()).add(key)
        return page


def compress(body: bytes) -> bytes:
    """Pack for the wire: isal at its strongest, a tenth of zlib's time; zlib where it is missing."""
    try:
        from isal import igzip
    except ImportError:
        return gzip.compress(body, 6, mtime=0)
    return igzip.compress(body, 2, mtime=0)


def reasons(table: Table, policy_digest: str) -> Mapping[str, str]:
    """Return the reason for each withheld file, as clients may print it."""
    found: dict[str, str] = {}
    for name, ruling in table.rulings.items():
        if ruling.outcome > Outcome.ALLOW:
            candidate = table.candidates[name]
            case = case_id(candidate, ruling.clause, policy_digest)
            found[name] = phrase(told(case, word(ruling), sentence(ruling, table.newest_allowed(candidate.version))))
    return found


def warnings(built: Built) -> Mapping[str, str]:
    """Return what is only to be told, by file name."""
    found: dict[str, str] = {}
    for name, ruling in built.table.rulings.items():
        said = [hit.message.english() for hit in ruling.hits if hit.warn]
        if said and ruling.outcome is Outcome.ALLOW:
            found[name] = phrase(f"Lazaretto: {'; '.join(said)}")
    return found


def _reasons(built: Built) -> Mapping[str, str]:
    return reasons(built.table, built.policy_digest)


def _by_version(built: Built, by_file: Mapping[str, str]) -> dict[str, str]:
    return {built.table.candidates[name].version: text for name, text in by_file.items()}


def _rulings(built: Built) -> dict[str, Ruling]:
    return {built.table.candidates[name].version: ruling for name, ruling in built.table.rulings.items()}


def _full(built: Built, base: str, _: str) -> bytes:
    why, told = _by_version(built, _reasons(built)), _by_version(built, warnings(built))
    return built.packument.full(_rulings(built), base, reasons=why, warnings=told)


def _abbreviated(built: Built, base: str, _: str) -> bytes:
    why, told = _by_version(built, _reasons(built)), _by_version(built, warnings(built))
    return built.packument.abbreviated(_rulings(built), base, reasons=why, warnings=told)


def _version(built: Built, base: str, rest: str) -> bytes:
    found = built.packument.version(rest, _rulings(built), base, warnings=_by_version(built, warnings(built)))
    if found is None:
        raise missing(f"{built.table.listing.name} has no version {rest}")
    return found


def _simple_json(built: Built, base: str, _: str) -> bytes:
    return built.page.json(_listed(built), _reasons(built), base, held_back=_held_back(built))


def _simple_html(built: Built, base: str, _: str) -> bytes:
    return built.page.html(_listed(built), _reasons(built), base, held_back=_held_back(built))


def _listed(built: Built) -> Mapping[str, Ruling]:
    """Decide how a Python page shows what is withheld.

    Some files pass: the others are listed as yanked with the reason (PEP 592), so that resolvers fall back and an exact
    pin is told why. None passes: all are listed, so that the client asks for one and prints the refusal; on an empty
    page pip and uv say only that there is nothing. Downloads are refused all the same.
    """
    rulings = built.table.rulings
    if built.table.refused:
        return dict.fromkeys(rulings, _SHOWN)
    return {name: ruling if ruling.outcome is Outcome.ALLOW else _YANKED for name, ruling in rulings.items()}


def _held_back(built: Built) -> str:
    """Say why nothing of a project is served; empty when something is (PEP 792: `quarantined`, with a reason)."""
    return next(iter(_reasons(built).values()), "") if built.table.refused else ""


_SHOWN = Ruling(Outcome.ALLOW)
_YANKED = Ruling(Outcome.QUARANTINE)


FORMS: Mapping[str, Callable[[Built, str, str], bytes]] = {
    "full": _full,
    "abbreviated": _abbreviated,
    "version": _version,
    "simple-json": _simple_json,
    "simple-html": _simple_html,
    "html": _simple_html,
}
