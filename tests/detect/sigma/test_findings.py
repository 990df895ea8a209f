"""Findings that single observations make."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.detect.sigma.findings import EventSigma, rule_id
from lazaretto.detect.sigma.load import load
from lazaretto.detect.sigma.own import own_rules
from lazaretto.detect.sigma.rules import Matcher
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Role, Severity
from lazaretto.model.host import Kind, Observed

RULE = b"""title: Shell of node
id: 5b0d7a7e-6f7c-4e7a-9f6e-0d9a3f3f1c11
status: test
level: medium
tags: [attack.t1059.004]
logsource: {product: linux, category: process_creation}
detection: {s: {Image|endswith: /sh, ParentImage|endswith: /node}, condition: s}
"""
NET = b"""title: Port
logsource: {product: linux, category: network_connection}
detection: {s: {DestinationPort: 1224, Image|endswith: /node}, condition: s}
"""
MATCHER = Matcher(load([("a/shell.yml", RULE), ("My Port!.yml", NET)]).rules)
NODE = Program(1, -1, "/usr/bin/node", ("node", "x.js"), "/p", 0.0)
SHELL = Program(2, 0, "/bin/sh", ("sh", "-c", "id"), "/p", 1.0)


def test_a_program_is_seen_with_its_parent():
    sigma = EventSigma(MATCHER, "linux")
    seen = Observed(1.0, "t", Kind.EXEC, 2, path="/bin/sh", argv=("sh", "-c", "id"))
    (found,) = sigma(seen, SHELL, NODE)
    assert (found.rule, found.severity, found.confidence) == (
        "sigma/5b0d7a7e-6f7c-4e7a-9f6e-0d9a3f3f1c11",
        Severity.MEDIUM,
        Confidence.MEDIUM,
    )
    assert found.techniques == ("T1059.004",)
    assert found.message.english() == "Sigma rule “Shell of node” (a/shell.yml): sh -c id"
    assert found.locations[0].path == "/bin/sh"
    assert sigma(seen, SHELL, None) == []
    assert EventSigma(MATCHER, "macos")(seen, SHELL, NODE) == []
    assert EventSigma(MATCHER, "linux", {found.rule})(seen, SHELL, NODE) == []


def test_a_connection_is_seen_with_its_program():
    seen = Observed(1.0, "t", Kind.CONNECT, 1, path="203.0.113.1:1224")
    (found,) = EventSigma(MATCHER, "linux")(seen, NODE, None)
    assert (found.rule, found.role, found.confidence) == ("sigma/my-port", Role.SEND, Confidence.LOW)
    assert EventSigma(MATCHER, "linux")(seen, None, None) == []


def test_kinds_that_no_rule_asks_for_cost_nothing():
    sigma = EventSigma(MATCHER, "linux")
    assert sigma(Observed(1.0, "t", Kind.READ, 1, path="/x"), NODE, None) == []
    assert sigma(Observed(1.0, "t", Kind.EXIT, 1), None, None) == []


def test_ids_of_rules_without_one_come_from_the_file():
    assert [rule_id(rule) for rule in MATCHER.rules][1] == "sigma/my-port"


EVERY = b"""title: Every construct
logsource: {category: process_creation}
detection:
  a: {Image|re|i: 'a.b', CommandLine|contains|all: [a, b], User: null, ProcessId|gt: 3}
  b: {Image|fieldref|contains: CommandLine, ParentImage|cased: '?x*', CommandLine|windash: ' -a'}
  c: [keyword, 7]
  d: {ProcessId: [1, 2.5], CurrentDirectory|exists: true, ParentCommandLine: 'a*b?c*'}
  condition: [a or not b, c and not 1 of d*]
---
title: Network
logsource: {category: network_connection}
detection: {a: {DestinationIp|cidr: ['10.0.0.0/8', '2001:db8::/32']}, b: {DestinationPort|lte: 80}, condition: a or b}
---
title: Name
logsource: {category: dns_query}
detection: {a: {QueryResults|contains: '1'}, b: {QueryName|re: '^.{4}$'}, condition: not a or b}
"""
ALL = Matcher(load([("every.yml", EVERY), *own_rules()]).rules)
assert len(ALL.rules) == len(own_rules()) + 3
anything = st.text(st.characters(exclude_categories=()), max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(Kind)),
    anything,
    st.lists(anything, max_size=4),
    st.integers(-(1 << 70), 1 << 70),
    anything,
    st.booleans(),
)
def test_whatever_is_seen_no_rule_fails(kind, path, argv, pid, detail, known):
    sigma = EventSigma(ALL, "linux")
    program = Program(2, 0, path, tuple(argv), detail, 1.0) if known else None
    for place in (path, f"{path}:443", f"[{path}]:{detail}"):
        for found in sigma(
            Observed(1.0, "t", kind, pid, path=place, argv=tuple(argv), detail=detail, user=detail), program, program
        ):
            assert found.message.english()
