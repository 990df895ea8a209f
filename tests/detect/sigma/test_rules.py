"""Loading: what cannot be evaluated is named with its reason, and costs nothing else."""

import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.detect.sigma import document
from lazaretto.detect.sigma.load import load
from lazaretto.detect.sigma.log import LONGEST, log
from lazaretto.detect.sigma.rules import Matcher, Trouble
from lazaretto.model.finding import Severity

GOOD = textwrap.dedent("""\
    title: Good
    id: 5b0d7a7e-6f7c-4e7a-9f6e-0d9a3f3f1c11
    status: test
    logsource: {product: linux, category: process_creation}
    detection:
        selection:
            Image|endswith: '/true'
        condition: selection
    level: high
    tags: [attack.t1059.004, attack.execution]
    """)


def rule(detection, source="{product: linux, category: process_creation}", more=""):
    body = textwrap.indent(textwrap.dedent(detection).strip(), "  ")
    return f"title: Other\nlogsource: {source}\n{more}\ndetection:\n{body}\n".encode()


def only(data):
    """Return what became of one broken rule, and see that a good one beside it runs."""
    loaded = load([("bad.yml", data), ("good.yml", GOOD.encode())])
    assert [one.path for one in loaded.rules if one.path == "good.yml"] == ["good.yml"]
    assert Matcher(loaded.rules).match(log("linux", "process_creation", {"Image": "/bin/true"}))
    return loaded


def test_a_rule_carries_what_an_alert_needs():
    (found,) = load([("a/good.yml", GOOD.encode())]).rules
    assert (found.title, found.path, found.level, found.severity) == ("Good", "a/good.yml", "high", Severity.HIGH)
    assert found.id == "5b0d7a7e-6f7c-4e7a-9f6e-0d9a3f3f1c11"
    assert found.techniques == ("T1059.004",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a: [", "line"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"- 1\n- 2\n", "not a mapping"),
        (b"title: x\ntitle: y\n", "twice"),
        (b"title: x\ndetection: {s: {Image: a}, condition: s}\n", "log source"),
        (b"title: x\nlogsource: {product: linux, category: process_creation}\n", "detection"),
        (rule("condition: nothing"), ""),
        (rule("s: {Image: a}\ncondition: t"), "'t' not defined"),
        (rule("s: {Image|frobnicate: a}\ncondition: s"), "Unknown modifier"),
        (rule("s: {Image: a}\ncondition: s and"), ""),
        (rule("s: {Image: {a: b}}\ncondition: s"), ""),
        (rule("s: {DestinationIp|cidr: 'x/33'}\ncondition: s"), "Invalid CIDR"),
        (rule("s: {Image: a}\ncondition: 1 of t*"), "doesn't match any"),
        (b"[" * 200_000, "nested too deeply"),
        (b"a: " + b"{b: " * 5_000, "nested too deeply"),
        (b"x" * (document.FILE_BYTES + 1), "longer than"),
        (b"---\na: 1\n" * 300, "documents"),
        (rule("s: {Image: a}\ncondition: " + "s or " * 2_000 + "s"), "condition longer"),
        (rule("s: {Image: a}\ncondition: s", source="linux"), "valid YAML map"),
        (rule("s: {Image: a}\ncondition: s", more="action: explode"), "explode"),
    ],
)
def test_a_broken_file_is_named_and_the_others_run(data, reason):
    loaded = only(data)
    (problem,) = loaded.problems
    assert (problem.path, problem.trouble) == ("bad.yml", Trouble.BROKEN)
    assert reason in problem.reason
    assert len(loaded.rules) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rule("s: {Image|re: '(?=x)y'}\ncondition: s"), "RE2"),
        (rule("s: {Image|re: '(a)\\1'}\ncondition: s"), "RE2"),
        (rule("s: {Image|expand: '%names%'}\ncondition: s"), "expand"),
        (rule("s: {UtcTime|hour: 3}\ncondition: s"), "hour"),
        (rule("s: {Image: a}\ntimeframe: 5m\ncondition: s"), "timeframe"),
        (rule("s: {Image: a}\ncondition: s | count() > 5"), "pipe"),
        (
            b"title: Many\ncorrelation:\n  type: event_count\n  rules: [x]\n  group-by: [User]\n  timespan: 5m\n  condition: {gte: 5}\n",
            "correlation",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_named(data, reason):
    loaded = only(data)
    (problem,) = loaded.problems
    assert (problem.path, problem.trouble) == ("bad.yml", Trouble.UNSUPPORTED)
    assert reason in problem.reason
    assert len(loaded.rules) == 1


def test_other_log_sources_are_counted():
    loaded = load(
        [("w.yml", rule("s: {Image: a}\ncondition: s", source="{product: windows, category: process_creation}"))]
    )
    assert loaded.rules == ()
    assert loaded.problems == ()
    assert loaded.elsewhere == {"windows/process_creation/*": 1}


def test_other_documents_are_counted_and_not_called_broken():
    loaded = load([("info.yml", b"id: 1\nauthor: x\n")])
    assert (loaded.rules, loaded.problems, loaded.elsewhere) == ((), (), {"no Sigma rule": 1})


def test_one_old_rule_of_a_file_costs_only_itself():
    data = rule("s: {Image: a}\ntimeframe: 5m\ncondition: s") + b"---\n" + GOOD.encode()
    loaded = load([("two.yml", data)])
    assert [one.title for one in loaded.rules] == ["Good"]
    assert [(one.title, one.trouble) for one in loaded.problems] == [("Other", Trouble.UNSUPPORTED)]


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "title",
                "id",
                "name",
                "status",
                "level",
                "tags",
                "author",
                "description",
                "falsepositives",
                "references",
                "date",
                "fields",
                "related",
                "license",
                "scope",
            ]
        ),
        st.recursive(
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(),
                st.text(max_size=5),
                st.sampled_from(["high", "test", "attack.t1059"]),
            ),
            lambda inner: st.one_of(
                st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)
            ),
            max_leaves=5,
        ),
        max_size=5,
    )
)
def test_whatever_the_rest_of_a_rule_says_it_runs_or_is_named(more):
    import msgspec

    source = {"product": "linux", "category": "process_creation"}
    data = msgspec.json.encode(
        {"title": "x", "logsource": source, "detection": {"s": {"Image": "a"}, "condition": "s"}} | more
    )
    loaded = load([("x.yml", data)])
    assert loaded.rules or loaded.problems


def test_a_wrong_date_is_a_remark():
    loaded = load([("r.yml", rule("s: {Image: a}\ncondition: s", more="date: yesterday"))])
    assert len(loaded.rules) == 1
    assert [problem.trouble for problem in loaded.problems] == [Trouble.REMARK]


def test_a_filter_narrows_the_rules_that_it_names():
    data = b"""title: Ours
logsource: {product: linux, category: process_creation}
filter:
  rules: [5b0d7a7e-6f7c-4e7a-9f6e-0d9a3f3f1c11]
  own: {User: builder}
  condition: not own
"""
    loaded = load([("f.yml", data), ("good.yml", GOOD.encode())])
    assert loaded.problems == ()
    matcher = Matcher(loaded.rules)
    assert matcher.match(log("linux", "process_creation", {"Image": "/bin/true", "User": "u"}))
    assert not matcher.match(log("linux", "process_creation", {"Image": "/bin/true", "User": "builder"}))


@pytest.mark.parametrize("body", ["{}", "{rules: any, condition: x}", "{rules: any, s: {User|re: '('}, condition: s}"])
def test_a_broken_filter_is_named_and_takes_no_rule_with_it(body):
    data = f"title: Broken\nlogsource: {{product: linux, category: process_creation}}\nfilter: {body}\n"
    (problem,) = only(data.encode()).problems
    assert (problem.path, problem.trouble) == ("bad.yml", Trouble.BROKEN)


def test_aliases_do_not_multiply():
    levels = "\n".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 12))
    data = f"title: Bomb\nx0: &x0 [a, b]\n{levels}\n".encode() + GOOD.encode().partition(b"\n")[2]
    began = time.process_time()
    (problem,) = load([("bomb.yml", data)]).problems
    assert time.process_time() - began < 3
    assert problem.trouble is Trouble.BROKEN
    assert "alias" in problem.reason.lower()


def test_values_that_modifiers_multiply_are_bounded():
    values = ", ".join(f"'-a{n} -b -c'" for n in range(5_000))
    (problem,) = load([("w.yml", rule(f"s:\n  CommandLine|windash: [{values}]\ncondition: s"))]).problems
    assert "comparisons" in problem.reason


def test_own_yaml_reading_means_what_pysigma_means():
    import yaml  # noqa: TID251 - the oracle
    from sigma.rule.base import SigmaYAMLLoader

    text = (
        "a: [1, 0x1F, 010, 0b11, 1.5, 1_000, -7, yes, Off, null, ~, '', \"1\", 1.10.2, +3, .5, 1e3, 2e+3, on, 0, x, 07]"
    )
    assert document.plain("2024-01-01") == "2024-01-01"
    assert document.documents(text.encode()) == [yaml.load(text, SigmaYAMLLoader)]


def test_long_values_are_cut_in_the_middle_and_said():
    record = log("linux", "process_creation", {"CommandLine": "a" * LONGEST + "tail", "Image": "/x"})
    assert record.cut == ("CommandLine",)
    assert len(record.raw["CommandLine"]) == LONGEST
    assert str(record.raw["CommandLine"]).endswith("tail")


def test_bytes_that_are_no_text_do_not_stop_regular_expressions():
    loaded = load([("r.yml", rule("s: {Image|re: 'a.b'}\ncondition: s"))])
    assert Matcher(loaded.rules).match(log("linux", "process_creation", {"Image": "a\udcffb"}))


def test_loading_imports_no_network_and_writes_nothing_to_the_terminal():
    code = textwrap.dedent("""
        import sys
        import lazaretto.detect.sigma.findings
        assert not {"sigma", "re2", "yaml"} & set(sys.modules)
        from lazaretto.detect.sigma.load import load
        from lazaretto.detect.sigma.own import own_rules
        load(own_rules())
        load([("x", b"title: x\\nlogsource: {product: linux, category: process_creation}\\ndetection: {s: {Image|re: '((('}, condition: s}\\n")])
        bad = {"socket", "ssl", "http.client", "requests", "urllib3", "asyncio", "subprocess", "sqlite3"} & set(sys.modules)
        assert not bad, bad
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_rules_or_a_named_problem(data):
    loaded = load([("x.yml", data)])
    assert loaded.files == 1


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(max_size=8),
            st.sampled_from(["selection", "condition", "Image|re"]),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    [
                        "title",
                        "logsource",
                        "detection",
                        "condition",
                        "selection",
                        "Image|re",
                        "product",
                        "category",
                        "filter",
                        "correlation",
                        "action",
                        "tags",
                        "level",
                    ]
                ),
                inner,
                max_size=5,
            ),
        ),
        max_leaves=20,
    )
)
def test_any_values_are_rules_or_a_named_problem(value):
    import msgspec

    data = msgspec.json.encode(value)
    loaded = load([("x.yml", data)])
    told = len(loaded.rules) + sum(loaded.elsewhere.values()) + len(loaded.problems)
    silent = value in (None, {}) or (isinstance(value, dict) and value.get("action") in ("global", "reset"))
    assert told >= 1 or silent
