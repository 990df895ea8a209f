"""npm's questions: package documents, version documents, tarballs."""

from aiohttp import web

from lazaretto.gate.asking import Asking
from lazaretto.gate.render import file_response, page_response

_ABBREVIATED = "application/vnd.npm.install-v1+json"


async def npm_document(asking: Asking) -> web.StreamResponse:
    """`GET /NAME`: the packument, abbreviated for who asks for that form (pnpm, yarn 1, bun)."""
    accept = asking.request.headers.get("Accept", "")
    wanted = _ABBREVIATED in accept and _weight(accept, _ABBREVIATED) >= _weight(accept, "application/json")
    return page_response(asking, await asking.keeper.page(asking, "abbreviated" if wanted else "full"))


async def npm_version(asking: Asking) -> web.StreamResponse:
    """`GET /NAME/VERSION-OR-TAG`."""
    return page_response(asking, await asking.keeper.page(asking, "version", asking.asked.rest))


async def npm_file(asking: Asking) -> web.StreamResponse:
    """`GET /NAME/-/FILE.tgz`."""
    served = await asking.keeper.file(asking, asking.asked.rest)
    return file_response(served, "application/octet-stream")


def _weight(accept: str, media: str) -> float:
    """Return the weight that an Accept header gives a media type; 0 when it does not name it."""
    for part in accept.split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        if name == media:
            for parameter in parameters:
                if parameter.startswith("q="):
                    try:
                        return float(parameter[2:])
                    except ValueError:
                        return 0.0
            return 1.0
    return 0.0
