import pytest

from lazaretto.detect.catalog import RULES
from lazaretto.intel.cluster import hypotheses
from lazaretto.intel.pack import packs
from lazaretto.intel.profiles import PROFILES
from lazaretto.model.finding import Confidence, Finding, Location, Severity
from lazaretto.model.text import Message


def finding(rule, campaign="", confidence=Confidence.HIGH, severity=Severity.HIGH):
    message = Message.of("{campaign}", {"campaign": campaign}) if campaign else Message.of("x")
    return Finding(rule, "s", severity, confidence, (Location("a"),), message)


def test_profiles_fit_the_packs_and_the_rules():
    by_id = {pack.campaign.id: pack for pack in packs()}
    assert set(PROFILES) == set(by_id)
    rules = {rule.id for rule in RULES}
    for campaign, profile in PROFILES.items():
        assert 1 <= len(profile.summary) <= 2
        assert len({trait.id for trait in profile.traits}) == len(profile.traits)
        for trait in profile.traits:
            assert trait.evidence <= rules, trait
            assert trait.source in {reference.key for reference in by_id[campaign].references}, trait


def test_traits_are_named_and_counted():
    found = hypotheses([
        finding("intel/malicious-package", "graphalgo"), finding("py/token-poll-c2"), finding("name/clone-with-extra-files"), finding("py/self-rewriting-module"),
    ])  # fmt: skip
    first = found[0]
    assert (first.campaign, first.traits, first.total, first.recorded) == (
        "graphalgo",
        ("recorded", "token-protocol", "imitation", "self-rewriting"),
        7,
        True,
    )
    assert len(first.sentences) == 4


def test_three_traits_without_a_recorded_value():
    found = hypotheses(
        [finding("repo/editor-task-runs-on-open"), finding("js/environment-posted"), finding("js/disguised-code")]
    )
    assert [one.campaign for one in found] == ["contagious-interview"]


@pytest.mark.parametrize(
    "findings",
    [
        [],
        [finding("intel/campaign-indicator", "graphalgo")],
        [finding("js/token-poll-c2"), finding("name/typosquat")],
        [finding("intel/campaign-indicator", "graphalgo", Confidence.LOW, Severity.LOW), finding("js/token-poll-c2")],
        [finding("js/dead-drop-read"), finding("js/dead-drop-read")],
        [finding("intel/campaign-name-listed", "graphalgo"), finding("js/token-poll-c2")],
    ],
    ids=["none", "one value", "two traits", "quoted or shared", "one rule twice", "name only"],
)
def test_too_little_is_no_hypothesis(findings):
    assert not [one for one in hypotheses(findings) if one.campaign == "graphalgo"]
