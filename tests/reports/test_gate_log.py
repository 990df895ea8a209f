"""Decisions as other programs read them: the documents as a whole."""

import json
import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from lazaretto.model.gate import Decided
from lazaretto.model.text import Message
from lazaretto.model.verdict import Outcome
from lazaretto.reports.gate_log import json_line, otlp, syslog
from lazaretto.reports.i18n import translator

AT = datetime(2099, 6, 15, 12, 30, 30, 250, tzinfo=UTC)
REFUSED = Decided(
    AT, "01J", "LZ-7K2", "npm", "red", "file", "pkg:npm/%40s/left@1.0.0", "left-1.0.0.tgz", "sha512:ab", Outcome.BLOCK,
    Outcome.BLOCK, "malware", Message.of("{name} is known malware", {"name": "left"}), AT.replace(day=16), 7,
    (Message("deprecated"),),
)  # fmt: skip
ALLOWED = Decided(AT, "01K", "", "uv", "", "page", "pkg:pypi/right", "", "", Outcome.ALLOW, Outcome.QUARANTINE, "age")


def test_json_lines():
    assert json_line(REFUSED) == snapshot(
        '{"schema":"lazaretto/gate-decision-1","at":"2099-06-15T12:30:30.000250Z","request":"01J","case":"LZ-7K2","client":"npm","team":"red","kind":"file","purl":"pkg:npm/%40s/left@1.0.0","filename":"left-1.0.0.tgz","digest":"sha512:ab","outcome":"block","clause":"malware","message":"left is known malware","until":"2099-06-16T12:30:30.000250Z","epoch":7,"warnings":["deprecated"]}'
    )
    assert json_line(ALLOWED) == snapshot(
        '{"schema":"lazaretto/gate-decision-1","at":"2099-06-15T12:30:30.000250Z","request":"01K","client":"uv","kind":"page","purl":"pkg:pypi/right","outcome":"allow","would":"quarantine","clause":"age","epoch":0}'
    )
    assert json.loads(json_line(REFUSED, translator("ko")))["outcome"] == "block"


def test_otlp():
    assert json.loads(otlp([REFUSED, ALLOWED], {"service.name": "gate"}, AT, "1.2")) == snapshot(
        {
            "resourceLogs": [
                {
                    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "gate"}}]},
                    "scopeLogs": [
                        {
                            "scope": {"name": "lazaretto.gate", "version": "1.2"},
                            "logRecords": [
                                {
                                    "timeUnixNano": "4085209830000250000",
                                    "observedTimeUnixNano": "4085209830000250000",
                                    "severityNumber": 13,
                                    "severityText": "WARN",
                                    "eventName": "lazaretto.gate.decision",
                                    "body": {
                                        "stringValue": "blocked pkg:npm/%40s/left@1.0.0 (malware): left is known malware"
                                    },
                                    "attributes": [
                                        {"key": "lazaretto.request", "value": {"stringValue": "01J"}},
                                        {"key": "lazaretto.case", "value": {"stringValue": "LZ-7K2"}},
                                        {"key": "lazaretto.client", "value": {"stringValue": "npm"}},
                                        {"key": "lazaretto.team", "value": {"stringValue": "red"}},
                                        {"key": "lazaretto.kind", "value": {"stringValue": "file"}},
                                        {"key": "lazaretto.purl", "value": {"stringValue": "pkg:npm/%40s/left@1.0.0"}},
                                        {"key": "lazaretto.filename", "value": {"stringValue": "left-1.0.0.tgz"}},
                                        {"key": "lazaretto.digest", "value": {"stringValue": "sha512:ab"}},
                                        {"key": "lazaretto.outcome", "value": {"stringValue": "block"}},
                                        {"key": "lazaretto.clause", "value": {"stringValue": "malware"}},
                                        {
                                            "key": "lazaretto.until",
                                            "value": {"stringValue": "2099-06-16T12:30:30.000250Z"},
                                        },
                                        {"key": "lazaretto.epoch", "value": {"intValue": "7"}},
                                        {
                                            "key": "lazaretto.warnings",
                                            "value": {"arrayValue": {"values": [{"stringValue": "deprecated"}]}},
                                        },
                                    ],
                                },
                                {
                                    "timeUnixNano": "4085209830000250000",
                                    "observedTimeUnixNano": "4085209830000250000",
                                    "severityNumber": 9,
                                    "severityText": "INFO",
                                    "eventName": "lazaretto.gate.decision",
                                    "body": {"stringValue": "allowed pkg:pypi/right"},
                                    "attributes": [
                                        {"key": "lazaretto.request", "value": {"stringValue": "01K"}},
                                        {"key": "lazaretto.client", "value": {"stringValue": "uv"}},
                                        {"key": "lazaretto.kind", "value": {"stringValue": "page"}},
                                        {"key": "lazaretto.purl", "value": {"stringValue": "pkg:pypi/right"}},
                                        {"key": "lazaretto.outcome", "value": {"stringValue": "allow"}},
                                        {"key": "lazaretto.would", "value": {"stringValue": "quarantine"}},
                                        {"key": "lazaretto.clause", "value": {"stringValue": "age"}},
                                        {"key": "lazaretto.epoch", "value": {"intValue": "0"}},
                                    ],
                                },
                            ],
                        }
                    ],
                }
            ]
        }
    )


def test_syslog():
    assert syslog(REFUSED, "gate1.example.test", process=42) == snapshot(
        '<132>1 2099-06-15T12:30:30.000250Z gate1.example.test lazaretto-gate 42 block [decision@32473 request="01J" case="LZ-7K2" client="npm" team="red" kind="file" purl="pkg:npm/%40s/left@1.0.0" filename="left-1.0.0.tgz" digest="sha512:ab" outcome="block" clause="malware" until="2099-06-16T12:30:30.000250Z" epoch="7"] blocked pkg:npm/%40s/left@1.0.0 (malware): left is known malware'
    )
    assert syslog(ALLOWED, "") == snapshot(
        '<134>1 2099-06-15T12:30:30.000250Z - lazaretto-gate - allow [decision@32473 request="01K" client="uv" kind="page" purl="pkg:pypi/right" outcome="allow" would="quarantine" clause="age" epoch="0"] allowed pkg:pypi/right'
    )


# RFC 5424, section 6
MESSAGE = re.compile(
    r'<\d{1,3}>1 \S+ [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} \[[!-~]{1,32}( [!-~]{1,32}="([^"\\\]]|\\["\\\]])*")+\] .*\Z'
)


@given(st.lists(st.text(max_size=30), min_size=8, max_size=8))
def test_any_text(texts):
    request, case, client, team, kind, purl, filename, clause = texts
    message = Message.of("{x}", {"x": purl})
    hostile = Decided(
        AT, request, case, client, team, kind, purl, filename, clause, Outcome.BLOCK, Outcome.BLOCK, clause, message
    )
    line = syslog(hostile, client)
    assert MESSAGE.match(line)
    assert line.isprintable() or not any(ord(char) < 32 or char == "\x7f" for char in line)
    assert json_line(hostile).isascii()
    assert "\n" not in json_line(hostile)
    json.loads(otlp([hostile], {"service.name": client}, AT, "1"))
