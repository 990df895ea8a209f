"""Journal of open alerts and bait: what is on the disk."""

import json
from pathlib import Path

import pytest

from lazaretto.adapters.watching.bait import laid_out, lay_out, remove
from lazaretto.adapters.watching.state import State, StateError, close_alert, read


def test_alerts_outlive_the_watcher(tmp_path):
    path = tmp_path / "s" / "alerts.jsonl"
    state = State(path)
    state.add({"id": "a", "message": "\u202e\udcff"})
    state.add({"id": "b"})
    assert state.again("a") == 2
    # no close: it was killed
    state._lock.close()
    state._file.close()
    after = State(path)
    assert [(one["id"], one.get("count", 1)) for one in after.open.values()] == [("a", 2), ("b", 1)]
    after.close()
    assert close_alert(path, "a")
    assert not close_alert(path, "a")
    assert [key for key, _ in read(path)] == ["b"]


def test_a_cut_line_is_passed_over(tmp_path):
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"id": "a"}\nnot json\n[1]\n{"again": "zz", "count": 3}\n{"id": "b", "coun')
    assert [key for key, _ in read(path)] == ["a"]
    State(path).close()
    assert path.read_bytes() == b'{"id": "a"}\n'


def test_two_watchers_do_not_share_a_journal(tmp_path):
    first = State(tmp_path / "alerts.jsonl")
    with pytest.raises(StateError, match="another watcher"):
        State(tmp_path / "alerts.jsonl")
    first.close()
    State(tmp_path / "alerts.jsonl").close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_noted_and_ends_nothing(tmp_path):
    state = State(tmp_path / "alerts.jsonl")
    state._file.close()
    state._file = open("/dev/full", "ab", buffering=0)  # noqa: PTH123, SIM115
    state.add({"id": "a"})
    assert state.failure
    assert "a" in state.open
    state.close()


def test_bait_is_laid_where_nothing_lies_and_taken_away_again(tmp_path):
    home, ledger = tmp_path / "home", tmp_path / "bait.json"
    mine = home / ".ssh" / "id_ecdsa_backup"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    (home / ".config").mkdir()
    paths = lay_out(home, ledger)
    assert str(mine) not in paths
    assert len(paths) == 7
    assert mine.read_text() == "mine"
    assert all(Path(path).stat().st_mode & 0o777 == 0o600 for path in paths)
    assert laid_out(ledger) == paths == lay_out(home, ledger)
    assert remove(ledger) == paths
    assert sorted(path.name for path in home.rglob("*")) == [".config", ".ssh", "id_ecdsa_backup"]
    assert laid_out(ledger) == ()


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"files": 3, "folders": 4}', b"\xff"])
def test_a_broken_list_is_no_bait(tmp_path, document):
    (tmp_path / "bait.json").write_bytes(document)
    assert laid_out(tmp_path / "bait.json") == ()


def test_what_is_written_is_json(tmp_path):
    state = State(tmp_path / "alerts.jsonl")
    state.add({"id": "a", "message": "x\ny"})
    state.close()
    assert json.loads((tmp_path / "alerts.jsonl").read_bytes())["message"] == "x\ny"
