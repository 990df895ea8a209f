import json
from pathlib import Path

import jsonschema
import pytest
from inline_snapshot import snapshot

import lazaretto.reports
from lazaretto.reports import document
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import translator

SCHEMA = json.loads((Path(lazaretto.reports.__file__).parent / "schema" / "report-1.schema.json").read_text())
CONTEXT = Context(version="0.1.0")


def valid(text):
    value = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    return value


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "name",
    [
        "malicious",
        "suspicious",
        "nothing",
        "incomplete",
        "failed",
        "waived",
        "hostile",
        "compared",
        "unchanged",
        "hostile_change",
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_reports_keep_to_the_schema(request, name, lang):
    checked = request.getfixturevalue(name)
    context = Context(version="0.1.0", translate=translator(lang))
    valid(document.render([checked], context))
    line = document.line(checked, context)
    valid(line)
    assert line.count("\n") == 1


def test_several_targets(malicious, nothing):
    value = valid(document.render([malicious, nothing], CONTEXT))
    assert [result["verdict"]["grade"] for result in value["results"]] == ["malicious", "nothing-found"]
    assert list(value) == ["schema", "tool", "results"]


def test_no_target_at_all():
    assert valid(document.render([], CONTEXT))["results"] == []


def test_content(malicious):
    value = valid(document.render([malicious], CONTEXT))
    assert value["verdict"].pop("policy") == malicious.verdict.policy_digest
    assert value["verdict"] == snapshot(
        {
            "grade": "malicious",
            "score": 9.8,
            "band": "critical",
            "outcome": "block",
            "complete": False,
            "reasons": [
                "7b5052ee192bb9984ea7587b2cd10c00",
                "68164bd1fe730f1c5a29f4b1fae0ab38",
                "0d1b3840c450366f854fac68e47a1dec",
            ],
        }
    )
    assert value["findings"][0] == snapshot(
        {
            "rule": "story/trigger-reaches-payload",
            "severity": "critical",
            "confidence": "high",
            "phase": "open",
            "role": "story",
            "message": "opening the folder runs public/fonts/fa.woff2",
            "locations": [
                {"path": ".vscode/tasks.json", "line": 7, "column": 5, "end_line": 7},
                {"path": "public/fonts/fa.woff2", "line": 1, "column": 1, "end_line": 1},
            ],
            "techniques": ["T1204.002", "T1059.007"],
            "excerpt": '"command": "node public/fonts/fa.woff2"',
            "related": ["repo/editor-task-runs-on-open", "js/remote-code-executed"],
            "layers": [],
            "subject": "take-home",
            "fingerprint": "7b5052ee192bb9984ea7587b2cd10c00",
        }
    )
    assert value["gaps"] == snapshot(
        [
            {"stage": "read", "subject": "secret.bin", "reason": "cannot be read: Permission denied", "partial": False},
            {"stage": "parse", "subject": "old.py", "reason": "is not valid Python", "partial": True},
        ]
    )
    assert value["coverage"] == snapshot(
        {
            "files": 216,
            "examined": 214,
            "bytes": 20123456,
            "packages": 148,
            "not_checked": ["registry metadata such as age, maintainers and provenance"],
        }
    )
    assert value["run"] == snapshot({"at": "2026-11-20T12:00:00+00:00", "seconds": 1.94, "cached": 0})


def test_reasons_point_to_findings(malicious, waived):
    value = valid(document.render([malicious], CONTEXT))
    known = {finding["fingerprint"] for finding in value["findings"]}
    assert set(value["verdict"]["reasons"]) <= known
    assert len(value["verdict"]["reasons"]) == 3
    value = valid(document.render([waived], CONTEXT))
    assert value["verdict"]["reasons"] == []
    assert value["ignored"][0]["fingerprint"] == value["findings"][0]["fingerprint"]


def test_fingerprints_survive_moved_lines_and_languages(malicious, build):
    from dataclasses import replace

    moved = [
        replace(finding, locations=(replace(finding.locations[0], line=99), *finding.locations[1:]))
        for finding in malicious.examination.findings
    ]
    for other in (build(moved), malicious):
        for lang in ("en", "ko"):
            context = Context(version="0.1.0", translate=translator(lang))
            here = [finding["fingerprint"] for finding in valid(document.render([other], context))["findings"]]
            there = [finding["fingerprint"] for finding in valid(document.render([malicious], CONTEXT))["findings"]]
            assert here == there


def test_equal_findings_have_different_fingerprints(build, malicious):
    fetch = malicious.examination.findings[1]
    from dataclasses import replace

    second = replace(fetch, locations=(replace(fetch.locations[0], line=77),))
    value = valid(document.render([build([fetch, second])], CONTEXT))
    first, other = (finding["fingerprint"] for finding in value["findings"])
    assert other == f"{first}-2"


def test_hostile_text_is_exact_but_escaped(hostile):
    text = document.render([hostile], CONTEXT)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u202e" in text
    path = hostile.examination.findings[0].locations[0].path
    assert json.loads(text)["findings"][0]["locations"][0]["path"] == path


def test_undecodable_names_become_escapes(build, malicious):
    from dataclasses import replace

    finding = malicious.examination.findings[1]
    finding = replace(finding, locations=(replace(finding.locations[0], path="a\udcff.js"),))
    text = document.render([build([finding])], CONTEXT)
    text.encode()
    assert json.loads(text)["findings"][0]["locations"][0]["path"] == "a\\udcff.js"


def test_ascii_only_where_the_terminal_is_not_utf8(malicious):
    text = document.render([malicious], Context(version="0.1.0", translate=translator("ko"), ascii=True))
    assert text.isascii()
    utf8 = document.render([malicious], Context(version="0.1.0", translate=translator("ko")))
    assert json.loads(text) == json.loads(utf8)


def test_what_an_older_version_lacked(compared, nothing):
    value = valid(document.render([compared], CONTEXT))
    assert [(found["rule"], found["new"]) for found in value["findings"]] == [
        ("npm/lifecycle-script", True),
        ("js/child-process", False),
        ("change/install-script-added", True),
    ]
    marks = [found["fingerprint"] for found in value["findings"] if found["new"]]
    assert value["change"] == {"old": "npm:demo@1.0.0", "old_grade": "nothing-found", "added": marks, "gone": 3}
    alone = valid(document.render([nothing], CONTEXT))
    assert "change" not in alone
    assert "new" not in alone["findings"][0]
