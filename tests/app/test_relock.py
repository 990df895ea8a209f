"""Lockfiles point to the gate while a command runs, and are as before afterwards, whatever happens."""

import os
import subprocess
import sys
import textwrap

import pytest

from lazaretto.app.relock import diff, plan, recover, relocked
from lazaretto.lockfiles.rewrite import Origins

GATE = "http://127.0.0.1:4874"
HOST = "https://registry.example.test"
ROW = f'a@^1:\r\n  version "1.0.0"\r\n  resolved "{HOST}/a/-/a-1.0.0.tgz#00"\r\n'


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "project/yarn.lock"
    path.parent.mkdir()
    path.write_bytes(ROW.encode())
    path.chmod(0o640)
    return path


def test_turned_and_back(lock, tmp_path):
    with relocked(lock.parent, GATE + "/", tmp_path / "state") as done:
        assert [one.count for one in done.rewrites] == [1]
        assert lock.read_bytes() == ROW.replace(HOST, GATE).encode()
        assert done.journal is not None
        assert done.journal.stat().st_mode & 0o077 == 0
    assert lock.read_bytes() == ROW.encode()
    assert lock.stat().st_mode & 0o777 == 0o640
    assert list((tmp_path / "state").iterdir()) == []
    assert [path.name for path in lock.parent.iterdir()] == ["yarn.lock"]


def test_what_the_client_added_is_turned_back_too(lock):
    notes: list = []
    with relocked(lock.parent, GATE, origins=Origins(npm=HOST), say=notes):
        lock.write_bytes(lock.read_bytes() + f'b@1:\n  resolved "{GATE}/b/-/b-1.0.0.tgz#00"\n'.encode())
    assert lock.read_bytes().decode() == ROW + f'b@1:\n  resolved "{HOST}/b/-/b-1.0.0.tgz#00"\n'
    assert notes == []


def test_a_new_lockfile_without_a_known_origin_is_said(lock):
    notes: list = []
    with relocked(lock.parent, GATE, rewrite=False, say=notes):
        (lock.parent / "bun.lock").write_text(f'"{GATE}/b/-/b-1.0.0.tgz"')
    assert lock.read_bytes() == ROW.encode()
    assert [one.english() for one in notes] == [
        f"{lock.parent / 'bun.lock'}: 1 addresses still point to the gate; make the lockfile again with your own registry"
    ]


def test_back_after_an_exception(lock):
    with pytest.raises(KeyboardInterrupt), relocked(lock.parent, GATE):
        raise KeyboardInterrupt
    assert lock.read_bytes() == ROW.encode()


def test_back_after_a_crash(lock, tmp_path):
    code = f"""
        import os
        from pathlib import Path
        from lazaretto.app.relock import relocked
        with relocked(Path({str(lock.parent)!r}), {GATE!r}, Path({str(tmp_path / "state")!r})):
            os._exit(9)
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=env, check=False, capture_output=True)
    assert done.returncode == 9, done.stderr
    assert GATE in lock.read_text()
    assert recover(tmp_path / "state", tmp_path) == ()
    notes = recover(tmp_path / "state", lock.parent)
    assert [one.template for one in notes] == ["{path} was left pointing to the gate; it is as before"]
    assert lock.read_bytes() == ROW.encode()
    assert recover(tmp_path / "state") == ()


def test_diff(lock):
    text = diff(plan(lock.parent, GATE), lock.parent)
    assert text.splitlines()[:2] == ["--- a/yarn.lock", "+++ b/yarn.lock"]
    assert f'-  resolved "{HOST}/a/-/a-1.0.0.tgz#00"' in text


def test_links_are_not_followed(lock, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(ROW.encode())
    (lock.parent / "package-lock.json").symlink_to(outside)
    with relocked(lock.parent, GATE):
        assert outside.read_bytes() == ROW.encode()
