"""The command: exit codes, forms, answers, saving."""

import json

import pytest

from lazaretto.cli.main import main

BAD = "Please disable your antivirus and run the attached program.\n"


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "m.txt"
    path.write_text(BAD)
    return str(path)


@pytest.mark.parametrize(
    ("form", "mark"), [("text", "STOP"), ("md", "**STOP**"), ("html", "<strong>STOP"), ("json", '"stop"')]
)
def test_forms(bad, capsys, form, mark):
    assert main(["--lang", "en", "offer", bad, "--format", form]) == 20
    assert mark in capsys.readouterr().out


def test_what_already_ran_comes_first(bad, capsys):
    main(["--lang", "en", "offer", bad, "--answer", "already-ran=yes"])
    out = capsys.readouterr().out
    assert out.index("If something of it already ran") < out.index("What we saw")


def test_usage(capsys):
    assert main(["offer", "x", "--answer", "nonsense"]) == 2
    assert main(["offer"]) == 2


def test_nothing_is_kept_unless_asked(bad, tmp_path, capsys):
    kept = tmp_path / "kept"
    main(["offer", bad, "-q"])
    assert not kept.exists()
    main(["offer", bad, "-q", "--save", str(kept)])
    (answer,) = kept.glob("*-answer.json")
    assert json.loads(answer.read_text())["grade"] == "stop"


def test_a_threshold(bad):
    assert main(["offer", bad, "-q", "--fail-on", "never"]) == 0
