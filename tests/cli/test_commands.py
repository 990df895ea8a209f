import json
from pathlib import Path

import jsonschema
import pytest
from inline_snapshot import snapshot

import lazaretto.reports
from lazaretto.cli.main import cli

SCHEMA = json.loads((Path(lazaretto.reports.__file__).parent / "schema" / "inventory-1.schema.json").read_text())


def test_inventory_text(run):
    code, out, err = run("inventory", "folder")
    assert code == 0
    assert out == snapshot("""\
npm   express  4.19.2  locked  package-lock.json:12
pypi  numpy    >=1.26  locked  requirements.txt:1

2 packages named
""")
    assert err == ""


@pytest.mark.parametrize(("target", "code"), [("folder", 0), ("incomplete", 3), ("empty", 0)])
def test_inventory_json(run, target, code):
    found, out, _ = run("inventory", target, "--format", "json")
    assert found == code
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(out))


def test_an_empty_inventory_says_so(run):
    assert "no package is named" in run("inventory", "empty")[2]


def test_inventory_of_nothing(run):
    code, out, err = run("inventory", "missing")
    assert (code, out) == (2, "")
    assert err == snapshot("""\
lazaretto: error: missing does not exist
  check the spelling
""")


def test_rules(run):
    code, out, _ = run("rules")
    assert code == 0
    assert out == snapshot("""\
ID                             severity  confidence  phase  what it sees
js/remote-code-executed        HIGH      high        run    what it sees
py/decode-then-exec            HIGH      high        run    what it sees
repo/editor-task-runs-on-open  HIGH      high        run    what it sees

3 rules; lazaretto explain ID
""")
    listed = json.loads(run("rules", "--format", "json")[1])["rules"]
    assert [rule["id"] for rule in listed] == sorted(rule["id"] for rule in listed)
    assert listed[0] == snapshot(
        {
            "id": "js/remote-code-executed",
            "title": "what it sees",
            "severity": "high",
            "confidence": "high",
            "phase": "run",
            "role": "execute",
            "techniques": ["T1059.007"],
            "state": "stable",
            "since": "0.1",
        }
    )


def test_explain(run):
    code, out, _ = run("explain", "py/decode-then-exec")
    assert code == 0
    assert out == snapshot("""\
py/decode-then-exec
what it sees

  severity    HIGH
  confidence  high
  acts        when it is run
  techniques  T1059.007
  state       stable, since 0.1

What it sees
a thing.
""")


@pytest.mark.parametrize("typo", ["py/decode-than-exec", "decode-then-exec", "decode"])
def test_explain_suggests_the_near_miss(run, typo):
    code, out, err = run("explain", typo)
    assert (code, out) == (2, "")
    assert "did you mean py/decode-then-exec?" in err


def test_explain_of_nonsense_lists_nothing(run):
    assert "did you mean" not in run("explain", "zzzz")[2]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run, shell):
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_LAZARETTO_COMPLETE" in out
    assert "lazaretto" in out
    assert run("completion", "tcsh")[0] == 2


def test_completion_answers(run, monkeypatch):
    monkeypatch.setenv("_LAZARETTO_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "lazaretto explain py/")
    monkeypatch.setenv("COMP_CWORD", "2")
    with pytest.raises(SystemExit):
        run()
    # the answer went to stdout before the exit


def test_help_names_every_command_and_environment_twin(run):
    code, out, _ = run("--help")
    assert code == 0
    for name in cli.commands:
        assert name in out
    for name, command in cli.commands.items():
        code, page, _ = run(name, "--help")
        assert code == 0
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else ():
                assert option in page
                if option.startswith("--"):
                    assert "[LAZARETTO_" in page


def test_help_fits_the_terminal(run, monkeypatch):
    from lazaretto.reports.safe import cells

    for columns, lang in (("40", "en"), ("80", "en"), ("80", "ko")):
        monkeypatch.setenv("COLUMNS", columns)
        code, page, _ = run("--lang", lang, "check", "-h")
        assert code == 0
        lines = page.partition("--fail-on     ")[0].partition("종료 코드")[0].splitlines()
        options = [line for line in lines if not line.strip().startswith(("--format", "--fail-on", "0 ", "10 ", "20 "))]
        assert max(map(cells, options)) <= max(int(columns), 52)


def test_a_page_in_korean_has_korean_headings(run):
    code, out, _ = run("explain", "py/decode-then-exec", "--lang", "ko")
    assert code == 0
    assert "아래 본문은 영어로" in out
    assert "탐지 내용\na thing." in out
    assert "안정, 0.1부터" in out


def test_no_command_is_a_usage_error(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "Usage: lazaretto" in err


def test_version(run):
    import lazaretto

    assert run("--version") == (0, f"lazaretto {lazaretto.__version__}\n", "")


def test_every_help_text_is_marked_for_translation():
    import click

    from lazaretto.cli import options

    groups = [command for command in cli.commands.values() if isinstance(command, click.Group)]
    for command in (*cli.commands.values(), *(one for group in groups for one in group.commands.values())):
        assert isinstance(command, options.Command | options.Group)
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert isinstance(parameter, options.Option)
                assert parameter.help
