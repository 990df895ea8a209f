import io
import json
import sys
from pathlib import Path

import pytest

from lazaretto.cli.main import main
from lazaretto.cli.session import Session

REPORTS = Path(__file__).parents[1] / "data" / "reports"
REPORT = REPORTS / "03-contagious-ko.txt"


@pytest.fixture
def call(capsys, monkeypatch):
    monkeypatch.delenv("LAZARETTO_LANG", raising=False)

    def run(*arguments):
        code = main([str(one) for one in arguments], Session(environ={}))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_without_confirmation_nothing_is_kept(call, tmp_path):
    target = tmp_path / "pack.json"
    code, out, _ = call("intel", "learn", REPORT, "-o", target)
    assert code == 0
    assert "nothing was kept: confirm it on a terminal, or with --yes" in out
    assert not target.exists()
    assert "predicttogetherrecruit[.]store" in out
    assert "predicttogetherrecruit.store" not in out


def test_yes_keeps_a_pack(call, tmp_path):
    from lazaretto.intel.pack import decode

    target = tmp_path / "pack.json"
    code, out, _ = call("intel", "learn", REPORT, "--yes", "-o", target, "--campaign", "contagious-interview")
    assert code == 0
    assert "values kept in" in out
    pack = decode(target.read_bytes())
    assert pack.campaign.id == "contagious-interview"
    assert {"zkservice.cloud"} < {one.value for one in pack.indicators}
    assert {one.trust.value for one in pack.indicators} == {"medium", "low"}
    assert "T1571" in pack.campaign.techniques


@pytest.mark.parametrize(("reply", "kept"), [("y\n", 19), ("\n", 0), ("n\n", 0), ("1-9 19\n", 9), ("x\n", 0)])
def test_confirmation_on_a_terminal(call, tmp_path, monkeypatch, reply, kept):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(reply))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    target = tmp_path / "pack.json"
    _, out, _ = call("intel", "learn", REPORT, "-o", target)
    assert target.exists() is bool(kept)
    assert (f"{kept} values kept" in out) is bool(kept)


def test_without_a_file_the_store_keeps_it(call, tmp_path):
    store = tmp_path / "intel.db"
    code, out, err = call("intel", "learn", REPORT, "--yes", "--campaign", "summer-drill", "--store", store)
    assert (code, "values kept in" in out) == (0, True), err
    code, out, _ = call("intel", "show", "zkservice.cloud", "--store", store)
    assert code == 0
    assert "report-03-contagious-ko-txt" in out
    code, out, _ = call("brief", "summer-drill", "--store", store)
    assert code == 0
    assert "`zkservice[.]cloud`" in out
    code, out, _ = call("intel", "export", "summer-drill", "--format", "hosts", "--store", store)
    assert "0.0.0.0 zkservice.cloud" in out
    assert call("intel", "learn", REPORT, "--yes", "--store", store)[0] == 0
    assert call("intel", "learn", REPORT, "--yes", "--store", "off")[0] == 2


def test_json(call):
    code, out, err = call("intel", "learn", REPORT, "--format", "json")
    data = json.loads(out)
    assert code == 0
    assert data["counts"]["ipv4-port"] == 3
    assert data["kept"] == 0
    assert "nothing was kept" in err
    first = data["indicators"][0]
    text = REPORT.read_text(encoding="utf-8")
    assert text[first["start"] : first["end"]] == first["raw"]


def test_errors(call, tmp_path):
    assert call("intel", "learn", tmp_path / "none.md")[0] == 2
    (tmp_path / "b.md").write_bytes(b"\0\0\0")
    code, _, err = call("intel", "learn", tmp_path / "b.md")
    assert code == 2
    assert "not text" in err
    code, _, err = call("intel", "learn", REPORT, "--yes", "-o", tmp_path / "no" / "pack.json")
    assert code == 2
    assert "cannot be written" in err


def test_brief_and_lint(call, tmp_path):
    target = tmp_path / "b.md"
    assert call("brief", "graphalgo", "-o", target)[0] == 0
    assert "HIGH (8.5/10)" in target.read_text(encoding="utf-8")
    code, out, _ = call("brief", "lint", target)
    assert (code, "no defect" in out) == (0, True)
    target.write_text("# X\n\nSeverity 8.5/10\n", encoding="utf-8")
    code, out, _ = call("brief", "lint", target)
    assert code == 10
    assert "brief/severity-without-basis" in out
    code, out, _ = call("brief", "lint", target, "--format", "json")
    assert {one["rule"] for one in json.loads(out)["defects"]} >= {"brief/no-indicators", "brief/undated-claim"}
    assert call("brief", "lint", tmp_path / "none.md")[0] == 2


def test_unknown_campaign_is_told_with_near_ones(call):
    code, _, err = call("brief", "graphalg")
    assert code == 2
    assert "graphalgo" in err


def test_exposure_file(call, tmp_path):
    path = tmp_path / "hunt.json"
    path.write_text('{"at": "2026-11-19", "machines": 3, "hits": []}')
    code, out, _ = call("brief", "graphalgo", "--exposure", path)
    assert code == 0
    assert "found no trace" in out
    path.write_text("{}")
    assert call("brief", "graphalgo", "--exposure", path)[0] == 2


def test_export(call):
    code, out, _ = call("intel", "export", "graphalgo", "--format", "blocklist-npm")
    assert code == 0
    assert "\ngraphalgo\n" in out
    code, _, err = call("intel", "export", "glassworm", "--format", "blocklist-npm")
    assert code == 3
    assert "fits this format" in err
    assert call("intel", "export", "nothing")[0] == 2
