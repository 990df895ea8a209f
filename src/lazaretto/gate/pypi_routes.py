"""The questions of Python clients: simple pages in their forms, files, metadata, provenance, the older JSON API."""

import asyncio

from aiohttp import web

from lazaretto.gate.asking import Asking
from lazaretto.gate.refusal import missing
from lazaretto.gate.render import file_response, page_response

_FORMS = (
    ("application/vnd.pypi.simple.v1+json", "simple-json"),
    ("application/vnd.pypi.simple.latest+json", "simple-json"),
    ("application/vnd.pypi.simple.v1+html", "simple-html"),
    ("application/vnd.pypi.simple.latest+html", "simple-html"),
    ("text/html", "html"),
)


async def simple_page(asking: Asking) -> web.StreamResponse:
    """`GET /simple/NAME/` (PEP 503, 691)."""
    return page_response(asking, await asking.keeper.page(asking, negotiated(asking)))


async def simple_root(asking: Asking) -> web.StreamResponse:
    """`GET /simple/`: the upstream's list of projects; installers do not ask for it."""
    form = negotiated(asking)
    accept = next(media for media, name in _FORMS if name == form)
    upstream = asking.keeper.sources.main("pypi")
    fetched = await asking.keeper.sources.client.document(upstream, "", {"Accept": accept}, 256 << 20)
    kind = fetched.headers.get("Content-Type", "text/html")
    return web.Response(body=fetched.body, headers={"Content-Type": kind, "Cache-Control": "max-age=600"})


async def python_file(asking: Asking) -> web.StreamResponse:
    """`GET /files/NAME/FILE`."""
    served = await asking.keeper.file(asking, asking.asked.rest)
    return file_response(served, "application/octet-stream")


async def python_metadata(asking: Asking) -> web.StreamResponse:
    """`GET /files/NAME/FILE.metadata` (PEP 658), whether or not the upstream keeps one beside the wheel."""
    filename = asking.asked.rest
    if not filename.endswith(".whl"):
        raise missing(f"{filename} has no metadata beside it")
    body, digest = await asking.keeper.metadata(asking, filename)
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache", "ETag": f'"{digest}"'}
    if asking.request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers)


async def legacy_json(asking: Asking) -> web.StreamResponse:
    """`GET /pypi/NAME/json` and `/pypi/NAME/VERSION/json`."""
    return await asyncio.shield(_legacy(asking))


async def _legacy(asking: Asking) -> web.StreamResponse:
    body = await asking.keeper.legacy(asking)
    return web.Response(body=body, headers={"Content-Type": "application/json", "Cache-Control": "no-cache"})


async def provenance(asking: Asking) -> web.StreamResponse:
    """`GET /integrity/NAME/VERSION/FILE/provenance` (PEP 740): the upstream's, for a file that may be seen."""
    body = await asking.keeper.provenance(asking)
    return web.Response(body=body, headers={"Content-Type": "application/vnd.pypi.integrity.v1+json"})


def negotiated(asking: Asking) -> str:
    """Choose the form of a simple page by the client's Accept header (PEP 691); HTML when it says nothing."""
    accept = asking.request.headers.get("Accept", "")
    best, best_weight = "html", 0.0
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        form = next((name for known, name in _FORMS if known == media), None)
        if form is not None and weight - place * 1e-6 > best_weight:
            best, best_weight = form, weight - place * 1e-6
    return best
