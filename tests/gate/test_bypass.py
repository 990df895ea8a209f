"""Ways around the gate that were tried elsewhere or thought of here. Each must be refused, and nothing may be fetched."""

import hashlib
import random
from collections.abc import Iterator

import pytest

from .intel import intel_store
from .packages import world
from .running import Gate, gate, registries
from .upstream import Fault, Upstream

BAD_TGZ = "/lz-bad/-/lz-bad-1.0.0.tgz"
BAD_WHEEL = "/files/lz-bad/lz_bad-1.0-py3-none-any.whl"
BAD_SDIST = "/files/lz-bad/lz_bad-1.0.tar.gz"
FRESH_TGZ = "/lz-fresh/-/lz-fresh-1.2.0.tgz"
FRESH_WHEEL = "/files/lz-fresh/lz_fresh-1.2-py3-none-any.whl"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(world()) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("gate")
    with gate(
        folder, registries(upstream.url), "[internal]\nnames = ['npm:@acme/*']\n", intel=intel_store(folder)
    ) as running:
        yield running


ATTEMPTS: list[tuple[str, str, str, dict[str, str]]] = [
    ("a direct file address", "GET", BAD_TGZ, {}),
    ("a wheel's direct address", "GET", BAD_WHEEL, {}),
    ("the source distribution beside it", "GET", BAD_SDIST, {}),
    ("metadata of a refused wheel", "GET", BAD_WHEEL + ".metadata", {}),
    ("HEAD", "HEAD", BAD_TGZ, {}),
    ("HEAD of a wheel", "HEAD", BAD_WHEEL, {}),
    ("the first byte", "GET", BAD_TGZ, {"Range": "bytes=0-0"}),
    ("everything but the first byte", "GET", BAD_WHEEL, {"Range": "bytes=1-"}),
    ("several parts", "GET", BAD_WHEEL, {"Range": "bytes=0-9,10-99999"}),
    ("If-Range", "GET", BAD_WHEEL, {"Range": "bytes=0-", "If-Range": '"x"'}),
    ("If-None-Match *", "GET", BAD_TGZ, {"If-None-Match": "*"}),
    ("If-Modified-Since", "GET", BAD_TGZ, {"If-Modified-Since": "Wed, 25 Nov 2099 00:00:00 GMT"}),
    ("another case of the name", "GET", "/files/LZ-Bad/lz_bad-1.0-py3-none-any.whl", {}),
    ("another spelling of the name", "GET", "/files/lz_bad/lz_bad-1.0-py3-none-any.whl", {}),
    ("dots for dashes", "GET", "/files/lz.bad/lz_bad-1.0-py3-none-any.whl", {}),
    ("npm in capitals", "GET", "/LZ-BAD/-/lz-bad-1.0.0.tgz", {}),
    ("under another project's name", "GET", "/files/lz-plain/lz_bad-1.0-py3-none-any.whl", {}),
    ("under another package's name", "GET", "/lz-plain/-/lz-bad-1.0.0.tgz", {}),
    ("a version document", "GET", "/lz-bad/1.0.0", {}),
    ("a dist-tag", "GET", "/lz-bad/latest", {}),
    ("an encoded name", "GET", "/%6cz-bad/-/lz-bad-1.0.0.tgz", {}),
    ("an encoded file name", "GET", "/lz-bad/-/lz%2dbad-1.0.0.tgz", {}),
    ("an encoded dash", "GET", "/lz-bad/%2d/lz-bad-1.0.0.tgz", {}),
    ("an encoded slash", "GET", "/lz-bad%2f-%2flz-bad-1.0.0.tgz", {}),
    ("a doubled slash", "GET", "//lz-bad/-/lz-bad-1.0.0.tgz", {}),
    ("dots", "GET", "/lz-plain/../lz-bad/-/lz-bad-1.0.0.tgz", {}),
    ("encoded dots", "GET", "/lz-plain/%2e%2e/lz-bad/-/lz-bad-1.0.0.tgz", {}),
    ("a backslash", "GET", "/lz-bad/-\\lz-bad-1.0.0.tgz", {}),
    ("an encoded NUL", "GET", "/lz-bad/-/lz-bad-1.0.0.tgz%00", {}),
    ("a query", "GET", BAD_TGZ + "?allow=1", {}),
    ("a semicolon", "GET", BAD_TGZ + ";x", {}),
    ("the upstream's own path", "GET", "/packages/lz_bad-1.0-py3-none-any.whl", {}),
    ("an absolute address", "GET", "http://registry.example.test/lz-bad/-/lz-bad-1.0.0.tgz", {}),
    ("POST", "POST", BAD_TGZ, {}),
    ("an override header", "GET", BAD_TGZ, {"X-HTTP-Method-Override": "GET", "X-Original-URL": "/lz-plain"}),
    ("a forwarded host", "GET", BAD_TGZ, {"X-Forwarded-Host": "registry.example.test", "X-Forwarded-For": "127.0.0.1"}),
    ("somebody's token", "GET", BAD_TGZ, {"Authorization": "Bearer let-me-in"}),
    ("a team that is not there", "GET", "/t/admin" + BAD_TGZ, {}),
    ("too new, exact pin", "GET", FRESH_TGZ, {}),
    ("too new, wheel", "GET", FRESH_WHEEL, {}),
    ("too new, version document", "GET", "/lz-fresh/1.2.0", {}),
    ("too new with build metadata", "GET", "/lz-fresh/-/lz-fresh-1.2.0+x.tgz", {}),
    ("too new, a v before it", "GET", "/lz-fresh/v1.2.0", {}),
    ("an internal name", "GET", "/@acme/internal", {}),
    ("an internal name's file", "GET", "/@acme%2finternal/-/internal-1.0.0.tgz", {}),
    ("a typosquat", "GET", "/lodahs/-/lodahs-1.0.0.tgz", {}),
    ("another archive's name", "GET", "/lz-masked/-/lz-masked-1.0.0.tgz", {}),
    ("other bytes than promised", "GET", "/lz-spoiled/-/lz-spoiled-1.0.0.tgz", {}),
    ("a look-alike letter", "GET", "/lz-b%D0%B0d/-/lz-bad-1.0.0.tgz", {}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "method", "path", "headers"), ATTEMPTS, ids=[one[0] for one in ATTEMPTS])
def test_no_way_around(
    guarded: Gate, upstream: Upstream, what: str, method: str, path: str, headers: dict[str, str]
) -> None:
    upstream.clear()
    reply = guarded.get(path, method, b"" if method == "POST" else None, **headers)
    assert reply.status in (400, 401, 403, 404, 405, 301), (what, reply.status)
    fetched = {name for name in upstream.files() if "plain" not in name}
    assert fetched <= (
        {"lz-masked-1.0.0.tgz"} if "archive's" in what else {"lz-spoiled-1.0.0.tgz"} if "bytes" in what else set()
    )
    if reply.status == 301:
        assert guarded.get(reply.headers["location"]).status in (403, 404)


def test_a_cached_page_does_not_outlive_the_verdict(guarded: Gate, tmp_path: object) -> None:
    page = guarded.get("/simple/lz-leaf/", Accept="application/vnd.pypi.simple.v1+json")
    examined = guarded.keeper.backend.store
    from datetime import UTC, datetime

    from lazaretto.model.gate import Examined
    from lazaretto.model.text import Message
    from lazaretto.model.verdict import Grade

    file = next(one for one in page.json["files"] if one["filename"].endswith("2.0.1-py3-none-any.whl"))
    path = file["url"].removeprefix(guarded.url)
    assert guarded.get(path).status == 200
    sha256 = file["hashes"]["sha256"]
    engine = guarded.keeper.artifacts.engine
    found = Examined(
        sha256, Grade.MALICIOUS, 9.0, True, ("test/rule",), Message("seen elsewhere"), engine, datetime.now(UTC)
    )
    examined.put_examination(f"sha256:{sha256}", found, project=("pypi", "lz-leaf"))
    guarded.refresh()
    again = guarded.get(
        "/simple/lz-leaf/", Accept="application/vnd.pypi.simple.v1+json", If_None_Match=page.headers["etag"]
    )
    assert again.status == 200
    assert next(one for one in again.json["files"] if one["filename"] == file["filename"])["yanked"]
    assert guarded.get(path).status == 403


@pytest.mark.parametrize(
    "data",
    [
        b"GET /lz-plain HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /lz-bad HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nGET ",
        b"GET /lz-plain HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\n\r\n",
        b"GET /lz-plain HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /lz-plain\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\nHost: x/../y\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\nHost: a\"b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /lz-plain HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70000 + b"\r\n\r\n",
    ],
    ids=range(13),
)  # fmt: skip
def test_shapes_that_smuggle_requests(guarded: Gate, data: bytes) -> None:
    answer = guarded.raw(data)
    assert b"MAL-2026" not in answer
    assert answer.count(b"HTTP/1.") <= 1 or b" 400 " in answer
    assert b"Traceback" not in answer
    assert guarded.get("/-/ping").status == 200


def test_headers_cannot_be_injected(guarded: Gate) -> None:
    reply = guarded.get("/lz-nobody%0d%0aSet-Cookie:%20a=b")
    assert reply.status == 400
    assert "set-cookie" not in reply.headers
    assert reply.reason.isascii()


def test_a_redirect_to_elsewhere_is_not_followed_into_this_network(guarded: Gate, upstream: Upstream) -> None:
    upstream.faults["/lz-leaf/-/lz-leaf-2.0.0.tgz"] = Fault(302, headers={"Location": "file:///etc/passwd"})
    try:
        reply = guarded.get("/lz-leaf/-/lz-leaf-2.0.0.tgz")
    finally:
        upstream.faults.clear()
    assert reply.status == 502


def test_pages_and_downloads_agree_whatever_is_asked_in_whatever_order(guarded: Gate) -> None:
    rng = random.Random(7)
    names = ["lz-plain", "lz-leaf", "lz-bad", "lz-bad-once", "lz-fresh", "lz-undated", "lz-source", "lz-lost", "lz-yanked", "lz-licence", "lz-masked", "lz-spoiled", "lz-newborn", "reqeusts"]  # fmt: skip
    for _ in range(120):
        name = rng.choice(names)
        page = guarded.simple(name)
        refused = page.get("project-status", {}).get("status") == "quarantined"
        for file in rng.sample(page["files"], k=min(2, len(page["files"]))):
            reply = guarded.get(file["url"].removeprefix(guarded.url))
            now = next((one for one in guarded.simple(name)["files"] if one["filename"] == file["filename"]), None)
            if reply.status == 200:
                assert hashlib.sha256(reply.body).hexdigest() == file["hashes"]["sha256"]
                assert now is not None
                assert (
                    not (now.get("yanked") or "").__contains__("Lazaretto")
                    if isinstance(now.get("yanked"), str)
                    else True
                )
            else:
                assert reply.status == 403
                everything = guarded.simple(name)
                marked = isinstance(now and now.get("yanked"), str) and "Lazaretto" in now["yanked"]
                assert marked or everything["project-status"]["status"] == "quarantined", (name, file["filename"])
        del refused
