"""Plain GET requests over HTTP for the few documents and files that a check fetches, with limits on everything.

One request: at most five redirects, never from https down to http, at most `limit` bytes, at most `seconds` of silence.
Credentials come from the address itself, go only to the origin they were given for, and are never shown. Proxies and
certificates are those that the user's package clients are configured with.

Library: urllib3 (what pip itself uses). `NO_PROXY` follows the common meaning: host names and their subdomains.
"""

import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import urllib3

_REDIRECTS = 5
_PIECE = 1 << 16
_AGENT = "lazaretto"


class FetchError(Exception):
    """A request failed. The text holds no credentials."""

    def __init__(self, text: str, status: int = 0) -> None:
        """`status` is the HTTP status, 0 when there was no answer."""
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """What the user's package client would use."""

    proxy: str = ""
    """One proxy for everything, as pip's `proxy` option; it wins over the environment."""
    ca_file: str = ""
    """Certificate bundle; empty = the system's."""
    client_cert: str = ""
    trusted_hosts: frozenset[str] = frozenset()
    """Hosts (`name` or `name:port`) whose certificates the user told the client not to verify."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Where `HTTPS_PROXY` and its kin are looked up."""


def safe_url(url: str) -> str:
    """Return the URL without user name, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "URL"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class Fetcher:
    """A client for one examination."""

    def __init__(self, config: ClientConfig, seconds: float = 30.0) -> None:
        """`seconds` is the longest silence; connections are kept until `close`."""
        self._config = config
        self._timeout = urllib3.Timeout(connect=min(seconds, 15.0), read=seconds)
        self._pools: dict[tuple[str, bool], urllib3.PoolManager] = {}
        self._secrets: dict[str, dict[str, str]] = {}
        """Credentials by the origin that they were given for: an index's files need them as well."""

    def get(
        self, url: str, limit: int, headers: Mapping[str, str] | None = None
    ) -> tuple[str, Mapping[str, str], bytes]:
        """Return the final URL, the headers and the body.

        Raises:
            FetchError: no answer, an error status, or more than `limit` bytes.
        """
        import io

        out = io.BytesIO()
        final, answer = self._stream(url, out, limit, headers or {})
        return final, answer, out.getvalue()

    def save(self, url: str, out: BinaryIO, limit: int) -> None:
        """Write the body to `out`.

        Raises:
            FetchError: as `get`.
        """
        self._stream(url, out, limit, {"Accept-Encoding": "identity"})

    def lines(self, url: str, limit: int) -> Iterator[bytes]:
        """Yield the lines of a document as they arrive; the connection is dropped when the caller has enough.

        Raises:
            FetchError: as `get`.
        """
        address, answer = self._open(url, {"Accept-Encoding": "identity"}, frozenset({200}))
        rest, count = b"", 0
        try:
            for piece in answer.stream(_PIECE, decode_content=True):
                count += len(piece)
                if count > limit:
                    raise FetchError(f"{safe_url(address)}: larger than {limit} bytes")
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
            if rest:
                yield rest
        except (urllib3.exceptions.HTTPError, OSError, zlib.error) as error:
            raise FetchError(f"{safe_url(address)}: {_reason(error)}") from error
        finally:
            answer.close()

    def download(self, url: str, target: Path, limit: int, known: str = "") -> str | None:
        """Write the body to the file `target`, going on where an earlier try was cut off; return its ETag.

        What is not whole lies in `target.part`, with its ETag in `target.tag`; only the same ETag is continued.
        `known` is the ETag of what the caller already has: None is returned, and nothing written, when it still holds.

        Raises:
            FetchError: as `get`. What has arrived stays for the next try.
        """
        part, mark = target.with_name(target.name + ".part"), target.with_name(target.name + ".tag")
        sent = {"Accept-Encoding": "identity"}
        tag = mark.read_text("utf-8") if mark.exists() and part.exists() else ""
        begin = part.stat().st_size if tag else 0
        if begin:
            sent |= {"Range": f"bytes={begin}-", "If-Range": tag}
        elif known:
            sent["If-None-Match"] = known
        try:
            address, answer = self._open(url, sent, frozenset({200, 206, 304}))
        except FetchError as error:
            if error.status != 416:
                raise
            mark.unlink(missing_ok=True)  # it is whole, or it is another file by now: once more from the start
            return self.download(url, target, limit, known)
        try:
            if answer.status == 304:
                return None
            goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {begin}-")
            if answer.status == 206 and not goes_on:
                raise FetchError(f"{safe_url(address)}: the server sent another part than was asked for")
            found = answer.headers.get("ETag", "")
            strong = found if found and not found.startswith("W/") else ""
            mark.write_text(strong, "utf-8") if strong else mark.unlink(missing_ok=True)
            with part.open("ab" if goes_on else "wb") as out:
                _copy(answer, out, limit - (begin if goes_on else 0), address)
        finally:
            answer.close()
        part.replace(target)
        mark.unlink(missing_ok=True)
        return found

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.clear()
        self._pools.clear()

    def _stream(self, url: str, out: BinaryIO, limit: int, headers: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        address, answer = self._open(url, headers, frozenset({200}))
        try:
            _copy(answer, out, limit, address)
            return address, dict(answer.headers.items())
        finally:
            answer.close()

    def _open(
        self, url: str, headers: Mapping[str, str], wanted: frozenset[int]
    ) -> tuple[str, urllib3.BaseHTTPResponse]:
        """Follow redirects to an answer of one of the wanted statuses; the caller reads and closes it."""
        for _ in range(_REDIRECTS + 1):
            address, secret = _without_credentials(url)
            here = _origin(address)
            if secret:
                self._secrets[here] = secret
            sent = {"User-Agent": _AGENT, **headers, **self._secrets.get(here, {})}
            try:
                answer = self._pool(address).request(
                    "GET",
                    address,
                    headers=sent,
                    redirect=False,
                    retries=False,
                    preload_content=False,
                    timeout=self._timeout,
                )
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                raise FetchError(f"{safe_url(address)}: {_reason(error)}") from error
            if answer.status in wanted:
                return address, answer
            place = answer.headers.get("Location") if answer.status in (301, 302, 303, 307, 308) else None
            status = answer.status
            answer.close()
            if place is None:
                raise FetchError(f"{safe_url(address)}: HTTP status {status}", status)
            url = urljoin(address, place)
            if not url.startswith("https:") and (address.startswith("https:") or not url.startswith("http:")):
                raise FetchError(f"{safe_url(address)}: redirects to an address that is not https")
        raise FetchError(f"{safe_url(url)}: too many redirects")

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = proxy_for(url, self._config)
        parts = urlsplit(url)
        trusted = parts.hostname in self._config.trusted_hosts or parts.netloc in self._config.trusted_hosts
        key = (proxy, trusted)
        if key not in self._pools:
            context = ssl.create_default_context(cafile=self._config.ca_file or None)
            if self._config.client_cert:
                context.load_cert_chain(self._config.client_cert)
            if trusted:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            if proxy:
                plain, secret = _without_credentials(proxy)
                auth = {f"proxy-{name}": value for name, value in secret.items()}
                self._pools[key] = urllib3.ProxyManager(plain, proxy_headers=auth, ssl_context=context)
            else:
                self._pools[key] = urllib3.PoolManager(ssl_context=context)
        return self._pools[key]


def proxy_for(url: str, config: ClientConfig) -> str:
    """Return the proxy for a URL, "" for none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    look = {
        name.lower(): value for name, value in sorted(config.environment.items()) if name.lower().endswith("_proxy")
    }
    for part in look.get("no_proxy", "").split(","):
        name = part.strip().lstrip(".").partition(":")[0]
        if part.strip() == "*" or (name and (host == name or host.endswith("." + name))):
            return ""
    proxy = config.proxy or look.get(f"{parts.scheme}_proxy", "") or look.get("all_proxy", "")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _without_credentials(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url, {}
    user = unquote(parts.username or "")
    password = unquote(parts.password or "")
    headers = urllib3.make_headers(basic_auth=f"{user}:{password}")
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), dict(headers)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"


def _copy(answer: urllib3.BaseHTTPResponse, out: BinaryIO, limit: int, address: str) -> None:
    count = 0
    try:
        for piece in answer.stream(_PIECE, decode_content=True):
            count += len(piece)
            if count > limit:
                raise FetchError(f"{safe_url(address)}: larger than {limit} bytes")
            out.write(piece)
    except (urllib3.exceptions.HTTPError, OSError, zlib.error) as error:
        raise FetchError(f"{safe_url(address)}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Say what went wrong without the address, which may hold credentials."""
    cause: BaseException = error
    while (inner := cause.__cause__ or getattr(cause, "reason", None)) and isinstance(inner, BaseException):
        cause = inner
    text = getattr(cause, "strerror", None) or getattr(cause, "verify_message", None)
    return str(text or type(cause).__name__)
