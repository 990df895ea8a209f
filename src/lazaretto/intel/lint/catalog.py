"""All checks of a written brief. A new one is one module and one line; a test asserts that every module is listed."""

from collections.abc import Iterator

from lazaretto.intel.extract.document import Document
from lazaretto.intel.lint import (
    attack_name,
    attack_old,
    attack_unknown,
    attribution,
    live_indicator,
    no_indicators,
    reference_link,
    repeated,
    severity_basis,
    shared_indicator,
    undated,
)
from lazaretto.intel.lint.paper import Check, Paper
from lazaretto.model.lint import Defect

CHECKS: tuple[Check, ...] = (
    attack_name.CHECK,
    attack_old.CHECK,
    attack_unknown.CHECK,
    undated.CHECK,
    reference_link.CHECK,
    repeated.CHECK,
    severity_basis.CHECK,
    live_indicator.CHECK,
    no_indicators.CHECK,
    shared_indicator.CHECK,
    attribution.CHECK,
)


def lint(document: Document) -> tuple[Defect, ...]:
    """Return all defects of a brief, by line."""
    return tuple(sorted(set(_all(Paper(document)))))


def _all(paper: Paper) -> Iterator[Defect]:
    for check in CHECKS:
        yield from check.check(paper)
