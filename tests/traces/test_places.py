"""Every kind of place gives its traces on the right rung."""

import json
from collections import Counter

import pytest

from lazaretto.model.finding import Confidence
from lazaretto.model.trace import Rung
from lazaretto.traces.catalog import PLACES

N, R, F, I, E, X = Rung  # noqa: E741 - the ladder


@pytest.fixture
def hits(home, look):
    hunted = look(home)
    return [
        (hit.trace.place, hit.trace.rung, hit.trace.what, hit.trace.path.removeprefix(str(home) + "/"))
        for hit in hunted.hits
    ], hunted


EXPECTED = [
    ("project", N, "pkg:npm/evil-graph", "work/a/package.json"),
    ("project", R, "pkg:npm/evil-graph@2.0.0", "work/a/package-lock.json"),
    ("project", N, "pkg:pypi/evil-py@1.0", "work/b/requirements.txt"),
    ("project", R, "pkg:pypi/evil-py@1.0", "work/c/bom.json"),
    ("node-modules", I, "pkg:npm/evil-graph@2.0.0", "work/a/node_modules/evil-graph/package.json"),
    ("node-modules", I, "pkg:npm/evil-graph@2.0.0", "work/a/node_modules/other/node_modules/evil-graph/package.json"),
    ("node-modules", I, "pkg:npm/evil-graph@2.0.0", "work/a/node_modules/alias/package.json"),
    ("node-modules", I, "pkg:npm/%40bad/scope-kit@1.0.0", "work/a/node_modules/@bad/scope-kit/package.json"),
    ("site-packages", I, "pkg:pypi/evil-py@1.0", "work/b/.venv/lib/python3.12/site-packages/evil_py-1.0.dist-info/METADATA"),
    ("site-packages", X, "pkg:pypi/evil-py@1.0", "work/b/.venv/lib/python3.12/site-packages/evil_py/__init__.py"),
    ("site-packages", X, "c2.example.invalid", "work/b/.venv/lib/python3.12/site-packages/start.pth"),
    ("npm-cache", R, "pkg:npm/evil-graph", None),
    ("npm-cache", F, "pkg:npm/evil-graph@2.0.0", None),
    ("npm-cache", R, "pkg:npm/%40bad/scope-kit", None),
    ("npm-logs", R, "pkg:npm/evil-graph@2.0.0", None),
    ("npm-logs", F, "pkg:npm/evil-graph@2.0.0", None),
    ("npm-logs", I, "pkg:npm/evil-graph@2.0.0", None),
    ("npm-logs", E, "pkg:npm/evil-graph@2.0.0", None),
    ("pnpm-store", F, "pkg:npm/evil-graph@2.0.0", ".local/share/pnpm/store/v10/index/e3/50a27e-evil-graph@2.0.0.json"),
    ("pnpm-store", F, "pkg:npm/evil-graph@2.0.0", ".local/share/pnpm/store/v3/files/00/abc-index.json"),
    ("pnpm-store", F, "pkg:npm/%40bad/scope-kit@1.0.0", None),
    ("pnpm-metadata", R, "pkg:npm/evil-graph", None),
    ("pnpm-metadata", R, "pkg:npm/%40bad/scope-kit", None),
    ("yarn-cache", F, "pkg:npm/evil-graph@2.0.0", None),
    ("yarn-cache", F, "pkg:npm/%40bad/scope-kit@1.0.0", None),
    ("yarn-berry-cache", F, "pkg:npm/evil-graph@2.0.0", None),
    ("yarn-pnp", I, "pkg:npm/evil-graph@2.0.0", "work/d/.pnp.cjs"),
    ("bun-cache", F, "pkg:npm/evil-graph@2.0.0", None),
    ("bun-cache", F, "pkg:npm/%40bad/scope-kit@1.0.0", None),
    ("bun-cache", R, "pkg:npm/evil-graph", None),
    ("pip-cache", F, "pkg:pypi/evil-py@1.0", ".cache/pip/http-v2/a/b/c/d/e/abcdef"),
    ("pip-cache", R, "pkg:pypi/evil-py", ".cache/pip/http-v2/a/b/c/d/f/fedcba"),
    ("pip-cache", R, "pkg:pypi/evil-py", ".cache/pip/http/1/old-page"),
    ("pip-cache", F, "pkg:pypi/evil-py@1.1", ".cache/pip/http/1/old-sdist"),
    ("pip-cache", R, "pkg:pypi/evil-py@1.2", ".cache/pip/http-v2/m"),
    ("pip-wheels", F, "pkg:pypi/evil-py@1.0", None),
    ("pip-wheels", E, "pkg:pypi/evil-py@1.0", None),
    ("pip-log", I, "pkg:pypi/evil-py@1.0", "work/b/pip.log"),
    ("uv-cache", R, "pkg:pypi/evil-py", None),
    ("uv-cache", F, "pkg:pypi/evil-py@1.0", ".cache/uv/wheels-v8/pypi/evil-py/1.0-py3-none-any.http"),
    ("uv-cache", F, "pkg:pypi/evil-py@1.0", ".cache/uv/archive-v0/Qm/evil_py-1.0.dist-info"),
    ("uv-cache", E, "pkg:pypi/evil-py@1.0", ".cache/uv/sdists-v11/pypi/evil-py/1.0"),
    ("poetry-cache", F, "pkg:pypi/evil-py@1.0", None),
    ("pdm-cache", F, "pkg:pypi/evil-py@1.0", None),
    ("conda-packages", F, "pkg:pypi/evil-py@1.0", None),
    ("shell-history", I, "pkg:npm/evil-graph", ".bash_history"),
    ("shell-history", F, "evil-corp", ".bash_history"),
    ("shell-history", E, "pkg:npm/evil-graph@2.0.0", ".zsh_history"),
    ("shell-history", E, "c2.example.invalid", ".zsh_history"),
    ("shell-history", I, "pkg:pypi/evil-py", ".local/share/fish/fish_history"),
    ("repl-history", E, "pkg:pypi/evil-py", ".python_history"),
    ("repl-history", E, "pkg:npm/evil-graph", ".node_repl_history"),
    ("editor-state", F, "lure-test", ".config/Code/User/globalStorage/state.vscdb"),
    ("editor-state", F, "lure-test", ".config/Code/User/workspaceStorage/0a/workspace.json"),
    ("editor-state", E, "pkg:npm/evil-graph@2.0.0", ".config/Code/User/globalStorage/state.vscdb"),
    ("editor-extensions", I, "pkg:vscode-extension/evil.theme@1.2.3", None),
    ("editor-extensions", I, "pkg:vscode-extension/evil.theme@1.2.4", None),
    ("agent-config", E, "pkg:npm/evil-graph", ".claude.json"),
    ("agent-config", E, "c2.example.invalid", ".claude.json"),
    ("container-image", F, "pkg:npm/evil-graph@2.0.0", "img/app.tar!/a/app/node_modules/evil-graph/package.json"),
    ("container-image", I, "pkg:npm/evil-graph@2.0.0", "img/app.tar!/a"),
    ("container-image", I, "pkg:pypi/evil-py@1.0", "img/app.tar!/c/usr/lib/python3/dist-packages/evil_py-1.0.dist-info/METADATA"),
    ("persistence", X, "c2.example.invalid", ".bashrc"),
    ("persistence-folders", X, "pkg:npm/evil-graph", ".config/systemd/user/x.service"),
    ("persistence-folders", X, "left_behind.bat", ".config/autostart/left_behind.bat"),
    ("leftover-files", X, "left_behind.bat", "Downloads/left_behind.bat"),
    ("network-log", E, "c2.example.invalid", "logs/dnsmasq.log"),
    ("network-log", E, "192.0.2.77", "logs/conn.log.gz"),
]  # fmt: skip


def test_every_place_gives_its_trace_on_the_right_rung(hits):
    found, _ = hits
    missing = [
        row for row in EXPECTED
        if not any(one[:3] == row[:3] and (row[3] is None or one[3] == row[3]) for one in found)
    ]  # fmt: skip
    assert missing == []
    assert {row[0] for row in EXPECTED} | {"git-history", "editor-workspaces"} == {place.id for place in PLACES}


def test_nothing_else_is_a_hit(hits):
    found, hunted = hits
    assert not [row for row in found if "plain-bad" in row[2]], "only 1.0.1 is sought"
    assert not [row for row in found if "plain.tar" in row[3]]
    assert {hit.reason.standing.value for hit in hunted.hits} == {"given"}


def test_times_are_those_of_the_record(hits):
    _, hunted = hits
    times = {(hit.trace.place, hit.trace.rung, hit.trace.name): hit.trace.at for hit in hunted.hits}
    assert times["npm-cache", F, "evil-graph"] == "2026-09-21T14:13:21Z"
    assert times["npm-logs", E, "evil-graph"] == "2026-10-01T08:00:00Z"
    assert times["shell-history", E, "evil-graph"] == "2026-09-21T14:15:00Z"
    assert times["network-log", E, "192.0.2.77"] == "2026-09-21T14:13:20Z"
    assert times["network-log", E, "c2.example.invalid"] == "2026-11-20T10:00:02Z"
    assert all(hit.trace.at for hit in hunted.hits if not hit.trace.place.startswith(("container", "shell", "repl")))


def test_a_file_that_differs_from_its_record_is_medium_sure(hits):
    _, hunted = hits
    (hit,) = [
        hit
        for hit in hunted.hits
        if hit.trace.place == "site-packages" and hit.trace.rung is X and hit.trace.world == "pypi"
    ]
    assert hit.trace.confidence is Confidence.MEDIUM
    assert hit.trace.detail.params == (("file", "evil_py/__init__.py"), ("line", "1"))


def test_no_secret_leaves(hits):
    _, hunted = hits
    text = "\n".join(hit.trace.detail.english() for hit in hunted.hits)
    assert "npx evil-graph" in text
    for secret in ("hunter2pass", "npm_abc", "topsecretvalue"):
        assert secret not in text


def test_what_could_not_be_read_is_told(hits):
    _, hunted = hits
    assert [gap.subject.rpartition("/home/")[2] for gap in hunted.gaps] == [
        ".config/Code/User/workspaceStorage/0b/workspace.json"
    ]
    assert hunted.complete


def test_looked_at_and_not_there_are_different(hits, home):
    _, hunted = hits
    looked = {one.place: one for one in hunted.looked}
    assert looked["npm-cache"].count == 1
    assert looked["git-history"].count == 0
    assert looked["site-packages"].asked
    assert str(home / ".yarn/berry/cache") not in looked["yarn-berry-cache"].absent
    assert str(home / ".zsh_sessions") not in looked["shell-history"].absent


def test_a_second_hunt_says_the_same(home, look):
    one, two = look(home), look(home)
    assert one.hits == two.hits
    assert Counter(hit.trace.place for hit in one.hits)["npm-logs"] == 4


def test_caches_are_found_after_everything_else_is_gone(home, look):
    import shutil

    shutil.rmtree(home / "work")
    rungs = {(hit.trace.place, hit.trace.rung) for hit in look(home).hits}
    assert ("npm-cache", F) in rungs
    assert ("uv-cache", F) in rungs
    assert ("node-modules", I) not in rungs


def test_a_broken_cache_index_is_a_remark(home, look):
    (path,) = {
        path for path in (home / ".npm/_cacache/index-v5").rglob("*") if path.is_file() and "tgz" in path.read_text()
    }
    path.write_text('\nabc\t{"key": "make-fetch-happen:request-cache:broken\n' + path.read_text())
    hunted = look(home)
    assert any("index is not readable" in gap.reason.english() for gap in hunted.gaps)
    assert any(hit.trace.place == "npm-cache" and hit.trace.rung is F for hit in hunted.hits)


def test_an_oci_layout(look, tmp_path, build_tar):
    import hashlib

    def put(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return f"sha256:{digest}"

    blobs = tmp_path / "oci/blobs/sha256"
    blobs.mkdir(parents=True)

    layer = put(build_tar({"x/node_modules/evil-graph/package.json": b'{"name": "evil-graph", "version": "3.0.0"}'}))
    config = put(json.dumps({"history": []}).encode())
    manifest = put(json.dumps({"config": {"digest": config}, "layers": [{"digest": layer}]}).encode())
    (tmp_path / "oci/index.json").write_text(json.dumps({"manifests": [{"digest": manifest}]}))
    (tmp_path / "oci/oci-layout").write_text("{}")
    hunted = look(host=False, paths=[tmp_path / "oci"])
    assert [(hit.trace.rung, hit.trace.version) for hit in hunted.hits] == [(I, "3.0.0")]
