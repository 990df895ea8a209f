import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from inline_snapshot import snapshot

from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import Message
from lazaretto.reports import sarif
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import translator

SCHEMA = json.loads((Path(__file__).parent.parent / "data" / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class Card:
    id = "js/remote-code-executed"
    title = "executes what a server answers"
    severity = Severity.CRITICAL
    confidence = Confidence.HIGH
    phase = Phase.RUN
    role = Role.EXECUTE
    techniques = tuple(f"T10{number:02}" for number in range(30))
    doc = "What it sees\n    an answer that is executed"
    since = "0.1"
    state = "stable"


CONTEXT = Context(version="0.1.0", rules=lambda: {Card.id: Card()})


def run(results, context=CONTEXT):
    log = json.loads(sarif.render(results, context))
    VALIDATOR.validate(log)
    (only,) = log["runs"]
    return only


@pytest.mark.parametrize("name", ["malicious", "suspicious", "nothing", "incomplete", "failed", "waived", "hostile"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_logs_keep_to_the_official_schema(request, name, lang):
    run([request.getfixturevalue(name)], Context(version="0.1.0", translate=translator(lang)))


def test_no_target_at_all():
    assert run([])["results"] == []


def test_result(malicious):
    found = run([malicious])
    assert found["results"][0] == snapshot(
        {
            "ruleId": "story/trigger-reaches-payload",
            "ruleIndex": 3,
            "level": "error",
            "message": {"text": "opening the folder runs public/fonts/fa.woff2"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "take-home/.vscode/tasks.json", "uriBaseId": "%SRCROOT%"},
                        "region": {
                            "startLine": 7,
                            "startColumn": 5,
                            "snippet": {"text": '"command": "node public/fonts/fa.woff2"'},
                        },
                    }
                }
            ],
            "partialFingerprints": {"lazaretto/v1": "7b5052ee192bb9984ea7587b2cd10c00"},
            "rank": 98.0,
            "properties": {
                "severity": "critical",
                "confidence": "high",
                "phase": "open",
                "role": "story",
                "techniques": ["T1204.002", "T1059.007"],
                "security-severity": "9.5",
                "related": ["repo/editor-task-runs-on-open", "js/remote-code-executed"],
            },
            "relatedLocations": [
                {
                    "id": 1,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "take-home/public/fonts/fa.woff2", "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": 1, "startColumn": 1},
                    },
                }
            ],
        }
    )


def test_rules(malicious):
    found = run([malicious])
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == snapshot(
        ["js/child-process", "js/remote-code-executed", "npm/lifecycle-script", "story/trigger-reaches-payload"]
    )
    rule = found["tool"]["driver"]["rules"][1]
    assert rule["help"]["text"].startswith("What it sees")
    assert len(rule["properties"]["tags"]) == 10
    for result in found["results"]:
        assert found["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_invocation_tells_exit_code_and_gaps(incomplete):
    (invocation,) = run([incomplete])["invocations"]
    assert invocation == snapshot(
        {
            "executionSuccessful": False,
            "exitCode": 3,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "secret.bin: cannot be read: Permission denied"},
                    "properties": {"stage": "read", "partial": False},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "take-home/secret.bin", "uriBaseId": "%SRCROOT%"}
                            }
                        }
                    ],
                },
                {
                    "level": "warning",
                    "message": {"text": "old.py: is not valid Python"},
                    "properties": {"stage": "parse", "partial": True},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "take-home/old.py", "uriBaseId": "%SRCROOT%"}
                            }
                        }
                    ],
                },
            ],
        }
    )


def test_ignored_findings_are_suppressed(waived):
    (result,) = run([waived])["results"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "our own fork (2027-01-31)"}
    ]


def test_several_targets_share_one_run(malicious, nothing, build):
    other = build(malicious.examination.findings[1:2], target="x.tgz", kind="archive")
    found = run([malicious, other, nothing])
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in found["results"]]
    assert uris == snapshot(
        [
            "take-home/.vscode/tasks.json",
            "take-home/public/fonts/fa.woff2",
            "x.tgz!/public/fonts/fa.woff2",
            "take-home/package.json",
            "take-home/lib/run.js",
            "take-home/lib/run.js",
        ]
    )
    assert [verdict["grade"] for verdict in found["properties"]["verdicts"]] == snapshot(
        ["malicious", "malicious", "nothing-found"]
    )


def test_paths_are_encoded(build, malicious):
    finding = malicious.examination.findings[1]
    finding = replace(finding, locations=(replace(finding.locations[0], path="a b/한글%#?.zip!/../x\\y.js"),))
    (result,) = run([build([finding], target=".")])["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%ED%95%9C%EA%B8%80%25%23%3F.zip!/x%5Cy.js"


def test_links_in_messages_are_escaped(build, malicious):
    finding = replace(
        malicious.examination.findings[1], message=Message.of("see {what}", {"what": "[here](http://a.test)"})
    )
    (result,) = run([build([finding])])["results"]
    assert result["message"]["text"] == "see \\[here\\](hxxp://a\\[.\\]test)"


def test_at_most_five_thousand_results_the_strongest_first(build, malicious):
    weak = malicious.examination.findings[3]
    many = [replace(weak, locations=(replace(weak.locations[0], line=number),)) for number in range(1, 6001)]
    found = run([build([*many, malicious.examination.findings[0]])])
    assert len(found["results"]) == 5000
    assert found["results"][0]["ruleId"] == "story/trigger-reaches-payload"
    text = found["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert text == "1,001 further results are left out"


def test_results_that_an_older_version_lacked_are_new(compared, nothing):
    only = run([compared])
    assert {result["ruleId"]: result["baselineState"] for result in only["results"]} == {
        "npm/lifecycle-script": "new",
        "change/install-script-added": "new",
        "js/child-process": "unchanged",
    }
    (verdict,) = only["properties"]["verdicts"]
    assert verdict["change"] == {"old": "npm:demo@1.0.0", "oldGrade": "nothing-found", "added": 2, "gone": 3}
    assert "baselineState" not in run([nothing])["results"][0]
