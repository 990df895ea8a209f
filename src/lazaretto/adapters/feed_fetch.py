"""Fetching feeds: files that go on where they were cut off, OSV's bucket with its delta, TAXII 2.1 collections.

    fetch(source, state, folder, client) -> Fetched       documents, whether they are the whole feed, the new state

Everything is fetched into `folder` first and read from there, so that nothing is taken over before it is there whole.
`state` is what the last successful update left: ETags, and the newest date *of the feed* that was seen. This computer's
clock decides nothing here.

Sources: OSV's data export (`<Ecosystem>/all.zip`, `<Ecosystem>/modified_id.csv` newest first); TAXII 2.1 sections 3.4
and 5.4 (OASIS Standard, 2021).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import msgspec

from lazaretto.adapters.feed_documents import FeedError, documents
from lazaretto.adapters.feed_table import Source
from lazaretto.adapters.http_client import Fetcher, FetchError
from lazaretto.ecosystems.ranges import world
from lazaretto.intel.feeds.feed import Document
from lazaretto.model.text import N_

FILE_BYTES = 8 << 30
"""Largest download."""
RECORD_BYTES = 4 << 20
LIST_BYTES = 512 << 20
MOST_SINGLE = 1500
"""Changed records beyond this are fetched as a whole zip: it is faster, and kinder to the server."""
MOST_PAGES = 10_000

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
_RECORD = re.compile(r"[A-Za-z0-9._-]{1,100}")

State = dict[str, Any]


@dataclass
class Part:
    """One piece of a feed that stands by itself."""

    documents: Iterator[Document]
    whole: bool
    """True when it is all there is, so that what is missing from it is gone."""
    worlds: frozenset[str] = frozenset()
    """The package worlds (purl types) that `whole` is about; empty = all."""


@dataclass
class Fetched:
    """What is to be read, and what to remember once it has been."""

    parts: list[Part] = field(default_factory=list)
    state: State = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def fetch(source: Source, state: State, folder: Path, client: Fetcher) -> Fetched:
    """Fetch what is new of a feed into `folder`.

    Raises:
        FeedError: it could not be fetched whole. What has arrived stays in `folder` for the next try.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        match source.layout:
            case "osv-bucket":
                return _bucket(source, state, folder, client)
            case "taxii":
                return _taxii(source, state, client)
            case _:
                return _file(source, state, folder, client)
    except FetchError as error:
        raise FeedError(
            N_("feed {name} could not be fetched: {error}"),
            N_("repeat later: it goes on where it was cut off"),
            name=source.name,
            error=error,
        ) from error
    except OSError as error:
        raise FeedError(
            N_("feed {name} could not be written to {folder}: {error}"),
            name=source.name,
            folder=folder,
            error=error.strerror or error,
        ) from error


def _file(source: Source, state: State, folder: Path, client: Fetcher) -> Fetched:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", source.address.partition("?")[0].rpartition("/")[2])[-80:] or "feed"
    target = folder / name
    known = state.get("etag", "") if state.get("address") == source.address else ""
    tag = client.download(source.address, target, FILE_BYTES, known if isinstance(known, str) else "")
    if tag is None:
        return Fetched(state=state)
    fetched = Fetched(state={"address": source.address, "etag": tag})
    fetched.parts.append(Part(documents(target, fetched.unreadable.append), source.replaces))
    return fetched


def _bucket(source: Source, state: State, folder: Path, client: Fetcher) -> Fetched:
    since = state.get("since") if isinstance(state.get("since"), dict) else {}
    fetched = Fetched(state={"since": dict(since or {})})
    for name in source.worlds:
        base = f"{source.address.rstrip('/')}/{quote(name)}"
        known = fetched.state["since"].get(name, "")
        newest, changed = _changed(client, base, known if isinstance(known, str) else "")
        if not newest:
            raise FeedError(
                N_("feed {name}: {address} is not a list of records"),
                name=source.name,
                address=f"{base}/modified_id.csv",
            )
        if known and len(changed) <= MOST_SINGLE:
            part = Part(_records(client, base, changed), whole=False)
        else:
            target = folder / f"{re.sub(r'[^A-Za-z0-9]', '_', name)}.zip"
            client.download(f"{base}/all.zip", target, FILE_BYTES)
            part = Part(documents(target, fetched.unreadable.append), source.replaces, frozenset({world(name)}))
        fetched.parts.append(part)
        fetched.state["since"][name] = newest
    return fetched


def _changed(client: Fetcher, base: str, since: str) -> tuple[str, list[str]]:
    """Return the newest date of the feed, and the malicious packages whose records changed since, oldest first."""
    newest, found = "", []
    for line in client.lines(f"{base}/modified_id.csv", LIST_BYTES):
        stamp, _, ident = line.decode("utf-8", "replace").strip().partition(",")
        if not _STAMP.fullmatch(stamp):
            if not newest:
                return "", []
            continue
        newest = newest or stamp
        if since and stamp < since:  # the same moment once more: something may have joined it
            break
        if not since:
            break  # everything is fetched anyway
        if ident.startswith("MAL-") and _RECORD.fullmatch(ident):
            found.append(ident)
            if len(found) > MOST_SINGLE:
                break
    return newest, found[::-1]


def _records(client: Fetcher, base: str, idents: list[str]) -> Iterator[Document]:
    for ident in idents:
        try:
            _, _, data = client.get(f"{base}/{quote(ident)}.json", RECORD_BYTES)
        except FetchError as error:
            if error.status in (404, 410):  # gone again between two requests
                continue
            raise FeedError(N_("record {name} could not be fetched: {error}"), name=ident, error=error) from error
        yield Document(f"{ident}.json", data)


def _taxii(source: Source, state: State, client: Fetcher) -> Fetched:
    base = source.address if source.address.endswith("/") else source.address + "/"
    added = state.get("added_after", "")
    fetched = Fetched(state={"added_after": added})
    fetched.parts.append(Part(_pages(client, urljoin(base, "objects/"), fetched.state), whole=False))
    return fetched


def _pages(client: Fetcher, address: str, state: State) -> Iterator[Document]:
    begin, following = state["added_after"], ""
    for _ in range(MOST_PAGES):
        query = {key: value for key, value in (("added_after", begin), ("next", following)) if value}
        try:
            _, headers, data = client.get(
                f"{address}?{urlencode(query)}" if query else address,
                64 << 20,
                {"Accept": "application/taxii+json;version=2.1"},
            )
            page = msgspec.json.decode(data, type=dict[str, Any])
        except FetchError as error:
            raise FeedError(N_("the collection could not be fetched: {error}"), error=error) from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise FeedError(N_("the server did not answer as a TAXII 2.1 server does")) from error
        last = {name.lower(): value for name, value in headers.items()}.get("x-taxii-date-added-last", "")
        if page.get("objects"):
            yield Document("taxii.json", json.dumps({"type": "bundle", "spec_version": "2.1", **page}).encode())
        state["added_after"] = last if _STAMP.fullmatch(last) else state["added_after"]
        following = page.get("next", "")
        if not page.get("more") or not isinstance(following, str) or not following:
            return
    raise FeedError(N_("the collection has more than {limit} pages"), limit=MOST_PAGES)
