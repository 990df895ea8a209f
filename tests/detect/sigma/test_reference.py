"""The compiled matcher against a second, slow reading of the specification, over generated rules and records."""

import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.detect.sigma.load import load
from lazaretto.detect.sigma.log import log
from lazaretto.detect.sigma.rules import Matcher

sys.path.insert(0, str(Path(__file__).parent))
import reference

sys.path.pop(0)

FIELDS = ("Image", "CommandLine", "User", "DestinationIp", "DestinationPort")
words = st.text(alphabet="ab-/A. *?\\\n", max_size=5)
texts = st.text(alphabet="ab-/A. *?\\\n0", max_size=8)
records = st.fixed_dictionaries(
    {},
    optional={
        "Image": texts,
        "CommandLine": st.one_of(texts, st.tuples(texts, texts)),
        "User": st.sampled_from(["root", "a", ""]),
        "DestinationIp": st.sampled_from(["192.0.2.7", "198.51.100.1", "2001:db8::1", "no address"]),
        "DestinationPort": st.sampled_from([22, 443, "8080", "x"]),
    },
)
place = st.sampled_from(["", "|contains", "|startswith", "|endswith"])


def either(values):
    return st.one_of(values, st.lists(values, min_size=1, max_size=3))


items = st.one_of(
    st.tuples(
        st.sampled_from(["Image", "CommandLine", "User"]), place, st.sampled_from(["", "|all", "|cased", "|neq"])
    ).flatmap(lambda key: st.tuples(st.just("".join(key)), either(words))),
    st.tuples(
        st.sampled_from(["CommandLine|windash|contains", "CommandLine|windash"]),
        either(st.sampled_from(["-a", " -a", "/b", "a-b"])),
    ),
    st.tuples(
        st.sampled_from(["CommandLine|wide|contains", "Image|base64|contains", "Image|base64offset|contains"]),
        either(st.text(alphabet="abA", min_size=2, max_size=4)),
    ),
    st.tuples(
        st.sampled_from(["Image|re", "Image|re|i", "CommandLine|re|s"]),
        either(st.sampled_from(["a+b", "^a", "b$", "[ab]{2}", "a.b", r"\s-"])),
    ),
    st.tuples(st.just("DestinationIp|cidr"), either(st.sampled_from(["192.0.2.0/24", "2001:db8::/32", "0.0.0.0/0"]))),
    st.tuples(
        st.sampled_from(["DestinationPort", "DestinationPort|gt", "DestinationPort|lte", "DestinationPort|neq"]),
        either(st.sampled_from([22, 443, 8080])),
    ),
    st.tuples(st.sampled_from(["Image|exists", "User|exists"]), st.booleans()),
    st.tuples(st.sampled_from(["Image", "User"]), st.none()),
    st.tuples(
        st.sampled_from(["Image|fieldref", "Image|fieldref|startswith", "Image|fieldref|contains"]), st.just("User")
    ),
)
mappings = st.lists(items, min_size=1, max_size=3).map(dict)
keywords = st.lists(st.text(alphabet="ab-/A", min_size=1, max_size=3), min_size=1, max_size=3)
selections = st.one_of(mappings, st.lists(mappings, min_size=1, max_size=3), keywords)
conditions = st.sampled_from(
    [
        "s1", "not s1", "s1 and s2", "s1 or s2", "s1 and not s2", "not (s1 or s2)", "1 of s*", "all of s*", "all of them",
        "1 of them and not t1", "not 1 of s*", "s1 or s2 and t1", "(s1 or s2) and not t1", "not all of them", "s1 and not 1 of t*",
    ]
)  # fmt: skip
detections = st.fixed_dictionaries(
    {
        "s1": selections,
        "s2": selections,
        "t1": selections,
        "condition": st.one_of(conditions, st.lists(conditions, min_size=1, max_size=2)),
    }
)


def rule_of(detection):
    return {
        "title": "generated",
        "logsource": {"product": "linux", "category": "process_creation"},
        "detection": detection,
    }


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(detections, min_size=1, max_size=4), st.lists(records, min_size=1, max_size=8))
def test_the_matcher_says_what_the_specification_says(found, given_records):
    rules = [rule_of(detection) for detection in found]
    loaded = load((str(number), msgspec.json.encode(rule)) for number, rule in enumerate(rules))
    assert not loaded.problems
    matcher = Matcher(loaded.rules)
    for record in given_records:
        expected = {str(number) for number, rule in enumerate(rules) if reference.holds(rule, record)}
        assert {rule.path for rule in matcher.match(log("linux", "process_creation", record))} == expected


@pytest.mark.parametrize("value", ["Straße", "ΑΣ", "İ", "K"])
def test_letters_beyond_ascii_are_compared_without_case_the_same_way_on_both_sides(value):
    rule = rule_of({"s": {"Image|contains": value}, "condition": "s"})
    matcher = Matcher(load([("r", msgspec.json.encode(rule))]).rules)
    assert matcher.match(log("linux", "process_creation", {"Image": f"/opt/{value}/x"}))
    assert matcher.match(log("linux", "process_creation", {"Image": f"/opt/{value.upper()}/x"}))
