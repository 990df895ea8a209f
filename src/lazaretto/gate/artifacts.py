"""The bytes of a file: fetched once, compared with what the registry promised, examined once, then kept.

    upstream -> temporary file while digests are computed -> equal to the promise? -> cache -> examined? -> ruling

However many clients ask for one file, and however many replicas there are, it is fetched once here and examined once
everywhere (a lease in the store). Nothing is served from here: the keeper serves, after the ruling.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.adapters.gate_blobs import Blob, Blobs, BlobWriter, TooLarge
from lazaretto.adapters.gate_store.place import GateStoreError
from lazaretto.adapters.gate_store.store import GateStore
from lazaretto.adapters.gate_upstream import UpstreamClient, UpstreamError
from lazaretto.adapters.upstreams import Upstream
from lazaretto.gate.examiner import Examiner
from lazaretto.gate.metrics import Metrics
from lazaretto.gate.once import Memory, Once
from lazaretto.gate.refusal import Refusal
from lazaretto.gate.settings import Settings
from lazaretto.gate.wheel_metadata import TAIL, Parts, WheelMetadataError, metadata_in
from lazaretto.model.gate import Candidate, Examined

LEASE = 12.0
"""Seconds for which a replica holds an examination unless it says that it goes on: one that died holds it no longer."""
RENEWED = 4.0
"""Seconds between two such messages."""
POLL = 0.25
METADATA_BYTES = 4 << 20
RANGES = 8
"""Ranges of one wheel that are fetched for its metadata."""
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
AT_ONCE = 16
"""Files that are fetched from upstreams at a time."""


@dataclass(frozen=True, slots=True)
class Had:
    """A file that is here and is what the registry promised."""

    blob: Blob
    """Open: it stays on disk until it is let go."""
    examined: Examined | None


@dataclass
class Artifacts:
    """Fetches and examines."""

    settings: Settings
    client: UpstreamClient
    blobs: Blobs
    store: GateStore
    examiner: Examiner
    metrics: Metrics
    owner: str
    engine: str
    """Digest of the program: an examination by another one is made again."""
    examined: Memory[str, Examined] = field(default_factory=lambda: Memory(50_000))
    mismatch: Callable[[Candidate, str, str, str], Refusal] = field(default=lambda *_: Refusal(403, "", "", {}))
    """Makes the refusal: the candidate, what differs, what was promised, what came."""
    _verified: set[str] = field(default_factory=set)
    """Keys whose bytes this process has verified: opening them again costs no more than a look at the disk."""
    _once: Once[tuple[str, bool], Had] = field(default_factory=Once)
    _metadata_once: Once[str, bytes] = field(default_factory=Once)
    _bare: set[str] = field(default_factory=set)
    """Upstreams that keep no metadata beside their wheels."""
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def get(self, candidate: Candidate, upstream: Upstream, *, examine: bool) -> "asyncio.Task[Had]":
        """Start (or join) the work for a file; wait for the task behind `asyncio.shield`."""
        key = candidate.key or f"url:{candidate.url}"
        return self._once.begin((key, examine), lambda: self._get(candidate, upstream, key, examine=examine))

    def cached(self, candidate: Candidate, *, examine: bool) -> Had | None:
        """Return a file that is here already, verified, without waiting; None when there is something to do."""
        key = candidate.key
        if not key:
            return None
        known = self.examined.get(key)
        if examine and (known is None or known.engine != self.engine):
            return None
        blob = self.blobs.open(key) if key in self._verified else None
        return Had(blob, known) if blob is not None else None

    async def known(self, candidate: Candidate) -> Examined | None:
        """Return the examination of a file, if there is one by this program."""
        key = candidate.key
        found = self.examined.get(key) if key else None
        if found is None and key:
            found = (await asyncio.to_thread(self.store.examinations, [key])).get(key)
            if found is not None and found.engine == self.engine:
                self.examined.put(key, found)
        return found if found is not None and found.engine == self.engine else None

    async def metadata(self, candidate: Candidate, upstream: Upstream) -> tuple[bytes, str]:
        """Return a wheel's metadata and its digest: what lies beside it, else what the archive holds.

        Raises:
            Refusal: offline, and not in the cache.
            UpstreamError: it cannot be had.
        """
        key = f"url:{candidate.key or candidate.url}#metadata"
        blob = await asyncio.to_thread(self.blobs.open, key)
        if blob is None:
            body = await self._metadata_once.do(key, lambda: self._metadata(candidate, upstream))
            return body, hashlib.sha256(body).hexdigest()
        with blob:
            return await asyncio.to_thread(blob.path.read_bytes), blob.sha256

    async def _metadata(self, candidate: Candidate, upstream: Upstream) -> bytes:
        whole = await asyncio.to_thread(self.blobs.open, candidate.key or f"url:{candidate.url}")
        if whole is not None:
            with whole:
                body = await asyncio.to_thread(_inside, whole.path, candidate.filename)
        elif self.settings.offline:
            raise Refusal(504, "", f"{candidate.filename}.metadata is not in the cache, and this gate is offline", {})
        else:
            body = await self._metadata_from(candidate, upstream)
        writer = await asyncio.to_thread(self.blobs.begin, METADATA_BYTES)
        try:
            writer.feed(body)
            also = ((candidate.key or candidate.url) + "#metadata",)
            (await asyncio.to_thread(writer.commit, "", also)).close()
        finally:
            writer.abort()
        return body

    async def _metadata_from(self, candidate: Candidate, upstream: Upstream) -> bytes:
        """Ask for what lies beside the wheel, unless this upstream is known to keep nothing there."""
        if upstream.id not in self._bare:
            try:
                beside = await self.client.request(
                    upstream, "GET", candidate.url + ".metadata", {}, METADATA_BYTES, wanted=frozenset({200})
                )
            except UpstreamError as error:
                if not error.missing:
                    raise
                self._bare.add(upstream.id)
            else:
                return beside.body
        try:
            return await self._ranges(candidate, upstream)
        except UpstreamError as error:
            if error.status != 200:  # it sends whole files only
                raise
        had = await asyncio.shield(await self.get(candidate, upstream, examine=False))
        with had.blob:
            return await asyncio.to_thread(_inside, had.blob.path, candidate.filename)

    async def _ranges(self, candidate: Candidate, upstream: Upstream) -> bytes:
        parts: Parts | None = None
        for _ in range(RANGES):
            start, end = parts.missing if parts else (-TAIL, 0)
            asked = f"bytes={start}-{end - 1}" if parts else f"bytes=-{TAIL}"
            reply = await self.client.request(
                upstream,
                "GET",
                candidate.url,
                {"Range": asked, "Accept-Encoding": "identity"},
                METADATA_BYTES * 2,
                wanted=frozenset({206}),
            )
            told = _RANGE.fullmatch(reply.headers.get("Content-Range", ""))
            if told is None or len(reply.body) != int(told[2]) - int(told[1]) + 1:
                raise UpstreamError(f"{upstream.id}: sent another range than was asked for")
            try:
                parts = parts or Parts(int(told[3]))
                parts.put(int(told[1]), reply.body)
                found = await asyncio.to_thread(metadata_in, parts, candidate.filename, METADATA_BYTES)
            except WheelMetadataError as error:
                raise UpstreamError(f"{upstream.id}: {candidate.filename}: {error}", 404) from error
            if found is not None:
                return found
        raise UpstreamError(f"{upstream.id}: the metadata of {candidate.filename} lies too far apart", 404)

    async def _get(self, candidate: Candidate, upstream: Upstream, key: str, *, examine: bool) -> Had:
        blob = await asyncio.to_thread(self.blobs.open, key)
        if blob is None:
            self.metrics.cache.labels("artifact", "miss").inc()
            blob = await self._fetch(candidate, upstream)
        else:
            self.metrics.cache.labels("artifact", "hit").inc()
        if candidate.key:
            self._verified.add(candidate.key)
        if not examine:
            return Had(blob, None)
        examined = await self.known(candidate) or await self._examined_once(candidate, key, blob)
        if candidate.key:
            self.examined.put(candidate.key, examined)
        return Had(blob, examined)

    async def _fetch(self, candidate: Candidate, upstream: Upstream) -> Blob:
        if self.settings.offline:
            raise Refusal(504, "", f"{candidate.filename} is not in the cache, and this gate is offline", {})
        most = self.settings.artifact_bytes
        async with self._room:
            writer = await asyncio.to_thread(self.blobs.begin, most)
            try:
                async with self.client.stream(upstream, candidate.url, {}) as body:
                    if (body.length or 0) > most:
                        raise UpstreamError(f"{candidate.filename} is larger than {most} bytes")
                    async for piece in body.pieces():
                        await asyncio.to_thread(writer.feed, piece)
                self.metrics.upstream.labels(upstream.id, "200").inc()
                self.metrics.upstream_bytes.labels(upstream.id).inc(writer.size)
                self._compare(candidate, writer)
                return await asyncio.to_thread(writer.commit, "", () if candidate.key else (candidate.url,))
            except TooLarge as error:
                raise UpstreamError(f"{candidate.filename} is larger than {most} bytes") from error
            except UpstreamError as error:
                self.metrics.upstream.labels(upstream.id, str(error.status or "none")).inc()
                raise
            finally:
                await asyncio.to_thread(writer.abort)

    def _compare(self, candidate: Candidate, writer: BlobWriter) -> None:
        """Compare what came with what was promised: every digest that can be computed, and the size."""
        here = dict(key.split(":", 1) for key in writer.digests.keys())  # noqa: SIM118 - no mapping
        for name, promised in candidate.digests:
            if name in here and here[name] != promised:
                raise self.mismatch(candidate, name, promised, here[name])
        if candidate.listing.ecosystem == "pypi" and candidate.size is not None and candidate.size != writer.size:
            raise self.mismatch(candidate, "size", str(candidate.size), str(writer.size))

    async def _examined_once(self, candidate: Candidate, key: str, blob: Blob) -> Examined:
        """Examine here, or wait for the replica that does."""
        listing = candidate.listing
        while not await asyncio.to_thread(self.store.lease, key, self.owner, LEASE):
            await asyncio.sleep(POLL)
            found = await self.known(candidate)
            if found is not None:
                return found
        try:
            found = await self.known(candidate)  # it may have been finished between the two questions
            if found is not None:
                return found
            renewing = asyncio.create_task(self._renew(key))
            try:
                examined = await self._examine(candidate, blob)
            finally:
                renewing.cancel()
            also = blob.digests.keys()
            await asyncio.to_thread(
                self.store.put_examination, key, examined, also=also, project=(listing.ecosystem, listing.name)
            )
            self.metrics.examinations.labels("failed" if examined.failed else examined.grade.word).inc()
            return examined
        finally:
            await asyncio.shield(asyncio.to_thread(self.store.release, key, self.owner))

    async def _renew(self, key: str) -> None:
        """Go on holding a lease. A store that is away is no reason to stop examining."""
        while True:
            await asyncio.sleep(RENEWED)
            with contextlib.suppress(GateStoreError):
                await asyncio.to_thread(self.store.lease, key, self.owner, LEASE)

    async def _examine(self, candidate: Candidate, blob: Blob) -> Examined:
        """Examine a file under its own name: names tell what kind of archive it is."""
        scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="examine-", dir=self.blobs.folder / "tmp"))
        try:
            named = scratch / candidate.filename
            await asyncio.to_thread(_link, blob.path, named)
            before = self.examiner.busy_seconds
            examined = await self.examiner.examine(named, candidate.listing.ecosystem, blob.sha256)
            self.metrics.examination_seconds.inc(max(0.0, self.examiner.busy_seconds - before))
            return examined
        finally:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(shutil.rmtree, scratch)

    async def close(self) -> None:
        """End what is under way."""
        await self._once.close()
        await self._metadata_once.close()


def _link(path: Path, named: Path) -> None:
    try:
        os.link(path, named)
    except OSError:  # another file system, or links are not allowed
        shutil.copyfile(path, named)


def _inside(path: Path, filename: str) -> bytes:
    try:
        found = metadata_in(path, filename, METADATA_BYTES)
    except WheelMetadataError as error:
        raise UpstreamError(f"{filename}: {error}", 404) from error
    assert found is not None  # the file is whole
    return found
