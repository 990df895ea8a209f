"""The `intel` commands as a person types them: real app, store in a folder of the test."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

import lazaretto
from lazaretto.cli.main import main
from lazaretto.cli.session import Session

NOW = datetime(2099, 6, 15, 12, tzinfo=UTC)
RECORD = {
    "id": "MAL-2098-1", "published": "2098-01-01T00:00:00Z", "modified": "2098-02-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "npm", "name": "evil-example"}, "versions": ["1.0.0"]}],
}  # fmt: skip
BUNDLE = {
    "type": "bundle",
    "id": "bundle--1",
    "objects": [
        {"type": "campaign", "id": "campaign--1", "name": "Night \x1b[31mHeron\u202e", "description": "about http://c2.example.test"},
        {"type": "indicator", "id": "indicator--1", "pattern": "[url:value = 'http://c2.example.test/x']", "pattern_type": "stix",
         "valid_from": "2098-01-01T00:00:00Z", "valid_until": "2098-06-01T00:00:00Z", "labels": ["c2"]},
        {"type": "indicator", "id": "indicator--2", "pattern": "[domain-name:value = 'd.example.test']", "pattern_type": "stix",
         "valid_from": "2098-01-01T00:00:00Z", "revoked": True, "modified": "2098-02-02T00:00:00Z"},
        {"type": "relationship", "id": "relationship--1", "source_ref": "indicator--1", "relationship_type": "indicates",
         "target_ref": "campaign--1"},
    ],
}  # fmt: skip


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    """Run a command line -> (exit code, stdout, stderr)."""
    monkeypatch.setenv("LAZARETTO_STORE", str(tmp_path / "home" / "intel.sqlite3"))
    for name in ("LAZARETTO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments):
        code = main([str(argument) for argument in arguments], Session(environ={}, now=lambda: NOW))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def feed(tmp_path):
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "MAL-2098-1.json").write_text(json.dumps(RECORD))
    (folder / "bundle.json").write_text(json.dumps(BUNDLE))
    return folder


def test_update_match_and_status(cli, feed):
    code, out, _ = cli("intel", "status")
    assert code == 0
    assert "there is no store yet" not in out or "intel.sqlite3" in out
    code, out, _ = cli("intel", "update", "--from", feed)
    assert code == 0
    assert "osv: 1 facts from 1 documents: 1 new, 0 changed, 0 unchanged, 0 gone" in out
    code, out, _ = cli("intel", "match", "npm:evil-example@1.0.0")
    assert code == 20
    assert out.splitlines()[:2] == [
        "MALICIOUS  npm:evil-example@1.0.0",
        "    evil-example 1.0.0 is recorded as malicious: MAL-2098-1, osv (2098-01-01, high)",
    ]
    assert cli("intel", "match", "npm:evil-example@1.0.1", "npm:react@18.2.0")[0] == 0
    code, out, _ = cli("intel", "match", "pypi:graphalgo==3.5.4")
    assert code == 10
    assert "name listed, version not" in out
    code, out, _ = cli("intel", "status")
    assert code == 0
    assert "2099-06-15T12:00" in out


def test_json(cli, feed):
    cli("intel", "update", "--from", feed)
    document = json.loads(cli("intel", "match", "npm:graphalgo@2.2.9", "--format", "json")[1])
    (answer,) = document["answers"]
    assert (document["schema"], answer["answer"], answer["rule"]) == (
        "lazaretto/intel-1",
        "malicious",
        "intel/malicious-package",
    )
    (record,) = answer["records"]
    assert (record["campaign"], record["advisory"], record["date"]) == ("graphalgo", "MAL-2025-3687", "2025-05-07")
    assert json.loads(cli("intel", "update", "--from", feed, "--format", "json")[1])["feeds"][0]["feed"] == "lazaretto"
    assert json.loads(cli("intel", "status", "--format", "json")[1])["store"]["exists"]
    listed = json.loads(cli("intel", "list", "--format", "json")[1])["campaigns"]
    assert any(one["id"] == "graphalgo" for one in listed)
    shown = json.loads(cli("intel", "show", "campaign--1", "--format", "json")[1])
    assert [one["value"] for one in shown["indicators"]] == ["c2.example.test/x"]


def test_every_document_follows_the_schema(cli, feed):
    schema = Path(lazaretto.__file__).parent / "reports" / "schema" / "intel-1.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    for command in (
        ("update", "--from", feed), ("match", "npm:evil-example@1.0.0", "npm:graphalgo@2.2.9", "npm:react@1.0.0"), ("list",),
        ("show", "graphalgo"), ("show", "campaign--1"), ("show", "nothing"), ("status",),
    ):  # fmt: skip
        validator.validate(json.loads(cli("intel", *command, "--format", "json")[1]))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"schema": "lazaretto/intel-1", "tool": {"name": "lazaretto", "version": "1"}})


def test_show_defangs_cleans_and_says_what_is_over(cli, feed):
    cli("intel", "update", "--from", feed)
    code, out, _ = cli("intel", "show", "campaign--1")
    assert code == 0
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "hxxp://c2[.]example[.]test" in out
    assert "c2[.]example[.]test/x" in out
    assert "EXPIRED 2098-06-01: never matches" in out
    assert "WITHDRAWN 2098-02-02: never matches" in cli("intel", "show", "d[.]example.test")[1]
    assert cli("intel", "show", "graphalgo", "--all")[0] == 0
    code, out, _ = cli("intel", "show", "never-heard-of")
    assert (code, "nothing is recorded under never-heard-of" in out) == (2, True)


def test_list(cli):
    code, out, _ = cli("intel", "list")
    assert code == 0
    assert "graphalgo" in out
    assert "Lazarus Group" in out


def test_korean(cli, feed):
    cli("intel", "update", "--from", feed)
    _, out, _ = cli(
        "--lang", "ko", "intel", "match", "npm:evil-example@1.0.0", "pypi:graphalgo==3.5.4", "npm:react@18.2.0"
    )
    assert "악성" in out
    for command in (
        ("intel", "status"),
        ("intel", "list"),
        ("intel", "show", "graphalgo"),
        ("intel", "update", "--from", feed),
    ):
        assert any("가" <= char <= "힣" for char in cli("--lang", "ko", *command)[1]), command


@pytest.mark.parametrize(
    "arguments",
    [
        ("update",), ("update", "--from", "x", "--url", "https://feeds.example.test"), ("update", "--from", "x", "--feed", "a", "--feed", "b"),
        ("update", "--from", "x", "--feed", "nope"), ("match",), ("match", "npm:"), ("match", "./none"),
        ("match", "pkg:npm"), ("nope",), ("update", "--online", "--feed", "nope"),
    ],
)  # fmt: skip
def test_usage(cli, arguments):
    assert cli("intel", *arguments)[0] == 2


def test_what_could_not_be_read_gives_3(cli, feed, tmp_path):
    (feed / "bad.json").write_text("<html>")
    code, out, _ = cli("intel", "update", "--from", feed)
    assert code == 3
    assert "bad.json" in out
    assert cli("intel", "update", "--from", tmp_path / "none")[0] == 3
    (tmp_path / "package-lock.json").write_text("{")
    assert cli("intel", "match", tmp_path / "package-lock.json")[0] == 3


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "lazaretto", *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(lazaretto.__file__).parent.parent), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("intel", "--help"), ("intel", "status"), ("intel", "match", "npm:react@18.2.0")],
)
def test_what_only_asks_starts_without_sqlalchemy(arguments, tmp_path):
    done = run(*arguments, LAZARETTO_STORE=str(tmp_path / "none.sqlite3") if "match" not in arguments else "off")
    assert done.returncode == 0, done.stderr
    assert "sqlalchemy" not in done.stderr
    assert "alembic" not in done.stderr


def test_check_imports_sqlalchemy_neither_without_nor_with_a_store(cli, feed, tmp_path):
    cli("intel", "update", "--from", feed)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "package.json").write_text('{"dependencies": {"evil-example": "1.0.0"}}')
    for store, code in (("off", 0), (os.environ["LAZARETTO_STORE"], 20)):
        done = run("check", str(tmp_path / "app"), "--no-cache", LAZARETTO_STORE=store)
        assert done.returncode == code
        assert "sqlalchemy" not in done.stderr
