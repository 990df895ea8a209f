"""What it sees
    A `.gitattributes` line that sends files through a filter, a diff driver or a merge driver that is not one of the
    well-known ones.

Why it matters
    A filter runs on checkout. The program itself must stand in a git configuration, so the line is harmless alone; with
    a prepared `.git/config` in the same ZIP, or a setup script that sets it, it is the trigger.

Example
    *.json filter=fmt

What to do
    Look for `filter.fmt` in `.git/config` and in setup scripts.

False alarms
    git-lfs, git-crypt, nbstripout and language diff drivers are known and not reported.

References
    gitattributes(5); ATT&CK T1546.
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.gitfiles import GitAttributes

_KNOWN = frozenset(
    [
        "lfs", "git-crypt", "nbstripout", "jupyternotebook", "jupytext", "transcrypt", "annex", "git-annex", "sops",
        "ipynb", "nbdime", "crypt",
    ]
)  # fmt: skip


def check(view: GitAttributes) -> Iterator[Match | Signal]:
    """Report unknown filters once each."""
    seen: set[str] = set()
    for pattern, attributes, line in view.entries:
        for attribute in attributes:
            key, _, value = attribute.partition("=")
            if key == "filter" and value and value.lower() not in _KNOWN and value not in seen:
                seen.add(value)
                yield Match(
                    N_("files {pattern} go through the filter {filter} when git checks them out"),
                    line=line,
                    params={"pattern": pattern[:80], "filter": value[:80]},
                )


RULE = Rule(
    id="repo/gitattributes-filter",
    title=N_("Files go through an unknown git filter"),
    view=GitAttributes,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1546",),
    needles=(b"filter=",),
)
