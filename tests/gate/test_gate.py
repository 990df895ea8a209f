"""The gate as clients see it: pages and files agree, refusals are told, whatever was promised is what arrives."""

import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .intel import intel_store
from .packages import world
from .running import Gate, gate, registries
from .upstream import Upstream

ABBREVIATED = "application/vnd.npm.install-v1+json"
SIMPLE = "application/vnd.pypi.simple.v1+json"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(world()) as running:
        yield running


@pytest.fixture(scope="module")
def plain(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("gate")
    with gate(folder, registries(upstream.url), intel=intel_store(folder)) as running:
        yield running


def test_a_package_arrives_unchanged(plain: Gate, upstream: Upstream) -> None:
    document = plain.get("/lz-plain").json
    assert list(document["versions"]) == ["1.0.0", "1.1.0"]
    dist = document["versions"]["1.1.0"]["dist"]
    assert dist["tarball"] == f"{plain.url}/lz-plain/-/lz-plain-1.1.0.tgz"
    reply = plain.get("/lz-plain/-/lz-plain-1.1.0.tgz")
    assert reply.status == 200
    assert hashlib.sha1(reply.body).hexdigest() == dist["shasum"]
    assert dist["integrity"] == upstream.packument(upstream.npm["lz-plain"])["versions"]["1.1.0"]["dist"]["integrity"]


def test_a_python_file_arrives_unchanged(plain: Gate) -> None:
    page = plain.simple("lz-plain")
    for file in page["files"]:
        reply = plain.get(file["url"].removeprefix(plain.url))
        assert hashlib.sha256(reply.body).hexdigest() == file["hashes"]["sha256"]
        assert len(reply.body) == file["size"]


@pytest.mark.parametrize("path", ["/@lz%2fscoped", "/@lz%2Fscoped", "/@lz/scoped"])
def test_scoped_names_in_every_spelling(plain: Gate, path: str) -> None:
    document = plain.get(path).json
    assert document["versions"]["1.1.0"]["dist"]["tarball"] == f"{plain.url}/@lz/scoped/-/scoped-1.1.0.tgz"
    assert plain.get("/@lz/scoped/-/scoped-1.1.0.tgz").status == 200


def test_known_malware_is_refused_everywhere(plain: Gate) -> None:
    document = plain.get("/lz-bad")
    assert document.status == 403
    assert "MAL-2026-9001" in document.reason
    assert document.json["clause"] == "malware"
    assert document.reason == document.json["error"]
    assert document.json["case"] in document.headers["npm-notice"]
    file = plain.get("/lz-bad/-/lz-bad-1.0.0.tgz")
    assert (file.status, file.json["clause"]) == (403, "malware")
    assert plain.get("/lz-bad/1.0.0").status == 403
    assert plain.get("/lz-bad/latest").status == 403
    wheel = plain.get("/files/lz-bad/lz_bad-1.0-py3-none-any.whl")
    assert (wheel.status, wheel.json["clause"]) == (403, "malware")
    assert plain.get("/files/lz-bad/lz_bad-1.0-py3-none-any.whl.metadata").status == 403
    assert "MAL-2026-9002" in wheel.reason


def test_one_bad_version_of_an_innocent_package_is_withheld(plain: Gate) -> None:
    document = plain.get("/lz-bad-once").json
    assert list(document["versions"]) == ["1.0.0"]
    assert "1.0.1" not in document["time"]
    assert document["dist-tags"] == {"latest": "1.0.0"}
    assert list(document["policyRestrictions"]["versions"]) == ["1.0.1"]
    assert "MAL-2026-9003" in document["policyRestrictions"]["message"]
    refused = plain.get("/lz-bad-once/-/lz-bad-once-1.0.1.tgz")
    assert refused.status == 403
    assert refused.reason.endswith("newest allowed is 1.0.0")
    page = plain.simple("lz-bad-once")
    yanked = {file["filename"]: file.get("yanked") for file in page["files"]}
    assert not yanked["lz_bad_once-1.0-py3-none-any.whl"]
    assert "MAL-2026-9004" in yanked["lz_bad_once-1.0.1-py3-none-any.whl"]
    assert plain.get("/files/lz-bad-once/lz_bad_once-1.0.1-py3-none-any.whl").status == 403


def test_what_is_too_new_falls_back_and_says_until_when(plain: Gate) -> None:
    document = plain.get("/lz-fresh").json
    assert document["dist-tags"]["latest"] == "1.1.0"
    refused = plain.get("/lz-fresh/-/lz-fresh-1.2.0.tgz")
    assert refused.status == 403
    assert "until" in refused.reason
    assert refused.reason.endswith("newest allowed is 1.1.0")
    assert plain.get("/lz-fresh/1.2.0").status == 404
    assert plain.get("/lz-fresh/latest").json["version"] == "1.1.0"
    age = plain.get("/lz-fresh").headers["cache-control"]
    assert age == "max-age=300, must-revalidate"


def test_all_tags_are_kept_and_none_points_at_what_is_withheld(plain: Gate) -> None:
    assert plain.get("/lz-tags").json["dist-tags"] == {"latest": "1.5.0", "cjs": "1.0.0", "next": "2.0.0-rc.1"}
    assert plain.get("/-/package/lz-tags/dist-tags").json["latest"] == "1.5.0"


def test_a_project_of_which_nothing_passes_shows_its_files_so_that_the_reason_is_printed(plain: Gate) -> None:
    page = plain.simple("lz-newborn")
    assert [file.get("yanked") for file in page["files"]] == [False, False] or not any(
        file.get("yanked") for file in page["files"]
    )
    for file in page["files"]:
        reply = plain.get(file["url"].removeprefix(plain.url))
        assert reply.status == 403
        assert "a new package waits" in reply.reason


def test_bytes_that_are_not_those_that_were_promised_are_not_served(plain: Gate) -> None:
    for path in ("/lz-spoiled/-/lz-spoiled-1.0.0.tgz", "/files/lz-spoiled/lz_spoiled-1.0-py3-none-any.whl"):
        reply = plain.get(path)
        assert (reply.status, reply.json["clause"]) == (403, "mismatch")
    assert plain.get("/lz-spoiled").status == 403


def test_an_archive_that_says_it_is_another_package_is_not_served(plain: Gate) -> None:
    for path in ("/lz-masked/-/lz-masked-1.0.0.tgz", "/files/lz-masked/lz_masked-1.0-py3-none-any.whl"):
        reply = plain.get(path)
        assert (reply.status, reply.json["clause"]) == (403, "mismatch")
        assert "lz-other" in reply.reason
    assert plain.get("/lz-masked").status == 403


def test_every_file_is_examined_once_however_many_ask(tmp_path: Path) -> None:
    import concurrent.futures

    with Upstream(world()) as upstream, gate(tmp_path, registries(upstream.url)) as running:
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            replies = list(pool.map(lambda _: running.get("/lz-plain/-/lz-plain-1.0.0.tgz"), range(48)))
        assert {reply.status for reply in replies} == {200}
        assert running.keeper.artifacts.examiner.done == 1
        assert upstream.paths().count("/lz-plain/-/lz-plain-1.0.0.tgz") == 1
        assert upstream.paths().count("/lz-plain") == 1


def test_conditional_requests(plain: Gate) -> None:
    first = plain.get("/lz-plain", Accept=ABBREVIATED)
    assert first.headers["content-type"] == ABBREVIATED
    again = plain.get("/lz-plain", Accept=ABBREVIATED, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    full = plain.get("/lz-plain", If_None_Match=first.headers["etag"])
    assert full.status == 200
    page = plain.get("/simple/lz-plain/", Accept=SIMPLE)
    assert plain.get("/simple/lz-plain/", Accept=SIMPLE, If_None_Match=page.headers["etag"]).status == 304


def test_gzip_for_who_takes_it(plain: Gate) -> None:
    bare = plain.get("/lz-plain")
    packed = plain.get("/lz-plain", Accept_Encoding="gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == bare.body
    assert plain.get("/lz-plain", Accept_Encoding="gzip;q=0, br").body == bare.body


def test_parts_of_a_file_and_its_head(plain: Gate) -> None:
    path = "/files/lz-plain/lz_plain-1.0-py3-none-any.whl"
    whole = plain.get(path).body
    part = plain.get(path, Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    tail = plain.get(path, Range="bytes=-22")
    assert tail.body == whole[-22:]
    head = plain.get(path, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole)))
    assert plain.get(path, Range=f"bytes={len(whole)}-").status == 416
    bad = "/files/lz-bad/lz_bad-1.0-py3-none-any.whl"
    assert plain.get(bad, "HEAD").status == 403
    assert plain.get(bad, Range="bytes=0-10").status == 403


def test_html_pages(plain: Gate) -> None:
    page = plain.get("/simple/lz-bad-once/", Accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    text = page.body.decode()
    assert "#sha256=" in text
    assert "data-yanked" in text
    assert plain.get("/simple/Lz.Mixed_Name/").status == 301
    assert plain.get("/simple/Lz.Mixed_Name/").headers["location"] == "/simple/lz-mixed-name/"
    assert plain.get("/simple/lz-mixed-name/").status == 200


def test_metadata_beside_a_wheel(plain: Gate) -> None:
    page = plain.simple("lz-tree")
    file = next(one for one in page["files"] if one["filename"].endswith(".whl"))
    reply = plain.get(file["url"].removeprefix(plain.url) + ".metadata")
    assert b"Requires-Dist: lz-plain>=1.0" in reply.body
    assert hashlib.sha256(reply.body).hexdigest() == file["core-metadata"]["sha256"]


def test_metadata_of_a_wheel_whose_index_keeps_none_beside_it(plain: Gate, upstream: Upstream) -> None:
    examined = plain.keeper.artifacts.examiner.done
    file = next(one for one in plain.simple("lz-no-metadata")["files"] if one["filename"].endswith(".whl"))
    assert file["core-metadata"] is True
    path = file["url"].removeprefix(plain.url) + ".metadata"
    reply = plain.get(path)
    assert reply.status == 200
    assert reply.body.startswith(b"Metadata-Version:")
    assert plain.get(path).body == reply.body
    assert plain.keeper.artifacts.examiner.done == examined  # no file was examined for it
    whole = plain.get(path.removesuffix(".metadata"))
    with zipfile.ZipFile(io.BytesIO(whole.body)) as archive:
        assert archive.read("lz_no_metadata-1.0.dist-info/METADATA") == reply.body


def test_provenance_and_the_older_json(plain: Gate) -> None:
    page = plain.simple("lz-attested")
    wheel = next(one for one in page["files"] if one["filename"].endswith(".whl"))
    assert wheel["provenance"].startswith(plain.url + "/integrity/lz-attested/1.0/")
    assert plain.get(wheel["provenance"].removeprefix(plain.url)).status == 200
    document = plain.get("/pypi/lz-bad-once/json").json
    assert list(document["releases"]) == ["1.0"]
    assert document["info"]["version"] == "1.0"
    assert all(plain.url in one["url"] for one in document["urls"])
    info = plain.get("/pypi/lz-bad-once/1.0.1/json").json["info"]
    assert info["yanked"] is True
    assert "MAL-2026-9004" in info["yanked_reason"]


def test_services_of_npm(plain: Gate, upstream: Upstream) -> None:
    assert plain.get("/-/ping").json == {}
    assert plain.get("/-/npm/v1/keys").status == 200
    attested = plain.get("/lz-attested").json["versions"]["1.0.0"]["dist"]["attestations"]["url"]
    assert attested.startswith(plain.url)
    assert plain.get(attested.removeprefix(plain.url)).status == 200
    audit = plain.get(
        "/-/npm/v1/security/advisories/bulk", "POST", b'{"lz-plain":["1.0.0"]}', Content_Type="application/json"
    )
    assert audit.status == 200
    for method, path in (("PUT", "/lz-plain"), ("PUT", "/-/user/org.couchdb.user:x"), ("POST", "/-/v1/login"), ("GET", "/-/whoami"), ("DELETE", "/-/package/lz-plain/dist-tags/x")):  # fmt: skip
        upstream.clear()
        reply = plain.get(path, method, b"{}" if method != "GET" else None)
        assert reply.status in (403, 405), (method, path)
        assert not upstream.requests


def test_packages_named_like_parts_of_our_paths(plain: Gate) -> None:
    for name in ("simple", "files"):
        document = plain.get(f"/{name}").json
        assert plain.get(document["versions"]["1.0.0"]["dist"]["tarball"].removeprefix(plain.url)).status == 200


def test_unknown_things_are_not_found(plain: Gate) -> None:
    for path in (
        "/lz-nobody",
        "/simple/lz-nobody/",
        "/files/lz-plain/lz_plain-9.9-py3-none-any.whl",
        "/lz-plain/-/lz-plain-9.9.9.tgz",
    ):
        reply = plain.get(path)
        assert reply.status == 404, path
        assert reply.json["error"]


def test_a_version_published_a_moment_ago_is_seen(tmp_path: Path) -> None:
    from .packages import NpmPackage, NpmVersion

    with (
        Upstream(world()) as upstream,
        gate(
            tmp_path,
            registries(upstream.url),
            "[age]\naction = 'off'\n[new-package]\naction='off'\n",
            metadata_seconds=3600,
        ) as running,
    ):
        running.get("/lz-plain")
        upstream.put(NpmPackage("lz-plain", (NpmVersion("1.0.0"), NpmVersion("1.2.0"))))
        import time

        time.sleep(2.1)
        assert running.get("/lz-plain/-/lz-plain-1.2.0.tgz").status == 200


def test_log_explain_and_case(plain: Gate) -> None:
    reply = plain.get("/lz-bad/-/lz-bad-1.0.0.tgz", User_Agent="npm/11.0.0 node/v22", X_Request_Id="req-1")
    assert reply.headers["x-request-id"] == "req-1"
    case = reply.json["case"]
    (decision, *_) = plain.admin(f"log?case={case}").json["decisions"]
    assert decision["client"] == "npm/11.0.0"
    assert decision["purl"] == "pkg:npm/lz-bad@1.0.0"
    assert decision["outcome"] == "block"
    assert decision["request"] == "req-1"
    found = plain.get(f"/-/lazaretto/case/{case}").json
    assert found["decisions"][0]["clause"] == "malware"
    told = plain.get("/-/lazaretto/explain", "POST", b'{"purl": "npm:lz-bad@1.0.0"}').json
    assert told["files"][0]["case"] == case
    fresh = plain.get("/-/lazaretto/explain?purl=pypi:lz-fresh==1.2").json
    assert fresh["files"][0]["clauses"][0]["clause"] == "age"
    assert fresh["newest_allowed"] == "1.1"
    assert plain.get("/-/lazaretto/log").status == 401
    assert plain.get("/-/lazaretto/explain?purl=nonsense").status == 400


def test_health_metrics_and_status(plain: Gate) -> None:
    assert plain.get("/-/lazaretto/health").json == {"ok": True}
    text = plain.get("/-/lazaretto/metrics").body.decode()
    assert "lazaretto_gate_requests_total" in text
    status = plain.get("/-/lazaretto/status").json
    assert status["policy"]["mode"] == "enforce"


def test_an_approval_lets_a_version_through_and_its_end_stops_it(tmp_path: Path) -> None:
    with Upstream(world()) as upstream, gate(tmp_path, registries(upstream.url)) as running:
        path = "/lz-fresh/-/lz-fresh-1.2.0.tgz"
        before = running.get("/lz-fresh")
        assert running.get(path).status == 403
        wanted = {
            "subject": "npm:lz-fresh@1.2.0",
            "clauses": ["age"],
            "reason": "needed",
            "owner": "kim",
            "approved_by": "lee",
        }
        made = running.admin("approvals", "POST", wanted)
        assert made.status == 201, made.body
        assert running.get(path).status == 200
        after = running.get("/lz-fresh", If_None_Match=before.headers["etag"])
        assert after.status == 200
        assert "1.2.0" in after.json["versions"]
        assert running.admin(f"approvals/{made.json['id']}", "DELETE").status == 200
        assert running.get(path).status == 403
        assert "1.2.0" not in running.get("/lz-fresh").json["versions"]
        wanted["subject"] = "npm:lz-masked@1.0.0"
        wanted["clauses"] = ["mismatch"]
        assert running.admin("approvals", "POST", wanted).status == 422


def test_a_policy_that_changes_takes_effect_and_a_broken_one_does_not(tmp_path: Path) -> None:
    with Upstream(world()) as upstream, gate(tmp_path, registries(upstream.url), "name = 'one'\n") as running:
        assert running.get("/lz-plain").status == 200
        file = tmp_path / "policy.toml"
        file.write_text("name = 'two'\n[[deny]]\nmatch = ['npm:lz-plain']\nreason = 'not here'\n", "utf-8")
        running.refresh()
        reply = running.get("/lz-plain")
        assert reply.status == 403
        assert "not here" in reply.reason
        file.write_text("[[deny]\nbroken", "utf-8")
        running.refresh()
        assert running.get("/lz-plain").status == 403
        assert running.get("/-/lazaretto/status").json["policy"]["problem"]


def test_teams(tmp_path: Path) -> None:
    token = hashlib.sha256(b"web-token").hexdigest()
    policy = f"[teams.web]\ntokens = ['sha256:{token}']\n[teams.web.age]\naction = 'off'\n[teams.open]\n[teams.open.age]\naction='off'\n"
    with Upstream(world()) as upstream, gate(tmp_path, registries(upstream.url), policy) as running:
        path = "/lz-fresh/-/lz-fresh-1.2.0.tgz"
        assert running.get(path).status == 403
        assert running.get(path, Authorization="Bearer web-token").status == 200
        assert running.get(path, Authorization="Bearer wrong").status == 401
        assert running.get("/t/web" + path).status == 401
        assert running.get("/t/web" + path, Authorization="Bearer web-token").status == 200
        assert running.get("/t/open" + path).status == 200
        document = running.get("/t/open/lz-fresh").json
        assert document["versions"]["1.2.0"]["dist"]["tarball"].startswith(running.url + "/t/open/")
        assert running.get("/t/nobody/lz-fresh").status == 404


def test_private_names_are_never_looked_up_outside(tmp_path: Path) -> None:
    policy = "[internal]\nnames = ['npm:@acme/*', 'npm:acme-*', 'pypi:acme-internal']\n"
    with (
        Upstream(world()) as public,
        Upstream(world()) as private,
        gate(tmp_path, registries(public.url, private=private.url), policy) as running,
    ):
        assert running.get("/@acme/internal/-/internal-1.0.0.tgz").status == 200
        for path in (
            "/acme-tools",
            "/simple/acme-internal/",
            "/files/acme-internal/acme_internal-1.0-py3-none-any.whl",
        ):
            reply = running.get(path)
            assert reply.status == 403, path
            assert "internal name" in reply.reason
        running.get("/-/npm/v1/security/advisories/bulk", "POST", b'{"@acme/internal":["1.0.0"]}')
        assert not [path for path in public.paths() if "acme" in path]
        assert b"acme" not in b"".join(seen.path.encode() for seen in public.requests)


def test_what_an_older_program_said_of_a_file_is_found_out_anew(plain: Gate) -> None:
    from datetime import UTC, datetime

    from lazaretto.model.gate import Examined
    from lazaretto.model.text import Message
    from lazaretto.model.verdict import Grade

    file = next(one for one in plain.simple("lz-source")["files"])
    key = f"sha256:{file['hashes']['sha256']}"
    old = Examined(key[7:], Grade.MALICIOUS, 9.0, True, ("test/rule",), Message("x"), "older", datetime.now(UTC))
    plain.keeper.backend.store.put_examination(key, old, project=("pypi", "lz-source"))
    plain.refresh()
    assert not plain.simple("lz-source")["files"][0].get("yanked")
    assert plain.get(file["url"].removeprefix(plain.url)).status == 200
