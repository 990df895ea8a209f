"""Read a report: from its text to values with places.

    text -> normalised -> refanged -> lines -> finders -> standing, confidence -> one item a value

Pure and deterministic; time is linear in the text, which is bounded. Any text gives an answer.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lazaretto.intel.extract.accounts import from_urls
from lazaretto.intel.extract.catalog import FINDERS
from lazaretto.intel.extract.coined import find_apart, find_coined, find_kin
from lazaretto.intel.extract.document import Document
from lazaretto.intel.extract.mapped import Mapped
from lazaretto.intel.extract.normalise import normalised
from lazaretto.intel.extract.package_names import one_world
from lazaretto.intel.extract.package_versions import with_versions
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.refang import refanged
from lazaretto.intel.extract.services import is_shared
from lazaretto.intel.extract.standing import NETWORK, confidence, is_genuine, judge
from lazaretto.intel.extract.structure import structure, unwrapped
from lazaretto.intel.extract.weighing import weighed
from lazaretto.model.extract import Extracted, Extraction, Standing
from lazaretto.model.intel import Trust
from lazaretto.parse.suffixes import registrable

CHARACTERS = 1_000_000
"""Characters of one report; what lies behind is not read, and the answer says so."""
ITEMS = 20_000
"""Distinct values of one report."""
SNIPPET = 96
"""Characters of the words shown around a value."""

_RANK = {standing: number for number, standing in enumerate((Standing.INDICATOR, Standing.CONTEXT, *Standing))}
_TRUST = {Trust.HIGH: 2, Trust.MEDIUM: 1, Trust.LOW: 0}
_DATE = re.compile(r"(?<!\d)(20\d\d)(?:[-./]|년 ?)(0?[1-9]|1[0-2])(?:[-./]|월 ?)(0?[1-9]|[12]\d|3[01])(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDED = re.compile(
    r"(?:(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? (?P<day>\d{1,2}),? (?P<year>20\d\d))"
    r"|(?:(?P<day2>\d{1,2}) (?P<month2>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,? (?P<year2>20\d\d))"
)
_FOREIGN = re.compile(r"[\s\x00-\x1f]+")


def extract(document: Document) -> Extraction:
    """Read one report. Never raises for what the report holds."""
    page, found, bounds = candidates(document)
    found = weighed(page, found)
    found += from_urls(found)
    found += with_versions(page, _accused(page, found))
    text = document.text[:CHARACTERS]
    publisher = document.publisher or _publisher(found, page)
    mapped = page.mapped
    defangs = any(c.kind in NETWORK and mapped.is_defanged(c.start, c.end) for c in found)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    standings = [judge(page, c, defangs=defangs, publisher=publisher) for c in found]
    places = {(c.start, c.end): standing for c, standing in zip(found, standings, strict=True) if c.kind == "url"}
    accused = {
        c.value for c, standing in zip(found, standings, strict=True)
        if c.kind.endswith("-account") and not c.derived and standing is Standing.INDICATOR
    }  # fmt: skip
    owners = {(c.start, c.end) for c in found if c.derived and c.value in accused}
    for number, candidate in enumerate(found):
        place = (candidate.start, candidate.end)
        if candidate.derived:
            standings[number] = places.get(place, standings[number])
        if place in owners and standings[number] is Standing.LIVE:
            standings[number] = Standing.INDICATOR  # its account is named as the attacker's
    items = _merged(_item(c, standing, page, text, starts) for c, standing in zip(found, standings, strict=True))
    if len(items) > ITEMS:
        bounds.append(f"values beyond {ITEMS:,}")
        items = items[:ITEMS]
    return Extraction(
        title=document.title or _title(text),
        language=language_of(text),
        items=tuple(items),
        characters=len(text),
        publisher=publisher,
        date=document.date or date_of(text),
        bounds=tuple(bounds),
    )


def candidates(document: Document) -> tuple[Page, list[Candidate], list[str]]:
    """Return the page, what the finders see in it before anything is weighed, and the limits that were reached."""
    bounds = list(document.bounds)
    text = document.text
    if len(text) > CHARACTERS:
        bounds.append(f"characters beyond {CHARACTERS:,}")
        text = text[:CHARACTERS]
    mapped = refanged(normalised(Mapped.of(text)))
    shape = structure(mapped.text)
    page = Page(replace(mapped, text=unwrapped(mapped.text, shape)), shape, bytearray(len(mapped.text)))
    found: list[Candidate] = []
    for finder in FINDERS:
        batch = list(finder(page))
        for candidate in batch:
            if not candidate.derived:
                page.claim(candidate.start, candidate.end)
        found += batch
    found += find_coined(page, {one.name: one.ecosystem for one in reversed(found) if one.kind == "package"})
    found += find_apart(page, {one.name: one.ecosystem for one in reversed(found) if one.kind == "package"})
    found = [*one_world(page, found)]
    found += find_kin(page, found)
    return page, found, bounds


def _accused(page: Page, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the packages whose versions matter: not those that are only possible, nor the genuine ones."""
    packages = [one for one in found if one.kind == "package" and one.standing is not Standing.POSSIBLE]
    bad = {one.name for one in packages if one.standing is not Standing.BENIGN and not is_genuine(page, one)}
    return [one for one in packages if one.name in bad]


def _item(candidate: Candidate, standing: Standing, page: Page, text: str, starts: Sequence[int]) -> Extracted:
    start, end = page.mapped.span(candidate.start, candidate.end)
    host = candidate.host
    return Extracted(
        kind=candidate.kind,
        value=candidate.value,
        raw=text[start:end],
        start=start,
        end=end,
        line=bisect_right(starts, start),
        standing=standing,
        confidence=confidence(page, candidate, standing),
        defanged=page.mapped.is_defanged(candidate.start, candidate.end),
        shared=candidate.shared or bool(host and is_shared(host)),
        host=host,
        port=candidate.port,
        name=candidate.name,
        version=candidate.version,
        ecosystem=candidate.ecosystem,
        network=candidate.network,
        snippet=_snippet(text, start, end),
        places=(start,),
        heading=page.line(candidate.start).heading[:120],
    )


def _merged(items: Iterable[Extracted]) -> list[Extracted]:
    """Join the places of each value; the place that says most about it leads."""
    by_value: dict[tuple[str, str], list[Extracted]] = {}
    for item in items:
        by_value.setdefault((item.kind, item.value), []).append(item)
    merged = []
    for same in by_value.values():
        best = min(same, key=lambda item: (_RANK[item.standing], -_TRUST[item.confidence], item.start))
        if (
            best.kind == "package"
            and any(item.standing is Standing.BENIGN for item in same)
            and (
                best.confidence is not Trust.HIGH
                or 2 * sum(item.standing is Standing.BENIGN for item in same) >= len(same)
            )
        ):
            best = next(item for item in same if item.standing is Standing.BENIGN)
        places = tuple(sorted({item.start for item in same}))
        merged.append(replace(best, places=places, defanged=any(item.defanged for item in same)))
    merged = _without_shorter(merged)
    return sorted(merged, key=lambda item: (item.start, item.end, item.kind, item.value))


def _without_shorter(items: list[Extracted]) -> list[Extracted]:
    """Leave out bare names of packages whose versions are named, and addresses whose port is."""
    versioned = {(item.ecosystem, item.name) for item in items if item.version}
    genuine = {
        (item.ecosystem, item.name)
        for item in items
        if item.kind == "package" and item.standing is Standing.BENIGN and not item.version
    }
    kept = []
    for item in items:
        if item.kind == "package" and not item.version and (item.ecosystem, item.name) in versioned:
            continue
        if (
            item.kind == "package"
            and item.standing is Standing.INDICATOR
            and not item.version
            and any(name == item.name for _, name in genuine)
        ):
            continue
        kept.append(item)
    return kept


def _publisher(found: Sequence[Candidate], page: Page) -> str:
    """Guess the publisher from live mail addresses of contacts at the report's end."""
    hosts: Counter[str] = Counter()
    for candidate in found:
        if (
            candidate.kind == "email"
            and not page.mapped.is_defanged(candidate.start, candidate.end)
            and not is_shared(candidate.host)
        ):
            before = page.before(candidate.start, 60)
            if re.search(r"contact|press|media|문의|제보|연락|e-?mail", before):
                hosts[registrable(candidate.host, private=False)] += 1
    return hosts.most_common(1)[0][0] if hosts else ""


def _snippet(text: str, start: int, end: int) -> str:
    left = text[max(0, start - SNIPPET // 2) : start].rpartition("\n")[2]
    right = text[end : end + SNIPPET // 2].partition("\n")[0]
    return _FOREIGN.sub(" ", f"{left}{text[start : min(end, start + 200)]}{right}").strip()


def _title(text: str) -> str:
    for line in text[:4000].splitlines():
        bare = line.strip(" #*=-\t")
        if bare and bare != "---" and not re.match(r"[a-z_]+:\s", bare):
            return bare[:200]
    return ""


def language_of(text: str) -> str:
    """Tell whether a text is Korean (`ko`) or not (`en`): a tenth of its letters are Hangul."""
    head = text[:50_000]
    hangul = sum("가" <= character <= "힣" for character in head)
    letters = sum(character.isalpha() for character in head)
    return "ko" if hangul * 10 > letters else "en"


def date_of(text: str) -> str:
    """Return the first full date near the beginning, ISO; empty when there is none."""
    head = text[:3000]
    match = _DATE.search(head)
    worded = _WORDED.search(head)
    if match and (worded is None or match.start() < worded.start()):
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    if worded:
        month = (worded["month"] or worded["month2"]).lower()
        return f"{worded['year'] or worded['year2']}-{_MONTHS.index(month) + 1:02}-{int(worded['day'] or worded['day2']):02}"
    return ""
