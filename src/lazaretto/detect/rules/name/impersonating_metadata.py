"""A package that describes itself as another, popular one.

What it sees
    A package that no list of downloaded names holds carries a popular package's summary word for word, or calls that
    package's repository its own, or opens its README with that package's name, while its own name is another. Two of
    these weigh more than one.

Why it matters
    Registry pages show this text. A copy of a known library with a few files added passes for the original, and the
    added files are the payload.

Example
    A package `terminal-paint` whose summary, repository and README are those of a popular colour library.

What to do
    Compare its files with the original's of the same version; look at what was added.

False alarms
    Honest forks keep the text of what they forked. That is why this alone does not raise the grade.

References
    ATT&CK T1036.005, T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.names import is_known, popular, summary_mark
from lazaretto.detect.own_package import OwnPackage, own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_SHORTEST = 4


def check(project: Project) -> Iterator[Match]:
    """See the module's docstring."""
    for package in own_packages(project):
        if is_known(package.world, package.name):
            continue
        clues = dict(_clues(package))
        for other in sorted(set(clues.values())):
            kinds = sorted(kind for kind, name in clues.items() if name == other)
            fork = package.name.startswith("@")
            if kinds == ["repository"]:
                continue  # a part of a larger project says the same
            yield Match(
                N_("{name} presents itself as {other}: the same {clues}"),
                path=package.path,
                line=package.line,
                params={"name": package.name, "other": other, "clues": ", ".join(kinds)},
                excerpt=package.summary[:120],
                severity=Severity.MEDIUM if len(kinds) > 1 and not fork else Severity.LOW,
                confidence=Confidence.LOW if len(kinds) > 1 else Confidence.MEDIUM,
            )


def _clues(package: OwnPackage) -> Iterator[tuple[str, str]]:
    known = popular(package.world)
    bare = package.name.rpartition("/")[2]
    if (mark := summary_mark(package.summary)) and (other := known.marks.get(mark)):
        yield "summary", other
    for link in package.links:
        if link in known.rank and link != bare and len(link) >= _SHORTEST:
            yield "repository", link
            break
    title = package.title
    if title in known.rank and title not in (bare, package.name) and len(title) >= _SHORTEST:
        yield "README title", title


RULE = Rule(
    id="name/impersonating-metadata",
    title=N_("A package that describes itself as another, popular one"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1036.005", "T1195.001"),
)
