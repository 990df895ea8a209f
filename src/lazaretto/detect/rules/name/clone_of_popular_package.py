"""A copy of a popular package under another name.

What it sees
    Most of a package's code is a popular package's (recognised by rare lines, so that renaming it and editing a few
    files changes nothing), its name is another, and its metadata claims the original's authors, repository, home page
    or summary, or says nothing at all of where the code comes from. It tells which files are the original's, which
    were changed and which were added.

Why it matters
    A copy works like the original and looks like it on the registry's page, so nobody looks at the one or two files
    that were added. Campaigns publish a harmless copy first and the payload in a later version.

Example
    A distribution `fast-netlib` with 612 of the 615 files of a popular graph library and that library's summary.

What to do
    Install the original instead. Else read the files that are said to be changed or extra.

False alarms
    Honest forks say so: a name that holds the original's, a scope, the word fork, or metadata of their own make it
    context only (LOW). So does a name that registry lists know: a renamed distribution of the same authors.

References
    ATT&CK T1036.005, T1195.001. Broder, On the resemblance and containment of documents (1997).
"""

from collections.abc import Iterator

from lazaretto.detect.clone_store import Store, shipped
from lazaretto.detect.clones import Clone, find_clones
from lazaretto.detect.names import imitated, is_known
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_

LISTED = 5
"""Files that are named in the message."""
NEARLY_ALL = 0.8


def check(project: Project) -> Iterator[Match]:
    """See the module's docstring."""
    if own_packages(project):  # or the store need not be loaded
        yield from sightings(project, shipped())


def sightings(project: Project, store: Store) -> Iterator[Match]:
    """Yield one match for each of the subject's packages that is a copy of one in `store`."""
    for clone in find_clones(project, store):
        severity, confidence = grade(clone)
        places = (*clone.extra, *clone.changed)[:LISTED]
        yield Match(
            _text(clone),
            path=clone.own.path,
            line=clone.own.line,
            params={
                "name": clone.own.name,
                "original": f"{clone.name} {clone.version}",
                "same": len(clone.unchanged),
                "files": len(clone.unchanged) + len(clone.changed) + len(clone.extra),
                "changed": listed(clone.changed),
                "extra": listed(clone.extra),
                "kept": ", ".join(clone.kept),
            },
            excerpt=clone.own.summary[:120],
            more=tuple(Location(path) for path in places),
            severity=severity,
            confidence=confidence,
        )


def grade(clone: Clone) -> tuple[Severity, Confidence]:
    """Tell an impersonation from an honest fork."""
    if is_candid(clone):
        return Severity.LOW, Confidence.MEDIUM
    near = imitated(clone.own.world, clone.own.name)
    if clone.kept or (near is not None and near[0] == clone.name):
        return Severity.MEDIUM, Confidence.MEDIUM
    if clone.own.repositories or clone.own.homes:
        return Severity.LOW, Confidence.MEDIUM
    whole = clone.contained >= NEARLY_ALL and clone.share >= NEARLY_ALL
    return Severity.MEDIUM, Confidence.MEDIUM if whole else Confidence.LOW


def is_candid(clone: Clone) -> bool:
    """Tell whether the copy says that it is one, or is a package that people are known to use."""
    return is_known(clone.own.world, clone.own.name) or clone.names_original or clone.says_fork


def listed(paths: tuple[str, ...]) -> str:
    """Return some of the paths as text; `-` for none."""
    more = f" (+{len(paths) - LISTED})" if len(paths) > LISTED else ""
    return ", ".join(paths[:LISTED]) + more or "-"


def _text(clone: Clone) -> str:
    if clone.kept:
        return N_(
            "{name} is a copy of {original}: {same} of its {files} code files are the original's; changed: {changed};"
            " extra: {extra}; it keeps the original's {kept}"
        )
    return N_(
        "{name} is a copy of {original}: {same} of its {files} code files are the original's; changed: {changed};"
        " extra: {extra}"
    )


RULE = Rule(
    id="name/clone-of-popular-package",
    title=N_("A copy of a popular package under another name"),
    view=Project,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1036.005", "T1195.001"),
    state="experimental",
)
