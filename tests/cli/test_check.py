import io
import json
import sys
from datetime import date

import pytest
from inline_snapshot import snapshot

FORMATS = ["text", "json", "jsonl", "sarif", "github", "html"]

CODES = [
    # target, --fail-on, code
    ("clean", "suspicious", 0),
    ("suspicious", "suspicious", 10),
    ("malicious", "suspicious", 20),
    ("suspicious", "malicious", 0),
    ("malicious", "malicious", 20),
    ("malicious", "never", 0),
    ("suspicious", "never", 0),
    ("incomplete", "suspicious", 3),
    ("incomplete", "never", 3),
    ("missing", "never", 3),
    ("empty", "suspicious", 3),
    ("incomplete-suspicious", "suspicious", 10),
    ("incomplete-suspicious", "malicious", 3),
    ("incomplete-malicious", "suspicious", 20),
]


@pytest.mark.parametrize(("target", "fail_on", "code"), CODES)
@pytest.mark.parametrize("form", FORMATS)
def test_exit_codes_are_the_same_for_every_format(run, target, fail_on, code, form):
    assert run("check", target, "--fail-on", fail_on, "--format", form)[0] == code
    assert run("check", target, "--fail-on", fail_on, "--format", form, "--exit-zero")[0] == 0


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        (["clean", "clean"], 0),
        (["clean", "incomplete"], 3),
        (["incomplete", "suspicious"], 10),
        (["malicious", "suspicious", "missing"], 20),
    ],
)
def test_several_targets_give_the_worst_code(run, targets, code):
    assert run("check", *targets)[0] == code


def test_text_answers_come_in_the_order_of_the_targets(run):
    _, out, err = run("check", "-q", "b-malicious", "a-clean", "c-suspicious")
    assert out == snapshot("""\
✗ MALICIOUS  HIGH (8.4/10)  b-malicious
✓ NOTHING FOUND  LOW (0.0/10)  a-clean
! SUSPICIOUS  MEDIUM (5.0/10)  c-suspicious
3 targets: MALICIOUS 1 · SUSPICIOUS 1 · NOTHING FOUND 1 · exit code 20
""")
    assert err == ""


def test_json_of_several_targets(run):
    _, out, _ = run("check", "malicious", "clean", "--format", "json")
    assert [result["target"] for result in json.loads(out)["results"]] == ["malicious", "clean"]


def test_answers_are_deterministic(run):
    for form in FORMATS:
        first = run("check", "malicious", "suspicious", "clean", "--format", form)
        assert first == run("check", "malicious", "suspicious", "clean", "--format", form)


class Stdin:
    def __init__(self, data):
        self.buffer = io.BytesIO(data)


def test_a_list_on_stdin_gives_a_line_for_each(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(b"clean\n\nmalicious\r\ncaf\xe9\n"))
    code, out, _ = run("check", "--files-from", "-", "--format", "jsonl")
    assert code == 20
    targets = [json.loads(line)["target"] for line in out.splitlines()]
    assert sorted(targets) == ["caf\\xe9", "clean", "malicious"] or sorted(targets) == [
        "caf\\udce9",
        "clean",
        "malicious",
    ]


def test_a_list_in_a_file_follows_the_named_targets(run, tmp_path):
    listed = tmp_path / "list"
    listed.write_text("clean\nsuspicious\n")
    _, out, _ = run("check", "first", "--files-from", listed, "-q")
    assert [line.split()[-1] for line in out.splitlines() if line[0] in "✓!?"] == ["first", "clean", "suspicious"]


def test_an_empty_list_is_not_a_clean_result(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(b"\n"))
    code, out, err = run("check", "--files-from", "-", "--format", "jsonl")
    assert (code, out) == (3, "")
    assert "there was no target" in err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check"], "no target; name a folder"),
        (["check", "--nope", "x"], "No such option"),
        (["check", "x", "--format", "nope"], "'nope' is not one of"),
        (["check", "x", "--max-file", "5X"], "is not a size"),
        (["check", "--files-from", "/nowhere/list"], "list /nowhere/list cannot be read: No such file"),
        (["check", "x", "--ignore-file", "/nowhere/ignore"], "ignore file /nowhere/ignore cannot be read"),
        (["check", "x", "-o", "/nowhere/report"], "there is no folder /nowhere"),
        (["check", "x", "-o", "/"], "/ cannot be written: Is a directory"),
        (["check", "x", "--lang", "xx"], "'xx' is not one of"),
        (["chekc", "x"], "did you mean check?"),
        (["./folder"], "to check a folder: lazaretto check ./folder"),
        (["help"], "lazaretto --help lists the commands"),
        (["check", "--formt", "x"], "did you mean --format?"),
        (["check", "--format"], "option --format needs a value"),
        (["check", "--quiet=3"], "option --quiet takes no value"),
        (["check", "x", "--jobs", "x"], "--jobs: 'x' is not a whole number of at least 0"),
        (["check", "x", "--max-seconds", "0"], "is not a number of at least 0.1"),
        (["inventory", "a", "b"], "too many arguments: b"),
        (["explain"], "ID is missing"),
    ],
)
def test_usage_errors_say_what_and_exit_with_2(run, arguments, text):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("lazaretto: error: ")
    assert text in err
    assert "Traceback" not in err


def test_usage_errors_are_translated_and_name_what_was_written(run, monkeypatch):
    assert run("check", "x", "--jobs", "x", "--lang", "ko")[2].startswith("lazaretto: 오류: --jobs: 'x': 0 이상의 정수")
    monkeypatch.setenv("LAZARETTO_FORMAT", "xx")
    assert "LAZARETTO_FORMAT: 'xx' is not one of text, json" in run("check", "x")[2]


def test_a_crash_is_told_apart_from_findings(run):
    code, out, err = run("check", "crash")
    assert (code, out) == (1, "")
    assert err == snapshot("""\
lazaretto: error: lazaretto itself failed (ZeroDivisionError: division by zero); nothing can be said about the target
  please report it with this line and the version 0.1.0; LAZARETTO_DEBUG=1 shows where it happened
""")


def test_an_interrupt_has_its_own_code(run):
    code, _, err = run("check", "interrupt")
    assert code == 130
    assert err == snapshot("""\

lazaretto: note: interrupted; what is not in the answer was not checked
""")


def test_files_are_written_all_or_nothing(run, tmp_path):
    target = tmp_path / "report.json"
    target.write_text("old")
    assert run("check", "crash", "--format", "json", "-o", target)[0] == 1
    assert target.read_text() == "old"
    code, out, _ = run("check", "malicious", "--format", "json", "-o", target)
    assert (code, out) == (20, "")
    assert json.loads(target.read_text())["verdict"]["grade"] == "malicious"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_finished_lines_are_kept_when_interrupted(run, tmp_path):
    target = tmp_path / "report.jsonl"
    code, _, _ = run("check", "interrupt", "clean", "malicious", "--format", "jsonl", "-o", target)
    assert code == 130
    assert [json.loads(line)["target"] for line in target.read_text().splitlines()] == ["malicious", "clean"]
    text = tmp_path / "report.txt"
    assert run("check", "interrupt", "clean", "-o", text)[0] == 130
    assert not text.exists()


def test_the_ignore_file_takes_findings_out_and_shows_them(run, ignore_file):
    code, out, _ = run("check", "malicious", "--ignore-file", ignore_file())
    assert code == 0
    assert "1 finding ignored by your ignore file" in out
    code, _, err = run("check", "malicious", "--ignore-file", ignore_file(date(2026, 11, 19)))
    assert code == 20
    assert "expired on 2026-11-19" in err


def test_a_wrong_ignore_file_is_an_error(run, tmp_path):
    path = tmp_path / "ignore.toml"
    path.write_text("[[ignore]]\nrule = 'js/x'\nexpires = 2027-01-01\n")
    code, out, err = run("check", "malicious", "--ignore-file", path)
    assert (code, out) == (2, "")
    assert "entry 1 has no reason" in err


def test_options_reach_the_app(run, fake):
    run(
        "check", "x", "--online", "--jobs", "3", "--no-cache", "--max-total", "2G", "--max-file", "64M",
        "--max-nesting", "1", "--max-seconds", "2.5",
    )  # fmt: skip
    seen = fake.seen[-1]
    assert (seen["online"], seen["jobs"], seen["cache"]) == (True, 3, False)
    limits = seen["limits"]
    assert (limits.total_bytes, limits.file_bytes, limits.nesting, limits.file_seconds) == (2 << 30, 64 << 20, 1, 2.5)
    run("check", "x")
    assert "limits" not in fake.seen[-1]
    assert fake.seen[-1]["online"] is False


def test_every_option_has_an_environment_twin(run, fake, monkeypatch):
    for name, value in {
        "LAZARETTO_FORMAT": "jsonl", "LAZARETTO_FAIL_ON": "never", "LAZARETTO_ONLINE": "1", "LAZARETTO_NO_CACHE": "true",
        "LAZARETTO_MAX_FILE": "1M", "LAZARETTO_JOBS": "2",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    code, out, _ = run("check", "malicious")
    assert code == 0
    assert json.loads(out)["exit_code"] == 0
    assert fake.seen[-1]["online"] is True
    assert fake.seen[-1]["cache"] is False
    assert fake.seen[-1]["limits"].file_bytes == 1 << 20
    monkeypatch.setenv("LAZARETTO_JOBS", "many")
    assert run("check", "x")[0] == 2


def test_options_may_follow_the_target(run):
    assert run("check", "malicious", "--fail-on", "never", "-q")[0] == 0


def test_korean(run):
    for environ in ({"LANG": "ko_KR.UTF-8"}, {"LC_ALL": "ko", "LANG": "C"}, {"LAZARETTO_LANG": "ko-KR", "LANG": "C"}):
        _, out, _ = run("check", "malicious", environ=environ)
        assert out.splitlines()[2] == snapshot("✗ 악성  높음 (8.4/10)  실행하거나 import하지 마세요")
    _, out, _ = run("check", "malicious", "--lang", "en", environ={"LANG": "ko_KR.UTF-8"})
    assert "MALICIOUS" in out
    _, out, _ = run("check", "--help", "--lang", "ko")
    assert "종료 코드" in out
    assert "MALICIOUS" in run("check", "malicious", environ={"LANG": "de_DE.UTF-8"})[1]


def test_colours(run):
    assert "\x1b[" not in run("check", "malicious")[1]
    assert "\x1b[" in run("check", "malicious", "--color", "always")[1]
    assert "\x1b[" in run("check", "malicious", environ={"FORCE_COLOR": "1"})[1]
    assert "\x1b[" not in run("check", "malicious", environ={"FORCE_COLOR": "1", "NO_COLOR": "1"})[1]
    assert "\x1b[" not in run("check", "malicious", "--color", "never", environ={"FORCE_COLOR": "1"})[1]
    assert "\x1b[" not in run("check", "malicious", "--format", "json", "--color", "always")[1]
