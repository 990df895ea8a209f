"""Packages: package URLs, `name@version`, `name==version`, install commands, names in tables and sentences.

Values become package URLs; names are spelled as their ecosystem spells them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from lazaretto.ecosystems.pypi import normalize
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.model.purl import purl

_VERSION = r"[0-9]{1,6}(?:\.[0-9A-Za-z]{1,16}){1,5}(?:[-+][0-9A-Za-z.-]{1,40})?"
_NPM = r"(?:@[a-z0-9~-][a-z0-9._~-]{0,80}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,100}"
_PURL = re.compile(
    r"(?<![A-Za-z0-9])pkg:(?P<type>[a-z]{2,12})/(?P<path>[A-Za-z0-9@%._~/+-]{1,200}?)(?:@(?P<version>[0-9A-Za-z.%+_-]{1,60}))?"
    r"(?=[?#][\w=&.%/-]{1,200}|[^A-Za-z0-9@%._~/+?#-]|[.]?(?:\s|$)|$)"
)
_AT = re.compile(
    rf"(?<![A-Za-z0-9._%+@/:-])(?:(?P<world>npm|pypi|go|gem|cargo):)?(?P<name>{_NPM})@(?:npm:)?[=v^~]?(?P<version>{_VERSION})(?![A-Za-z0-9_-])"
)
_SCOPED = re.compile(
    r"(?<![A-Za-z0-9._%+@/-])@[a-z0-9~-][a-z0-9._~-]{0,80}/[a-z0-9][a-z0-9._-]{0,100}(?![A-Za-z0-9/@])"
)
_EQUALS = re.compile(
    rf"(?<![A-Za-z0-9._-])(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{{0,100}})(?:\[[a-z,]{{1,40}}\])?[ ]?===?[ ]?(?P<version>{_VERSION}|[0-9]+)(?![A-Za-z0-9_-])"
)
_INSTALL = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<tool>npm[ ]+(?:install|i|add|in|isntall)|yarn[ ]+(?:global[ ]+)?add|pnpm[ ]+(?:add|install|i)|bun[ ]+(?:add|install|i)|npx|"
    r"(?:python3?[ ]+-m[ ]+)?pip3?[ ]+install|uv[ ]+(?:pip[ ]+install|add)|poetry[ ]+add|pdm[ ]+add|pipx[ ]+(?:install|run)|uvx|"
    r"gem[ ]+install|cargo[ ]+(?:add|install)|go[ ]+(?:get|install))(?P<words>(?:[ ]+[A-Za-z0-9@._/=<>~!,\[\]:+-]{1,160}){1,24})"
)
_WORD = re.compile(r"[^\s]+")
_QUOTED = re.compile(rf"`(?P<name>{_NPM})`(?:[ ]?(?:v|버전|version)?[ ]?\(?(?P<version>{_VERSION})\)?)?")
_PLAIN = re.compile(
    rf"(?P<name>{_NPM})(?![A-Za-z0-9@_-]|\.[A-Za-z0-9]|==)(?:[ ]?(?:v|버전 |version |\()?[ ]?(?P<version>{_VERSION})(?![A-Za-z0-9@]))?"
)
_GO = re.compile(
    r"(?<![A-Za-z0-9_@./-])(?P<path>(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:/[A-Za-z0-9._~-]{1,80}){1,5})(?:@(?P<version>v[0-9][0-9A-Za-z.+-]{1,40}))?"
)
_TERRAFORM = re.compile(r"(?<![A-Za-z0-9_@./-])(?P<path>[a-z0-9-]{2,60}/[a-z0-9-]{2,60})(?![A-Za-z0-9/.])")

_WORLDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pypi", re.compile(r"pypi|\bpip3?\b|파이피아이|python|파이썬")),
    ("npm", re.compile(r"\bnpm\b|\bnode(?:\.?js)?\b|노드|yarn|pnpm|javascript|자바스크립트")),
    ("gem", re.compile(r"rubygems|\bgems?\b")),
    ("cargo", re.compile(r"crates?\.io|\bcargo\b|\bcrates?\b")),
    ("golang", re.compile(r"\bgo ?(?:module|모듈|package|패키지)|golang")),
    ("composer", re.compile(r"packagist|composer")),
    ("nuget", re.compile(r"nuget")),
)
_CUE = re.compile(
    r"(?:(?P<world>npm|pypi|python|node(?:\.js)?|파이썬|javascript|rubygems|crates\.io)(?:[와과/·,및 ]{1,4}(?:npm|pypi))?(?:[ ]?(?:의|에|에서|레지스트리|registry|저장소|등록된|배포된|게시된|올라온|registered|published|[ ])){0,4}[ ]?)?"
    r"(?:(?:악성|malicious|rogue|trojani[sz]ed|문제의|해당|typosquat\w*)[ ]?)?(?:packages?|패키지(?:명|들)?|modules?|모듈|librar(?:y|ies)|라이브러리|dependenc(?:y|ies)|의존성(?:에|으로|인)?)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|다\.")
_NAME_HEAD = re.compile(r"package|패키지|^name$|이름|^이름|라이브러리|library|module|모듈|dependency|의존성")
_VERSION_HEAD = re.compile(r"version|버전")
_WORLD_HEAD = re.compile(r"ecosystem|registry|생태계|레지스트리|저장소|플랫폼|platform|source")
_JOIN = re.compile(r"[ \n]?(?:,|、|·|및|와|과|랑|and|or|또는|그리고|&|/|;|,?[ ]and)[ \n]*|[ ]+")
_LIST_START = re.compile(
    r"(?:[ ]?[:：(][ ]?|(?:인|는|은|가|이|명은|명)?[ ]|[ ]named[ ]|[ ]called[ ]|[ ](?:are|include|were)[ ]?:?[ ])"
)
_ITEM = re.compile(
    rf"\s*(?:[-*+•·▪]|[0-9]{{1,3}}[.)])\s+[`*\"']{{0,3}}(?P<name>{_NPM})[`*\"']{{0,3}}(?:[ ]?(?:v|버전|version|\(|:|-)?[ ]?(?P<version>{_VERSION}))?"
)
_ORDINARY = re.compile(
    r"(?:npm|pypi|pip|node|python|install|package|json|js|ts|github|the|and|with|all|https?|readme|windows|linux|macos|c2|rat|vs|code|go|rust|url|api|sdk|ioc|iocs|cve|[0-9.]+)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:js|cjs|mjs|ts|py|json|md|sh|zip|txt|exe|dll|lock|toml|ya?ml|vbs|ps1|bat|cmd|woff2?|svg|png|dat|gz|tgz|whl|env|db)$",
    re.IGNORECASE,
)


def find_purls(page: Page) -> Iterator[Candidate]:
    """Yield package URLs."""
    from urllib.parse import unquote

    for match in page.matches(_PURL):
        name = unquote(match["path"]).rstrip(".")
        kind, version = match["type"], unquote(match["version"] or "").rstrip(".")
        yield _package(kind, name, version, match.start(), match.end(), proven=True)


def find_installs(page: Page) -> Iterator[Candidate]:
    """Yield what install commands name."""
    for match in page.matches(_INSTALL):
        world = _tool_world(match["tool"])
        base = match.start("words")
        for word in _WORD.finditer(match["words"]):
            text = word.group().rstrip(".,:;")
            plain = re.match(
                rf"(?P<name>{_NPM})(?:\[[a-z,]+\])?(?:(?:@[=v^~]?|===?)(?P<version>{_VERSION}|[0-9]+))?$", text
            )
            if text.startswith("-"):
                if text in ("-r", "-c", "-e", "--index-url", "-i", "--extra-index-url"):
                    break
                continue
            start = base + word.start()
            if world == "golang":
                path, _, version = text.partition("@")
                if "/" in path and "." in path:
                    yield _package(world, path, version if version != "latest" else "", start, start + len(text))
                continue
            if (
                plain is None
                or _FILE.search(text)
                or text.startswith((".", "/"))
                or not page.free(start, start + len(text))
            ):
                if plain is None and not text.startswith((".", "/")):
                    break
                continue
            if (
                not plain["version"]
                and not page.line(start).code
                and not _could_be_name(plain["name"], match, word.start(), page)
            ):
                break
            yield _package(world, plain["name"], plain["version"] or "", start, start + len(text))


def find_versioned(page: Page) -> Iterator[Candidate]:
    """Yield `name@version`, `name==version`, and scoped names."""
    for match in page.matches(_AT):
        worlds = {"npm": "npm", "pypi": "pypi", "go": "golang", "gem": "gem", "cargo": "cargo"}
        world = worlds.get(match["world"] or "") or (
            "npm" if match["name"].startswith("@") else _world(page, match.start(), "npm", ahead=False)
        )
        yield _package(world, match["name"], match["version"].rstrip("."), *match.span(), proven=True)
    for match in page.matches(_EQUALS):
        if not match["name"].isdigit():
            yield _package("pypi", match["name"], match["version"].rstrip("."), *match.span(), proven=True)
    for match in page.matches(_SCOPED):
        name = match.group().rstrip(".")
        yield _package("npm", name, _follows(page, match.start() + len(name)), match.start(), match.start() + len(name))


def find_modules(page: Page) -> Iterator[Candidate]:
    """Yield Go modules and Terraform providers, where the words around speak of such."""
    for match in page.matches(_GO):
        around = f"{page.line(match.start()).heading.lower()} {page.column(match.start())} {page.before(match.start(), 60)} {page.after(match.end(), 30)}"
        if (
            re.search(r"\bgo[ -]?(?:module|모듈|package|패키지)|golang|\bgo get|\bgo install", around)
            and "://" not in around[-4:]
        ):
            path = match["path"].rstrip(".")
            if not path.startswith("github.com/") or match["version"] or "module" in around or "모듈" in around:
                yield _package(
                    "golang",
                    path,
                    match["version"] or "",
                    match.start(),
                    match.start() + len(match.group().rstrip(".")),
                )
    for match in page.matches(_TERRAFORM):
        around = f"{page.column(match.start())} {page.before(match.start(), 100)} {page.after(match.end(), 30)}"
        if re.search(r"terraform[ -]?(?:provider|프로바이더|공급자)|테라폼|terraform registry", around) and not match[
            "path"
        ].startswith(("and/", "or/")):
            yield _package("terraform", match["path"], "", *match.span())


def find_named(page: Page) -> Iterator[Candidate]:
    """Yield names without `@` or `==`: in columns of tables, in lists, in sentences that speak of packages."""
    yield from _in_lists(page)
    for cue in page.matches(_CUE):
        line = page.line(cue.start())
        if line.code or line.row:
            continue
        end = _SENTENCE_END.search(page.text, cue.end(), min(line.last, cue.end() + 1200))
        stop = end.start() if end else min(line.last, cue.end() + 1200)
        head = max(line.first, cue.start() - 300)
        begin = max([head, *(head + m.end() for m in re.finditer(r"[.!?]\s", page.text[head : cue.start()]))])
        world = _explicit(cue["world"]) or _world(page, cue.start(), "")
        if not world:
            continue
        for match in _QUOTED.finditer(page.text, begin, stop):
            inner = match.start("name"), match.end() if match["version"] else match.end("name")
            if _is_name(match["name"]) and page.free(*inner):
                nearest = _between(page, match.start(), begin) or world
                yield _package(nearest, match["name"], match["version"] or "", *inner)
        yield from _plain_list(page, cue.end(), stop, world)


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
            if re.search(r"package|패키지|npm|pypi", cells[kind_at][1].lower()):
                name_at = value_at
        if not 0 <= name_at < len(cells):
            continue
        version_at = next((i for i, head in enumerate(heads) if _VERSION_HEAD.search(head) and i != name_at), -1)
        world_at = next((i for i, head in enumerate(heads) if _WORLD_HEAD.search(head) and i != name_at), -1)
        world_text = (
            " ".join(cells[i][1].lower() for i in (world_at, kind_at) if 0 <= i < len(cells)) + f" {heads[name_at]}"
        )
        world = _explicit(world_text) or _world(page, line.start, "")
        if not world:
            continue
        offset, cell = cells[name_at]
        versions = (
            re.findall(rf"(?<![\w.]){_VERSION}(?![\w])", cells[version_at][1]) if 0 <= version_at < len(cells) else []
        )
        for match in re.finditer(_PLAIN, cell):
            start, end = offset + match.start("name"), offset + match.end("name")
            if not _is_name(match["name"]) or not page.free(start, end) or not _alone(cell):
                continue
            if match["version"]:
                versions = [match["version"]]
            for version in versions[:40] or [""]:
                yield _package(world, match["name"], version, start, end)


def _in_lists(page: Page) -> Iterator[Candidate]:
    for line in page.structure.lines:
        if not line.cue and not re.search(r"package|패키지", line.heading.lower()):
            continue
        intro = f"{line.heading.lower()} {line.cue}"
        match = _ITEM.match(page.text, line.start, line.end)
        if match is None or not re.search(r"packages?|패키지|라이브러리|librar|모듈|modules?", intro):
            continue
        world = _explicit(line.cue) or _explicit(line.heading.lower()) or _world(page, line.start, "")
        start, end = match.start("name"), match.end("name")
        rest = page.text[match.end() : line.end].strip(" `*\"')(")
        if (
            world
            and _is_name(match["name"])
            and page.free(start, end)
            and (not rest or not rest[0].isalnum() or rest[0] >= "가")
        ):
            yield _package(world, match["name"], match["version"] or "", start, end)


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
        if not _is_name(name) or name != name.lower() or not page.free(match.start(), match.start() + len(name)):
            return
        if not (sure or telling or korean or number) or (
            not sure and not telling and follows == " " and not match["version"] and not (number and korean)
        ):
            return
        end = match.end() if match["version"] else match.start() + len(name)
        yield _package(_between(page, match.start(), offset) or world, name, match["version"] or "", match.start(), end)
        joined = _JOIN.match(page.text, end, stop)
        if joined is None or not joined.group().strip():
            return
        place = joined.end()
        again = re.match(r"(?:and|or|및|그리고)[ \n]", page.text[place : place + 6])
        place += again.end() if again else 0


def _package(world: str, name: str, version: str, start: int, end: int, *, proven: bool = False) -> Candidate:
    if world == "pypi":
        name = normalize(name)
    return Candidate(
        "package", purl(world, name, version), start, end, name=name, version=version, ecosystem=world, proven=proven
    )


def _tool_world(tool: str) -> str:
    word = tool.split(maxsplit=1)[0]
    worlds = {"gem": "gem", "cargo": "cargo", "go": "golang"}
    return worlds.get(word, "npm" if word in ("npm", "yarn", "pnpm", "bun", "npx") else "pypi")


def _explicit(text: str | None) -> str:
    low = (text or "").lower()
    found = [(match.start(), world) for world, pattern in _WORLDS if (match := pattern.search(low))]
    return min(found)[1] if found else ""


def _world(page: Page, offset: int, default: str, *, ahead: bool = True) -> str:
    """Return the ecosystem that the words before (the nearest), after, the heading, or the whole report name."""
    line = page.line(offset)
    for text in (page.before(offset), line.cue, line.heading.lower()):
        found = _last(text)
        if found:
            return found
    above = _last(page.text[max(0, line.start - 300) : line.start].lower())
    if not ahead:
        return _explicit(" ".join(line.columns)) or above or default
    return (
        _explicit(page.after(offset, 80))
        or _explicit(" ".join(line.columns))
        or above
        or default
        or _prevailing(page.text)
    )


@lru_cache(maxsize=2)
def _prevailing(text: str) -> str:
    """Return the package registry that a report speaks of, when it speaks of one far more than of others."""
    low = text.lower()
    counts = sorted(
        (
            (len(re.findall(pattern, low)), world)
            for world, pattern in (("npm", r"\bnpm\b"), ("pypi", r"\bpypi\b|\bpip\b"))
        ),
        reverse=True,
    )
    return counts[0][1] if counts[0][0] > 2 * counts[1][0] else ""


def _between(page: Page, offset: int, begin: int) -> str:
    return _last(page.text[max(begin, offset - 200) : offset].lower())


def _last(text: str) -> str:
    found = [(match.start(), world) for world, pattern in _WORLDS for match in pattern.finditer(text)]
    return max(found)[1] if found else ""


def _follows(page: Page, offset: int) -> str:
    match = re.match(
        rf"[`*]?[ ]?(?:v|버전 |version |\()[ ]?({_VERSION})|[`*]?[ ]({_VERSION})(?![\w.])",
        page.text[offset : offset + 60],
    )
    return (match[1] or match[2]) if match else ""


def _could_be_name(name: str, match: re.Match[str], place: int, page: Page) -> bool:
    """Judge an unversioned word after `npm install` in a sentence: the command's first words, until prose begins."""
    quoted = (
        page.text[match.start() - 1 : match.start()] in ("`", '"', "'", "$", "“")
        or page.text[max(0, match.start() - 2) : match.start()] == "$ "
    )
    low = name.lower()
    if low in (
        "the",
        "it",
        "a",
        "an",
        "and",
        "or",
        "in",
        "on",
        "to",
        "is",
        "was",
        "command",
        "commands",
        "script",
        "scripts",
        "hook",
        "hooks",
        "step",
        "then",
        "for",
        "from",
        "before",
        "inside",
        "when",
        "with",
    ):
        return False
    return quoted or (place <= 1 and name == low)


def _is_name(name: str) -> bool:
    bare = name.rstrip(".")
    return (
        bool(bare)
        and len(bare) > 1
        and _ORDINARY.fullmatch(bare) is None
        and _FILE.search(bare) is None
        and not bare.replace(".", "").isdigit()
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
