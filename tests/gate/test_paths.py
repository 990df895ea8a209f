"""Paths are read strictly: one spelling of each thing, nothing that could leave its place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.gate.paths import Asked, Kind, read


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/ms", Asked(Kind.NPM_DOCUMENT, "ms")),
        ("/JSONStream", Asked(Kind.NPM_DOCUMENT, "JSONStream")),
        ("/@s%2fn", Asked(Kind.NPM_DOCUMENT, "@s/n")),
        ("/@s%2Fn", Asked(Kind.NPM_DOCUMENT, "@s/n")),
        ("/@s/n", Asked(Kind.NPM_DOCUMENT, "@s/n")),
        ("/%40s%2fn", Asked(Kind.NPM_DOCUMENT, "@s/n")),
        ("/@s/n/latest", Asked(Kind.NPM_VERSION, "@s/n", "latest")),
        ("/a/1.0.0-rc.1+b", Asked(Kind.NPM_VERSION, "a", "1.0.0-rc.1+b")),
        ("/@s%2fn/-/n-1.0.0.tgz", Asked(Kind.NPM_FILE, "@s/n", "n-1.0.0.tgz")),
        ("/a/-/a-1.0.0.tgz", Asked(Kind.NPM_FILE, "a", "a-1.0.0.tgz")),
        ("/simple/", Asked(Kind.SIMPLE_ROOT)),
        ("/simple", Asked(Kind.NPM_DOCUMENT, "simple")),
        ("/simple/-/simple-1.0.0.tgz", Asked(Kind.NPM_FILE, "simple", "simple-1.0.0.tgz")),
        ("/simple/foo-bar/", Asked(Kind.SIMPLE_PAGE, "foo-bar")),
        ("/simple/Foo_.Bar/", Asked(Kind.SIMPLE_MOVED, "foo-bar")),
        ("/files/foo/foo-1.0-py3-none-any.whl", Asked(Kind.PYPI_FILE, "foo", "foo-1.0-py3-none-any.whl")),
        ("/files/foo/foo-1.0%2Bcu1.tar.gz", Asked(Kind.PYPI_FILE, "foo", "foo-1.0+cu1.tar.gz")),
        ("/files/foo/f-1.whl.metadata", Asked(Kind.PYPI_METADATA, "foo", "f-1.whl")),
        ("/files/-/files-1.0.0.tgz", Asked(Kind.NPM_FILE, "files", "files-1.0.0.tgz")),
        ("/pypi/foo/json", Asked(Kind.PYPI_JSON, "foo")),
        ("/pypi/foo/1!1.0/json", Asked(Kind.PYPI_JSON, "foo", version="1!1.0")),
        ("/integrity/foo/1.0/foo-1.0.tar.gz/provenance", Asked(Kind.PYPI_PROVENANCE, "foo", "foo-1.0.tar.gz", "1.0")),
        ("/-/ping", Asked(Kind.NPM_SERVICE, rest="ping")),
        ("/-/lazaretto/health", Asked(Kind.ADMIN, rest="health")),
        ("/t/web/simple/foo/", Asked(Kind.SIMPLE_PAGE, "foo", team="web")),
        ("/t/web/@s%2fn", Asked(Kind.NPM_DOCUMENT, "@s/n", team="web")),
        ("/t/1.0.0", Asked(Kind.NPM_VERSION, "t", "1.0.0")),
        ("/t/-/t-1.0.0.tgz", Asked(Kind.NPM_FILE, "t", "t-1.0.0.tgz")),
    ],
)
def test_what_clients_ask(path: str, asked: Asked) -> None:
    assert read(path) == asked


def test_a_page_without_its_slash_is_told_apart_by_what_the_client_accepts() -> None:
    assert read("/simple/foo") == Asked(Kind.NPM_VERSION, "simple", "foo")
    assert read("/simple/foo", wants_simple=True) == Asked(Kind.SIMPLE_MOVED, "foo")


@pytest.mark.parametrize(
    "path",
    [
        "/..", "/../etc/passwd", "/a/../b", "/a/%2e%2e/b", "/a/-/..%2f..%2fx.tgz", "/a//b", "//a", "/a%2fb", "/a%2Fb",
        "/@s%252fn", "/a%00", "/a\x00", "/a/-/a-1.0.0.tgz%00.txt", "/a\\b", "/a%5cb", "/-/../a", "/-/lazaretto/../x",
        "/-//x", "/аbc", "/a b", "/a%20b", "/a?b", "/a%", "/a%zz", "/.git", "/@s", "/@/n", "/@s/", "/@s/..", "/simple/foo%2fbar/",
        "/simple/../x/", "/simple/-/", "/files/foo/..", "/files/../foo/x.whl", "/files/foo/%2e%2e%2fx", "/files//x", "/t/WEB/a",
        "/t/../a", "/t/web/../a", "http://elsewhere.example.test/a", "", "a", "/a/-/b/c.tgz", "/a/-/x.zip", "/" + "a" * 3000,
        "/pypi/../json", "/integrity/foo/1.0/../x/provenance", "/@s%2fn%2f..", "/@s/n/-/..", "/%2e%2e/a", "/a/%2e/b", "/*", "/a/*",
        "/a%0d%0aX-Y:z", "/a\r\nb", "/node_modules/..", "/simple/foo/bar/", "/files/foo/bar/baz.whl", "/a;b=c/../d",
    ],
)  # fmt: skip
def test_every_other_spelling_is_refused(path: str) -> None:
    assert read(path) is None
    assert read(path, wants_simple=True) is None


_PIECES = st.sampled_from(
    ["/", "..", ".", "%2e", "%2f", "%5c", "%00", "@", "a", "B-", "_", "simple", "files", "pypi", "json", "-", "t",
     "1.0", ".tgz", ".whl", ".metadata", "%40", "~", "!", "\\", " ", "é", "%C3%A9", "integrity", "provenance"]
)  # fmt: skip
_SAFE = re.compile(r"[A-Za-z0-9._~!'()*+@ -]*")


@given(st.one_of(st.lists(_PIECES, max_size=14).map(lambda parts: "/" + "".join(parts)), st.text(max_size=60)))
def test_no_path_leads_out_of_its_place(path: str) -> None:
    asked = read(path)
    if asked is None or asked.kind in (Kind.NPM_SERVICE, Kind.ADMIN):
        return
    scope, slash, name = asked.name.rpartition("/")
    assert not slash or scope.startswith("@")
    for text in (scope.lstrip("@"), name, asked.rest, asked.version, asked.team):
        assert _SAFE.fullmatch(text)
        assert ".." not in text.split("/")
        assert not text.startswith("/")
    assert "/" not in asked.rest
    assert asked.rest not in (".", "..")
