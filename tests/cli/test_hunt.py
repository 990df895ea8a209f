import json
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from lazaretto.model.finding import Confidence, Gap, Stage
from lazaretto.model.text import Message
from lazaretto.model.trace import Hit, Hunted, Looked, Reason, Rung, Standing, Trace


def hunted(*rungs, **more):
    hits = tuple(
        Hit(
            Trace(
                "npm", "evil-graph", "2.0.0", rung, "project", f"/w/{rung.word}\x1b[31m", 3, "2026-11-20T10:00:00Z",
                Confidence.MEDIUM, Message("typed: {line}", (("line", "npx evil-graph"),)),
            ),
            Reason(Standing.RECORDED, "graphalgo", "A report (2026-02-11, high)"),
        )
        for rung in rungs
    )  # fmt: skip
    looked = (Looked("project", 3), Looked("npm-cache", 0, ("/h/.npm/_cacache",)), Looked("git-history", 0, (), False))
    values = {"machine": "laptop-1", "hits": hits, "looked": looked, **more}
    return Hunted(
        "2026-11-25T00:00:00Z", values.pop("machine"), "linux", ("/w",), ("graphalgo",), (), 90, "2026-11-23", **values
    )


@pytest.fixture
def answers(fake):
    def give(value):
        fake.hunt = lambda values, progress: value
        return value

    return give


@pytest.mark.parametrize(
    ("rungs", "code"),
    [((), 0), ((Rung.NAMED,), 10), ((Rung.FETCHED, Rung.NAMED), 10), ((Rung.INSTALLED,), 20), ((Rung.INFECTED,), 20)],
)
def test_the_exit_code_is_that_of_the_rung(run, answers, rungs, code):
    answers(hunted(*rungs))
    assert run("hunt", "/w")[0] == code


def test_incomplete_and_interrupted(run, answers):
    gap = Gap(Stage.READ, "/w/secret", Message("cannot be read: {error}", (("error", "Permission denied"),)))
    answers(hunted(gaps=(gap,)))
    code, out, _ = run("hunt", "/w")
    assert code == 3
    assert out.startswith("NO TRACE FOUND IN WHAT WAS LOOKED AT; NOT EVERYTHING WAS")
    assert "/w/secret: cannot be read: Permission denied" in out
    answers(hunted(interrupted=True))
    assert run("hunt", "/w")[0] == 130
    answers(hunted(Rung.NAMED, gaps=(gap,), interrupted=True))
    assert run("hunt", "/w")[0] == 10


def test_looked_at_not_there_and_not_looked_at_are_three_lines(run, answers):
    answers(hunted())
    _, out, _ = run("hunt", "--host")
    assert "Looked at:\n  projects: manifests, lockfiles, bills of materials (3): nothing found\n" in out
    assert "Not there:\n  npm's cache\n" in out
    assert "Not looked at (use --host, or name them):\n  git history of manifests and lockfiles, git remotes\n" in out


def test_the_text_shows_the_ladder_and_hides_escapes(run, answers):
    answers(hunted(Rung.EXECUTED, Rung.NAMED))
    code, out, _ = run("hunt", "/w")
    assert code == 20
    assert out.startswith("EXECUTED\n")
    assert "npm:evil-graph 2.0.0  named → resolved → fetched → installed → executed\n" in out
    assert "recorded: campaign graphalgo, A report (2026-02-11, high)" in out
    assert "\x1b" not in out


def test_korean(run, answers):
    answers(hunted(Rung.INSTALLED))
    _, out, _ = run("hunt", "/w", "--lang", "ko")
    assert out.startswith("설치됨\n")
    assert "언급됨 → 해석됨 → 받아짐 → 설치됨" in out


def test_json_follows_its_schema_and_jsonl_is_one_line(run, answers):
    answers(hunted(Rung.FETCHED))
    schema = json.loads((files("lazaretto.reports") / "schema/hunt-1.schema.json").read_text())
    _, out, _ = run("hunt", "/w", "--format", "json")
    document = json.loads(out)
    Draft202012Validator(schema).validate(document)
    assert document["hits"][0]["what"] == "pkg:npm/evil-graph@2.0.0"
    _, line, _ = run("hunt", "/w", "--format", "jsonl")
    assert line.count("\n") == 1
    assert json.loads(line) == document


def test_merging_a_fleet(run, answers, tmp_path):
    rows = []
    for name, rungs, at in (
        ("a", (Rung.EXECUTED, Rung.NAMED), "2026-11-25T00:00:00Z"),
        ("b", (Rung.NAMED,), "2026-11-25T00:00:00Z"),
        ("b", (), "2026-11-26T00:00:00Z"),
        ("c", (Rung.RESOLVED,), "2026-11-25T00:00:00Z"),
    ):
        answers(replace(hunted(*rungs, machine=name), at=at))
        rows.append(run("hunt", "/w", "--format", "jsonl")[1])
    (tmp_path / "one.jsonl").write_text("".join(rows[:3]))
    answers(hunted(Rung.RESOLVED, machine="c"))
    (tmp_path / "two.json").write_text(run("hunt", "/w", "--format", "json")[1])
    code, out, _ = run("hunt", "--merge", tmp_path / "one.jsonl", tmp_path / "two.json", "--format", "json")
    assert code == 20
    document = json.loads(out)
    Draft202012Validator(
        json.loads((files("lazaretto.reports") / "schema/exposure-1.schema.json").read_text())
    ).validate(document)
    assert document["machines"] == 3
    assert document["matrix"] == {"pkg:npm/evil-graph@2.0.0": {"a": "executed", "c": "resolved"}}
    code, out, _ = run("hunt", "--merge", tmp_path / "one.jsonl", tmp_path / "two.json")
    assert "2 of 3 machines have traces; 0 were not looked at completely." in out


def test_wrong_usage(run, answers, tmp_path):
    answers(hunted())
    assert run("hunt")[0] == 2
    assert run("hunt", "--merge")[0] == 2
    assert run("hunt", "--merge", "--host", "x")[0] == 2
    (tmp_path / "x.jsonl").write_text('{"schema": "something-else"}\n')
    code, _, err = run("hunt", "--merge", tmp_path / "x.jsonl")
    assert code == 2
    assert "is no answer of hunt: line 1" in err
    (tmp_path / "x.jsonl").write_text("")
    assert run("hunt", "--merge", tmp_path / "x.jsonl")[0] == 3


def test_an_answer_in_a_file(run, answers, tmp_path):
    answers(hunted(Rung.NAMED))
    assert run("hunt", "/w", "-o", tmp_path / "answer.txt", "--quiet")[0] == 10
    assert (tmp_path / "answer.txt").read_text().startswith("NAMED ONLY\n")


def test_a_brief_takes_the_answer(run, answers):
    from lazaretto.reports.brief.document import exposure_from

    gap = Gap(Stage.READ, "/w/secret", Message("cannot be read: {error}", (("error", "Permission denied"),)))
    answers(hunted(Rung.EXECUTED, Rung.NAMED, projects=7, gaps=(gap,)))
    summary = exposure_from(json.loads(run("hunt", "/w", "--format", "jsonl")[1]))
    assert (summary.rung, summary.machines, summary.projects, summary.places) == (Rung.EXECUTED, 1, 7, 3)
    assert summary.hits[0].what == "pkg:npm/evil-graph@2.0.0"
    assert summary.not_checked == ("/w/secret",)
