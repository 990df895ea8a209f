"""A name that comes close to a popular package's name.

What it sees
    The subject's own package name, or the name of a package that it asks for, is one slip of the fingers away from a
    very popular name, uses look-alike signs, swaps its words or only changes its separators. Names with many users
    of their own are never reported.

Why it matters
    Whoever mistypes a popular name, or reads it carelessly, installs the imitation.

Example
    `requeests`, `websocktes`, `parser-body`, `reactdom`.

What to do
    Compare the name with the one that was meant. If the imitation is what the manifest asks for, ask who added it.

False alarms
    Small honest packages may have a neighbour's name. A dependency's name alone therefore never raises the grade; a
    package whose own name is an imitation does.

References
    ATT&CK T1195.001, T1036.005.
"""

from collections.abc import Iterator

from lazaretto.detect.names import WORLDS, Likeness, imitated, popular
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_

_CLOSE = frozenset({Likeness.TYPO, Likeness.LOOKALIKE, Likeness.SWAPPED})
_SENTENCES = {
    Likeness.TYPO: N_("{name} is one slip of the fingers away from {other} (popular names of {date})"),
    Likeness.LOOKALIKE: N_("{name} is {other} written with signs that look alike (popular names of {date})"),
    Likeness.SEPARATOR: N_("{name} is {other} with other separators (popular names of {date})"),
    Likeness.SWAPPED: N_("{name} is {other} with its words in another order (popular names of {date})"),
    Likeness.SCOPE: N_("{name} is {other} without its scope (popular names of {date})"),
    Likeness.AFFIX: N_("{name} is {other} with a common word added (popular names of {date})"),
}


def check(project: Project) -> Iterator[Match]:
    """See the module's docstring."""
    seen: set[tuple[str, str]] = set()
    for own in own_packages(project):
        seen.add((own.world, own.name))
        yield from _match(own.world, own.name, own.path, own.line, own.name, own=True)
    for package in sorted(project.packages, key=_declared_first):
        key = (package.ecosystem, package.name)
        if package.ecosystem in WORLDS and key not in seen and not _is_local(package):
            seen.add(key)
            excerpt = f"{package.name} {package.version or package.requirement}"
            yield from _match(package.ecosystem, package.name, package.source, package.line, excerpt, own=False)


def _match(world: str, name: str, path: str, line: int, excerpt: str, *, own: bool) -> Iterator[Match]:
    near = imitated(world, name)
    if near is None:
        return
    other, likeness = near
    close = likeness in _CLOSE
    yield Match(
        _SENTENCES[likeness],
        path=path,
        line=line,
        params={"name": name, "other": other, "date": popular(world).date},
        excerpt=excerpt,
        severity=Severity.MEDIUM if close else Severity.LOW,
        confidence=Confidence.MEDIUM if close and own else Confidence.LOW,
    )


def _declared_first(package: Package) -> tuple[bool, str, int]:
    return package.relation is not Relation.DECLARED, package.source, package.line


def _is_local(package: Package) -> bool:
    """A workspace member, a folder, an alias: not a name that a registry resolves."""
    where = package.url or package.requirement
    return where.startswith(("workspace:", "file:", "link:", "portal:", ".", "/", "catalog:"))


RULE = Rule(
    id="name/typosquat",
    title=N_("A name that imitates a popular package's name"),
    view=Project,
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1036.005"),
)
