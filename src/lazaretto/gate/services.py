"""npm's services beside packages (`/-/...`), and publishing: what is answered here, passed on, or refused.

    answered here     ping, dist-tags (as the policy leaves them)
    passed on         signing keys, attestations, search, audit (internal names taken out)
    refused           publishing, log-in, tokens, owners: an installation has no business there, and a worm has

The client's own credentials are for the gate and never go further; the upstream's are added as for any request.
"""

import asyncio
import gzip
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urljoin

import msgspec
from aiohttp import web

from lazaretto.gate.asking import Asking
from lazaretto.gate.refusal import Refusal, bad, missing

_AUDITS = frozenset({"npm/v1/security/advisories/bulk", "npm/v1/security/audits/quick", "npm/v1/security/audits"})
_TAGS = re.compile(r"package/([^/]{1,400})/dist-tags(?:/([A-Za-z0-9._~-]{1,200}))?")
_ATTESTATION = re.compile(r"npm/v1/attestations/[A-Za-z0-9@%._~!'()*+-]{3,500}")
_LIMIT = 16 << 20
_AUDIT_BYTES = 8 << 20
_PACKED_BYTES = 1 << 20


async def service(asking: Asking) -> web.StreamResponse:
    """Answer `/-/REST`, or refuse a request that would change something at the registry."""
    request, rest = asking.request, asking.asked.rest
    if asking.asked.kind.value == "npm-document":
        raise _not_here("publishing")
    if request.method in ("GET", "HEAD"):
        if rest == "ping":
            return web.json_response({})
        if rest == "npm/v1/keys" or _ATTESTATION.fullmatch(rest):
            return await _passed_on(asking, f"-/{rest}")
        if rest == "v1/search":
            return await _passed_on(asking, f"-/{rest}?{asking.query}"[:2000])
        tags = _TAGS.fullmatch(rest)
        if tags is not None and tags[2] is None:
            return await _dist_tags(asking, unquote(tags[1]))
        if rest == "whoami" or rest.startswith(("user/", "npm/v1/user", "npm/v1/tokens", "org/", "team/")):
            raise _not_here("accounts")
        raise missing("this service is not offered here")
    if request.method == "POST" and rest in _AUDITS:
        return await _audit(asking, rest)
    if _TAGS.fullmatch(rest):
        raise _not_here("changing dist-tags")
    if rest.startswith(("user/", "v1/login", "npm/v1/user", "npm/v1/tokens", "org/", "team/")):
        raise _not_here("logging in")
    raise Refusal(405, "", "this service takes no such request here", {"Allow": "GET, HEAD"})


def _not_here(what: str) -> Refusal:
    text = f"{what} does not go through the gate; name the registry itself with --registry for that"
    return Refusal(403, "", text, {})


async def _passed_on(asking: Asking, path: str) -> web.StreamResponse:
    sources = asking.keeper.sources
    upstream = sources.main("npm")
    fetched = await sources.client.request(
        upstream,
        "GET",
        urljoin(upstream.url, path),
        {"Accept": "application/json"},
        _LIMIT,
        wanted=frozenset({200, 404}),
    )
    return _json(fetched.status, fetched.body)


async def _dist_tags(asking: Asking, name: str) -> web.StreamResponse:
    """Answer with the tags that the filtered document shows."""
    from dataclasses import replace

    from lazaretto.gate.paths import Kind, read

    asked = read(f"/{name}")
    if asked is None or asked.kind is not Kind.NPM_DOCUMENT:
        raise bad("this is no package's name")
    page = await asking.keeper.page(replace(asking, asked=asked), "full")
    document = await asyncio.to_thread(lambda: msgspec.json.decode(page.body(), type=_Tags))
    return web.json_response(document.tags)


class _Tags(msgspec.Struct):
    tags: dict[str, str] = msgspec.field(name="dist-tags", default_factory=dict)


async def _audit(asking: Asking, rest: str) -> web.StreamResponse:
    """Pass an audit on without the names that are nobody else's business."""
    data = await _body(asking.request)
    try:
        asked = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise bad("the audit's body is no JSON") from error
    if rest != "npm/v1/security/advisories/bulk" or not isinstance(asked, dict):
        raise missing("only the bulk form of audits is passed on")
    outside = {name: versions for name, versions in asked.items() if not _private(asking, name)}
    sources = asking.keeper.sources
    upstream = sources.main("npm")
    fetched = await sources.client.request(
        upstream,
        "POST",
        urljoin(upstream.url, f"-/{rest}"),
        {"Accept": "application/json", "Content-Type": "application/json"},
        _LIMIT,
        data=json.dumps(outside).encode(),
        wanted=frozenset({200}),
    )
    return _json(fetched.status, fetched.body)


def _private(asking: Asking, name: str) -> bool:
    keeper = asking.keeper
    return keeper.rules.is_internal("npm", name) or any(one.private for one in keeper.sources.route("npm", name))


async def _body(request: web.BaseRequest) -> bytes:
    data = bytearray()
    async for piece in request.content.iter_chunked(1 << 16):
        data += piece
        if len(data) > _AUDIT_BYTES:
            raise Refusal(413, "", "the audit is too large", {})
    if request.headers.get("Content-Encoding", "") != "gzip" or not data.startswith(b"\x1f\x8b"):
        return bytes(data)
    if len(data) > _PACKED_BYTES:
        raise Refusal(413, "", "the audit is too large", {})
    return await asyncio.to_thread(_unpacked, bytes(data))


def _unpacked(data: bytes) -> bytes:
    import io
    import zlib

    try:
        with gzip.open(io.BytesIO(data)) as stream:
            out = stream.read(_AUDIT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise bad("the audit's body is no gzip") from error
    if len(out) > _AUDIT_BYTES:
        raise Refusal(413, "", "the audit is too large", {})
    return out


def _json(status: int, body: bytes) -> web.Response:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        raise Refusal(502, "", "the upstream's answer is no JSON", {}) from error
    headers: Mapping[str, Any] = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return web.Response(body=body, status=status, headers=dict(headers))
