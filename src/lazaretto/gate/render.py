"""Pages and files as HTTP answers: conditional requests, compression, ranges, and headers that tell no lie."""

from email.utils import formatdate

from aiohttp import web

from lazaretto.adapters.gate_blobs import Blob
from lazaretto.gate.asking import Asking
from lazaretto.gate.keeper import Served
from lazaretto.gate.pages import Page

_BLOB = web.ResponseKey("blob", Blob)


def page_response(asking: Asking, page: Page) -> web.Response:
    """Answer with a page, 304 when the client holds exactly this one."""
    headers = {
        "ETag": page.etag,
        "Cache-Control": f"max-age={page.max_age(asking.keeper.now())}, must-revalidate",
        "Vary": "Accept, Accept-Encoding",
    }
    if holds(asking.request.headers.get("If-None-Match", ""), page.etag):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = page.content_type
    if accepts_gzip(asking.request.headers.get("Accept-Encoding", "")):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=page.packed, headers=headers)
    return web.Response(body=page.body(), headers=headers)


def file_response(served: Served, content_type: str) -> web.StreamResponse:
    """Answer with a file, or the part of it that was asked for (RFC 9110, ranges)."""
    headers = {"Content-Type": content_type, "Cache-Control": "no-cache", "Accept-Ranges": "bytes"}
    answer = web.FileResponse(served.blob.path, chunk_size=1 << 18, headers=headers)
    answer[_BLOB] = served.blob  # open, so that it is not evicted before it is sent
    return answer


def holds(header: str, etag: str) -> bool:
    """Tell whether `If-None-Match` names this ETag (weak comparison)."""
    if not header:
        return False
    given = [one.strip().removeprefix("W/") for one in header.split(",")]
    return etag in given or given == ["*"]


def accepts_gzip(header: str) -> bool:
    """Tell whether a client takes gzip (RFC 9110, `Accept-Encoding`)."""
    for part in header.lower().split(","):
        coding, _, rest = part.strip().partition(";")
        if coding.strip() in ("gzip", "x-gzip", "*"):
            weight = rest.strip().removeprefix("q=").strip() if rest else "1"
            try:
                if float(weight) > 0:
                    return True
            except ValueError:
                return False
    return False


def http_date(seconds: float) -> str:
    """Write a time as HTTP does."""
    return formatdate(seconds, usegmt=True)
