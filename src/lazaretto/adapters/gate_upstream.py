"""The gate's client: documents and files of registries, every answer bounded, checked and told truly.

One request: at most five redirects, never from https to http, never to this machine unless the upstream itself is
there; credentials only for the origin that they were given for; a limit on bytes (counted unpacked) and on silence.

Library: aiohttp, the fastest client of those that were measured.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import aiohttp
from yarl import URL

from lazaretto.adapters.http_client import ClientConfig, proxy_for
from lazaretto.adapters.upstreams import Upstream

REDIRECTS = 5
PIECE = 1 << 16
SILENCE = 30.0
"""Seconds without a byte before an upstream counts as down."""
_AGENT = "lazaretto-gate"
VIA = "X-Lazaretto-Gate"
"""Sent with every request: a gate that meets its own mark is its own upstream."""
_KEPT = ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Content-Encoding", "Content-Range", "Location")
_RETRIES = 2
_AGAIN = frozenset({502, 503, 504, 429})


class UpstreamError(Exception):
    """An upstream gave no usable answer. The text holds no credentials and may be shown."""

    def __init__(self, text: str, status: int = 0) -> None:
        """`status` is what the upstream answered; 0 = nothing usable."""
        super().__init__(text)
        self.status = status

    @property
    def missing(self) -> bool:
        """True when the upstream says that there is no such thing."""
        return self.status in (404, 410)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, read wholly."""

    status: int
    url: str
    headers: Mapping[str, str]
    """Those of `_KEPT` that were sent, by their usual names."""
    body: bytes


@dataclass
class UpstreamClient:
    """Connections to all upstreams. Use as an asynchronous context manager."""

    mark: str = ""
    """This gate's own id."""
    most: int = 64
    """Connections to one host."""
    _session: aiohttp.ClientSession | None = None
    _contexts: dict[tuple[str, str, bool], ssl.SSLContext] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=self.most, ttl_dns_cache=60),
            timeout=aiohttp.ClientTimeout(total=None, connect=15.0, sock_read=SILENCE),
            headers={"User-Agent": _AGENT, VIA: self.mark},
            auto_decompress=True,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            max_line_size=16 << 10,
            max_field_size=64 << 10,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def document(
        self, upstream: Upstream, path: str, headers: Mapping[str, str], limit: int, seconds: float = 60.0
    ) -> Fetched:
        """Fetch a document below the upstream's root: 200 or 304.

        Raises:
            UpstreamError: no answer, another status, or more than `limit` bytes.
        """
        return await self.request(upstream, "GET", urljoin(upstream.url, path), headers, limit, seconds)

    async def request(
        self,
        upstream: Upstream,
        method: str,
        url: str,
        headers: Mapping[str, str],
        limit: int,
        seconds: float = 60.0,
        data: bytes | None = None,
        wanted: frozenset[int] = frozenset({200, 304}),
    ) -> Fetched:
        """Send one request and read the answer. GET is tried again when the upstream is busy or resets.

        Raises:
            UpstreamError: as `document`.
        """
        tries = _RETRIES + 1 if method in ("GET", "HEAD") else 1
        for attempt in range(tries):
            try:
                async with asyncio.timeout(seconds):
                    return await self._read(upstream, method, url, headers, limit, data, wanted)
            except TimeoutError as error:
                raise UpstreamError(f"{upstream.id}: no answer within {seconds:g} s") from error
            except UpstreamError as error:
                if attempt + 1 == tries or (error.status and error.status not in _AGAIN):
                    raise
                await asyncio.sleep(0.2 * (attempt + 1))
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def stream(self, upstream: Upstream, url: str, headers: Mapping[str, str]) -> AsyncIterator["Body"]:
        """Open a file; its bytes come as they were sent (no unpacking).

        Raises:
            UpstreamError: no answer, or another status than 200.
        """
        async with self._open(upstream, "GET", url, {"Accept-Encoding": "identity", **headers}, None) as answer:
            if answer.status != 200:
                raise UpstreamError(f"{upstream.id}: HTTP status {answer.status}", answer.status)
            if answer.headers.get("Content-Encoding", "identity") not in ("identity", ""):
                raise UpstreamError(f"{upstream.id}: sent the file encoded although that was not asked for")
            yield Body(answer, upstream.id)

    async def _read(
        self,
        upstream: Upstream,
        method: str,
        url: str,
        headers: Mapping[str, str],
        limit: int,
        data: bytes | None,
        wanted: frozenset[int],
    ) -> Fetched:
        async with self._open(upstream, method, url, headers, data) as answer:
            if answer.status not in wanted:
                raise UpstreamError(f"{upstream.id}: HTTP status {answer.status}", answer.status)
            pieces: list[bytes] = []
            size = 0
            try:
                async for piece in answer.content.iter_chunked(PIECE):
                    size += len(piece)
                    if size > limit:
                        raise UpstreamError(f"{upstream.id}: the document is larger than {limit} bytes")
                    pieces.append(piece)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise UpstreamError(f"{upstream.id}: the answer was cut off ({_reason(error)})") from error
            kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            return Fetched(answer.status, str(answer.url), kept, b"".join(pieces))

    @asynccontextmanager
    async def _open(
        self, upstream: Upstream, method: str, url: str, headers: Mapping[str, str], data: bytes | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None
        home = urlsplit(upstream.url)
        for _ in range(REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise UpstreamError(f"{upstream.id}: leads to an address that is not http")
            if _inside(parts.hostname) and not _inside(home.hostname or ""):
                raise UpstreamError(f"{upstream.id}: leads to an address inside this network")
            sent = dict(headers)
            if upstream.authorization and (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
                sent["Authorization"] = upstream.authorization
            proxy = proxy_for(url, upstream.http)
            try:
                answer = await self._session.request(
                    method,
                    URL(_plain(url), encoded=True),
                    headers=sent,
                    data=data,
                    allow_redirects=False,
                    proxy=proxy or None,
                    ssl=self._context(upstream.http, parts.hostname) if parts.scheme == "https" else True,
                )
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise UpstreamError(f"{upstream.id}: cannot be reached ({_reason(error)})") from error
            try:
                place = answer.headers.get("Location") if answer.status in (301, 302, 303, 307, 308) else None
                if place is None:
                    yield answer
                    return
            finally:
                answer.release() if answer.content.at_eof() else answer.close()
            onward = urljoin(url, place)
            if url.startswith("https:") and not onward.startswith("https:"):
                raise UpstreamError(f"{upstream.id}: redirects to an address that is not https")
            url = onward
        raise UpstreamError(f"{upstream.id}: too many redirects")

    def _context(self, config: ClientConfig, host: str) -> ssl.SSLContext:
        trusted = host in config.trusted_hosts
        key = (config.ca_file, config.client_cert, trusted)
        if key not in self._contexts:
            context = ssl.create_default_context(cafile=config.ca_file or None)
            if config.client_cert:
                context.load_cert_chain(config.client_cert)
            if trusted:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._contexts[key] = context
        return self._contexts[key]


@dataclass(frozen=True, slots=True)
class Body:
    """A file that is arriving."""

    answer: aiohttp.ClientResponse
    upstream: str

    @property
    def length(self) -> int | None:
        """What the upstream announced."""
        return self.answer.content_length

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes.

        Raises:
            UpstreamError: the connection broke, or fewer bytes came than were announced.
        """
        count = 0
        try:
            async for piece in self.answer.content.iter_chunked(PIECE * 4):
                count += len(piece)
                yield piece
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            raise UpstreamError(f"{self.upstream}: the file was cut off ({_reason(error)})") from error
        if self.length is not None and count != self.length:
            raise UpstreamError(f"{self.upstream}: sent {count} bytes of {self.length}")


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def _inside(host: str) -> bool:
    """Tell whether a host is this machine or a private network: where an upstream must not send us."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_global


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or getattr(error, "verify_message", None)
    cause = getattr(error, "os_error", None) or error.__cause__
    return str(text or getattr(cause, "strerror", None) or type(error).__name__)
