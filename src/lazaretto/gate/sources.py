"""Which upstream is asked for a name, and the documents that it gave: fresh, revalidated, or yesterday's if it is down.

The first upstream that knows a name is the only one that serves it, and an upstream that fails is not passed over: else
whoever can silence a registry could have its names answered by another.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from urllib.parse import urljoin

from lazaretto.adapters.gate_disk import CacheError
from lazaretto.adapters.gate_documents import Document as Stored
from lazaretto.adapters.gate_documents import Documents
from lazaretto.adapters.gate_upstream import Fetched, UpstreamClient, UpstreamError
from lazaretto.adapters.upstreams import Upstream
from lazaretto.gate.metrics import Metrics
from lazaretto.gate.once import Memory, Once
from lazaretto.gate.refusal import down, missing
from lazaretto.gate.settings import Settings

ACCEPT = {
    "npm": "application/json",
    "pypi": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1",
}
RECHECK = 2.0
"""Seconds within which a document is not asked for again, whatever clients ask for: an unknown version is looked up
anew, and must not be a way to have the upstream flooded."""
ABSENT = 10.0
"""Seconds for which a name that the upstream does not know is not asked for again."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be used now. Its body is read again when somebody needs it."""

    key: str
    digest: str
    upstream: Upstream
    asked: str
    """Address that was asked: under it the body is kept."""
    url: str
    """Where redirects led; links are read against it."""
    content_type: str
    stale: bool = False
    """The upstream could not be asked; this is what it last said."""
    body: bytes | None = None
    """Set when it was just received."""


@dataclass
class _State:
    document: Document
    confirmed: float
    """Monotonic."""


@dataclass
class Sources:
    """The upstreams of one gate and their documents."""

    settings: Settings
    client: UpstreamClient
    documents: Documents
    metrics: Metrics
    upstreams: tuple[Upstream, ...]
    _states: Memory[tuple[str, str], _State] = field(default_factory=lambda: Memory(20_000))
    _absent: Memory[tuple[str, str], float] = field(default_factory=lambda: Memory(20_000))
    _once: Once[tuple[str, str], Document] = field(default_factory=Once)

    def route(self, ecosystem: str, name: str) -> Sequence[Upstream]:
        """Return the upstreams that may be asked for a name, in order. A claimed name is asked nowhere else."""
        world = [one for one in self.upstreams if one.ecosystem == ecosystem]
        claimed = [one for one in world if any(fnmatchcase(name, pattern) for pattern in one.names)]
        return claimed or [one for one in world if not one.names]

    def main(self, ecosystem: str) -> Upstream:
        """Return the upstream that answers what belongs to no package.

        Raises:
            Refusal: none is known.
        """
        found = next((one for one in self.upstreams if one.ecosystem == ecosystem and not one.names), None)
        if found is None:
            raise down(f"no upstream registry is known for {ecosystem}; name one in the policy file")
        return found

    async def document(self, ecosystem: str, name: str, *, again: bool = False) -> Document:
        """Return a project's document, confirmed within `metadata_seconds` (`again`: within two seconds).

        Raises:
            Refusal: no upstream knows the name, or none can be asked and nothing is kept.
        """
        key = (ecosystem, name)
        state = self._states.get(key)
        age = RECHECK if again else self.settings.metadata_seconds
        now = time.monotonic()
        if state is not None and (now - state.confirmed < age or self.settings.offline):
            return state.document
        absent = self._absent.get(key)
        if absent is not None and now - absent < (RECHECK if again else ABSENT):
            raise missing(f"{name} is not known to the upstream")
        return await self._once.do(key, lambda: self._refresh(key))

    async def body(self, document: Document) -> bytes:
        """Return a document's body.

        Raises:
            Refusal: it is not kept any more and cannot be had.
        """
        if document.body is not None:
            return document.body
        kept = await asyncio.to_thread(self.documents.get, document.asked)
        if kept is not None and _digest(kept.body) == document.digest:
            return kept.body
        ecosystem, _, name = document.key.partition(":")
        self._states.drop((ecosystem, name))
        fresh = await self.document(ecosystem, name, again=True)
        if fresh.body is not None:
            return fresh.body
        raise down(f"{name}: the registry's document was lost")

    async def forget(self, document: Document) -> None:
        """Drop a document that cannot be used: it must not come back as "not modified"."""
        ecosystem, _, name = document.key.partition(":")
        self._states.drop((ecosystem, name))
        await asyncio.to_thread(self.documents.drop, document.asked)

    async def _refresh(self, key: tuple[str, str]) -> Document:
        ecosystem, name = key
        routes = self.route(ecosystem, name)
        if not routes:
            raise down(f"no upstream registry is known for {ecosystem}; name one in the policy file")
        for upstream in routes:
            asked = urljoin(upstream.url, _path(ecosystem, name))
            known = await asyncio.to_thread(self.documents.get, asked)
            if self.settings.offline:
                if known is not None:
                    return self._keep(key, known, upstream, stale=True)
                continue
            try:
                fetched = await self._ask(upstream, ecosystem, asked, known)
            except UpstreamError as error:
                if error.missing:
                    if known is not None:
                        await asyncio.to_thread(self.documents.drop, asked)
                    continue
                if known is not None and not 400 <= error.status < 429:
                    return self._keep(key, known, upstream, stale=True)
                raise
            now = datetime.now(UTC)
            if fetched.status == 304 and known is not None:
                await asyncio.to_thread(self.documents.touch, asked, now)
                return self._keep(key, known, upstream)
            fresh = Stored(
                asked,
                fetched.url,
                fetched.headers.get("Content-Type", ""),
                fetched.headers.get("ETag", ""),
                fetched.headers.get("Last-Modified", ""),
                now,
                fetched.body,
            )
            with contextlib.suppress(CacheError):  # a full disk costs the next conditional request, nothing else
                await asyncio.to_thread(self.documents.put, fresh)
            self._absent.drop(key)
            return self._keep(key, fresh, upstream)
        if self.settings.offline:
            raise down(f"{name} is not in the cache, and this gate is offline")
        self._absent.put(key, time.monotonic())
        self._states.drop(key)
        raise missing(f"{name} is not known to the upstream")

    async def _ask(self, upstream: Upstream, ecosystem: str, asked: str, known: Stored | None) -> Fetched:
        headers = {"Accept": ACCEPT[ecosystem]}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        try:
            fetched = await self.client.request(upstream, "GET", asked, headers, self.settings.document_bytes)
        except UpstreamError as error:
            self.metrics.upstream.labels(upstream.id, str(error.status or "none")).inc()
            raise
        self.metrics.upstream.labels(upstream.id, str(fetched.status)).inc()
        self.metrics.upstream_bytes.labels(upstream.id).inc(len(fetched.body))
        if fetched.status == 304 and known is None:
            raise UpstreamError(f"{upstream.id}: answered 304 to a plain request")
        return fetched

    def _keep(self, key: tuple[str, str], stored: Stored, upstream: Upstream, *, stale: bool = False) -> Document:
        document = Document(
            f"{key[0]}:{key[1]}",
            _digest(stored.body),
            upstream,
            stored.url,
            stored.final_url,
            stored.content_type,
            stale,
            stored.body,
        )
        confirmed = time.monotonic() - (self.settings.metadata_seconds - RECHECK if stale else 0)
        self._states.put(key, _State(replace(document, body=None), confirmed))  # the body is for who asked just now
        return document

    async def close(self) -> None:
        """End what is under way."""
        await self._once.close()


def _path(ecosystem: str, name: str) -> str:
    return name.replace("/", "%2f") if ecosystem == "npm" else f"{name}/"


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()
