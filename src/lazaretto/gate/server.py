"""The HTTP surface of a gate: reads a request strictly, calls the right answer, writes down what was answered.

aiohttp, because it can send a reason phrase. One catch-all handler, because paths are read by `gate/paths.py` alone.
"""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from lazaretto.adapters.gate_disk import CacheError
from lazaretto.adapters.gate_store.place import GateStoreError
from lazaretto.adapters.gate_upstream import VIA, UpstreamError
from lazaretto.adapters.heap import settle
from lazaretto.gate.access import AccessLog, Line
from lazaretto.gate.admin import admin
from lazaretto.gate.asking import Asking, bearer
from lazaretto.gate.keeper import Keeper
from lazaretto.gate.npm_routes import npm_document, npm_file, npm_version
from lazaretto.gate.paths import Asked, Kind, read
from lazaretto.gate.pypi_routes import legacy_json, provenance, python_file, python_metadata, simple_page, simple_root
from lazaretto.gate.refusal import Refusal, bad, down, later
from lazaretto.gate.services import service
from lazaretto.gate.settings import Settings
from lazaretto.judge.gate_policy import team_of

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BODY = 8 << 20
"""Bytes of a request's body: npm's bulk audit of a large tree is the largest."""

Answer = Callable[[Asking], Awaitable[web.StreamResponse]]

ROUTES: Mapping[Kind, Answer] = {
    Kind.NPM_DOCUMENT: npm_document,
    Kind.NPM_VERSION: npm_version,
    Kind.NPM_FILE: npm_file,
    Kind.NPM_SERVICE: service,
    Kind.SIMPLE_ROOT: simple_root,
    Kind.SIMPLE_PAGE: simple_page,
    Kind.PYPI_FILE: python_file,
    Kind.PYPI_METADATA: python_metadata,
    Kind.PYPI_JSON: legacy_json,
    Kind.PYPI_PROVENANCE: provenance,
    Kind.ADMIN: admin,
}
_READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Running:
    """A gate that listens."""

    keeper: Keeper
    host: str
    port: int

    @property
    def url(self) -> str:
        """Where clients on this machine reach it, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{self.port}"  # noqa: S104


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Running]:
    """Start a gate; it listens while the block runs.

    Raises:
        OSError: the port is taken.
        StoreError, PolicyError: the gate's store or policy cannot be used.
    """
    settle()
    async with Keeper.opened(settings) as keeper, AccessLog.opened(settings.access_log) as access:
        front = Front(settings, keeper, access)
        server = web.Server(front.handle, access_log=None, max_line_size=16 << 10, max_field_size=32 << 10)
        runner = web.ServerRunner(server, shutdown_timeout=settings.stop_seconds)
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024, reuse_address=True)
        try:
            await site.start()
            port = int(runner.addresses[0][1])
            keeper.own_url = settings.public_url or f"http://{settings.host}:{port}"
            yield Running(keeper, settings.host, port)
        finally:
            await runner.cleanup()


@dataclass
class Front:
    """Takes requests."""

    settings: Settings
    keeper: Keeper
    access: AccessLog

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; whatever happens inside, the client gets a true status."""
        begun = time.perf_counter()
        ident = request.headers.get("X-Request-Id", "")
        if not _REQUEST_ID.fullmatch(ident):
            ident = secrets.token_hex(8)
        raw, _, query = request.raw_path.partition("?")
        wants = request.headers.get("Accept", "")
        asked = read(raw, wants_simple="pypi.simple" in wants or "text/html" in wants)
        asking: Asking | None = None
        try:
            if asked is None:
                raise bad("this is no path of a package registry")
            asking = self._asking(request, asked, query, ident)
            answer = await self._answer(asking)
        except Refusal as refusal:
            answer = refusal_response(refusal, asked)
        except UpstreamError as error:
            answer = refusal_response(_of_upstream(error), asked)
        except (GateStoreError, CacheError) as error:
            self.keeper.trouble(f"{ident}: {error}")
            retry = not isinstance(error, GateStoreError) or error.retry
            text = "the gate's store is away; nothing was served"
            answer = refusal_response(later(text, 5) if retry else Refusal(500, "", text, {}), asked)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - closed, and told
            self.keeper.metrics.failures.labels(type(error).__name__).inc()
            self.keeper.trouble(f"{ident} {asked.kind if asked else 'request'}: {type(error).__name__}: {error}")
            answer = refusal_response(Refusal(500, "", "the gate failed; nothing was served", {}), asked)
        if not answer.prepared:
            answer.headers["X-Request-Id"] = ident
        seconds = time.perf_counter() - begun
        kind = asked.kind if asked is not None else "unreadable"
        self.keeper.metrics.answered(kind, answer.status, seconds)
        self.access.write(Line.of(request, ident, kind, answer, seconds, asking.team if asking else ""))
        return answer

    async def _answer(self, asking: Asking) -> web.StreamResponse:
        asked = asking.asked
        if asking.request.headers.get(VIA) == self.keeper.mark:
            raise Refusal(508, "", "this gate is its own upstream; name the registry behind it", {})
        if asked.kind is Kind.ROOT:
            return web.json_response({"gate": "lazaretto", "policy": self.keeper.policy_digest})
        if asked.kind is Kind.SIMPLE_MOVED:
            place = f"{asking.prefix}/simple/{asked.name}/"
            return web.Response(status=301, headers={"Location": place})
        if asking.request.method not in _READS and asked.kind not in (Kind.NPM_SERVICE, Kind.ADMIN, Kind.NPM_DOCUMENT):
            raise Refusal(405, "", "only GET and HEAD are answered here", {"Allow": "GET, HEAD"})
        if asked.kind is Kind.NPM_DOCUMENT and asking.request.method not in _READS:
            return await service(asking)  # publishing
        return await ROUTES[asked.kind](asking)

    def _asking(self, request: web.BaseRequest, asked: Asked, query: str, ident: str) -> Asking:
        host = request.headers.get("Host", "")
        if not _HOST.fullmatch(host):
            raise bad("the Host header is no host")
        if request.content_length is not None and request.content_length > _BODY:
            raise Refusal(413, "", f"a request of more than {_BODY} bytes is not taken", {})
        token = bearer(request.headers.get("Authorization", ""))
        team = "" if asked.kind is Kind.ADMIN else self._team(token, asked.team)
        prefix = f"/t/{asked.team}" if asked.team else ""
        base = (self.settings.public_url.rstrip("/") or f"http://{host}") + prefix
        return Asking(request, asked, self.keeper, ident, team, token, base, prefix, query)

    def _team(self, token: str, named: str) -> str:
        """Return whose request it is: the token's team; a team in the path is enough when it has no tokens."""
        policy = self.keeper.rules.policy
        team = team_of(policy, token) if policy.tokens or policy.require_token else ""
        if named and named not in policy.teams:
            raise Refusal(404, "", f"there is no team {named} in the policy", {})
        if named and team != named:
            team = named if named not in policy.tokens.values() and not policy.require_token else None
        if team is None:
            raise Refusal(401, "", "the policy asks for a team's token here", {"WWW-Authenticate": "Basic"})
        return team


def refusal_response(refusal: Refusal, asked: Asked | None) -> web.Response:
    """Write a refusal in all the places in which a client may look."""
    headers: dict[str, str] = {"Cache-Control": "no-store", **refusal.headers}
    npm = asked is None or asked.kind.value.startswith("npm")
    if npm and refusal.case:
        headers["npm-notice"] = f"why, and what passes: lazaretto gate why --case {refusal.case}"
    extra: LooseHeaders = headers
    return web.json_response(refusal.body(), status=refusal.status, reason=refusal.phrase, headers=extra)


def _of_upstream(error: UpstreamError) -> Refusal:
    if error.missing:
        return Refusal(404, "", str(error), {})
    if error.status in (401, 403):
        return Refusal(502, "", f"{error}: the upstream refuses this gate's credentials", {})
    if error.status in (429, 503):
        return later(str(error), 5)
    return down(str(error))
