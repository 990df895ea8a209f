"""Packages by name alone: in tables, in lists, in sentences that speak of packages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lazaretto.intel.extract.package_words import (
    NPM,
    VERSION,
    between,
    explicit,
    is_name,
    last_of,
    only,
    package,
    world_of,
)
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.structure import Line
from lazaretto.model.extract import Standing

_QUOTED = re.compile(
    rf"(?P<quote>[`'\"‘“])(?P<name>{NPM})[`'\"’”](?:[ ]?(?:v|버전|version)?[ ]?\(?(?P<version>{VERSION})\)?)?"
)
_CALLED = re.compile(
    r"[`'\"’”]?(?:이?라(?:는|고 하는)|이란)[ ](?:이름의[ ])?(?:악성[ ])?(?:npm|pypi)?[ ]?$", re.IGNORECASE
)
"""What stands between a name and the word for package in Korean: `x라는 npm 패키지`."""
_SUCH_AS = re.compile(
    rf"(?P<list>(?:{NPM}(?:[ ](?:v|버전[ ])?{VERSION})?[ ]?(?:,|와|과|및|·|이나|나)[ ]?){{0,30}}{NPM}(?:[ ](?:v|버전[ ])?{VERSION})?)"
    r"(?:이?라는|(?:와|과)? ?같은|[ ]?등의?|[ ]?등)?[ ](?:악성[ ])?(?:npm[ ]|pypi[ ])?$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"(?<![A-Za-z0-9_./@-])`?(?P<name>{NPM})`?[ ]?\((?P<world>npm|PyPI|pypi|pip|RubyGems|crates\.io)\)"
)
_PLAIN = re.compile(
    rf"(?P<name>{NPM})(?![A-Za-z0-9@_-]|\.[A-Za-z0-9]|==)(?:[ ]?(?:v|버전 |version |\()?[ ]?(?P<version>{VERSION})(?![A-Za-z0-9@]))?"
)
_CUE = re.compile(
    r"(?:(?P<world>npm|pypi|python|node(?:\.js)?|파이썬|javascript|rubygems|crates\.io)(?:[와과/·,및 ]{1,4}(?:npm|pypi))?(?:[ ]?(?:의|에|에서|레지스트리|registry|저장소|등록된|배포된|게시된|올라온|registered|published|[ ])){0,4}[ ]?)?"
    r"(?:(?:악성|malicious|rogue|trojani[sz]ed|문제의|해당|typosquat\w*)[ ]?)?(?:packages?|패키지(?:명|들)?|modules?|모듈|librar(?:y|ies)|라이브러리|dependenc(?:y|ies)|의존성(?:에|으로|인)?)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[-*+•·▪○◦ㆍㅇo]|[0-9]{1,3}[.)])\s+")
_LISTED = re.compile(
    rf"[`*\"']{{0,3}}(?P<name>{NPM}?)[`*\"']{{0,3}}(?:[ ]?(?:v|버전 ?|@|==)?[ ]?{VERSION})?(?:[ ]?\([^()]{{0,80}}\))?[ ]*(?:$|[,;/·、][ ]*|(?<=[a-z0-9])(?:와|과)[ ])"
)
"""One name of such a list, what is said of it, and the sign that joins the next."""
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|다\.")
_NAME_HEAD = re.compile(r"package|패키지|^name$|이름|^이름|라이브러리|library|module|모듈|dependency|의존성")
_VERSION_HEAD = re.compile(r"version|버전")
_WORLD_HEAD = re.compile(r"ecosystem|registry|생태계|레지스트리|저장소|플랫폼|platform|source")
_JOIN = re.compile(r"[ \n]?(?:,|、|·|및|와|과|랑|and|or|또는|그리고|&|/|;|,?[ ]and)[ \n]*|[ ]+")
_LIST_START = re.compile(
    r"(?:[ ](?:named|called)[ ]|[ ](?:are|include|were)[ ]?:?[ ]|[ ]?[:：(][ ]?|(?:[ ]?이름)?(?:인|는|은|가|이|명은|명)?[ ])"
)
_INNOCENT_CELL = re.compile(r"정상|무해|양성|benign|legit(?:imate)?|clean|genuine|safe|not malicious")
"""The judgement column of a table."""
_ASIDE = re.compile(r"\([^()]{0,120}\)")
_INNOCENT = re.compile(
    r"(?:popular|legitimate|benign|well-known|common|other|normal|trusted|정상|인기|유명한?|일반|다른)[ ]$",
    re.IGNORECASE,
)
_TAKEN_OVER = re.compile(r"hijack|compromis|trojan|backdoor|taken over|poison|탈취|변조|장악|감염|오염", re.IGNORECASE)
"""A genuine package that is one no more."""
_LABEL = re.compile(
    r"(?:^|(?<=\n)|(?<=/ )|(?<=; ))[ \t]{0,8}(?:[-*+•·○◦▪]|[0-9가-하]{1,3}[.)])?[ ]{0,3}\**(?P<world>npm|PyPI|파이피아이|RubyGems|crates\.io|NuGet|Packagist|Composer|Go|Golang|Rust|Ruby|Maven)(?:[ ]?(?:packages?|crates?|modules?|gems?|패키지|모듈))?\**[ ]?[:：][ ]*",
    re.IGNORECASE,
)
"""`- npm: a 1.0.0, b (all versions)`: a list with its world before it."""
_LABELS = {
    "go": "golang",
    "golang": "golang",
    "rust": "cargo",
    "ruby": "gem",
    "packagist": "composer",
    "composer": "composer",
    "maven": "",
}
_PATH = re.compile(r"(?<![A-Za-z0-9_./-])[a-z0-9][a-z0-9_.-]{0,60}(?:/[A-Za-z0-9_.-]{1,80}){1,5}")
_VERSIONED = re.compile(
    r"[`'\"‘“](?P<name>[a-z0-9][a-z0-9._-]{1,80})[`'\"’”][ ](?:v|version[ ]|버전[ ])?(?P<version>[0-9]{1,4}\.[0-9]{1,4}\.[0-9A-Za-z]{1,12})(?![A-Za-z0-9_-])"
)
_TELLING = re.compile(
    r"(?<![A-Za-z0-9_./@-])(?P<name>[a-z0-9][a-z0-9._]*[-_][a-z0-9._-]*[a-z0-9])[ ](?:v|버전[ ])?(?P<version>[0-9]{1,4}\.[0-9]{1,4}\.[0-9A-Za-z]{1,12}(?:[-+][0-9A-Za-z.]{1,20})?)(?![A-Za-z0-9_-])"
)
"""`name-with-dash 1.2.3`: few other things look like that."""
_SAMPLE = re.compile(
    r"(?:samples?|specimens?|샘플|표본|packages?|패키지)(?:은|는|인|명은)?,?[ ](?P<name>[a-z][a-z0-9]{4,40})[ ](?:v|버전[ ])?(?P<version>[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,6})(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_ITEM = re.compile(
    rf"\s*(?:[-*+•·▪]|[0-9]{{1,3}}[.)])\s+[`*\"']{{0,3}}(?P<name>{NPM})[`*\"']{{0,3}}(?:[ ]?(?:v|버전|version|\(|:|-)?[ ]?(?P<version>{VERSION}))?"
)


def find_named(page: Page) -> Iterator[Candidate]:
    """Yield names without `@` or `==`: in lists, in sentences that speak of packages, before `(npm)`."""
    for match in page.matches(_LABELLED):
        if is_name(match["name"]) and match["name"] == match["name"].lower():
            yield package(explicit(match["world"]), match["name"], "", match.start("name"), match.end("name"))
    for match in page.matches(_LABEL):
        end = page.line(match.start()).end
        world = _LABELS.get(match["world"].lower(), "") or explicit(match["world"])
        if world in ("golang", "composer"):
            for one in _PATH.finditer(page.text, match.end(), end):
                if page.free(*one.span()):
                    yield package(
                        world, one.group().rstrip("."), "", one.start(), one.start() + len(one.group().rstrip("."))
                    )
        elif world:
            yield from _label_list(page, match.end(), end, world)
    yield from _in_lists(page)
    for match in (*page.matches(_VERSIONED), *page.matches(_TELLING)):
        world = world_of(page, match.start(), "")
        if world in ("npm", "pypi") and not page.line(match.start()).code and is_name(match["name"]):
            yield package(world, match["name"], match["version"], match.start("name"), match.end("version"))
    for match in page.matches(_SAMPLE):
        world = world_of(page, match.start(), "")
        if world in ("npm", "pypi") and is_name(match["name"]):
            yield package(world, match["name"], match["version"], match.start("name"), match.end("version"))
    done: set[int] = set()
    for cue in page.matches(_CUE):
        line = page.line(cue.start())
        if line.code or line.row:
            continue
        farthest = min(line.last, cue.end() + 700)
        sentence = _SENTENCE_END.search(page.text, cue.end(), farthest)
        stop = sentence.start() if sentence else farthest
        head = max(line.first, cue.start() - 240)
        begin = max([head, *(head + m.end() for m in re.finditer(r"[.!?]\s", page.text[head : cue.start()]))])
        world = explicit(cue["world"]) or world_of(page, cue.start(), "")
        innocent = _INNOCENT.search(page.text[max(0, cue.start() - 16) : cue.start()])
        if not world or (innocent and not _TAKEN_OVER.search(page.text, cue.end(), min(stop, cue.end() + 80))):
            continue
        for match in _QUOTED.finditer(page.text, begin, stop):
            inner = match.start("name"), match.end() if match["version"] else match.end("name")
            if inner[0] in done or not is_name(match["name"]) or not page.free(*inner):
                continue
            if match["quote"] != "`" and not _quoted_name(page, match, cue):
                continue
            done.add(inner[0])  # many cues may reach the same name
            if not _after_account(page, match.start()):
                nearest = between(page, match.start(), begin) or world
                yield package(nearest, match["name"], match["version"] or "", *inner)
        yield from _plain_list(page, cue.end(), stop, world)
        yield from _list_before(page, begin, cue.start(), world)


def in_tables(page: Page) -> Iterator[Candidate]:
    """Yield names, with versions where there is a column of them, from tables that have a column of packages."""
    for line in page.structure.lines:
        if not line.row or not line.columns or len(line.columns) > 12:
            continue
        heads = line.columns
        name_at = next(
            (i for i, head in enumerate(heads) if _NAME_HEAD.search(head) and not _VERSION_HEAD.search(head)), -1
        )
        kind_at = next(
            (
                i
                for i, head in enumerate(heads)
                if re.search(r"^(?:type|종류|유형|kind|구분|분류|indicator type|지표 유형)$", head)
            ),
            -1,
        )
        value_at = next(
            (i for i, head in enumerate(heads) if re.search(r"^(?:value|값|indicator|지표|ioc|내용)$", head)), -1
        )
        cells = _cells(page, line.start, line.end)
        if len(cells) < 2 or [text.strip(" *`").lower() for _, text in cells] == list(heads):
            continue
        if name_at < 0 and 0 <= kind_at < len(cells) and 0 <= value_at < len(cells):
            kind = cells[kind_at][1].lower()
            if re.search(r"package|패키지|npm|pypi", kind) and not re.search(
                r"account|user|maintainer|publisher|계정|사용자|아이디", kind
            ):
                name_at = value_at
        if not 0 <= name_at < len(cells):
            continue
        version_at = next((i for i, head in enumerate(heads) if _VERSION_HEAD.search(head) and i != name_at), -1)
        world_at = next((i for i, head in enumerate(heads) if _WORLD_HEAD.search(head) and i != name_at), -1)
        world_text = (
            " ".join(cells[i][1].lower() for i in (world_at, kind_at) if 0 <= i < len(cells)) + f" {heads[name_at]}"
        )
        world = explicit(world_text) or world_of(page, line.start, "")
        if not world:
            continue
        offset, cell = cells[name_at]
        versions = (
            re.findall(rf"(?<![\w.]){VERSION}(?![\w])", cells[version_at][1]) if 0 <= version_at < len(cells) else []
        )
        for match in re.finditer(_PLAIN, cell):
            start, end = offset + match.start("name"), offset + match.end("name")
            if not is_name(match["name"]) or not page.free(start, end) or not _alone(cell):
                continue
            if match["version"]:
                versions = [match["version"]]
            standing = (
                Standing.BENIGN
                if any(_INNOCENT_CELL.fullmatch(text.strip(" *`").lower()) for _, text in cells)
                else None
            )
            for version in versions[:40] or [""]:
                yield replace(package(world, match["name"], version, start, end), standing=standing)


def _in_lists(page: Page) -> Iterator[Candidate]:
    for line in page.structure.lines:
        if not line.cue and not re.search(r"package|패키지", line.heading.lower()):
            continue
        intro = f"{line.heading.lower()} {line.cue}"
        if re.search(r"packages?|패키지(?:명|들)?", intro):
            yield from _item_list(page, line)
        match = _ITEM.match(page.text, line.start, line.end)
        if match is None or not re.search(r"packages?|패키지|라이브러리|librar|모듈|modules?", intro):
            continue
        world = explicit(line.cue) or only(line.heading.lower()) or world_of(page, line.start, "")
        start, end = match.start("name"), match.end("name")
        rest = _ASIDE.sub("", page.text[match.end() : line.end]).strip(" `*\"')(.")
        if world and is_name(match["name"]) and page.free(start, end) and (not rest or rest[0] in "-,;/|"):
            yield package(world, match["name"], match["version"] or "", start, end)


def _item_list(page: Page, line: Line) -> Iterator[Candidate]:
    """Yield the names of an item that is a list itself: `- a-b(1.2.0 ~ 1.2.3), c-d(all versions), e-f`."""
    bullet = _BULLET.match(page.text, line.start, line.end)
    if bullet is None:
        return
    world = explicit(line.cue) or only(line.heading.lower()) or world_of(page, line.start, "")
    place, found = bullet.end(), []
    while place < line.end:
        match = _LISTED.match(page.text, place, line.end)
        if match is None or not is_name(match["name"]) or match["name"] != match["name"].lower():
            return
        found.append(match)
        place = match.end()
    if world and (len(found) > 1 or (found and re.search(r"[0-9_-]", found[0]["name"]))):
        for match in found:
            if page.free(*match.span("name")):
                yield package(world, match["name"], "", *match.span("name"))


def _plain_list(page: Page, offset: int, stop: int, world: str) -> Iterator[Candidate]:
    """Yield unquoted names right after a cue, joined by commas and `and`."""
    lead = _LIST_START.match(page.text, offset, stop)
    if lead is None:
        return
    sure = any(sign in lead.group() for sign in ":：(") or "named" in lead.group() or "called" in lead.group()
    korean = any("가" <= c <= "힣" for c in page.text[max(0, offset - 4) : offset + 40])
    place = lead.end()
    for number in range(200):
        match = _PLAIN.match(page.text, place, stop)
        if match is None:
            return
        name = match["name"].rstrip(".")
        telling = bool(re.search(r"[0-9_-]", name)) or bool(match["version"])
        follows = page.text[match.end() : match.end() + 1]
        if not is_name(name) or name != name.lower() or not page.free(match.start(), match.start() + len(name)):
            return
        if not (sure or telling or korean or number) or (
            not sure and not telling and follows == " " and not match["version"] and not (number and korean)
        ):
            return
        end = match.end() if match["version"] else match.start() + len(name)
        yield package(between(page, match.start(), offset) or world, name, match["version"] or "", match.start(), end)
        joined = _JOIN.match(page.text, end, stop)
        if joined is None or not joined.group().strip():
            return
        place = joined.end()
        again = re.match(r"(?:and|or|및|그리고)[ \n]", page.text[place : place + 6])
        place += again.end() if again else 0


def _label_list(page: Page, place: int, stop: int, world: str) -> Iterator[Candidate]:
    """Yield the names of a list that its label announces."""
    for cell in re.finditer(r"[^,;/]+", page.text[place:stop]):
        match = _PLAIN.match(cell.group().lstrip(" `*'\""))
        if match is None:
            continue
        start = place + cell.start() + len(cell.group()) - len(cell.group().lstrip(" `*'\""))
        rest = cell.group().lstrip(" `*'\"")[match.end() :].strip(" `*.'\"()")
        short = not rest or len(rest) <= 24
        if (
            short
            and is_name(match["name"])
            and match["name"] == match["name"].lower()
            and page.free(start, start + match.end("name"))
        ):
            yield package(
                world,
                match["name"],
                match["version"] or "",
                start,
                start + (match.end() if match["version"] else match.end("name")),
            )


def _list_before(page: Page, begin: int, end: int, world: str) -> Iterator[Candidate]:
    """Yield names that stand before the word for package: `a 1.0.0, b-c 같은 패키지`."""
    start = max(begin, end - 240)
    words = page.text[start:end]
    match = _SUCH_AS.search(words, max(0, words.rfind(". ") + 1))
    if match is None or not any("가" <= character <= "힣" for character in page.text[end : end + 2]):
        return
    found = list(_PLAIN.finditer(words, *match.span("list")))
    told = (
        len(found) > 1
        or match.end("list") < len(words.rstrip())
        or any(re.search(r"[0-9_-]", one["name"]) for one in found)
    )
    for one in found:
        if (
            told
            and is_name(one["name"])
            and one["name"] == one["name"].lower()
            and page.free(start + one.start(), start + one.end("name"))
        ):
            nearest = between(page, start + one.start(), begin) or world
            yield package(
                nearest,
                one["name"],
                one["version"] or "",
                start + one.start(),
                start + (one.end() if one["version"] else one.end("name")),
            )


def _quoted_name(page: Page, match: re.Match[str], cue: re.Match[str]) -> bool:
    """Judge a name in quotation marks, which hold all sorts of things: it must look like one, and stand next to the cue."""
    name = match["name"]
    between = (
        page.text[match.end() : cue.start()] if match.end() <= cue.start() else page.text[cue.end() : match.start()]
    )
    near = len(between) < 40 and "\n" not in between.strip("\n")
    return (
        near
        and name == name.lower()
        and (bool(re.search(r"[0-9_-]", name)) or bool(_CALLED.search(between + " ")) or len(between) < 6)
    )


def _after_account(page: Page, offset: int) -> bool:
    return (
        re.search(
            r"(?:\bby(?:[ ]the)?|users?|accounts?|maintainers?|publishers?|authors?|계정|사용자|아이디|게시자)[은는이가인:]{0,2}[ ]?$",
            page.before(offset, 24),
        )
        is not None
    )


def _alone(cell: str) -> bool:
    """Tell whether a cell holds names and nothing else: words in a row are a sentence."""
    words = cell.strip(" *`").replace("`", " ").replace(",", " ").split()
    return len(words) <= 2 or "," in cell or "`" in cell


def _cells(page: Page, start: int, end: int) -> list[tuple[int, str]]:
    text = page.text[start:end]
    first = text.find("|") + 1
    last = text.rfind("|")
    cells, place = [], first
    for cell in text[first:last].split("|"):
        cells.append((start + place, cell))
        place += len(cell) + 1
    return cells


def one_world(page: Page, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield all, a bare name in the world in which the report named it first, unless the words right before say another."""
    first: dict[str, Candidate] = {}
    for one in found:
        if one.kind == "package" and (one.name not in first or one.start < first[one.name].start):
            first[one.name] = one
    told: dict[tuple[str, str], Candidate] = {}
    for one in found:
        if one.kind == "package" and one.version and (one.name, one.version) not in told:
            told[one.name, one.version] = one
    for one in found:
        if one.kind == "package" and one.version and one.proven:
            same = told[one.name, one.version]
            explicitly = page.text[max(0, one.start - 5) : one.start].endswith(":") or page.text.startswith(
                "pkg:", one.start
            )
            if same.ecosystem != one.ecosystem and not explicitly and not page.line(one.start).row:
                yield replace(
                    package(same.ecosystem, one.name, one.version, one.start, one.end, proven=True),
                    standing=one.standing,
                )
                continue
        lead = first.get(one.name) if one.kind == "package" and not one.version and not one.proven else None
        here = last_of(page.before(one.start, 40)) if lead is not None else ""
        row = lead is not None and (page.line(one.start).row or page.line(one.start).cue)
        if lead is None or row or lead.ecosystem == one.ecosystem or here == one.ecosystem:
            yield one
        else:
            yield replace(package(lead.ecosystem, one.name, "", one.start, one.end), standing=one.standing)
