"""The commands that make the data files, on small inputs."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


def load(name):
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def research():
    return {
        "generated": "2026-01-02",
        "sources": {"lab": {"url": "https://lab.invalid/a", "date": "2026-01-01", "title": "Lab", "kind": "primary"}},
        "campaigns": [
            {
                "id": "graphalgo",
                "name": "Test",
                "attribution": {"actor": "unknown"},
                "first_seen": "2026",
                "last_seen": "2026",
                "ecosystems": ["npm"],
                "attack": ["T1195.001"],
                "packages": [
                    {"ecosystem": "npm", "name": "whole", "versions": ["1.0.0"], "versions_known": True, "source": "lab"},
                    {"ecosystem": "npm", "name": "exact", "versions": ["1.0.0"], "versions_known": True, "source": "lab"},
                    {"ecosystem": "npm", "name": "star", "versions": ["*"], "versions_known": False, "source": "lab"},
                    {"ecosystem": "npm", "name": "warn", "versions": ["*"], "versions_known": False, "source": "lab",
                     "status": "warn only"},
                ],
                "indicators": [
                    {"type": "domain", "value": "Bad.Invalid", "source": "lab"},
                    {"type": "domain", "value": "everybody.invalid", "source": "lab", "shared_service": True},
                    {"type": "url", "value": "http://192.0.2.7:81", "source": "lab"},
                    {"type": "url", "value": "https://store.invalid/b/X1/", "source": "lab"},
                    {"type": "file-name", "value": "util.py", "source": "lab", "match": "weak alone"},
                ],
            }
        ],
    }  # fmt: skip


def test_intel_pack(tmp_path, monkeypatch, research):
    advice = {"ecosystem": "npm", "name": "whole", "id": "MAL-1", "published": "2026-01-01T00:00:00Z",
              "range_introduced_0": True, "versions": ["1.0.1"]}  # fmt: skip
    (tmp_path / "c.json").write_text(json.dumps(research))
    (tmp_path / "a.json").write_text(json.dumps({"advisories": [advice]}))
    command = [
        "build_intel_pack.py",
        str(tmp_path / "c.json"),
        str(tmp_path / "a.json"),
        "--out",
        str(tmp_path),
    ]
    monkeypatch.setattr(sys, "argv", command)
    load("build_intel_pack").main()
    text = (tmp_path / "graphalgo.json").read_bytes()
    from lazaretto.intel.pack import decode

    pack = decode(text)
    assert {(record.name, record.coverage.value, record.versions) for record in pack.packages} >= {
        ("whole", "all", ("1.0.0", "1.0.1")),
        ("exact", "listed", ("1.0.0",)),
        ("star", "all", ()),
        ("warn", "watch", ()),
    }
    assert [(one.kind, one.value, one.scope.value) for one in pack.indicators] == [
        ("domain", "bad.invalid", "host"),
        ("file-name", "util.py", "hunt"),
        ("ipv4-port", "192.0.2.7:81", "exact"),
        ("url", "store.invalid/b/X1", "exact"),
    ]
    load("build_intel_pack").main()
    assert (tmp_path / "graphalgo.json").read_bytes() == text


def test_popular_names(tmp_path, monkeypatch):
    tool = load("build_popular_names")
    (tmp_path / "npm.tsv").write_text(
        "name\tversion\tdownloads_a_month\tsummary\na\t1\t5\t\nb\t1\t50\ta rather long summary\n"
    )
    (tmp_path / "pypi.tsv").write_text("name\tversion\tmonth\trank\tsummary\nx\t1\t\t2\t\ny\t1\t\t1\t\nz\t1\t\t\t\n")
    monkeypatch.setattr(sys, "argv", ["build_popular_names.py", str(tmp_path), "--out", str(tmp_path)])
    tool.main()
    lines = [line for line in (tmp_path / "popular-npm.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line.partition("\t")[0] for line in lines] == ["b", "a"]
    from lazaretto.detect.names import summary_mark

    assert lines[0].partition("\t")[2] == summary_mark("A rather long  summary.")
    names = [line for line in (tmp_path / "popular-pypi.txt").read_text().splitlines() if not line.startswith("#")]
    assert names == ["y", "x"]
    assert json.loads((tmp_path / "known-npm.bloom").read_bytes().partition(b"\n")[0])["names"] == 2
