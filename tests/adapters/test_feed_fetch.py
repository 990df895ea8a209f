"""Fetching over the loopback address: resumed, compared by ETag, delta by the feed's own dates."""

import io
import json
import zipfile

import pytest

from lazaretto.adapters.feed_documents import FeedError
from lazaretto.adapters.feed_fetch import fetch
from lazaretto.adapters.feed_table import Source
from lazaretto.adapters.http_client import ClientConfig, Fetcher, FetchError


@pytest.fixture
def client():
    made = Fetcher(ClientConfig(), seconds=5)
    yield made
    made.close()


def zipped(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "{}")
    return out.getvalue()


def source(loopback, layout="file", path="/all.zip", **more):
    return Source("test", "osv", layout, loopback.url + path, replaces=True, **more)


def read(fetched):
    return [[one.name for one in part.documents] for part in fetched.parts]


def test_a_file_and_then_nothing_new(loopback, client, tmp_path):
    loopback.add("/all.zip", zipped("MAL-1.json"), ETag='"v1"')
    fetched = fetch(source(loopback), {}, tmp_path, client)
    assert read(fetched) == [["MAL-1.json"]]
    assert fetched.parts[0].whole
    loopback.add("/all.zip", b"", 304)
    again = fetch(source(loopback), fetched.state, tmp_path, client)
    assert (again.parts, again.state) == ([], fetched.state)
    assert loopback.asked[-1][1]["if-none-match"] == '"v1"'


def test_a_download_goes_on_where_it_was_cut_off(loopback, client, tmp_path):
    whole = zipped("MAL-1.json", "MAL-2.json")
    (tmp_path / "all.zip.part").write_bytes(whole[:50])
    (tmp_path / "all.zip.tag").write_text('"v1"')
    loopback.add("/all.zip", whole[50:], 206, ETag='"v1"', Content_Range=f"bytes 50-{len(whole) - 1}/{len(whole)}")
    assert read(fetch(source(loopback), {}, tmp_path, client)) == [["MAL-1.json", "MAL-2.json"]]
    assert (loopback.asked[0][1]["range"], loopback.asked[0][1]["if-range"]) == ("bytes=50-", '"v1"')


def test_another_file_by_now_is_fetched_from_its_start(loopback, client, tmp_path):
    (tmp_path / "all.zip.part").write_bytes(b"old")
    (tmp_path / "all.zip.tag").write_text('"v0"')
    loopback.add("/all.zip", zipped("MAL-2.json"), ETag='"v1"')
    assert read(fetch(source(loopback), {}, tmp_path, client)) == [["MAL-2.json"]]


def test_a_part_without_its_etag_is_not_trusted(loopback, client, tmp_path):
    (tmp_path / "all.zip.part").write_bytes(b"somebody's")
    loopback.add("/all.zip", zipped("MAL-2.json"))
    assert read(fetch(source(loopback), {}, tmp_path, client)) == [["MAL-2.json"]]
    assert "range" not in loopback.asked[0][1]


def test_a_broken_transfer_keeps_what_has_arrived(client, tmp_path):
    import socket
    import threading

    server = socket.create_server(("127.0.0.1", 0))
    sent = bytes(range(256)) * 1000

    def half():
        connection, _ = server.accept()
        connection.recv(4096)
        connection.sendall(b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: 1000000\r\n\r\n' + sent)
        connection.close()

    thread = threading.Thread(target=half)
    thread.start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}/all.zip"
    with pytest.raises(FeedError) as raised:
        fetch(Source("test", "osv", "file", address), {}, tmp_path, client)
    thread.join()
    server.close()
    assert raised.value.hint is not None
    kept = (tmp_path / "all.zip.part").read_bytes()
    assert len(kept) > 100_000
    assert sent.startswith(kept)
    assert (tmp_path / "all.zip.tag").read_text() == '"v1"'


def bucket(loopback, rows, world="npm"):
    loopback.add(f"/{world}/modified_id.csv", "".join(f"{date},{ident}\n" for date, ident in rows).encode())


def test_the_bucket_first_whole_then_only_what_changed(loopback, client, tmp_path):
    where = source(loopback, "osv-bucket", "", worlds=("npm",))
    bucket(loopback, [("2099-01-02T00:00:00Z", "MAL-2"), ("2099-01-01T00:00:00Z", "MAL-1")])
    loopback.add("/npm/all.zip", zipped("MAL-1.json", "MAL-2.json"))
    first = fetch(where, {}, tmp_path, client)
    assert read(first) == [["MAL-1.json", "MAL-2.json"]]
    assert (first.parts[0].whole, first.parts[0].worlds) == (True, frozenset({"npm"}))
    assert first.state == {"since": {"npm": "2099-01-02T00:00:00Z"}}
    bucket(loopback, [
        ("2099-01-04T00:00:00Z", "GHSA-not-ours"), ("2099-01-03T00:00:00Z", "MAL-3"), ("2099-01-02T00:00:00Z", "MAL-2"),
        ("2099-01-01T00:00:00Z", "MAL-1"),
    ])  # fmt: skip
    loopback.add("/npm/MAL-3.json", b"{}")
    second = fetch(where, first.state, tmp_path, client)  # MAL-2 is gone meanwhile: 404
    assert read(second) == [["MAL-3.json"]]
    assert not second.parts[0].whole
    assert second.state["since"]["npm"] == "2099-01-04T00:00:00Z"


def test_a_login_page_instead_of_a_list(loopback, client, tmp_path):
    loopback.add("/npm/modified_id.csv", b"<html>please log in</html>")
    with pytest.raises(FeedError, match="not a list"):
        fetch(source(loopback, "osv-bucket", "", worlds=("npm",)), {}, tmp_path, client)


def test_taxii_page_by_page(loopback, client, tmp_path):
    where = source(loopback, "taxii", "/c/1")
    one = {"type": "campaign", "id": "campaign--1", "name": "x"}
    stamp = {"X-TAXII-Date-Added-Last": "2099-01-02T00:00:00.000Z"}
    loopback.pages["/c/1/objects/"] = (200, {}, json.dumps({"more": True, "next": "p2", "objects": [one]}).encode())
    loopback.pages["/c/1/objects/?next=p2"] = (200, stamp, json.dumps({"objects": [one]}).encode())
    fetched = fetch(where, {}, tmp_path, client)
    assert len(read(fetched)[0]) == 2
    assert fetched.state == {"added_after": "2099-01-02T00:00:00.000Z"}
    assert loopback.asked[0][1]["accept"] == "application/taxii+json;version=2.1"
    loopback.add("/c/1/objects/?added_after=2099-01-02T00%3A00%3A00.000Z", b"{}")
    assert read(fetch(where, fetched.state, tmp_path, client)) == [[]]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff"])
def test_a_server_that_speaks_no_taxii(loopback, client, tmp_path, body):
    loopback.add("/c/1/objects/", body)
    with pytest.raises(FeedError):
        read(fetch(source(loopback, "taxii", "/c/1"), {}, tmp_path, client))


def test_limits_of_lines(loopback, client):
    loopback.add("/l", b"a\nb\nc" * 100_000)
    lines = client.lines(f"{loopback.url}/l", 1 << 30)
    assert [next(lines), next(lines)] == [b"a", b"b"]
    lines.close()
    with pytest.raises(FetchError, match="larger"):
        list(client.lines(f"{loopback.url}/l", 1000))
