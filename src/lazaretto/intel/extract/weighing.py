"""Which words of a report are packages that it accuses: the signs of each, added up.

The weights (`intel/data/name-signs.tsv`) come from logistic regression over labelled reports (`bench/fit_name_signs.py`): a positive
one speaks for a package that the report accuses, a negative one for anything else, a genuine package too. A sum above
`ACCEPTED` is proposed, one above `POSSIBLE` is shown as possible; what the finders of packages found by themselves goes
through the same scales, so that a weak find is only shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from math import inf

from lazaretto.intel.extract.package_words import package, prevailing, world_of
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.signs import Place, by_name, is_candidate, places, signs_of
from lazaretto.intel.extract.standing import is_genuine
from lazaretto.model.extract import Standing

Spot = tuple[int, int, str]
"""Begin, end and name of a word in the text; no name = certainly a package."""

ACCEPTED = 0.0
POSSIBLE = -2.0
LOWEST = -6.0
"""What is below is not lifted by its neighbours."""
SURE = 1.0
"""Here and above, words that call one place of it genuine change nothing."""
LIFTED = 0.5
LEAST = 2
"""Names that make a list."""
MANY = 5
"""Names of a list of which half suffices; of a shorter one most must be packages."""
_BETWEEN = re.compile(
    r"[\"'”’`*\]]{0,3}(?:\]?\([^()\n]{0,240}\))?[\"'”’`*]{0,2}(?:[ ]?[@=(]{0,2}v?[0-9][0-9A-Za-z.]{0,20}\)?)?[\"'”’`]?[ ]{0,2}"
    r"(?:[,;/·、]|[ ](?:and|or|&)[ ]|및|와[ ]|과[ ]|이나[ ]|나[ ]|,?[ ]and[ ]|,[\"”’])[ ]{0,2}(?:and |or |및 )?[\"'“‘`*\[@]{0,3}"
)
"""What stands between two names of one list."""
_POINTING = frozenset({"lead", "named", "is-package", "registry-link", "intro", "registry"})
_NOT_WORDS = ("package", "domain")


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """Return the weight of each sign; `*` is the sum to start from."""
    text = (files("lazaretto.intel") / "data/name-signs.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {sign: float(weight) for sign, weight in rows}


def weighed(page: Page, found: Sequence[Candidate]) -> list[Candidate]:
    """Return what was found, with the packages that the words around speak for, and without those that they speak against."""
    table = weights()
    groups = [*grouped(page, found)]
    sums = {name: sum(table.get(sign, 0.0) for sign in signs) + table.get("*", 0.0) for name, _, signs in groups}
    lift(page, {name: group for name, group, _ in groups}, sums, found)
    kept: list[Candidate] = []
    known: set[str] = set()
    for one in found:
        if one.kind != "package" or one.standing is not None:
            kept.append(one)
            continue
        known.add(one.name.lower())
        total = sums.get(one.name.lower(), inf if "/" in one.name or is_candidate(one.name) else -inf)
        if one.proven or one.version or total == inf:
            kept.append(one)
        elif total >= SURE or (total >= ACCEPTED and not is_genuine(page, one)):
            kept.append(replace(one, standing=Standing.INDICATOR))
        else:
            kept.append(replace(one, standing=Standing.BENIGN if is_genuine(page, one) else Standing.POSSIBLE))
    for name, group, _ in groups:
        if name not in known and sums[name] >= POSSIBLE:
            kept += _packages(page, group, Standing.INDICATOR if sums[name] >= ACCEPTED else Standing.POSSIBLE)
    return kept


def lift(page: Page, groups: Mapping[str, Sequence[Place]], sums: dict[str, float], found: Sequence[Candidate]) -> None:
    """Raise the sums of names that stand in one list with packages: what half of a list is, all of it is."""
    sure = {
        (one.start, one.end): True
        for one in found
        if one.kind == "package" and (one.proven or one.version or "/" in one.name)
    }
    spots = sorted(
        {(place.start, place.end, name) for name, group in groups.items() for place in group}
        | {(start, end, "") for start, end in sure}
    )
    for chain in (*_chains(page, spots), *_items(page, spots)):
        names = [name for _, _, name in chain]
        good = sum(not name or sums[name] >= ACCEPTED for name in names)
        if len(chain) < LEAST or 2 * good < len(chain) + (len(chain) < MANY):
            continue
        for name in names:
            if name and LOWEST <= sums[name] < ACCEPTED:
                sums[name] = LIFTED


def _chains(page: Page, spots: Sequence[Spot]) -> Iterator[list[Spot]]:
    """Yield the names of each list within a sentence: `"a," "b", and "c"`, `a (1.0), b (1.1) and c`."""
    chain: list[Spot] = []
    for spot in spots:
        if chain and not _BETWEEN.fullmatch(page.text, chain[-1][1], spot[0]):
            yield chain
            chain = []
        if not chain or spot[0] >= chain[-1][1]:
            chain.append(spot)
    yield chain


def _items(page: Page, spots: Sequence[Spot]) -> Iterator[list[Spot]]:
    """Yield the first names of the items below one introduction."""
    by_cue: dict[tuple[str, str], list[Spot]] = {}
    for spot in spots:
        line = page.line(spot[0])
        if line.cue and not page.text[line.start : spot[0]].strip(" -*+•·▪`\"'0123456789.)[@"):
            by_cue.setdefault((line.cue, line.heading), []).append(spot)
    yield from by_cue.values()


def grouped(page: Page, found: Sequence[Candidate]) -> Iterable[tuple[str, list[Place], frozenset[str]]]:
    """Yield names in lower case, their places and all their signs; also what the finders made of them."""
    sheet = replace(page, taken=bytearray(len(page.text)))
    for one in found:
        if one.kind not in _NOT_WORDS and not one.derived and not one.kind.endswith("-account"):
            sheet.claim(one.start, one.end)
    packages = [one for one in found if one.kind == "package"]
    genuine = {one.name.lower() for one in packages if one.standing is Standing.BENIGN or is_genuine(page, one)}
    named = {one.name.lower() for one in packages}
    accounts = {(one.name or one.value).lower() for one in found if one.kind.endswith("-account")}
    tails = {
        one.name.rpartition("/")[2].lower()
        for one in found
        if "/" in one.name and one.kind in ("package", "github-repository")
    }
    world = prevailing(page.text)
    for name, group in by_name(places(sheet)).items():
        low = name.lower()
        signs = set(signs_of(group))
        spelled = {low, low.replace("_", "-").replace(".", "-")}
        if spelled & named:
            signs.add("found-genuine" if spelled & genuine else "found")
        if low in tails:
            signs.add("tail")
        if low in accounts:
            signs.add("found-account")
        if world:
            signs.add(f"about-{world}")
            if world not in ("npm", "pypi"):
                signs |= {
                    f"about-{world}+{sign}" for sign in signs & {"dotted", "camel", "capital", "plain", "underscore"}
                }
        yield low, group, frozenset(signs)


def _packages(page: Page, group: Sequence[Place], standing: Standing) -> Iterable[Candidate]:
    first = max(group, key=lambda place: (len(place.signs & _POINTING), -place.start))
    world = world_of(page, first.start, "") or prevailing(page.text) or "npm"
    made = []
    for place in group:
        if page.free(place.start, place.end):
            if place.signs & {"bullet", "row"}:
                world = world_of(page, place.start, "") or world
            name = first.name if world == "nuget" else first.name.lower()
            made.append(package(world, name, "", place.start, place.end))
    genuine = bool(made) and all(is_genuine(page, one) for one in made)
    for one in made:
        yield replace(one, standing=Standing.BENIGN if genuine else standing)
