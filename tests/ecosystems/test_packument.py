"""npm's document about a package, read and passed on."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.ecosystems.packument import Packument, PackumentError, parse
from lazaretto.model.gate import Ruling
from lazaretto.model.verdict import Outcome

BASE = "http://127.0.0.1:8"
ALLOW, HELD, BLOCK = Ruling(Outcome.ALLOW), Ruling(Outcome.QUARANTINE), Ruling(Outcome.BLOCK)
UPSTREAM = "https://registry.example.test"


def manifest(name: str, version: str, **more: object) -> dict[str, object]:
    base = name.rpartition("/")[2]
    dist = {
        "integrity": "sha512-" + "A" * 86 + "==",
        "shasum": "a" * 40,
        "tarball": f"{UPSTREAM}/{name}/-/{base}-{version}.tgz",
        "signatures": [{"keyid": "SHA256:x", "sig": "y"}],
    }
    return {"name": name, "version": version, "dist": dist | more.pop("dist", {}), **more}  # type: ignore[operator]


def document(
    name: str = "pkg", versions: tuple[str, ...] = ("1.0.0", "1.1.0", "2.0.0"), **more: object
) -> dict[str, object]:
    return {
        "_id": name,
        "name": name,
        "dist-tags": {"latest": versions[-1]},
        "versions": {version: manifest(name, version) for version in versions},
        "time": {"created": "2020-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z"}
        | {version: f"2020-01-{day:02}T00:00:00.000Z" for day, version in enumerate(versions, 2)},
        "readme": f"see {UPSTREAM}/pkg/-/pkg-1.0.0.tgz",
        "maintainers": [{"name": "somebody"}],
        "x-unknown": {"kept": [1, 2]},
    } | more


def read(told: object, name: str = "pkg") -> Packument:
    return parse(json.dumps(told, separators=(",", ":")).encode(), name)


def test_candidates_are_what_the_registry_tells() -> None:
    found = read(document())
    one = found.candidates[0]
    assert (one.version, one.filename, one.url) == ("1.0.0", "pkg-1.0.0.tgz", f"{UPSTREAM}/pkg/-/pkg-1.0.0.tgz")
    assert one.published == datetime(2020, 1, 2, tzinfo=UTC)
    assert one.key == "sha512:" + "0" * 128
    assert found.listing.versions == 3
    assert found.find("pkg-1.1.0.tgz") == found.candidates[1]
    assert found.find("other-1.1.0.tgz") is None


def test_what_is_withheld_leaves_versions_times_and_tags() -> None:
    found = read(document())
    rulings = {"1.0.0": ALLOW, "1.1.0": ALLOW, "2.0.0": HELD}
    out = json.loads(found.full(rulings, BASE, reasons={"2.0.0": "too new until Friday"}))
    assert list(out["versions"]) == ["1.0.0", "1.1.0"]
    assert list(out["time"]) == ["created", "modified", "1.0.0", "1.1.0"]
    assert out["dist-tags"] == {"latest": "1.1.0"}
    assert out["policyRestrictions"] == {
        "versions": {"2.0.0": {"name": "pkg", "version": "2.0.0"}},
        "message": "2.0.0: too new until Friday",
    }
    assert out["x-unknown"] == {"kept": [1, 2]}
    assert "readme" not in out
    assert out["versions"]["1.1.0"]["dist"]["tarball"] == f"{BASE}/pkg/-/pkg-1.1.0.tgz"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"<html>", b"\xff{}", b'{"name":"pkg","versions":[]}', b'{"name":"other"}']
)
def test_what_is_no_packument_is_refused(data: bytes) -> None:
    with pytest.raises(PackumentError):
        parse(data, "pkg")


def test_a_version_without_a_ruling_is_withheld() -> None:
    out = json.loads(read(document()).full({"1.0.0": ALLOW}, BASE))
    assert list(out["versions"]) == ["1.0.0"]
    assert set(out["policyRestrictions"]["versions"]) == {"1.1.0", "2.0.0"}


def test_nothing_withheld_says_nothing_of_a_policy() -> None:
    found = read(document())
    out = json.loads(found.full(dict.fromkeys(document()["versions"], ALLOW), BASE))
    assert "policyRestrictions" not in out
    assert (
        out["versions"]["1.0.0"]["dist"]
        == manifest("pkg", "1.0.0", dist={"tarball": f"{BASE}/pkg/-/pkg-1.0.0.tgz"})["dist"]
    )


def test_the_reasons_of_the_newest_come_first_and_equal_ones_together() -> None:
    versions = tuple(f"1.0.{number}" for number in range(12))
    found = read(document(versions=versions))
    reasons = dict.fromkeys(versions[1:9], "has an install script") | {"1.0.11": "malware"}
    message = json.loads(found.full({"1.0.0": ALLOW}, BASE, reasons=reasons))["policyRestrictions"]["message"]
    assert message == (
        "1.0.11: malware\n"
        "1.0.8, 1.0.7, 1.0.6, 1.0.5, 1.0.4 and 3 more: has an install script\n"
        "2 more versions are withheld."
    )


TAGS = {
    "latest": "3.0.0",
    "next": "4.0.0-next.2",
    "cjs": "2.6.7",
    "v1": "1.9.0",
    "beta": "3.0.0-beta.1",
    "odd": "not-a-version",
}


@pytest.mark.parametrize(
    ("allowed", "tags"),
    [
        (
            ["1.0.0", "2.6.7", "4.0.0-next.1", "9.0.0"],
            {"latest": "2.6.7", "next": "4.0.0-next.1", "cjs": "2.6.7", "v1": "1.0.0", "beta": "2.6.7", "odd": "9.0.0"},
        ),
        (["3.0.0-beta.1"], dict.fromkeys(TAGS, "3.0.0-beta.1")),
        (["9.0.0"], dict.fromkeys(TAGS, "9.0.0")),
        ([], {}),
    ],
)
def test_tags_are_moved_down_their_own_line(allowed: list[str], tags: dict[str, str]) -> None:
    versions = ("1.0.0", "1.9.0", "2.6.7", "3.0.0-beta.1", "3.0.0", "4.0.0-next.1", "4.0.0-next.2", "9.0.0")
    found = read(document(versions=versions, **{"dist-tags": TAGS}))
    assert found.passed_tags(dict.fromkeys(allowed, ALLOW)) == tags


def test_the_abbreviated_form_has_what_installers_need_and_no_more() -> None:
    told = document()
    told["versions"]["1.0.0"] |= {  # type: ignore[index]
        "scripts": {"postinstall": "node x.js", "test": "true"},
        "dependencies": {"a": "^1"},
        "libc": ["glibc"],
        "_hasShrinkwrap": False,
        "description": "long",
        "deprecated": "old",
    }
    out = json.loads(read(told).abbreviated({"1.0.0": ALLOW, "1.1.0": ALLOW, "2.0.0": HELD}, BASE))
    assert set(out) == {"name", "modified", "dist-tags", "versions", "policyRestrictions"}
    assert out["modified"] == "2026-01-01T00:00:00.000Z"
    one = out["versions"]["1.0.0"]
    assert set(one) == {
        "name",
        "version",
        "dist",
        "dependencies",
        "libc",
        "_hasShrinkwrap",
        "deprecated",
        "hasInstallScript",
    }
    assert one["hasInstallScript"] is True
    assert one["dist"]["tarball"] == f"{BASE}/pkg/-/pkg-1.0.0.tgz"
    assert "hasInstallScript" not in out["versions"]["1.1.0"]


def test_an_upstream_that_is_abbreviated_tells_no_times() -> None:
    told = document()
    del told["time"]
    told["modified"] = "2026-02-02T00:00:00.000Z"
    told["versions"]["1.0.0"]["hasInstallScript"] = True  # type: ignore[index]
    found = read(told)
    assert {one.published for one in found.candidates} == {None}
    assert found.candidates[0].scripts == ("install",)
    rulings = {"1.0.0": ALLOW}
    out = json.loads(found.abbreviated(rulings, BASE))
    assert out["modified"] == "2026-02-02T00:00:00.000Z"
    assert out["versions"]["1.0.0"]["hasInstallScript"] is True
    assert "time" not in json.loads(found.full(rulings, BASE))


def test_one_manifest_by_version_or_by_tag() -> None:
    found = read(document())
    rulings = {"1.0.0": ALLOW, "2.0.0": BLOCK}
    one = json.loads(found.version("latest", rulings, BASE) or b"")
    assert (one["version"], one["dist"]["tarball"]) == ("1.0.0", f"{BASE}/pkg/-/pkg-1.0.0.tgz")
    assert found.version("1.0.0", rulings, BASE) == found.version("latest", rulings, BASE)
    assert found.version("2.0.0", rulings, BASE) is None
    assert found.version("nope", rulings, BASE) is None


def test_a_warning_is_told_as_deprecation() -> None:
    told = document()
    told["versions"]["1.1.0"]["deprecated"] = "use 2"  # type: ignore[index]
    found = read(told)
    rulings = dict.fromkeys(("1.0.0", "1.1.0"), ALLOW)
    for form in (found.full, found.abbreviated):
        out = json.loads(form(rulings, BASE, warnings={"1.0.0": "licence unknown", "1.1.0": "licence unknown"}))
        assert out["versions"]["1.0.0"]["deprecated"] == "licence unknown"
        assert out["versions"]["1.1.0"]["deprecated"] == "use 2 [licence unknown]"


def test_scoped_packages_and_registries_with_other_paths() -> None:
    name = "@scope/pkg"
    told = document(name, ("1.0.0",))
    told["versions"]["1.0.0"]["dist"]["tarball"] = "https://files.example.test/api/npm/pkg_1.0.0.tar.gz?x=1"  # type: ignore[index]
    found = read(told, name)
    assert (found.candidates[0].filename, found.candidates[0].url[-20:]) == ("pkg-1.0.0.tgz", "pkg_1.0.0.tar.gz?x=1")
    out = json.loads(found.full({"1.0.0": ALLOW}, BASE))
    assert out["versions"]["1.0.0"]["dist"]["tarball"] == f"{BASE}/@scope/pkg/-/pkg-1.0.0.tgz"


def test_provenance_and_publishers_before() -> None:
    told = document(versions=("1.0.0", "1.1.0-rc.1", "1.1.0", "1.2.0"))
    proof = {"url": f"{UPSTREAM}/-/npm/v1/attestations/pkg@1.1.0", "provenance": {"predicateType": "x"}}
    told["versions"]["1.1.0"] = manifest("pkg", "1.1.0", dist={"attestations": proof}, _npmUser={"name": "robot"})  # type: ignore[index]
    told["versions"]["1.0.0"]["_npmUser"] = {"name": "ann", "email": "a@example.test"}  # type: ignore[index]
    told["versions"]["1.1.0-rc.1"]["_npmUser"] = {"name": "bob"}  # type: ignore[index]
    found = read(told)
    assert [(one.provenance, one.provenance_before) for one in found.candidates] == [
        (False, False),
        (False, False),
        (True, False),
        (False, True),
    ]
    assert [(one.publisher, one.publisher_before) for one in found.candidates] == [
        ("ann", ""),
        ("bob", "ann"),
        ("robot", "ann"),
        ("", "robot"),
    ]
    out = json.loads(found.full({"1.1.0": ALLOW}, BASE))
    assert out["versions"]["1.1.0"]["dist"]["attestations"] == proof | {
        "url": f"{BASE}/-/npm/v1/attestations/pkg@1.1.0"
    }


def test_a_registry_that_signs_nothing_tells_nothing_of_provenance() -> None:
    told = document()
    for one in told["versions"].values():  # type: ignore[attr-defined]
        del one["dist"]["signatures"]
    assert {one.provenance for one in read(told).candidates} == {None}


@pytest.mark.parametrize(
    ("version", "told", "why"),
    [
        ("not", {}, "not a version that npm understands"),
        ("1.0.0\u0661", {}, "not a version that npm understands"),
        ("1.0.0/../../x", {}, "not a version that npm understands"),
        ("1.0.0", [], "its description is not readable"),
        ("1.0.0", {"name": "other", "version": "1.0.0"}, "its description is of another package or version"),
        ("1.0.0", manifest("pkg", "9.0.0"), "its description is of another package or version"),
        ("1.0.0", {"name": "pkg", "version": "1.0.0"}, "it names no address of a file"),
        (
            "1.0.0",
            {"name": "pkg", "version": "1.0.0", "dist": {"tarball": "file:///etc/passwd"}},
            "it names no address of a file",
        ),
        ("1.0.0", {"name": "pkg", "version": "1.0.0", "dist": {"tarball": 7}}, "it names no address of a file"),
    ],
)
def test_what_is_not_a_version_of_the_package_is_never_listed(version: str, told: object, why: str) -> None:
    found = read(document() | {"versions": {version: told, "2.0.0": manifest("pkg", "2.0.0")}})
    assert [(name, reason.english()) for name, reason in found.rejected] == [(version, why)]
    out = json.loads(found.full({version: ALLOW, "2.0.0": ALLOW}, BASE))
    assert list(out["versions"]) == ["2.0.0"]
    assert found.version(version, {version: ALLOW}, BASE) is None


def test_wrong_types_in_other_fields_do_not_hide_a_script() -> None:
    told = manifest(
        "pkg",
        "1.0.0",
        scripts={"install": ["x"], "postinstall": ""},
        gypfile="yes",
        deprecated=True,
        _npmUser="ann",
        license={"type": "MIT"},
        hasInstallScript=1,
    )
    one = read(document() | {"versions": {"1.0.0": told}, "dist-tags": {"latest": 7, "x": "1.0.0"}}).candidates[0]
    assert (one.scripts, one.builds, one.deprecated, one.publisher, one.licence) == (
        ("install",),
        True,
        "deprecated",
        "",
        "MIT",
    )


@pytest.mark.parametrize("integrity", [None, 7, "", "sha512-", "sha512-!!!!", "md5-AAAA", "sha512-QUJD"])
def test_broken_digests_count_as_none(integrity: object) -> None:
    told = manifest("pkg", "1.0.0", dist={"integrity": integrity, "shasum": "zz"})
    assert read(document() | {"versions": {"1.0.0": told}}).candidates[0].digests == ()


DOUBLE = b'{"name":"pkg","versions":{"1.0.0":{"name":"pkg","version":"1.0.0","dist":{"tarball":"https://one.example.test/a"},%s}}}'


@pytest.mark.parametrize(
    "second",
    [
        b'"dist":{"tarball":"https://two.example.test/b"}',
        b'"d\\u0069st":{"tarball":"https://two.example.test/b"}',
        b'"dist":{"\\u0074arball":"https://two.example.test/b"}',
        b'"dist" : { "tarball" : "https://two.example.test/b" , "tarball":"https://three.example.test/c"}',
        b'"x":{"tarball":"https://two.example.test/b"},"dist":{"tarball":"https://three.example.test/c"}',
    ],
)
def test_double_and_escaped_keys_leave_no_address_of_the_upstream(second: bytes) -> None:
    found = parse(DOUBLE % second, "pkg")
    for form in (found.full, found.abbreviated):
        out = form({"1.0.0": ALLOW}, BASE)
        read_again = json.loads(out, object_pairs_hook=lambda pairs: [*pairs])
        dist = [
            value
            for _, versions in read_again
            if _ == "versions"
            for _, one in versions
            for key, value in one
            if key == "dist"
        ]
        assert dist == [[("tarball", f"{BASE}/pkg/-/pkg-1.0.0.tgz")]]


def test_what_private_registries_note_for_themselves_is_not_told() -> None:
    told = document() | {
        "_attachments": {"pkg-2.0.0.tgz": {}},
        "stagedVersions": {"versions": {"2.0.0": manifest("pkg", "2.0.0")}},
        "policyRestrictions": {"versions": {"1.0.0": manifest("pkg", "1.0.0")}},
    }
    told["versions"]["1.0.0"]["readme"] = f"{UPSTREAM}"  # type: ignore[index]
    out = read(told).full({"1.0.0": ALLOW, "1.1.0": ALLOW, "2.0.0": ALLOW}, BASE)
    assert b"example.test" not in out
    assert not {"_attachments", "stagedVersions", "policyRestrictions"} & set(json.loads(out))


@pytest.mark.parametrize(
    "data",
    [
        b'{"name":"pkg","versions":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"name":"pkg","versions":{"1.0.0":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}}",
        b'{"name":["pkg"],"versions":{}}',
        b'{"name":"pkg","versions":{"1.0.0":{}}',
        b"null",
        b"\x00",
        b'\xef\xbb\xbf{"name":"pkg"}',
        b'{"error":"not_found"}',
        b"  <!DOCTYPE html><html>",
        b'{"name":"pkg","x":"\xed\xa0\x80"}',
    ],
)
def test_hostile_documents_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(PackumentError) as told:
        parse(data, "pkg")
    assert told.value.message.english()


def test_limits() -> None:
    with pytest.raises(PackumentError, match="larger than"):
        parse(b'{"name":"pkg"}' + b" " * 100, "pkg", limit=100)
    many = ",".join(f'"1.0.{number}":{{}}' for number in range(100_001))
    with pytest.raises(PackumentError, match="more than"):
        parse(f'{{"name":"pkg","versions":{{{many}}}}}'.encode(), "pkg")


def test_ten_thousand_versions() -> None:
    versions = tuple(f"1.{number}.0" for number in range(10_000))
    found = read(document(versions=versions))
    out = json.loads(found.full(dict.fromkeys(versions[:5000], ALLOW), BASE))
    assert (len(out["versions"]), out["dist-tags"]) == (5000, {"latest": "1.4999.0"})


VERSIONS = st.lists(
    st.sampled_from(["1.0.0", "1.0.1", "1.1.0-beta.1", "1.1.0", "2.0.0-rc.1", "2.0.0", "3.0.0-0", "bad", "1.0.0+b"]),
    unique=True,
    max_size=9,
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(f"{UPSTREAM}/x"), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8)  # fmt: skip
EXTRAS = st.dictionaries(
    st.sampled_from(
        [
            "scripts",
            "gypfile",
            "deprecated",
            "license",
            "_npmUser",
            "hasInstallScript",
            "readme",
            "bin",
            "x",
            "tarball",
            '"tarball"',
            "dist ",
        ]
    ),
    JSON,
    max_size=5,
)


@given(VERSIONS, st.data())
@settings(max_examples=150, deadline=None)
def test_every_form_lists_exactly_what_is_allowed(versions: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["pkg", "@scope/pkg"]))
    told = document(name, tuple(versions) or ("1.0.0",))
    told["versions"] = {one: manifest(name, one, **data.draw(EXTRAS)) for one in versions}
    told["dist-tags"] = {tag: data.draw(st.sampled_from([*versions, "9.9.9"])) for tag in ("latest", "next", "x")}
    told |= {key: value for key, value in data.draw(EXTRAS).items() if key != "readme"}
    separators = data.draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    found = parse(json.dumps(told, separators=separators, ensure_ascii=data.draw(st.booleans())).encode("utf-8"), name)
    rulings = {one: data.draw(st.sampled_from([ALLOW, HELD, BLOCK])) for one in data.draw(VERSIONS)}
    allowed = {one for one in versions if one != "bad" and one in rulings and rulings[one].outcome == Outcome.ALLOW}
    assert {one.version for one in found.candidates} == set(versions) - {"bad"}

    full = json.loads(found.full(rulings, BASE, reasons={"1.0.0": "no"}))
    short = json.loads(found.abbreviated(rulings, BASE))
    for out in (full, short):
        assert set(out["versions"]) == allowed
        assert set(out["dist-tags"].values()) <= allowed
        assert set(out["dist-tags"]) == ({"latest", "next", "x"} if allowed else set())
        assert set(out.get("policyRestrictions", {"versions": {}})["versions"]) == set(versions) - {"bad"} - allowed
        for one in allowed:
            assert UPSTREAM not in json.dumps(out["versions"][one]["dist"])
            assert out["versions"][one]["dist"]["tarball"] == f"{BASE}/{name}/-/pkg-{one}.tgz"
    assert set(full["time"]) == {"created", "modified"} | allowed
    for one in versions:
        body = found.version(one, rulings, BASE)
        assert (json.loads(body) if body else None) == full["versions"].get(one)
    for one in allowed:
        kept = {key: value for key, value in told["versions"][one].items() if key not in ("dist", "readme")}
        assert {key: value for key, value in full["versions"][one].items() if key != "dist"} == kept
    for key in ("maintainers", "x-unknown", "x", "scripts"):
        assert full.get(key) == told.get(key)


@given(st.binary(max_size=300) | st.text(alphabet='{}[]",:1.0-\\u00namevsiotdsgp', max_size=200).map(str.encode))
def test_any_bytes_give_a_packument_or_the_error(data: bytes) -> None:
    for body in (
        data,
        b'{"name":"pkg","versions":{"1.0.0":' + data + b"}}",
        b'{"name":"pkg","dist-tags":' + data + b"}",
    ):
        try:
            found = parse(body, "pkg")
        except PackumentError:
            continue
        json.loads(found.full({"1.0.0": ALLOW}, BASE))
