"""A copy of a popular package whose changed or added files do what the original does not.

What it sees
    A package that `name/clone-of-popular-package` recognises as a copy, and in the files that were changed or added
    something that another rule calls harmful, or words of a capability that no file of the original has (network
    access, starting processes, running decoded text).

Why it matters
    The difference between a copy and its original is what somebody made the copy for.

Example
    A copy of a popular graph library in which one module also decodes text and runs it.

What to do
    Do not install it. Compare the named files with the original's of the same version.

False alarms
    A fork that grew a feature with network access: it stays SUSPICIOUS at most, unless its metadata claims to be the
    original and another rule is sure of the harm.

References
    ATT&CK T1036.005, T1195.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.clone_store import Store, shipped
from lazaretto.detect.clones import Clone, find_clones
from lazaretto.detect.names import imitated, is_known
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Evidence
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.name.clone_of_popular_package import grade, is_candid
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity
from lazaretto.model.package import Relation
from lazaretto.model.text import N_

_HARM = frozenset({Role.FETCH, Role.EXECUTE, Role.COLLECT, Role.SEND, Role.CONCEAL})
_RUNS = frozenset({"execute", "process"})
_REACHES = frozenset({"network", "decode", "native"})
FEW = 4
"""Files with new capabilities, at most, when words alone are to mean something: a fork that goes its own way has more.
Also: more changed files than this may be another version's."""


def check(evidence: Evidence) -> Iterator[Match]:
    """See the module's docstring."""
    if own_packages(evidence):  # or the store need not be loaded
        yield from sightings(evidence, shipped())


def sightings(evidence: Evidence, store: Store) -> Iterator[Match]:
    """Yield one story for each copy, over its worst file."""
    for clone in find_clones(evidence, store):
        told = _of_finding(evidence, clone) or _of_words(evidence, clone) or _of_dependency(evidence, clone)
        if told is not None:
            yield told


def _of_finding(evidence: Evidence, clone: Clone) -> Match | None:
    """A changed or extra file in which another rule saw harm."""
    touched = set(clone.changed) | set(clone.extra)
    touched |= {  # signatures know code only
        finding.subject
        for finding in evidence.findings
        if finding.rule.startswith("binary/") and finding.severity >= Severity.HIGH
    }
    worst: Finding | None = None
    for finding in evidence.findings:
        if finding.locations[0].path in touched and finding.role in _HARM and _weight(finding) >= (2, 2):
            worst = finding if worst is None or _weight(finding) > _weight(worst) else worst
    if worst is None:
        return None
    drifted = len(clone.changed) > FEW and worst.subject in clone.changed and worst.subject not in clone.gained
    agreed = worst.severity >= Severity.HIGH or _runs_what_it_reaches(clone, worst.subject)
    sure = impersonates(clone) and agreed and not drifted
    return Match(
        N_("{name} is a copy of {original}, and a file that was changed or added does harm: {path} ({rule})"),
        path=clone.own.path,
        line=clone.own.line,
        params={"name": clone.own.name, "original": _original(clone), "path": worst.subject, "rule": worst.rule},
        more=(worst.locations[0],),
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        phase=worst.phase,
        related=("name/clone-of-popular-package", worst.rule),
    )


def _of_words(evidence: Evidence, clone: Clone) -> Match | None:
    """A changed or extra file with capabilities that the original has nowhere."""
    if is_candid(clone) or len(clone.gained) > FEW:
        return None
    for path, gained in sorted(clone.gained.items()):
        seen = [finding for finding in evidence.findings_in(path) if finding.role in _HARM]
        if _runs_what_it_reaches(clone, path) or (seen and not (_RUNS | _REACHES).isdisjoint(gained)):
            return Match(
                N_("{name} is a copy of {original}, and {path} can do what no file of the original can: {gained}"),
                path=clone.own.path,
                line=clone.own.line,
                params={
                    "name": clone.own.name,
                    "original": _original(clone),
                    "path": path,
                    "gained": ", ".join(gained),
                },
                more=(Location(path),),
                confidence=Confidence.HIGH if _is_typo(clone) and seen else Confidence.MEDIUM,
                related=("name/clone-of-popular-package", *sorted({finding.rule for finding in seen})),
            )
    return None


def _of_dependency(evidence: Evidence, clone: Clone) -> Match | None:
    """A copy under a misspelled name that also needs a package that nobody has heard of."""
    if not _is_typo(clone):
        return None
    for package in evidence.packages:
        if (
            package.ecosystem == clone.own.world
            and package.relation is Relation.DECLARED
            and package.name not in {clone.name, clone.own.name}
            and not package.url
            and not is_known(clone.own.world, package.name)
            and _is_loaded(evidence, clone, package.name)
        ):
            return Match(
                N_(
                    "{name} is a copy of {original}, and loads {dependency}, which is in no list of downloaded packages"
                ),
                path=clone.own.path,
                line=clone.own.line,
                params={"name": clone.own.name, "original": _original(clone), "dependency": package.name},
                more=(Location(package.source, package.line),),
                confidence=Confidence.HIGH,
                related=("name/clone-of-popular-package",),
            )
    return None


def _is_loaded(evidence: Evidence, clone: Clone, name: str) -> bool:
    """Tell whether a file that was changed or added imports a package, by the name under which it is published."""
    module = name.replace("-", "_").lower()
    touched = set(clone.changed) | set(clone.extra)
    return any(
        signal.path in touched and re.split(r"[\t./]", signal.value.lower())[1:2] in ([module], [name.lower()])
        for signal in evidence.signals_of("import")
    )


def impersonates(clone: Clone) -> bool:
    """Tell whether the copy passes itself off as the original."""
    return grade(clone) >= (Severity.MEDIUM, Confidence.MEDIUM)


def _is_typo(clone: Clone) -> bool:
    """Tell whether the name is a slip away from the original's, and the metadata is the original's."""
    near = imitated(clone.own.world, clone.own.name)
    return bool(clone.kept) and near is not None and near[0] == clone.name and not clone.own.name.startswith("@")


def _runs_what_it_reaches(clone: Clone, path: str) -> bool:
    gained = clone.gained.get(path, ())
    return not _RUNS.isdisjoint(gained) and not _REACHES.isdisjoint(gained)


def _original(clone: Clone) -> str:
    return f"{clone.name} {clone.version}"


def _weight(finding: Finding) -> tuple[int, int]:
    return finding.severity, finding.confidence


RULE = Rule(
    id="story/clone-carries-payload",
    title=N_("a copy of a popular package whose changed files do what the original does not"),
    view=Evidence,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.IMPORT,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.005", "T1195.001"),
    state="experimental",
)
