"""Choosing and grouping what reports for people show: reasons first, the same thing said once."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lazaretto.model.finding import Finding, Gap, Severity
from lazaretto.model.report import Checked
from lazaretto.model.text import Message

BLOCKS = 10
"""Findings shown in full unless everything is asked for."""
SAME_RULE = 2
"""... and of one rule."""
EXAMPLES = 3
"""Examples of gaps with the same reason."""
SIMILAR = 3
"""Reasons of one wording that are listed one by one."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown of the findings, and how many are not."""

    shown: tuple[Finding, ...]
    """Findings of one rule with the same message are one, with all their places."""
    total: int
    told: int
    """How many findings `shown` stands for."""
    quiet: int
    """Findings that are no reason for the grade (low severity or low confidence) and are not shown."""
    more: int
    """Reasons that are not shown."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps with one reason."""

    reason: Message
    count: int
    partial: bool
    """Whether the rest of each subject was read."""
    examples: tuple[str, ...]
    similar: bool = False
    """Whether `reason` stands for several that differ in details."""


def select(checked: Checked, *, everything: bool = False) -> Selection:
    """Choose the findings to show: the verdict's reasons in its order; the parts of a shown story come after others."""
    ignored = {entry.finding for entry in checked.ignored}
    findings = [finding for finding in checked.examination.findings if finding not in ignored]
    reasons = unique(checked.verdict.reasons)
    taken = set(map(_key, reasons))
    others = [finding for finding in unique(findings) if _key(finding) not in taken]
    total = len(reasons) + len(others)
    if everything:
        shown = [merged for merged, _ in _merge([*reasons, *others])]
        return Selection(tuple(shown), total, total, 0, 0)
    parts = {rule for finding in reasons for rule in finding.related}
    reasons.sort(key=lambda finding: (finding.severity < Severity.HIGH, finding.rule in parts))  # stable
    seen: Counter[str] = Counter()
    shown, told = [], 0
    for finding, count in _merge(reasons):
        seen[finding.rule] += 1
        if seen[finding.rule] <= SAME_RULE and len(shown) < BLOCKS:
            shown.append(finding)
            told += count
    return Selection(tuple(shown), total, told, len(others), len(reasons) - told)


def _merge(findings: Iterable[Finding]) -> list[tuple[Finding, int]]:
    """Put findings that say the same of several places together; with each, how many there were."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        same = finding if finding.related else (finding.rule, finding.message, finding.severity, finding.confidence)
        groups.setdefault(same, []).append(finding)
    merged = []
    for first, *rest in groups.values():
        places = (*first.locations, *(place for finding in rest for place in finding.locations))
        merged.append((replace(first, locations=places), 1 + len(rest)))
    return merged


def change_findings(checked: Checked) -> list[Finding]:
    """Return what a comparison with an older version told, the gravest first; empty without a comparison."""
    return [finding for finding in unique(checked.examination.findings) if finding.rule.startswith("change/")]


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """Drop findings that are equal in all that a person would see; the order stays."""
    return list({_key(finding): finding for finding in findings}.values())


def _key(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, finding.locations, finding.message, finding.severity, finding.confidence)


def gap_groups(gaps: Iterable[Gap], examples: int = EXAMPLES) -> tuple[GapGroup, ...]:
    """Group gaps by reason, the most frequent first; whole gaps before partial ones.

    Reasons that differ only in their parameters are put together when they are many.
    """
    by_template: dict[tuple[bool, str], dict[Message, list[str]]] = {}
    for gap in sorted(set(gaps)):
        reasons = by_template.setdefault((gap.partial, gap.reason.template), {})
        reasons.setdefault(gap.reason, []).append(gap.subject)
    groups: list[GapGroup] = []
    for (partial, _), reasons in by_template.items():
        if len(reasons) > SIMILAR:
            subjects = [subject for found in reasons.values() for subject in found]
            groups.append(GapGroup(next(iter(reasons)), len(subjects), partial, tuple(subjects[:examples]), True))
        else:
            groups.extend(
                GapGroup(reason, len(found), partial, tuple(found[:examples])) for reason, found in reasons.items()
            )
    return tuple(sorted(groups, key=lambda group: (group.partial, -group.count, group.reason)))


def fingerprints(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return one stable identity for each finding: it survives moved lines and other languages.

    SHA-256 over rule, path and English message, cut to 32 hex digits; equal ones are told apart by their order.
    """
    seen: Counter[str] = Counter()
    prints = []
    for finding in findings:
        material = f"{finding.rule}\0{finding.locations[0].path}\0{finding.message.english()}"
        digest = hashlib.sha256(material.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        seen[digest] += 1
        prints.append(digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")
    return tuple(prints)


def size(count: int) -> str:
    """Return bytes for people: `20.1 MB` (1 MB = 1,000,000 bytes)."""
    number = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError
