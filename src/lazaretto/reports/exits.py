"""Exit codes: the same for every format, and part of the answer (text, SARIF and CI read them).

0    nothing at or above `--fail-on`
10   suspicious
20   malicious
2    usage or configuration, and an answer that cannot be written
3    incomplete: something asked for could not be checked, or there was nothing to check
1    only our own crash
130  interrupted by the user
"""

from collections.abc import Iterable
from enum import StrEnum

from lazaretto.model.report import Checked
from lazaretto.model.verdict import Grade

NOTHING, CRASH, USAGE, INCOMPLETE, SUSPICIOUS, MALICIOUS, INTERRUPTED = 0, 1, 2, 3, 10, 20, 130

_WORST_FIRST = (MALICIOUS, SUSPICIOUS, INCOMPLETE, NOTHING)


class FailOn(StrEnum):
    """The lowest grade that makes the exit code say so. `never`: findings never do; incompleteness still does."""

    MALICIOUS = "malicious"
    SUSPICIOUS = "suspicious"
    NEVER = "never"


def exit_code(checked: Checked, fail_on: FailOn = FailOn.SUSPICIOUS, *, exit_zero: bool = False) -> int:
    """Return the exit code of one answer."""
    if exit_zero:
        return NOTHING
    grade = checked.verdict.grade
    if grade is Grade.MALICIOUS and fail_on is not FailOn.NEVER:
        return MALICIOUS
    if grade is Grade.SUSPICIOUS and fail_on is FailOn.SUSPICIOUS:
        return SUSPICIOUS
    return NOTHING if checked.verdict.complete and checked.error is None else INCOMPLETE


def combine(codes: Iterable[int]) -> int:
    """Return the exit code of several answers: 20 before 10 before 3 before 0."""
    seen = set(codes)
    return next((code for code in _WORST_FIRST if code in seen), NOTHING)
