"""Whatever lies in a place: its reader gives traces and gaps, never an exception, and not after a long time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.adapters.hunt_tree import DiskTree
from lazaretto.intel.wanted import Sought
from lazaretto.intel.wanted import given as indicators
from lazaretto.model.finding import Gap
from lazaretto.traces.catalog import PLACES
from lazaretto.traces.walk import Walker, file_place, folder_place

SOUGHT = Sought([indicators(["npm:evil-graph", "pypi:evil-py", "c2.example.invalid", "ext:evil.theme"])])
FILES = (
    ".bash_history", ".zsh_history", "fish_history", ".python_history", ".mcp.json", ".codex/config.toml", ".pnp.cjs", "pip.log",
    "state.vscdb", "x.tar", "oci-layout", ".bashrc", "dns.log", "conn.log.gz", "package-lock.json", "requirements.txt",
    "_cacache/index-v5/aa/bb/cc", ".npm/_logs/a.log", "store/v3/files/00/a-index.json", "pip/http-v2/a/b", "pip/http-v2/a/b.body",
    "pip/wheels/a/evil_py-1.0.whl", "pip/wheels/a/origin.json", "workspaceStorage/a/workspace.json", ".vscode/extensions/extensions.json",
    "site-packages/evil_py-1.0.dist-info/RECORD", "site-packages/evil_py-1.0.dist-info/METADATA", "site-packages/x.pth",
    "node_modules/evil-graph/package.json", "node_modules/.package-lock.json", ".git/config", ".git/HEAD", ".git/packed-refs",
    "systemd/user/x.service",
)  # fmt: skip
PIECES = (
    b"evil-graph", b"evil_py", b"c2.example.invalid", b"\n", b"npm install ", b"{", b"}", b"[", b'"', b":", b"\x00", b"\xff",
    b"request-cache:https://", b"/-/", b".tgz", b"\t", b"PK\x03\x04", b".dist-info/", b"sha256=", b",", b"../", b"import ", b"\\u0065",
    b"name", b"version", b"command", b"args", b"\x1f\x8b\x08", b"cc=4,", b": 1790000000:0;", b"- cmd: ", b"when: 9", b"Name: ", b" ",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=40).map(b"".join))
def test_any_bytes_in_any_place(tmp_path, data):
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    walker = Walker(DiskTree(), SOUGHT)
    found = list(walker.run([str(tmp_path)]))
    assert not [
        item for item in found if isinstance(item, Gap) and "reader of this place failed" in item.reason.english()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("prefix", [b"", b"evil-graph evil_py c2.example.invalid\n"])
def test_much_of_the_same_takes_no_long_time(tmp_path, prefix, piece):
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(prefix + piece * (300_000 // len(piece)))
    started = time.process_time()
    list(Walker(DiskTree(), SOUGHT).run([str(tmp_path)]))
    assert time.process_time() - started < 30


def test_every_place_is_recognised_by_its_pattern():
    for place in PLACES:
        for pattern in place.folders:
            parent, _, name = pattern.replace("*", "x").rpartition("/")
            assert folder_place(parent, name) is place, pattern
        for pattern in place.files:
            parent, _, name = pattern.replace("*", "x").rpartition("/")
            assert file_place(parent, name) is place, pattern
