"""npm's document about a package, read and passed on."""

import json
from datetime import UTC, datetime

import pytest

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
