"""The gate's own pages below `/-/lazaretto/`: health and metrics for machines, why and log for people.

GET  health                       is it well? 200 or 503
GET  metrics                      Prometheus
GET  status                       policy, upstreams, what went wrong lately
GET  explain?purl=..., POST explain {"purl": ...}
                                  what the policy says of a package, and why
GET  case/ID                      what a case id stands for
GET  log?since=&outcome=&clause=&purl=&case=&limit=&after=      with the admin token
GET, POST approvals; DELETE approvals/ID                        with the admin token
"""

import asyncio
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from lazaretto.adapters.gate_store.decisions import Query
from lazaretto.adapters.gate_store.place import GateStoreError
from lazaretto.gate.asking import Asking
from lazaretto.gate.paths import Asked, Kind
from lazaretto.gate.refusal import Refusal, bad, missing
from lazaretto.gate.rows import approval_row, candidate_row, decided_row
from lazaretto.model.gate import Approval
from lazaretto.model.verdict import Outcome

_BODY = 64 << 10


async def admin(asking: Asking) -> web.StreamResponse:
    """Answer one of the gate's own pages."""
    head, _, rest = asking.asked.rest.partition("/")
    method = asking.request.method
    if head == "health" and method in ("GET", "HEAD"):
        return await _health(asking)
    if head == "metrics" and method == "GET":
        return web.Response(body=asking.keeper.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})
    if head == "status" and method == "GET":
        return _json(asking.keeper.status())
    if head == "explain" and method in ("GET", "POST"):
        return await _explain(asking)
    if head == "case" and rest and method == "GET":
        return await _case(asking, rest)
    if head == "log" and method == "GET":
        _admin_only(asking)
        return await _log(asking)
    if head == "approvals":
        _admin_only(asking)
        return await _approvals(asking, rest)
    raise missing("the gate has no such page")


def _admin_only(asking: Asking) -> None:
    wanted = asking.keeper.settings.admin_token
    if not wanted:
        raise Refusal(403, "", "this gate was started without an admin token", {})
    if not hmac.compare_digest(asking.token.encode(), wanted.encode()):
        raise Refusal(401, "", "this needs the admin token", {"WWW-Authenticate": "Bearer"})


async def _health(asking: Asking) -> web.StreamResponse:
    state = asking.keeper.status()
    return _json({"ok": state["ok"]}, 200 if state["ok"] else 503)


async def _explain(asking: Asking) -> web.StreamResponse:
    if asking.request.method == "POST":
        told = await _body(asking)
        purl = str(told.get("purl", ""))
    else:
        purl = _query(asking).get("purl", "")
    ecosystem, name, version = _parsed(purl)
    kind = Kind.NPM_DOCUMENT if ecosystem == "npm" else Kind.SIMPLE_PAGE
    about = replace(asking, asked=Asked(kind, name))
    asking.keeper.refuse_internal(ecosystem, name)
    rulings = await asking.keeper.ruling(ecosystem, name, about.team, version)
    if not rulings:
        raise missing(f"{name} has no version {version}" if version else f"{name} has no files")
    table = await asking.keeper.table(ecosystem, name, about.team)
    shown = rulings if version else rulings[-50:]
    return _json(
        {
            "purl": purl,
            "policy": asking.keeper.policy_digest,
            "newest_allowed": table.newest_allowed(),
            "files": [candidate_row(candidate, ruling, asking.keeper.policy_digest) for candidate, ruling in shown],
            "shown": len(shown),
            "of": len(rulings),
        }
    )


async def _case(asking: Asking, ident: str) -> web.StreamResponse:
    found = await asyncio.to_thread(asking.keeper.backend.store.find_case, ident[:40])
    if not found:
        raise missing(f"no decision has the case {ident[:40]}")
    return _json({"case": ident, "decisions": [decided_row(one) for one in found][:20]})


async def _log(asking: Asking) -> web.StreamResponse:
    query = _query(asking)
    try:
        outcome = Outcome[query["outcome"].upper()] if query.get("outcome") else None
        since = datetime.fromisoformat(query["since"]) if query.get("since") else None
        limit = min(1000, max(1, int(query.get("limit", "100"))))
    except (KeyError, ValueError) as error:
        raise bad("since is a time, outcome is allow, quarantine or block, limit is a number") from error
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    wanted = Query(
        since=since,
        outcome=outcome,
        clause=query.get("clause", ""),
        purl=query.get("purl", ""),
        case=query.get("case", ""),
        team=query.get("team", ""),
    )
    store = asking.keeper.backend.store
    page = await asyncio.to_thread(lambda: store.decisions(wanted, limit=limit, after=query.get("after", "")))
    return _json({"decisions": [decided_row(row) for row in page.decisions], "after": page.after})


async def _approvals(asking: Asking, ident: str) -> web.StreamResponse:
    keeper, method = asking.keeper, asking.request.method
    store = keeper.backend.store
    if method == "GET" and not ident:
        found = await asyncio.to_thread(store.all_approvals)
        return _json({"approvals": [approval_row(one) for one in found]})
    if method == "DELETE" and ident:
        told = await _body(asking) if asking.request.can_read_body else {}
        by = str(told.get("by", "")) or "admin"
        reason = str(told.get("reason", ""))
        try:
            await asyncio.to_thread(store.revoke, ident[:60], by, reason, keeper.now())
        except GateStoreError as error:
            if error.retry:
                raise
            raise missing(error.message.english()) from error
        await asyncio.to_thread(keeper.rules.refresh)
        return _json({"revoked": ident})
    if method == "POST" and not ident:
        approval = _approval(await _body(asking), keeper.now())
        problem = keeper.rules.refuses_approval(approval)
        if problem:
            raise Refusal(422, "", problem, {})
        await asyncio.to_thread(store.add_approval, approval, approval.approved_by, keeper.now())
        await asyncio.to_thread(keeper.rules.refresh)
        return _json(approval_row(approval), 201)
    raise Refusal(405, "", "approvals are listed, added or revoked", {"Allow": "GET, POST, DELETE"})


def _approval(told: Mapping[str, Any], now: datetime) -> Approval:
    import secrets

    texts = {
        key: str(told.get(key, "")).strip() for key in ("subject", "reason", "owner", "team", "approved_by", "expires")
    }
    lacking = [key for key in ("subject", "reason", "owner", "approved_by") if not texts[key]]
    if lacking:
        raise bad(f"an approval needs {', '.join(lacking)}")
    clauses = told.get("clauses", [])
    if not isinstance(clauses, list) or not all(isinstance(one, str) for one in clauses):
        raise bad("clauses is a list of clause ids")
    try:
        expires = datetime.fromisoformat(texts["expires"]) if texts["expires"] else now + timedelta(days=30)
    except ValueError as error:
        raise bad("expires is a date, as 2026-12-31") from error
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    return Approval(
        id="AP-" + secrets.token_hex(4).upper(),
        subject=texts["subject"],
        clauses=tuple(clauses),
        reason=texts["reason"],
        owner=texts["owner"],
        expires=expires,
        team=texts["team"],
        approved_by=texts["approved_by"],
        created=now,
    )


async def _body(asking: Asking) -> dict[str, Any]:
    data = bytearray()
    async for piece in asking.request.content.iter_chunked(1 << 14):
        data += piece
        if len(data) > _BODY:
            raise Refusal(413, "", "the request's body is too large", {})
    try:
        told = json.loads(bytes(data)) if data else {}
    except (ValueError, RecursionError) as error:
        raise bad("the request's body is no JSON") from error
    if not isinstance(told, dict):
        raise bad("the request's body is no JSON object")
    return told


def _query(asking: Asking) -> dict[str, str]:
    try:
        return {key: values[-1] for key, values in parse_qs(asking.query, max_num_fields=20).items()}
    except ValueError as error:
        raise bad("the query cannot be read") from error


def _parsed(purl: str) -> tuple[str, str, str]:
    """Read `npm:NAME@VERSION`, `pypi:NAME==VERSION` or a purl."""
    from lazaretto.adapters.registry import parse_package
    from lazaretto.adapters.target import TargetError
    from lazaretto.gate.paths import canonical

    try:
        ecosystem, name, version, _ = parse_package(purl)
    except TargetError as error:
        raise bad(error.message.english()) from error
    return ecosystem, name if ecosystem == "npm" else canonical(name), version


def _json(value: object, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers={"Cache-Control": "no-store"})
