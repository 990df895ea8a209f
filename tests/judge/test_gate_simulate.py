from datetime import UTC, datetime, timedelta

from lazaretto.judge.gate_policy import DEFAULT_POLICY, load_policy, rule
from lazaretto.judge.gate_simulate import explain, simulate
from lazaretto.model.gate import Approval, Candidate, Examined, Known, Listing
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
DAY = timedelta(days=1)
CLEAN = Known(examined=Examined("b" * 64, Grade.NOTHING_FOUND, 0.0, True, (), Message("m"), "e", NOW))


def candidate(name="left-pad", age=400, **more):
    when = NOW - age * DAY
    return Candidate(Listing("npm", name, NOW - 500 * DAY, 9), "1.0.0", f"{name}-1.0.0.tgz", published=when, **more)


PAST = [
    (candidate(), CLEAN, NOW),
    (candidate("young", 5), CLEAN, NOW),
    (candidate("young", 5), CLEAN, NOW + 3 * DAY),
    (candidate("scripted", scripts=("install",)), CLEAN, NOW),
    (candidate("younger", 1), CLEAN, NOW),
    (candidate("listed"), Known(CLEAN.records, CLEAN.examined, bad_digest="MAL-1"), NOW),
]


def test_what_another_policy_would_have_done():
    new = load_policy('age.minimum = "7d"\nscripts.action = "block"\n[[deny]]\nmatch="npm:younger"\nreason="r"')
    found = simulate(DEFAULT_POLICY, new, PAST)
    assert found.decisions == 6
    assert [(change.candidate.listing.name, change.kind) for change in found.changes] == [
        ("young", "refused"), ("scripted", "refused"), ("younger", "harder"),
    ]  # fmt: skip
    assert found.kinds == (("refused", 2), ("harder", 1))
    assert dict(found.clauses) == {"age": 1, "scripts": 1, "deny": 1}


def test_what_would_be_served():
    new = load_policy('age.action = "off"\nscripts.action = "off"')
    found = simulate(DEFAULT_POLICY, new, PAST)
    assert [(change.candidate.listing.name, change.kind) for change in found.changes] == [
        ("scripted", "reason"), ("younger", "served"),
    ]  # fmt: skip
    assert found.clauses == (("age", 1),)


def test_nothing_changes_under_the_same_policy():
    assert simulate(DEFAULT_POLICY, load_policy(""), PAST).changes == ()


def test_a_ruling_explained():
    bad = candidate("bad", 1, scripts=("install",), provenance=False, provenance_before=True)
    lift = Approval("A1", "npm:bad", ("provenance",), "r", "kim", NOW + DAY, created=NOW)
    rows = explain(rule(DEFAULT_POLICY, bad, CLEAN, approvals=(lift,), now=NOW))
    assert [(row.clause, row.asks, row.done, row.lifted_by, row.waivable) for row in rows] == [
        ("age", "quarantine", "refused", "", "yes"),
        ("provenance", "block", "lifted", "A1", "yes"),
        ("scripts", "warn", "told", "", "yes"),
    ]
    assert rows[0].title == "A version that is too new"
    assert rows[0].until == NOW + 2 * DAY


def test_rows_of_the_allow_list_and_of_modes():
    digest = "a" * 128
    text = f'[[allow]]\nmatch="npm:left-pad@1.0.0"\ndigest="sha512:{digest}"\nreason="read"'
    allowed = candidate(age=1, digests=(("sha512", digest),))
    assert [(row.clause, row.asks, row.done) for row in explain(rule(load_policy(text), allowed, now=NOW))] == [
        ("allow", "allow", "allowed")
    ]
    for mode, done in (("warn", "told"), ("observe", "recorded")):
        (row,) = explain(rule(load_policy(f'mode = "{mode}"'), candidate(age=1), CLEAN, now=NOW))
        assert (row.asks, row.done) == ("quarantine", done)
