import base64
import hashlib
import io
import json
import os
import shutil
import tarfile
import zipfile

import pytest

from lazaretto.adapters.client_config import python_index
from lazaretto.adapters.registry import open_package, parse_package
from lazaretto.adapters.registry_pypi import read_page
from lazaretto.adapters.target import TargetError
from lazaretto.parse.limits import DEFAULT


def tarball(**files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("_dot_", "."))
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def wheel() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("demo/__init__.py", "a = 1\n")
    return out.getvalue()


def serve_pypi(loopback, *, json_page=True, break_digest=False):
    files = {
        "demo-1.0.tar.gz": tarball(demo__setup_dot_py=b"s"),
        "demo-1.0-py3-none-any.whl": wheel(),
        "demo-1.0-cp311-cp311-linux_x86_64.whl": wheel(),
        "demo-2.0rc1.tar.gz": tarball(x=b"rc"),
        "demo-0.9.tar.gz": tarball(x=b"old"),
        "notes.txt": b"",
    }
    rows = []
    for name, data in files.items():
        loopback.add(f"/files/{name}", data)
        digest = hashlib.sha256(data + (b"!" if break_digest else b"")).hexdigest()
        rows.append((name, f"../../files/{name}", digest))
    if json_page:
        page = {"files": [{"filename": n, "url": u, "hashes": {"sha256": d}} for n, u, d in rows]}
        loopback.add("/simple/demo/", json.dumps(page).encode(), Content_Type="application/vnd.pypi.simple.v1+json")
    else:
        page = "".join(f'<a href="{u}#sha256={d}">{n}</a><br/>' for n, u, d in rows)
        loopback.add("/simple/demo/", f"<html>{page}</html>".encode(), Content_Type="text/html")


def environment(loopback, tmp_path, **more):
    (tmp_path / "home").mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "PIP_INDEX_URL": f"{loopback.url}/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "NO_PROXY": "*",
        **more,
    }


@pytest.mark.client
@pytest.mark.parametrize("json_page", [True, False])
def test_a_release_from_the_configured_index(loopback, tmp_path, json_page):
    serve_pypi(loopback, json_page=json_page)
    with open_package("pypi:Demo==1.0", DEFAULT, online=True, environment=environment(loopback, tmp_path)) as target:
        assert (target.kind, target.subject) == ("package", "pkg:pypi/demo@1.0")
        assert [entry.path for entry in target.entries()] == [
            "demo-1.0.tar.gz",
            "demo-1.0.tar.gz!/demo/setup.py",
            "demo-1.0-py3-none-any.whl",
            "demo-1.0-py3-none-any.whl!/demo/__init__.py",
        ]
        (gap,) = target.gaps
        assert gap.partial
        assert "cp311" in gap.reason.english()


@pytest.mark.client
def test_the_newest_stable_release_and_a_password(loopback, tmp_path):
    serve_pypi(loopback)
    given = environment(loopback, tmp_path, PIP_INDEX_URL=f"http://u:secret@127.0.0.1:{loopback.port}/simple")
    with open_package("pkg:pypi/demo", DEFAULT, online=True, environment=given) as target:
        assert target.subject == "pkg:pypi/demo@1.0"
    assert all("authorization" in headers for _, headers in loopback.asked)


@pytest.mark.client
@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("pypi:demo==3.0", "no files for demo==3.0"),
        ("pypi:other", "no project other"),
        ("pypi:demo==x.y", "not an exact version"),
    ],
)
def test_what_the_index_does_not_have(loopback, tmp_path, spec, words):
    serve_pypi(loopback)
    with pytest.raises(TargetError, match=words):
        open_package(spec, DEFAULT, online=True, environment=environment(loopback, tmp_path))


@pytest.mark.client
def test_a_wrong_digest(loopback, tmp_path):
    serve_pypi(loopback, break_digest=True)
    with pytest.raises(TargetError, match="sha256 digest"):
        open_package("pypi:demo==1.0", DEFAULT, online=True, environment=environment(loopback, tmp_path))


@pytest.mark.client
def test_where_the_index_comes_from(loopback, tmp_path):
    given = environment(loopback, tmp_path)
    assert python_index(tmp_path, given).urls == (f"{loopback.url}/simple",)
    del given["PIP_INDEX_URL"]
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://files.example.test/a\nextra-index-url =\n    https://files.example.test/b\n"
        "    https://files.example.test/c\nproxy = http://p.test:1\n"
    )
    index = python_index(tmp_path, {**given, "PIP_CONFIG_FILE": str(config)})
    assert index.urls == tuple(f"https://files.example.test/{end}" for end in "abc")
    assert index.http.proxy == "http://p.test:1"
    assert python_index(tmp_path, {**given, "UV_DEFAULT_INDEX": "https://files.example.test/u"}).urls == (
        "https://files.example.test/u",
    )
    (default,) = python_index(tmp_path, given).urls
    assert default.startswith("https://")
    assert default.endswith("/simple")
    assert python_index(tmp_path, {"PATH": ""}).urls in ((), (default,))


@pytest.mark.client
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_a_package_from_the_configured_npm_registry(loopback, tmp_path):
    data = tarball(
        package__package_dot_json=b'{"name": "demo", "version": "1.2.3", "scripts": {"prepare": "touch ran"}}',
        package__index_dot_js=b"1",
    )
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    version = {
        "name": "demo",
        "version": "1.2.3",
        "dist": {"tarball": f"{loopback.url}/demo-1.2.3.tgz", "integrity": integrity},
    }
    page = {"name": "demo", "dist-tags": {"latest": "1.2.3"}, "versions": {"1.2.3": version}}
    loopback.add("/demo", json.dumps(page).encode(), Content_Type="application/json")
    loopback.add("/demo-1.2.3.tgz", data)
    given = environment(
        loopback, tmp_path, npm_config_registry=loopback.url, npm_config_cache=str(tmp_path / "cache"),
        npm_config_userconfig=os.devnull, npm_config_globalconfig=str(tmp_path / "none"), npm_config_fetch_retries="0",
    )  # fmt: skip
    for spec in ("npm:demo@1.2.3", "pkg:npm/demo"):
        with open_package(spec, DEFAULT, online=True, environment=given) as target:
            assert target.subject == "pkg:npm/demo@1.2.3"
            assert [entry.path for entry in target.entries()] == [
                "demo-1.2.3.tgz", "demo-1.2.3.tgz!/package/package.json", "demo-1.2.3.tgz!/package/index.js",
            ]  # fmt: skip
    with pytest.raises(TargetError, match="cannot be fetched: E404"):
        open_package("npm:other@1.0.0", DEFAULT, online=True, environment=given)


@pytest.mark.parametrize(
    ("spec", "parsed"),
    [
        ("npm:a@1.0.0", ("npm", "a", "1.0.0", False)),
        ("npm:@s/a@1.0.0", ("npm", "@s/a", "1.0.0", False)),
        ("npm:a", ("npm", "a", "", False)),
        ("npm:a@beta", ("npm", "a", "beta", False)),
        ("pypi:A.b==1.0", ("pypi", "a-b", "1.0", False)),
        ("pkg:npm/%40s/a@1.0.0", ("npm", "@s/a", "1.0.0", False)),
        ("pkg:pypi/a@1.0?repository_url=https://x.test", ("pypi", "a", "1.0", True)),
    ],
)
def test_specs(spec, parsed):
    assert parse_package(spec) == parsed


@pytest.mark.parametrize(
    "spec",
    [
        "npm:--x",
        "npm:.",
        "npm:/etc",
        "npm:a.tgz",
        "npm:a@file:../x",
        "npm:a@1.0.0 --y",
        "npm:a@^1.0.0",
        "npm:a@x.tgz",
        "pypi:../a",
        "pkg:npm/",
        "npm:",
    ],
)
def test_specs_that_a_client_could_take_for_something_else(spec):
    with pytest.raises(TargetError):
        parse_package(spec)


def test_an_index_page_may_hold_anything():
    rows = [
        {"filename": "../a-1.0.tar.gz", "url": "x"},
        {"filename": "a-1.0.tar.gz", "url": "file:///etc/passwd"},
        {"filename": "a-1.0.tar.gz", "url": 3},
        {"filename": "a-one.tar.gz", "url": "x"},
        7,
        {"filename": "a-1.0.tar.gz", "url": "f", "hashes": {"sha256": "AB", "md5": "c"}, "yanked": "bad"},
    ]
    (release,) = read_page("https://h.test/s/a/", {"Content-Type": "x/json"}, json.dumps({"files": rows}).encode())
    assert (release.url, release.digest, release.yanked) == ("https://h.test/s/a/f", ("sha256", "ab"), True)
    for body in (b"", b"[]", b"{", b'{"files": 3}', b"[" * 100_000):
        assert list(read_page("https://h.test/", {"Content-Type": "x/json"}, body)) == []
        assert list(read_page("https://h.test/", {}, body)) == []


def test_public_servers_get_the_users_proxy_and_certificates_but_nothing_secret(tmp_path):
    from lazaretto.adapters.client_config import public_client

    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nproxy = http://proxy.example.test:3128\ncert = /etc/ca.pem\nclient-cert = /secret.pem\n"
        "trusted-host = index.example.test\nindex-url = https://user:secret@index.example.test/simple\n"
    )
    import os

    plain = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    found = public_client({**plain, "PIP_CONFIG_FILE": str(config)})
    assert (found.proxy, found.ca_file) == ("http://proxy.example.test:3128", "/etc/ca.pem")
    assert (found.client_cert, found.trusted_hosts) == ("", frozenset())
