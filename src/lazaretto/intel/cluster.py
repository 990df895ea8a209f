"""From findings to campaign hypotheses: "4 of 7 traits of graphalgo", and which ones.

A hypothesis is a hint for a person, never a verdict. It needs at least three traits, or two when one of them is a
recorded value. What is recorded with low trust, quoted in a document, or merely lies on a service that everybody uses
is no evidence: `intel` marks such findings with low confidence, and they are not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lazaretto.intel.profiles import PROFILES, RECORDED, Trait
from lazaretto.model.finding import Confidence, Finding, Severity
from lazaretto.model.hypothesis import Hypothesis

LEAST = 3
"""Traits that make a hypothesis."""
LEAST_RECORDED = 2
"""... when something of the campaign is recorded by value."""

_VALUES = frozenset(
    {"intel/malicious-package", "intel/campaign-indicator", "intel/campaign-marker", "intel/known-bad-file"}
)


@dataclass(frozen=True, slots=True)
class _Seen:
    trait: str
    rules: tuple[str, ...]


def hypotheses(findings: Iterable[Finding]) -> tuple[Hypothesis, ...]:
    """Return the campaigns that an examination's findings resemble, the likeliest first."""
    listed = [finding for finding in findings if _counts(finding)]
    rules = {finding.rule for finding in listed}
    named = _named(listed)
    found = []
    for campaign, profile in PROFILES.items():
        seen = [
            _Seen(trait.id, tuple(sorted(trait.evidence & rules))) for trait in profile.traits if trait.evidence & rules
        ]
        recorded = campaign in named
        if recorded:
            seen.insert(0, _Seen(RECORDED, tuple(sorted(named[campaign]))))
        total = 1 + sum(1 for trait in profile.traits if trait.evidence)
        if len(seen) >= (LEAST_RECORDED if recorded else LEAST) and not _one_rule(seen):
            words = {trait.id: trait for trait in profile.traits}
            found.append(
                Hypothesis(
                    campaign=campaign,
                    traits=tuple(one.trait for one in seen),
                    sentences=tuple(_sentence(words.get(one.trait)) for one in seen),
                    rules=tuple(dict.fromkeys(rule for one in seen for rule in one.rules)),
                    total=total,
                    recorded=recorded,
                )
            )
    return tuple(
        sorted(found, key=lambda one: (not one.recorded, -len(one.traits) / one.total, -len(one.traits), one.campaign))
    )


def _counts(finding: Finding) -> bool:
    """Tell whether a finding is evidence: not what only quotes, not what is merely possible."""
    return finding.confidence > Confidence.LOW and finding.severity > Severity.LOW


def _named(findings: Iterable[Finding]) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for finding in findings:
        if finding.rule not in _VALUES:
            continue
        campaigns = dict(finding.message.params).get("campaign", "")
        for campaign in filter(None, (part.strip() for part in campaigns.split(","))):
            named.setdefault(campaign, set()).add(finding.rule)
    return named


def _one_rule(seen: list[_Seen]) -> bool:
    """Tell whether a single rule made all traits: that is one observation, not several."""
    return len({rule for one in seen for rule in one.rules}) < len(seen)


def _sentence(trait: Trait | None) -> str:
    from lazaretto.intel.catalog import CAMPAIGN_INDICATOR

    return trait.sentence if trait is not None else CAMPAIGN_INDICATOR.title
