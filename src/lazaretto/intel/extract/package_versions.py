"""Versions of packages that a report names elsewhere: `x 1.0.2`, `versions 1.0.2 and 1.0.3 of the package x`, `it was added in 1.1.3`."""

import re
from collections.abc import Iterable, Iterator, Mapping

from lazaretto.intel.extract.package_words import VERSION, package
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.structure import title_of

_ONE_VERSION = re.compile(r"[0-9]{1,6}(?:\.[0-9A-Za-z]{1,16}){1,5}(?:[-+](?![0-9]+\.[0-9])[0-9A-Za-z.]{1,40})?")
_ARCHIVE = re.compile(r"\.(?:tar|tgz|whl|zip|gz)\b")
NAMES = 150
"""Names whose versions are looked for."""


def with_versions(page: Page, named: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield versions of packages that were found by name alone: `x 1.0.2`, `versions 1.0.2 and 1.0.3 of the package x`."""
    named = [one for one in named if one.kind == "package" and one.name.isascii()]
    worlds: dict[str, set[str]] = {}
    for one in named:
        worlds.setdefault(one.name, set()).add(one.ecosystem)
    bare = {one.name: one.ecosystem for one in named if not one.version or len(worlds[one.name]) == 1}
    untold = {one.name: one.ecosystem for one in named if not one.proven and one.name in bare}
    lower = {name.lower(): name for name in bare}
    if not bare:
        return
    names = "|".join(sorted(map(re.escape, list(bare)[:NAMES]), key=len, reverse=True))
    also = rf"[`'\"]?{VERSION}[`'\"]?"
    listed = rf"[`'\"]?(?P<versions>{VERSION}[`'\"]?(?:(?:,[ ]?(?:and[ ])?|[ ](?:and|or|to|및|와)[ ]|[ ]?/[ ]?|[와과-][ ]?|[ ]-[ ]|[ ](?:through|thru|until)[ ]|[ ]?[~～][ ]?|(?:부터|에서)[ ]){also}){{0,20}})"
    later = re.compile(
        rf"(?<![A-Za-z0-9_./@-])(?P<name>{names})(?:은|는|이|가|이다|입니다)?[^.\nA-Za-z]{{0,24}}[.]?[ ](?:해당 |설치된 |문제의 )?버전은[ ]{listed}"
    )
    ahead = re.compile(
        rf"(?<![A-Za-z0-9_./@-])(?P<name>{names})[`'\"’”*)]{{0,2}}(?:[ ]?\((?:npm|PyPI|pypi|pip)\)[*`]{{0,2}})?(?:의|으?로|은|는|이|가)?,?[ ]?(?:(?:패키지)?(?:의|을|를|이|가|은|는)?[ ]?(?:악성|변조된?|문제의|감염된|조작된)[ ](?=버전))?(?:[(:-][ ]?)?(?:v|versions?:?[ ][(]?|버전:?[ ]?[(]?|releases?[ ])?{listed}(?![A-Za-z0-9_-])",
        re.IGNORECASE,
    )
    behind = re.compile(
        rf"(?:versions?|releases?)[ ]{listed}[ ](?:of|in)[ ](?:the[ ])?(?:[A-Za-z.]{{2,12}}[ ]){{0,3}}[`'\"‘“*\[]{{0,2}}(?P<name>{names})(?![A-Za-z0-9_/@-]|\\.[A-Za-z0-9])",
        re.IGNORECASE,
    )
    for pattern in (ahead, behind, later):
        for match in pattern.finditer(page.text):
            if (
                _ARCHIVE.search(match["versions"])
                or page.mapped.is_defanged(*match.span("versions"))
                or _AMOUNT.match(page.text, match.end())
            ):
                continue  # the name of a file, an address, a number of something
            name = lower.get(match["name"].lower(), match["name"])
            yield from _each(match, bare.get(name, "npm"), name)
    yield from _told_later(page, untold, listed) if untold else ()


def _each(match: re.Match[str], world: str, name: str) -> Iterator[Candidate]:
    for version in re.finditer(_ONE_VERSION, match["versions"]):
        start, told = match.start("versions") + version.start(), version.group().rstrip(".")
        yield package(world, name, told, start, start + len(told))


_OF_OTHERS = re.compile(
    r"(?:upgrad|updat|downgrad|roll(?:ed|ing)? ?back|revert|fix|patch|safe|clean|node(?:\.js)?|python|chrome|browser|extension|windows|macos|android|ios|tls|protocol|openssl|"
    r"업데이트|업그레이드|다운그레이드|안전|정상|패치|수정|확장)[^.;]{0,80}$"
)


_MEANT = re.compile(
    r"(?:malicious|compromised|trojani[sz]ed|poisoned|infected|affected|rogue|backdoored|tainted|bad)[ ](?:\w+ )?(?:versions?|releases?)|package|library|module|malicious code|attacker|released|published|pushed|uploaded|패키지|라이브러리|악성|감염|변조"
)
"""What says that a version is of the package that was spoken of."""
_THE_PACKAGE = re.compile(
    r"(?:the|this|해당|이) ?(?:malicious |rogue )?(?:package|library|module|crate|패키지|라이브러리)"
)
_UPDATED = re.compile(r"(?:was|were|been|got|silently|quietly)(?: \w+)? updated")
_UNTOUCHED = re.compile(
    r"not affected|unaffected|not impacted|are (?:safe|clean)|versions before (?:it|them)|영향(?:을|이)? ?(?:받지|없)|안전"
)
_BRINGS = re.compile(r"dependenc|introduc|inject|pull(?:s|ed)? in|의존성|추가")
"""What follows is another package, which this one brings."""
_AMOUNT = re.compile(r"[ ]?(?:million|billion|thousand|percent|%|[KMG]B\b|만|억|백만)")
_NEAR_NAME = re.compile(r"[a-z0-9][-_][a-z0-9][\w-]{0,40}[ ](?:versions?|releases?|버전)")
"""Right before a version: a name that the report gives it to, whoever that is."""


def _told_later(page: Page, bare: Mapping[str, str], listed: str) -> Iterator[Candidate]:
    """Yield versions whose package another sentence names: `x does this. It was added in version 1.1.3`.

    Only where the words before name one package and no other, in this paragraph or the one above.
    """
    names = re.compile(
        rf"(?<![A-Za-z0-9_./@-])(?P<name>{'|'.join(sorted(map(re.escape, list(bare)[:NAMES]), key=len, reverse=True))})(?![A-Za-z0-9_/@-]|\.[A-Za-z0-9])"
    )
    told = re.compile(
        rf"(?:versions?|releases?)(?: of (?:the|this) (?:package|library|module))?(?:[ ](?:is|are|was|were|of it))?(?:[ ]?[:(-])?[ ]?(?:from[ ])?(?:v)?{listed}(?![A-Za-z0-9_-])|버전(?:은|인|이|:)?[ ]?\(?{listed.replace('<versions>', '<versions2>')}",
        re.IGNORECASE,
    )
    titled = title_of(page.text.lower())
    for match in told.finditer(page.text):
        group = "versions" if match["versions"] else "versions2"
        if not match[group]:
            continue
        start = match.start(group)
        line = page.line(start)
        rest = re.split(r"[.;](?:\s|$)", page.after(match.end(), 100))[0]
        if (
            line.code
            or line.row
            or _OF_OTHERS.search(_UPDATED.sub("", page.before(start, 90)))
            or _UNTOUCHED.search(rest)
        ):
            continue
        above = page.structure.lines[max(0, page.structure.number(line.first) - 3)].first
        near = {one["name"].lower() for one in names.finditer(page.text, max(above, start - 900), start)}
        after = (
            set()
            if near and _BRINGS.search(rest)
            else {one["name"] for one in names.finditer(page.text, match.end(), min(line.last, match.end() + 140))}
        )
        if not near and len(bare) == 1:
            near = {next(iter(bare)).lower()}
        elif not near and _THE_PACKAGE.search(page.before(start, 120) + rest):
            near = {one["name"].lower() for one in names.finditer(page.text, max(0, start - 2500), start)}
            near = near if len(near) == 1 else set()
        elif len(near) > 1:
            near = {name for name in near if name in titled} or near
        here = {one["name"].lower() for one in names.finditer(page.text, line.first, line.last)}
        if not near <= here and not _MEANT.search(page.before(start, 120) + match.group().lower() + rest):
            continue
        if len(near) == 1 and not after and not _NEAR_NAME.search(page.text[start - 40 : start]):
            name = next((name for name in bare if name.lower() in near), "")
            for version in re.finditer(_ONE_VERSION, match[group]):
                at, value = start + version.start(), version.group().rstrip(".")
                yield package(bare[name], name, value, at, at + len(value))
