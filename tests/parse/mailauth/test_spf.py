"""SPF: policies of our own for every part of RFC 7208. The OpenSPF suite (203 cases) is run where `LAZARETTO_MAIL_SUITES` has it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.model.dns import Answer, Told, not_asked
from lazaretto.parse.mailauth import spf

ZONE = {
    "corp.test": {
        "TXT": ["v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/64 a mx include:vendor.test -all", "other text"],
        "A": ["198.51.100.1"],
        "MX": ["10 mx.corp.test"],
    },
    "mx.corp.test": {"A": ["198.51.100.2"]},
    "vendor.test": {"TXT": ["v=spf1 exists:%{ir}.list.test ~all"]},
    "3.100.51.198.list.test": {"A": ["127.0.0.2"]},
    "soft.test": {"TXT": ["v=SPF1 ~all"]},
    "redirect.test": {"TXT": ["v=spf1 redirect=corp.test"]},
    "lost.test": {"TXT": ["v=spf1 redirect=nowhere.test"]},
    "two.test": {"TXT": ["v=spf1 -all", "v=spf1 +all"]},
    "loop.test": {"TXT": ["v=spf1 include:loop.test -all"]},
    "neutral.test": {"TXT": ["v=spf1 ip4:203.0.113.1"]},
    "ptr.test": {"TXT": ["v=spf1 ptr -all"]},
    "9.100.51.198.in-addr.arpa": {"PTR": ["host.ptr.test", "liar.ptr.test"]},
    "host.ptr.test": {"A": ["198.51.100.9"]},
    "liar.ptr.test": {"A": ["198.51.100.8"]},
    "void.test": {"TXT": ["v=spf1 a:a.void.test a:b.void.test a:c.void.test +all"]},
    "macro.test": {"TXT": ["v=spf1 exists:%{l1r-}.%{d2}.%{o}.%{h}.%{v}.m.test -all"]},
    "bruce.macro.test.macro.test.helo.test.in-addr.m.test": {"A": ["127.0.0.2"]},
    "plain.test": {"TXT": ["hello"]},
    "down.test": {"TXT": None},
    "mail.corp.test": {"TXT": ["v=spf1 a -all"], "A": ["198.51.100.7"]},
}


def look(name: str, kind: str) -> Answer:
    rows = ZONE.get(name.lower().rstrip("."))
    if rows is None:
        return Answer(Told.NO_NAME)
    if kind in rows and rows[kind] is None:
        return Answer(Told.FAILED)
    found = rows.get(kind, [])
    return Answer(Told.FOUND, tuple(found)) if found else Answer(Told.EMPTY)


@pytest.mark.parametrize(
    ("address", "sender", "result"),
    [
        ("192.0.2.15", "hr@corp.test", "pass"),
        ("192.0.2.16", "hr@corp.test", "fail"),
        ("2001:db8::5", "hr@corp.test", "pass"),
        ("::ffff:192.0.2.1", "hr@corp.test", "pass"),
        ("198.51.100.1", "hr@corp.test", "pass"),
        ("198.51.100.2", "hr@CORP.test.", "pass"),
        ("198.51.100.3", "hr@corp.test", "pass"),
        ("198.51.100.4", "hr@soft.test", "softfail"),
        ("192.0.2.1", "hr@redirect.test", "pass"),
        ("192.0.2.1", "hr@lost.test", "permerror"),
        ("192.0.2.1", "hr@two.test", "permerror"),
        ("192.0.2.1", "hr@loop.test", "permerror"),
        ("192.0.2.1", "hr@neutral.test", "neutral"),
        ("198.51.100.9", "hr@ptr.test", "pass"),
        ("198.51.100.8", "hr@ptr.test", "fail"),
        ("192.0.2.1", "hr@void.test", "permerror"),
        ("192.0.2.1", "bruce-lee@macro.test", "pass"),
        ("192.0.2.1", "jet-li@macro.test", "fail"),
        ("192.0.2.1", "hr@plain.test", "none"),
        ("192.0.2.1", "hr@nowhere.test", "none"),
        ("192.0.2.1", "hr@down.test", "temperror"),
        ("192.0.2.1", "hr@nodot", "none"),
        ("not an address", "hr@corp.test", "none"),
    ],
)
def test_results(address: str, sender: str, result: str) -> None:
    found = spf.check(address, sender, "helo.test", look)
    assert found.result == result, found


def test_bounces_and_offline() -> None:
    assert spf.check("198.51.100.7", "", "mail.corp.test", look).result == "pass"
    found = spf.check("192.0.2.1", "hr@corp.test", "x", not_asked)
    assert (found.result, found.domain, found.told("corp.test").aligned) == ("unknown", "corp.test", True)
    assert found.told("bank.test").aligned is False


@pytest.mark.parametrize(
    "policy",
    ["a:", "all:x", "all/8", "ip4:1.2.3", "ip4:1.2.3.4/33", "ip4:1.2.3.4/08", "ip6:::1/129", "include", "include:", "a/33", "a//129", "a:%{z}.test", "exists:%{c}.test",
     "redirect=", "redirect=a.test redirect=b.test", "a:x.123", "unknown:mechanism", "a:%", "-", "=x", "a:%{d0}.test", "a:\u00e9.test", "mx:a..", "ptr:"],
)  # fmt: skip
def test_policies_that_break_the_grammar(policy: str) -> None:
    zone = {"bad.test": {"TXT": [f"v=spf1 {policy} +all"]}}

    def ask(name: str, kind: str) -> Answer:
        return (
            Answer(Told.FOUND, tuple(zone[name][kind])) if name in zone and kind in zone[name] else Answer(Told.NO_NAME)
        )

    assert spf.check("192.0.2.1", "a@bad.test", "x", ask).result == "permerror"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "a",
                    "mx",
                    "include:",
                    "ip4:",
                    "%{",
                    "}",
                    "d",
                    "/",
                    "//",
                    "8",
                    ".",
                    "test",
                    "-all",
                    "redirect=",
                    "exp=",
                    " ",
                    "ptr",
                    "exists:",
                    "loop.test",
                ]
            ),
            st.text(max_size=4),
        ),
        max_size=25,
    )
)
def test_any_policy(pieces: list[str]) -> None:
    def ask(name: str, kind: str) -> Answer:
        return Answer(Told.FOUND, ("v=spf1 " + "".join(pieces),)) if kind == "TXT" else Answer(Told.EMPTY)

    assert spf.check("192.0.2.1", "a@any.test", "x", ask).result in (
        "pass",
        "fail",
        "softfail",
        "neutral",
        "none",
        "permerror",
        "temperror",
    )


SUITE = Path(os.environ.get("LAZARETTO_MAIL_SUITES", "/nowhere")) / "rfc7208-tests.yml"


def zone_of(data: dict[str, list[object]]) -> object:
    """Make a lookup of a suite's zone: names, each a list of {TYPE: value} and the word TIMEOUT."""
    records: dict[tuple[str, str], list[str]] = {}
    names, late = set(), set()
    for name, rows in (data or {}).items():
        name = name.lower().rstrip(".")
        kinds = {kind for row in rows if isinstance(row, dict) for kind in row}
        for row in rows:
            if row == "TIMEOUT":
                late.add(name)
                continue
            ((kind, value),) = row.items()  # type: ignore[attr-defined]
            names.add(name)
            if kind == "SPF":
                if "TXT" in kinds:
                    continue
                kind = "TXT"
            if value == "NONE":
                continue
            if value == "TIMEOUT":
                late.add((name, kind))
                continue
            text = (
                "".join(value)
                if isinstance(value, list) and kind == "TXT"
                else f"{value[0]} {value[1]}"
                if kind == "MX"
                else str(value)
            )
            records.setdefault((name, kind), []).append(text)

    def ask(name: str, kind: str) -> Answer:
        name = name.lower().rstrip(".")
        for _ in range(4):
            if (name, kind) in records:
                return Answer(Told.FOUND, tuple(records[name, kind]))
            if (name, "CNAME") not in records:
                break
            name = records[name, "CNAME"][0].lower().rstrip(".")
        if name in late or (name, kind) in late:
            return Answer(Told.FAILED)
        return Answer(Told.EMPTY if name in names else Told.NO_NAME)

    return ask


@pytest.mark.skipif(not SUITE.exists(), reason="needs the OpenSPF suite: LAZARETTO_MAIL_SUITES/rfc7208-tests.yml")
def test_the_suite() -> None:
    from ruamel.yaml import YAML

    count = 0
    for scenario in YAML(typ="safe").load_all(SUITE.read_text("utf-8")):
        ask = zone_of(scenario["zonedata"])
        for name, case in scenario["tests"].items():
            found = spf.check(str(case["host"]), case["mailfrom"] or "", case["helo"], ask)  # type: ignore[arg-type]
            wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
            assert found.result in wanted, (scenario["description"], name, found)
            count += 1
    assert count == 203
