"""A project's page at a Python index, read and passed on."""

import json
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.ecosystems.simple_page import PageError, SimplePage, parse_html, parse_json
from lazaretto.model.gate import Ruling
from lazaretto.model.verdict import Outcome

BASE = "http://127.0.0.1:8"
ALLOW, HELD, BLOCK = Ruling(Outcome.ALLOW), Ruling(Outcome.QUARANTINE), Ruling(Outcome.BLOCK)
UPSTREAM = "https://files.example.test"
SHA = "ab" * 32
FILES = ("my_pkg-1.0.tar.gz", "my_pkg-1.0-py3-none-any.whl", "my-pkg-2.0.tar.gz", "my_pkg-3.0rc1-py3-none-any.whl")


def file(filename: str, **more: object) -> dict[str, object]:
    return {
        "filename": filename,
        "url": f"{UPSTREAM}/p/{filename}",
        "hashes": {"sha256": SHA},
        "size": 10,
        "upload-time": "2024-01-02T03:04:05.000006Z",
        "requires-python": ">=3.9",
        "yanked": False,
    } | more


def page(files: tuple[str, ...] = FILES, **more: object) -> dict[str, object]:
    return {
        "meta": {"api-version": "1.1"},
        "name": "my-pkg",
        "versions": ["1.0", "2.0", "3.0rc1"],
        "files": [file(one) for one in files],
    } | more


def read(told: object, name: str = "My_Pkg") -> SimplePage:
    return parse_json(json.dumps(told).encode(), name, "https://index.example.test/simple/my-pkg/")


def all_of(found: SimplePage, ruling: Ruling = ALLOW) -> dict[str, Ruling]:
    return {one.filename: ruling for one in found.candidates}


class Links(HTMLParser):
    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.links: list[dict[str, str | None]] = []
        self.meta: list[tuple[str | None, str | None]] = []
        self.feed(body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs))
        elif tag == "meta":
            self.meta.append((dict(attrs)["name"], dict(attrs)["content"]))


def test_candidates_are_what_the_index_tells() -> None:
    found = read(page())
    one = found.candidates[0]
    assert (one.version, one.filename, one.url, one.size) == ("1.0", FILES[0], f"{UPSTREAM}/p/{FILES[0]}", 10)
    assert one.published == datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC) == found.listing.first_published
    assert one.key == f"sha256:{SHA}"
    assert (found.listing.name, found.listing.versions, found.listing.status) == ("my-pkg", 3, "active")
    assert [one.builds for one in found.candidates] == [False, False, True, False]
    assert {one.provenance for one in found.candidates} == {None}
    assert found.find(FILES[2]) == found.candidates[2]
    assert found.find("other") is None


def test_links_lead_here_and_hashes_stay() -> None:
    found = read(page())
    out = json.loads(found.json(all_of(found), {}, BASE))
    assert out["meta"] == {"api-version": "1.1"}
    assert out["versions"] == ["1.0", "2.0", "3.0rc1"]
    assert out["files"][0] == {
        key: value for key, value in file(FILES[0], url=f"{BASE}/files/my-pkg/{FILES[0]}").items() if key != "yanked"
    }


def test_quarantined_files_are_listed_as_yanked_and_blocked_ones_are_not() -> None:
    found = read(page())
    rulings = {FILES[0]: ALLOW, FILES[1]: HELD, FILES[2]: BLOCK}
    out = json.loads(found.json(rulings, {FILES[1]: "too new <until> Friday"}, BASE))
    assert [(one["filename"], one.get("yanked", False)) for one in out["files"]] == [
        (FILES[0], False),
        (FILES[1], "too new <until> Friday"),
    ]
    assert out["versions"] == ["1.0"]
    links = Links(found.html(rulings, {FILES[1]: "too new <until> Friday"}, BASE)).links
    assert links == [
        {"href": f"{BASE}/files/my-pkg/{FILES[0]}#sha256={SHA}", "data-requires-python": ">=3.9"},
        {
            "href": f"{BASE}/files/my-pkg/{FILES[1]}#sha256={SHA}",
            "data-requires-python": ">=3.9",
            "data-core-metadata": "true",
            "data-dist-info-metadata": "true",
            "data-yanked": "too new <until> Friday",
        },
    ]


@pytest.mark.parametrize(
    ("rulings", "status"),
    [
        (
            dict.fromkeys(FILES, BLOCK),
            {"status": "quarantined", "reason": "Every file of this project is blocked by the policy of this index."},
        ),
        (dict.fromkeys(FILES[:3], BLOCK) | {FILES[3]: HELD}, {"status": "archived"}),
        (dict.fromkeys(FILES, ALLOW), {"status": "archived"}),
    ],
)
def test_project_status(rulings: dict[str, Ruling], status: dict[str, str]) -> None:
    found = read(page(**{"project-status": {"status": "archived"}}))
    assert found.listing.status == "archived"
    out = json.loads(found.json(rulings, {}, BASE))
    assert out["project-status"] == status
    assert out["meta"]["api-version"] == "1.4"
    assert ("pypi:project-status", status["status"]) in Links(found.html(rulings, {}, BASE)).meta


@pytest.mark.parametrize(
    ("told", "version"),
    [
        (page(), "1.1"),
        (page(meta={"api-version": "1.3"}), "1.3"),
        (page(meta={"api-version": "1.99"}), "1.4"),
        (page(meta={"api-version": "1.0"}), "1.0"),
        (page(meta={}), "1.0"),
        (page(versions=None), "1.0"),
        (page(files=()) | {"files": [file(FILES[0], size=None)]}, "1.0"),
        (page(meta={"api-version": "1.\u0663"}), "1.0"),
    ],
)
def test_the_version_of_the_interface_is_what_the_page_fulfils(told: object, version: str) -> None:
    found = read(told)
    assert json.loads(found.json(all_of(found), {}, BASE))["meta"]["api-version"] == version


def test_metadata_and_provenance_and_what_is_not_known() -> None:
    proof = f"{UPSTREAM}/integrity/my-pkg/1.0/{FILES[0]}/provenance"
    told = page(files=()) | {
        "files": [
            file(FILES[0], provenance=proof, **{"core-metadata": {"sha256": "c" * 64}, "gpg-sig": True, "x-new": [1]}),
            file(FILES[1], provenance=None, **{"data-dist-info-metadata": True, "dist-info-metadata": False}),
            file(FILES[2]),
        ],
        "alternate-locations": ["https://other.example.test/simple/my-pkg/"],
        "meta": {"api-version": "1.3", "tracks": ["https://t.example.test/"], "_last-serial": 7},
        "x-page": {"kept": True},
    }
    found = read(told)
    assert [(one.provenance, one.provenance_before) for one in found.candidates] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    out = json.loads(found.json(all_of(found), {}, BASE))
    one, two, three = out["files"]
    assert one["core-metadata"] == one["data-dist-info-metadata"] == {"sha256": "c" * 64}
    assert (one["gpg-sig"], one["x-new"]) == (True, [1])
    assert one["provenance"] == f"{BASE}/integrity/my-pkg/1.0/{FILES[0]}/provenance"
    assert found.provenance_url(FILES[0]) == proof
    assert (two["core-metadata"], two["data-dist-info-metadata"], two["dist-info-metadata"], two["provenance"]) == (
        True,
        True,
        False,
        None,
    )
    assert "core-metadata" not in three
    assert out["meta"] == told["meta"]
    assert (out["alternate-locations"], out["x-page"]) == (told["alternate-locations"], {"kept": True})
    seen = Links(found.html(all_of(found), {}, BASE))
    assert seen.links[0]["data-core-metadata"] == seen.links[0]["data-dist-info-metadata"] == "sha256=" + "c" * 64
    assert (seen.links[1]["data-core-metadata"], seen.links[0]["data-gpg-sig"]) == ("true", "true")
    assert seen.links[0]["data-provenance"] == one["provenance"]
    assert ("pypi:tracks", "https://t.example.test/") in seen.meta
    assert ("pypi:alternate-locations", "https://other.example.test/simple/my-pkg/") in seen.meta


HTML = f"""<!DOCTYPE html><html><head><base href="../../p/"><base href="https://evil.example.test/">
<meta name="pypi:repository-version" content="1.2"><meta name="pypi:tracks" content="https://t.example.test/">
<meta name="pypi:project-status" content="deprecated"><meta name="pypi:project-status-reason" content="use b"></head><body>
<a href="{FILES[0]}#sha256={SHA}" data-requires-python="&gt;=3.9" data-yanked="" data-core-metadata="sha256=cc" data-gpg-sig="true">text</a>
<a HREF="/q/my_pkg-1.0%2Dpy3-none-any.whl#sha256={SHA}&egg=x" data-yanked="broken" data-dist-info-metadata="true">text</a>
<A href="https://other.example.test/other-1.0.tar.gz">other-1.0.tar.gz</A><a name="x">no link</a><a href="../">up</a>
<a href="{FILES[2]}#md5={"a" * 32}" data-provenance="https://t.example.test/p">x<a href="http://[bad/my-pkg-9.tar.gz">x</a>
<a href="javascript:alert(1)/my-pkg-8.tar.gz">x</a>
"""


def test_the_html_form() -> None:
    found = parse_html(HTML.encode(), "my.pkg", "https://index.example.test/simple/my-pkg/")
    assert [(one.filename, one.url, one.digests, one.yanked) for one in found.candidates] == [
        (FILES[0], f"https://index.example.test/p/{FILES[0]}", (("sha256", SHA),), ""),
        (FILES[1], "https://index.example.test/q/my_pkg-1.0%2Dpy3-none-any.whl", (("sha256", SHA),), "broken"),
        (FILES[2], f"https://index.example.test/p/{FILES[2]}", (), None),
    ]
    assert {name for name, _ in found.rejected} == {
        "other-1.0.tar.gz",
        "http://[bad/my-pkg-9.tar.gz",
        "my-pkg-8.tar.gz",
    }
    assert found.listing.status == "deprecated"
    out = json.loads(found.json(all_of(found), {}, BASE))
    assert out["meta"] == {"api-version": "1.0", "tracks": ["https://t.example.test/"]}
    assert out["files"][0]["core-metadata"] == {"sha256": "cc"}
    assert "versions" not in out
    seen = Links(found.html(all_of(found), {}, BASE))
    assert seen.meta[0] == ("pypi:repository-version", "1.0")
    assert ("pypi:project-status-reason", "use b") in seen.meta
    assert seen.links[0] == {
        "href": f"{BASE}/files/my-pkg/{FILES[0]}#sha256={SHA}",
        "data-requires-python": ">=3.9",
        "data-core-metadata": "sha256=cc",
        "data-dist-info-metadata": "sha256=cc",
        "data-gpg-sig": "true",
        "data-yanked": "",
    }
    assert seen.links[2]["href"] == f"{BASE}/files/my-pkg/{FILES[2]}#md5={'a' * 32}"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (file("other-1.0.tar.gz"), "its name is not that of a file of this project"),
        (file("my_pkg-1.0.exe"), "its name is not that of a file of this project"),
        (file("../my_pkg-1.0.tar.gz"), "its name is not that of a file of this project"),
        (file("my_pkg-1.0\x00.tar.gz"), "its name is not that of a file of this project"),
        (file("mу_pkg-1.0.tar.gz"), "its name is not that of a file of this project"),
        (file("my_pkg-9.0.tar.gz", url="file:///etc/passwd"), "it names no address of a file"),
        (file("my_pkg-9.0.tar.gz", url=""), "it names no address of a file"),
        (file("my_pkg-9.0.tar.gz", url=7), "it names no address of a file"),
        (file("my_pkg-9.0.tar.gz", url="http://[bad"), "it names no address of a file"),
        (file("my_pkg-9.0.tar.gz", url="http://a.example.test/x y"), "it names no address of a file"),
        (file("my_pkg-9.0.tar.gz", url="http://a.example.test/\r\nx"), "it names no address of a file"),
        (file("my_pkg-9.0.tar.gz", url="http://a.example.test@\u0430.test/x"), "it names no address of a file"),
        (file(FILES[0], hashes={"sha256": "cd" * 32}), "it is listed twice"),
    ],
)
def test_what_is_not_a_file_of_the_project_is_never_listed(told: dict[str, object], why: str) -> None:
    found = read(page(files=()) | {"files": [file(FILES[0]), told]})
    assert [(name, reason.english()) for name, reason in found.rejected] == [(told["filename"], why)]
    out = json.loads(found.json({told["filename"]: ALLOW, FILES[0]: ALLOW}, {}, BASE))  # type: ignore[dict-item]
    assert [(one["filename"], one["hashes"]) for one in out["files"]] == [(FILES[0], {"sha256": SHA})]


def test_two_spellings_of_a_version_are_one_release() -> None:
    found = read(page(("my_pkg-1.0.tar.gz", "my_pkg-1.0.0-py3-none-any.whl")) | {"versions": ["1", "2"]})
    assert [(one.version, one.builds) for one in found.candidates] == [("1.0", False), ("1.0.0", False)]
    assert found.listing.versions == 1
    assert json.loads(found.json(all_of(found), {}, BASE))["versions"] == ["1"]


def test_a_relative_address_starts_at_the_page() -> None:
    found = read(page(files=()) | {"files": [file(FILES[0], url="../../p/a.tar.gz")]})
    assert found.candidates[0].url == "https://index.example.test/p/a.tar.gz"


@pytest.mark.parametrize(
    ("more", "digests", "yanked"),
    [
        ({"hashes": {"sha256": SHA.upper()}}, (("sha256", SHA),), None),
        ({"hashes": {"md5": "a" * 32}}, (), None),
        ({"hashes": {"sha256": "zz" * 32, "sha1": "a" * 40}}, (("sha1", "a" * 40),), None),
        ({"hashes": {"sha256": " " * 32 + "ab" * 16}}, (), None),
        ({"hashes": 7, "yanked": {}}, (), ""),
        ({"hashes": {"sha256": 7}, "yanked": None}, (), None),
        ({"yanked": True}, (("sha256", SHA),), ""),
        ({"yanked": "bad"}, (("sha256", SHA),), "bad"),
        ({"yanked": 1}, (("sha256", SHA),), ""),
    ],
)
def test_odd_values(more: dict[str, object], digests: object, yanked: str | None) -> None:
    one = read(page(files=()) | {"files": [file(FILES[0], **more)]}).candidates[0]
    assert (one.digests, one.yanked) == (digests, yanked)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"files":{}}',
        b'{"files":[7]}',
        b"<!DOCTYPE html><html></html>",
        b'{"files":[],"name":"other"}',
        b'{"files":[],"name":"my-pkg","meta":{"api-version":"2.0"}}',
        b'{"files":[],"name":"my-pkg","meta":{"api-version":2}}',
        b'{"files":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"files":[],"x":"\xff"}',
    ],
)
def test_hostile_documents_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(PageError) as told:
        parse_json(data, "my-pkg")
    assert told.value.message.english()


@pytest.mark.parametrize("data", [b"", b'{"files":[]}', b'<meta name="pypi:repository-version" content="2.0">'])
def test_hostile_html_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(PageError):
        parse_html(data, "my-pkg")


def test_limits_and_names() -> None:
    with pytest.raises(PageError, match="larger than"):
        parse_json(b'{"files":[]}' + b" " * 100, "my-pkg", limit=100)
    with pytest.raises(PageError, match="larger than"):
        parse_html(b"<a>" + b" " * 100, "my-pkg", limit=100)
    for name in ("../x", "my\u212aey", "\u017f", "a\x00", ""):  # KELVIN SIGN is a `k` to whoever ignores case
        with pytest.raises(PageError, match="is not the name"):
            parse_json(b'{"files":[]}', name)


def test_what_would_not_fit_into_memory_is_refused() -> None:
    with pytest.raises(PageError, match="fields"):
        parse_json(b'{"files":[' + b"{}," * 4_500_000 + b"{}]}", "my-pkg")
    lists = b"[" + b"[]," * 400_000 + b"[]]"
    found = parse_json(b'{"files":[],"meta":' + lists + b',"versions":' + lists + b"}", "my-pkg")
    assert json.loads(found.json({}, {}, BASE))["meta"] == {"api-version": "1.0"}


NAMES = st.sampled_from(
    [
        *FILES,
        "my.pkg-2.0-cp311-cp311-win32.whl",
        "other-1.0.tar.gz",
        "my_pkg-x.tar.gz",
        "my_pkg-1.0-py3.9.egg",
        "my_pkg-1.0.exe",
    ]
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6)  # fmt: skip
EXTRAS = st.dictionaries(
    st.sampled_from(
        ["size", "upload-time", "yanked", "core-metadata", "provenance", "hashes", "requires-python", "gpg-sig", "x"]
    ),
    JSON,
    max_size=3,
)


@given(st.lists(NAMES, max_size=9), st.data())
@settings(max_examples=150, deadline=None)
def test_every_form_lists_exactly_what_is_allowed(files: list[str], data: st.DataObject) -> None:
    rows = [file(one, **data.draw(EXTRAS)) for one in files]
    more = data.draw(
        st.dictionaries(
            st.sampled_from(["x", "y", "alternate-locations", "project-status", "versions"]), JSON, max_size=2
        )
    )
    told = page() | {"files": rows} | more
    found = read(told)
    rulings = {one: data.draw(st.sampled_from([ALLOW, HELD, BLOCK])) for one in data.draw(st.lists(NAMES, unique=True))}
    good = {one.filename for one in found.candidates}
    assert good | {name for name, _ in found.rejected} == set(files)
    listed = [one for one in dict.fromkeys(files) if one in good and one in rulings and rulings[one] != BLOCK]

    body, web = found.json(rulings, {}, BASE), found.html(rulings, {}, BASE)
    out, seen = json.loads(body), Links(web)
    assert [one["filename"] for one in out["files"]] == listed
    assert [str(one["href"]).partition("#")[0] for one in seen.links] == [
        f"{BASE}/files/my-pkg/{one}" for one in listed
    ]
    for one, link in zip(out["files"], seen.links, strict=True):
        assert one["url"] == f"{BASE}/files/my-pkg/{one['filename']}"
        if rulings[one["filename"]] == HELD:
            assert isinstance(one["yanked"], str)
            assert link["data-yanked"] == one["yanked"]
        first = rows[files.index(one["filename"])]
        if "x" in first:
            assert one["x"] == first["x"]
        if isinstance(first.get("provenance"), str) and first["provenance"]:
            assert one["provenance"].startswith(BASE)
    assert UPSTREAM.encode() not in body + web
    for key in ("x", "y"):
        assert out.get(key) == told.get(key)
    again = parse_json(body, "my-pkg")
    assert [one.filename for one in again.candidates] == listed
    assert [one.filename for one in parse_html(web, "my-pkg", BASE).candidates] == listed
    assert set(out.get("versions") or ()) <= {one.version for one in again.candidates}


@given(st.binary(max_size=300) | st.text(alphabet='{}[]",:<>a href=base"filesurlnm#-', max_size=300).map(str.encode))
def test_any_bytes_give_a_page_or_the_error(data: bytes) -> None:
    for parse in (parse_json, parse_html):
        for body in (data, b'{"files":[' + data + b"]}", b'<a href="my-pkg-1.0.tar.gz" ' + data):
            try:
                found = parse(body, "my-pkg", "https://index.example.test/")
            except PageError:
                continue
            json.loads(found.json(all_of(found), {}, BASE))
            found.html(all_of(found), {}, BASE)
