"""Only addresses change, and every byte comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.lockfiles.rewrite import Origins, is_lock, project_of, returned, turned

GATE = "http://127.0.0.1:4874"
HOST = "https://registry.example.test"

PACKAGE_LOCK = f"""{{
  "packages": {{
    "node_modules/a": {{"version": "1.0.0", "resolved": "{HOST}/a/-/a-1.0.0.tgz", "integrity": "sha512-x=="}},
    "node_modules/@s/b": {{"resolved": "{HOST}/npm/virtual/@s/b/-/b-2.0.0-rc.1.tgz"}},
    "node_modules/c": {{"resolved": "git+ssh://git@git.example.test/c.git#abc"}},
    "node_modules/d": {{"resolved": "https://code.example.test/x/tarball/d.tgz"}}
  }}
}}
"""
UV = f"""version = 1

[[package]]
name = "a-b"
version = "1.0"
source = {{ registry = "{HOST}/simple" }}
sdist = {{ url = "{HOST}/packages/aa/bb/a_b-1.0.tar.gz", hash = "sha256:00", size = 1 }}
wheels = [
    {{ url = "{HOST}/packages/aa/bb/a_b-1.0-py3-none-any.whl", hash = "sha256:01" }},
]

[[package]]
name = "direct"
source = {{ url = "{HOST}/x/direct-1.0-py3-none-any.whl" }}
wheels = [
    {{ url = "{HOST}/x/direct-1.0-py3-none-any.whl", hash = "sha256:02" }},
]
"""


def back(name, turn, **origins):
    pairs = {new: old for old, new in turn.pairs}
    return returned(name, turn.data, GATE, pairs, Origins(**origins))


def test_package_lock():
    turn = turned("package-lock.json", PACKAGE_LOCK.encode(), GATE)
    text = turn.data.decode()
    assert turn.count == 2
    assert f'"{GATE}/a/-/a-1.0.0.tgz", "integrity": "sha512-x=="' in text
    assert f'"{GATE}/@s/b/-/b-2.0.0-rc.1.tgz"' in text
    assert "git+ssh://git@git.example.test/c.git#abc" in text
    assert "https://code.example.test/x/tarball/d.tgz" in text
    assert back("package-lock.json", turn) == (PACKAGE_LOCK.encode(), 0)


def test_yarn_and_bun_keep_what_follows_the_address():
    row = f'  resolved "{HOST}/lodash/-/lodash-4.17.21.tgz#679591c564c3bffaae8454cf0b3df370c3d6911c"\n'
    turn = turned("yarn.lock", row.encode(), GATE)
    assert turn.data.decode() == row.replace(HOST, GATE)
    row = f'"a": ["a@1.0.0", "{HOST}/@s%2fa/-/a-1.0.0.tgz", {{}}, "sha512-x"],\r\n'
    assert turned("bun.lock", row.encode(), GATE).data.decode() == row.replace(HOST, GATE)


def test_a_name_that_its_file_does_not_have_is_left():
    row = f'resolved "{HOST}/a/-/b-1.0.0.tgz"'.encode()
    assert turned("yarn.lock", row, GATE).data == row


def test_uv():
    turn = turned("uv.lock", UV.encode(), GATE)
    text = turn.data.decode()
    assert f'registry = "{GATE}/simple/"' in text
    assert f'url = "{GATE}/files/a-b/a_b-1.0.tar.gz", hash = "sha256:00", size = 1' in text
    assert f'url = "{GATE}/files/a-b/a_b-1.0-py3-none-any.whl"' in text
    assert text.count(f'"{HOST}/x/direct-1.0-py3-none-any.whl"') == 2
    assert back("uv.lock", turn) == (UV.encode(), 0)


def test_requirements():
    text = f"# --index-url {HOST}/a\n-i {HOST}/simple\n--extra-index-url={HOST}/b/simple/  # ours\n--find-links {HOST}/f\na==1\nb @ {HOST}/b-1.0.zip\n"
    turn = turned("requirements-dev.txt", text.encode(), GATE)
    assert turn.data.decode() == (
        f"# --index-url {HOST}/a\n-i {GATE}/simple/\n--extra-index-url={GATE}/simple/  # ours\n"
        f"--find-links {GATE}/simple/\na==1\nb @ {HOST}/b-1.0.zip\n"
    )


def test_addresses_that_a_client_wrote_go_to_their_origin():
    text = f'"resolved": "{GATE}/@s/new/-/new-1.0.0.tgz",'.encode()
    assert returned("package-lock.json", text, GATE, {}, Origins(npm=f"{HOST}/"))[0] == text.replace(
        GATE.encode(), HOST.encode()
    )
    assert returned("package-lock.json", text, GATE, {}, Origins()) == (text, 1)
    text = f'registry = "{GATE}/simple/" }}\nurl = "{GATE}/files/a/a-1.tar.gz", '.encode()
    origins = Origins(simple=f"{HOST}/simple", file=lambda name, file: f"{HOST}/{name}:{file}")
    assert returned("uv.lock", text, GATE, {}, origins) == (
        f'registry = "{HOST}/simple" }}\nurl = "{HOST}/a:a-1.tar.gz", '.encode(), 0,
    )  # fmt: skip


def test_poetry_goes_back_by_the_name_of_the_source():
    text = f'[package.source]\ntype = "legacy"\nurl = "{GATE}/simple"\nreference = "ours"\n'
    data, left = returned("poetry.lock", text.encode(), GATE, {}, Origins(sources={"ours": f"{HOST}/simple"}))
    assert (data.decode(), left) == (text.replace(GATE, HOST), 0)


@pytest.mark.parametrize(
    ("filename", "name"),
    [("a_B.c-1.0-py3-none-any.whl", "a-b-c"), ("x-y-1.0.tar.gz", "x-y"), ("x.zip", ""), ("x.txt", "")],
)
def test_project_of(filename, name):
    assert project_of(filename) == name


def test_which_files():
    assert all(
        map(is_lock, ("uv.lock", "pylock.dev.toml", "requirements.txt", "dev-requirements.in", "constraints.txt"))
    )
    assert not any(map(is_lock, ("poetry.toml", "Cargo.lock", "readme.txt")))


@given(st.sampled_from(["yarn.lock", "uv.lock", "requirements.txt", "pylock.toml"]), st.binary(max_size=300))
def test_any_bytes_come_back(name, noise):
    data = (
        noise + b'\nurl = "https://h.test/p/a-1.0.tar.gz"\n"https://h.test/a/-/a-1.tgz"\n-i https://h.test/s\n' + noise
    )
    turn = turned(name, data, GATE)
    assert back(name, turn)[0] == data
