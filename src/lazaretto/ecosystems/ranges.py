"""Does an advisory's list of versions and stretches hold this version? For every package world, known well or not.

    canonical("pypi", "Zope_Interface")                   how a name is spelled so that two spellings meet
    holds("npm", "1.95.7", (), (Span("1.95.6", "1.95.8"),))   True, False, or None for "not comparable"

Source: OSV schema 1.7, `affected[].package`, `affected[].ranges[].events` and the evaluation algorithm there: a version
is affected when it is listed, or when it lies in one of the ranges. `OSV_WORLDS` maps OSV's names of package worlds to
package URL types. The order of versions is that of the world when it is one of ours (npm, PyPI), SemVer for the worlds
that use it, and otherwise not known: then only the beginning of all time ("0") can be compared with.
"""

import re
from collections.abc import Iterable
from typing import Final

from lazaretto.ecosystems import npm, pypi
from lazaretto.model.intel import Span

OSV_WORLDS: Final = {
    "npm": "npm",
    "PyPI": "pypi",
    "RubyGems": "gem",
    "NuGet": "nuget",
    "crates.io": "cargo",
    "Go": "golang",
    "Maven": "maven",
    "Packagist": "composer",
    "Hex": "hex",
    "Pub": "pub",
    "SwiftURL": "swift",
    "VSCode": "vscode",
    "GitHub Actions": "githubactions",
    "Terraform": "terraform",
}
"""OSV ecosystem -> package URL type. What is not here keeps OSV's name in lower case."""

_SEMVER_WORLDS = frozenset({"cargo", "golang", "hex", "pub", "swift", "vscode", "nuget", "githubactions"})
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,2}")


def world(osv_ecosystem: str) -> str:
    """Return the package URL type of an OSV ecosystem; a suffix (`Debian:12`, `VSCode:https://...`) is dropped."""
    name = osv_ecosystem.partition(":")[0]
    return OSV_WORLDS.get(name) or OSV_WORLDS.get(name.strip()) or name.strip().lower()


def canonical(ecosystem: str, name: str) -> str:
    """Return the spelling under which a name is recorded and looked up.

    Never folds letters of other scripts to their Latin likenesses: a homoglyph is another name. npm and most others
    tell capitals apart; PyPI, NuGet, Composer and crates do not.
    """
    match ecosystem:
        case "pypi":
            return pypi.normalize(name)
        case "nuget" | "composer" | "githubactions":
            return name.strip().lower()
        case "cargo":
            return name.strip().lower().replace("_", "-")
        case _:
            return name.strip()


def holds(ecosystem: str, version: str, versions: Iterable[str], spans: Iterable[Span]) -> bool | None:
    """Tell whether `version` is listed or lies in a span; None when a span cannot be compared and nothing else hit."""
    plain = bare(ecosystem, version)
    if any(bare(ecosystem, one) == plain or _same(ecosystem, one, version) for one in versions):
        return True
    answer: bool | None = False
    for span in spans:
        inside = _inside(ecosystem, plain, span)
        if inside:
            return True
        if inside is None:
            answer = None
    return answer


def bare(ecosystem: str, version: str) -> str:
    """Return a version without what does not count: `v1.2.3+build` is `1.2.3` where SemVer rules."""
    version = version.strip()
    if ecosystem == "npm":
        return version.lstrip("v=").partition("+")[0]
    if ecosystem in _SEMVER_WORLDS:
        return version.removeprefix("v").partition("+")[0]
    return version


def compare(ecosystem: str, one: str, other: str) -> int | None:
    """Order two versions of a world; None when they cannot be compared."""
    if ecosystem == "pypi":
        return pypi.compare(one, other)
    if ecosystem == "npm" or ecosystem in _SEMVER_WORLDS:
        return npm.compare(_three_parts(bare(ecosystem, one)), _three_parts(bare(ecosystem, other)))
    return 0 if one == other else None


def _same(ecosystem: str, one: str, other: str) -> bool:
    return ecosystem == "pypi" and pypi.compare(one, other) == 0


def _inside(ecosystem: str, version: str, span: Span) -> bool | None:
    if span.everything:
        return True
    sure = True
    for limit, ends in ((span.introduced, (-1,)), (span.fixed, (0, 1)), (span.last, (1,))):
        if not limit or (limit == "0" and limit is span.introduced):
            continue
        order = compare(ecosystem, version, limit)
        if order in ends:
            return False
        sure = sure and order is not None
    return True if sure else None


def _three_parts(version: str) -> str:
    """Fill up what advisories cut short: `1` and `1.2` are `1.0.0` and `1.2.0`."""
    match = _NUMBER.match(version)
    if match is None or match.group().count(".") == 2:
        return version
    return match.group() + ".0" * (2 - match.group().count(".")) + version[match.end() :]
