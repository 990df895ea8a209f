"""The inert registry speaks what the gate and the clients rely on."""

import gzip
import hashlib
import http.client
import json
import tarfile
import zipfile
from io import BytesIO

import pytest

from .packages import FRESH, PLAIN, world
from .upstream import ABBREVIATED, SIMPLE_JSON, Fault, Upstream


@pytest.fixture
def upstream():
    with Upstream(world()) as one:
        yield one


def ask(upstream, path, method="GET", **headers):
    connection = http.client.HTTPConnection(upstream.host, timeout=10)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        answer = connection.getresponse()
        with answer:
            return answer, answer.read()
    finally:
        connection.close()


def test_npm(upstream):
    _, body = ask(upstream, f"/{PLAIN}")
    full = json.loads(body)
    assert full["dist-tags"] == {"latest": "1.1.0"}
    dist = full["versions"]["1.1.0"]["dist"]
    assert dist["tarball"] == f"{upstream.url}/{PLAIN}/-/{PLAIN}-1.1.0.tgz"
    _, data = ask(upstream, f"/{PLAIN}/-/{PLAIN}-1.1.0.tgz")
    assert hashlib.sha1(data).hexdigest() == dist["shasum"]
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        assert archive.getnames() == ["package/package.json", "package/index.js"]
    answer, body = ask(upstream, "/lz-script", Accept=ABBREVIATED)
    assert answer.headers["Content-Type"] == ABBREVIATED
    assert json.loads(body)["versions"]["1.0.0"]["hasInstallScript"] is True
    for path in ("/@lz%2fscoped", "/@lz/scoped", "/@lz%2Fscoped"):
        assert json.loads(ask(upstream, path)[1])["name"] == "@lz/scoped"
    assert json.loads(ask(upstream, f"/{PLAIN}/latest")[1])["version"] == "1.1.0"
    assert ask(upstream, "/nobody")[0].status == 404
    assert upstream.files() == {f"{PLAIN}-1.1.0.tgz"}


def test_pypi(upstream):
    answer, body = ask(upstream, f"/simple/{FRESH}/", Accept=SIMPLE_JSON)
    page = json.loads(body)
    assert answer.headers["Content-Type"] == SIMPLE_JSON
    assert page["versions"] == ["1.0", "1.1", "1.2"]
    assert len(page["files"]) == 6
    path = page["files"][0]["url"].removeprefix(upstream.url)
    _, data = ask(upstream, path)
    assert hashlib.sha256(data).hexdigest() == page["files"][0]["hashes"]["sha256"]
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    answer, part = ask(upstream, path, Range="bytes=-10")
    assert (answer.status, part) == (206, data[-10:])
    assert "lz_fresh-1.0.dist-info/RECORD" in names
    answer, _ = ask(upstream, "/simple/Lz.Mixed_Name")
    assert (answer.status, answer.headers["Location"]) == (301, "/simple/lz-mixed-name/")
    assert json.loads(ask(upstream, f"/pypi/{PLAIN}/json")[1])["info"]["version"] == "1.1"


def test_conditional_gzip_and_head(upstream):
    answer, body = ask(upstream, f"/{FRESH}", Accept_Encoding="gzip")
    assert json.loads(gzip.decompress(body))["name"] == FRESH
    answer, body = ask(upstream, f"/{FRESH}", If_None_Match=answer.headers["ETag"])
    assert (answer.status, body) == (304, b"")
    answer, body = ask(upstream, f"/{FRESH}", "HEAD")
    assert (answer.status, body) == (200, b"")


def test_faults_and_credentials(upstream):
    upstream.faults["/lz-*"] = Fault(status=503, reason="gone", times=1)
    answer, _ = ask(upstream, "/lz-plain")
    assert (answer.status, answer.reason) == (503, "gone")
    assert ask(upstream, "/lz-plain")[0].status == 200
    upstream.faults["/lz-tree"] = Fault(reset_after=5)
    with pytest.raises(http.client.IncompleteRead):
        ask(upstream, "/lz-tree")
    upstream.require = "Bearer x"
    assert ask(upstream, "/lz-plain")[0].status == 401
    assert ask(upstream, "/lz-plain", Authorization="Bearer x")[0].status == 200


def test_the_same_bytes_every_time():
    first, second = world(), world()
    for a, b in zip(first.npm, second.npm, strict=True):
        assert [a.tarball(v) for v in a.versions] == [b.tarball(v) for v in b.versions]
    for a, b in zip(first.pypi, second.pypi, strict=True):
        assert [f.data for f in a.files] == [f.data for f in b.files]
