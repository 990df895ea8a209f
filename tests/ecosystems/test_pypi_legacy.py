"""The older JSON document of a Python index, filtered."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.ecosystems.pypi_legacy import legacy_json
from lazaretto.ecosystems.registry_document import RegistryDocumentError
from lazaretto.model.gate import Ruling
from lazaretto.model.verdict import Outcome

BASE = "http://127.0.0.1:8"
ALLOW, HELD, BLOCK = Ruling(Outcome.ALLOW), Ruling(Outcome.QUARANTINE), Ruling(Outcome.BLOCK)
FILES = {
    "1.0": ["my_pkg-1.0.tar.gz", "my_pkg-1.0-py3-none-any.whl"],
    "2.0": ["my_pkg-2.0.tar.gz"],
    "3.0rc1": ["my_pkg-3.0rc1.tar.gz"],
    "0.9": [],
}
ALL = [one for files in FILES.values() for one in files]


def file(filename: str) -> dict[str, Any]:
    return {
        "filename": filename,
        "url": f"https://files.example.test/{filename}",
        "digests": {"sha256": "ab" * 32},
        "requires_python": ">=3.9",
        "yanked": False,
        "yanked_reason": None,
    }


def document(version: str = "2.0", **more: object) -> dict[str, Any]:
    return {
        "info": {
            "name": "My.Pkg",
            "version": version,
            "summary": "short",
            "requires_dist": ["a"],
            "description": "long",
            "release_url": f"https://index.example.test/project/my-pkg/{version}/",
            "yanked": False,
        },
        "last_serial": 7,
        "releases": {one: [file(name) for name in files] for one, files in FILES.items()},
        "urls": [file(name) for name in FILES[version]],
        "vulnerabilities": [],
    } | more


def run(told: object, rulings: dict[str, Ruling], **more: Any) -> Any:
    body = legacy_json(json.dumps(told).encode(), "my_pkg", rulings, {ALL[2]: "too new"}, BASE, **more)
    return None if body is None else json.loads(body)


def test_all_allowed_only_turns_the_links() -> None:
    out = run(document(), dict.fromkeys(ALL, ALLOW))
    assert out["info"] == document()["info"]
    assert list(out["releases"]) == ["1.0", "2.0", "3.0rc1"]
    assert out["urls"] == [file(ALL[2]) | {"url": f"{BASE}/files/my-pkg/{ALL[2]}"}]
    assert out["last_serial"] == 7


def test_a_withheld_version_gives_way_to_the_newest_allowed_stable_one() -> None:
    out = run(document(), dict.fromkeys(ALL, ALLOW) | {ALL[2]: HELD})
    assert (out["info"]["version"], out["info"]["requires_dist"], out["info"]["description"]) == ("1.0", None, None)
    assert out["info"]["summary"] == "short"
    assert out["info"]["requires_python"] == ">=3.9"
    assert out["info"]["release_url"] == "https://index.example.test/project/my-pkg/1.0/"
    assert [one["filename"] for one in out["urls"]] == FILES["1.0"]
    assert (out["releases"]["2.0"][0]["yanked"], out["releases"]["2.0"][0]["yanked_reason"]) == (True, "too new")


def test_the_document_of_one_version_is_about_that_version() -> None:
    told = document("2.0")
    del told["releases"]
    assert run(told, {ALL[2]: ALLOW}, version="2.0.0")["info"]["version"] == "2.0"
    assert run(told, {ALL[2]: HELD}, version="2.0")["urls"][0]["yanked"] is True
    blocked = run(told, {ALL[2]: BLOCK}, version="2.0")
    assert blocked["info"]["yanked"] is blocked["urls"][0]["yanked"] is True
    assert blocked["info"]["requires_dist"] is None
    with pytest.raises(RegistryDocumentError):
        run(told, {ALL[2]: ALLOW}, version="1.0")


@pytest.mark.parametrize("rulings", [{}, dict.fromkeys(ALL, BLOCK)])
def test_nothing_is_nothing(rulings: dict[str, Ruling]) -> None:
    assert run(document(), rulings) is None


def test_a_file_under_another_version_is_not_listed() -> None:
    told = document()
    told["releases"]["1.0"] = [file("my_pkg-2.0.tar.gz"), file("other-1.0.tar.gz")]
    out = run(told, dict.fromkeys([*ALL, "other-1.0.tar.gz"], ALLOW))
    assert "1.0" not in out["releases"]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"info":{}}', b'{"info":{"name":"b"}}', b"<html>", b'{"info":{"name":"my-pkg"},"urls":7}', b'{"info":{"name":"my-pkg"},"releases":[]}', b'{"message":"Not Found"}'],
)  # fmt: skip
def test_other_documents_are_refused(data: bytes) -> None:
    with pytest.raises(RegistryDocumentError):
        legacy_json(data, "my-pkg", {}, {}, BASE)


@given(
    st.dictionaries(st.sampled_from(ALL), st.sampled_from([ALLOW, HELD, BLOCK])),
    st.sampled_from(["1.0", "2.0", "3.0rc1"]),
)
def test_it_lists_what_the_page_lists(rulings: dict[str, Ruling], version: str) -> None:
    out = run(document(version), rulings)
    listed = {one for one, ruling in rulings.items() if ruling != BLOCK}
    if out is None:
        assert not {one for one in listed if rulings[one] == ALLOW or one in FILES[version]}
        return
    assert {one["filename"] for files in out["releases"].values() for one in files} == listed
    assert [one["filename"] for one in out["urls"]] == [one for one in FILES[out["info"]["version"]] if one in listed]
    assert b"files.example.test" not in json.dumps(out).encode()
    for files in out["releases"].values():
        assert all((rulings[one["filename"]] == HELD) == bool(one["yanked"]) for one in files)
