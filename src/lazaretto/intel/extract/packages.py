"""Packages by their form: package URLs, `name@version`, `name==version`, install commands, modules.

Values become package URLs; names are spelled as their ecosystem spells them.
"""

import re
from collections.abc import Iterator

from lazaretto.intel.extract.package_words import FILE, NPM, VERSION, last_of, package, prevailing, world_of
from lazaretto.intel.extract.page import Candidate, Page

_PURL = re.compile(
    r"(?<![A-Za-z0-9])pkg:(?P<type>[a-z]{2,12})/(?P<path>[A-Za-z0-9@%._~/+-]{1,200}?)(?:@(?P<version>[0-9A-Za-z.%+_-]{1,60}))?"
    r"(?=[?#][\w=&.%/-]{1,200}|[^A-Za-z0-9@%._~/+?#-]|[.]?(?:\s|$)|$)"
)
_AT = re.compile(
    rf"(?<![A-Za-z0-9._%+@/:-])(?:(?P<world>npm|pypi|go|gem|cargo):)?(?P<name>{NPM})@(?:npm:)?[=v^~]?(?P<version>{VERSION})(?![A-Za-z0-9_-])"
)
_SCOPED = re.compile(
    r"(?<![A-Za-z0-9._%+@/-])@[a-z0-9~-][a-z0-9._~-]{0,80}/[a-z0-9][a-z0-9._-]{0,100}(?![A-Za-z0-9/@_-]|\.[A-Za-z0-9])"
)
_EQUALS = re.compile(
    rf"(?<![A-Za-z0-9._-])(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{{0,100}})(?:\[[a-z,]{{1,40}}\])?[ ]?===?[ ]?(?P<version>{VERSION}|[0-9]+)(?![A-Za-z0-9_-])"
)
_INSTALL = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<tool>npm[ ]+(?:install|i|add|in|isntall)|yarn[ ]+(?:global[ ]+)?add|pnpm[ ]+(?:add|install|i)|bun[ ]+(?:add|install|i)|npx|"
    r"(?:python3?[ ]+-m[ ]+)?pip3?[ ]+install|uv[ ]+(?:pip[ ]+install|add)|poetry[ ]+add|pdm[ ]+add|pipx[ ]+(?:install|run)|uvx|"
    r"gem[ ]+install|cargo[ ]+(?:add|install)|go[ ]+(?:get|install))(?P<words>(?:[ ]+[A-Za-z0-9@._/=<>~!,\[\]:+-]{1,160}){1,24})"
)
_MORE = re.compile(rf"(?:,[ ]?(?:and[ ]|or[ ])?|[ ](?:and|or|및)[ ])@?v?(?P<version>{VERSION})(?![A-Za-z0-9_-])")
_MAVEN = re.compile(
    r"(?<![A-Za-z0-9_./:@-])(?P<group>[a-z][a-z0-9-]{0,40}(?:\.[a-z0-9_-]{1,40}){1,5}):(?P<name>[a-z][A-Za-z0-9._-]{1,60}):(?P<version>[0-9][0-9A-Za-z.-]{0,30}[0-9A-Za-z])(?![A-Za-z0-9:])"
)
_MAVEN_PATH = re.compile(
    r"(?<=[\"'`“])(?P<group>(?:org|com|io|net|dev|me|cn|de|kr)(?:\.[a-z0-9_-]{1,40}){1,5})[:/](?P<name>[a-z][A-Za-z0-9._-]{1,60}?)(?::(?P<version>[0-9][0-9A-Za-z.-]{0,30}))?(?=[\"'`”,])"
)
_VENDOR = re.compile(
    r"(?<![A-Za-z0-9_@./:-])(?P<path>[a-z0-9][a-z0-9_.-]{1,40}/[a-z0-9][a-z0-9_.-]{1,60}[a-z0-9])(?![A-Za-z0-9/_-]|\.[A-Za-z0-9])"
)
_WORD = re.compile(r"[^\s]+")
_GO = re.compile(
    r"(?<![A-Za-z0-9_@./-])(?P<path>(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:/[A-Za-z0-9._~-]{1,80}){1,5})(?:@(?P<version>v[0-9][0-9A-Za-z.+-]{1,40}))?"
)
_GO_LABEL = re.compile(r"\s{0,8}(?:[-*+•·]\s+)?\**go(?:lang)?(?: modules?| packages?)?\**[ ]?[:：]", re.IGNORECASE)
_TERRAFORM = re.compile(r"(?<![A-Za-z0-9_@./-])(?P<path>[a-z0-9-]{2,60}/[a-z0-9-]{2,60})(?![A-Za-z0-9/.])")


def find_purls(page: Page) -> Iterator[Candidate]:
    """Yield package URLs."""
    from urllib.parse import unquote

    for match in page.matches(_PURL):
        name = unquote(match["path"]).rstrip(".")
        kind, version = match["type"], unquote(match["version"] or "").rstrip(".")
        yield package(kind, name, version, match.start(), match.end(), proven=True)


def find_installs(page: Page) -> Iterator[Candidate]:
    """Yield what install commands name."""
    for match in page.matches(_INSTALL):
        world = _tool_world(match["tool"])
        base = match.start("words")
        pinned = re.search(r"[A-Za-z0-9](?:@|==)[0-9]", match["words"]) is not None
        for word in _WORD.finditer(match["words"]):
            text = word.group().rstrip(".,:;")
            plain = re.match(
                rf"(?P<name>{NPM})(?:\[[a-z,]+\])?(?:(?:@[=v^~]?|===?)(?P<version>{VERSION}|[0-9]+))?$", text
            )
            if text.startswith("-"):
                if text in ("-r", "-c", "-e", "--index-url", "-i", "--extra-index-url"):
                    break
                continue
            start = base + word.start()
            if world == "golang":
                path, _, version = text.partition("@")
                if "/" in path and "." in path:
                    yield package(world, path, version if version != "latest" else "", start, start + len(text))
                continue
            if (
                plain is None
                or FILE.search(text)
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
            if not plain["version"] and pinned:
                continue  # beside a pinned one: what it needs, or what everybody has
            yield package(world, plain["name"], plain["version"] or "", start, start + len(text))


def find_versioned(page: Page) -> Iterator[Candidate]:
    """Yield `name@version`, `name==version`, and scoped names."""
    for match in page.matches(_AT):
        worlds = {"npm": "npm", "pypi": "pypi", "go": "golang", "gem": "gem", "cargo": "cargo"}
        world = worlds.get(match["world"] or "") or (
            "npm" if match["name"].startswith("@") else world_of(page, match.start(), "npm", ahead=False)
        )
        yield package(world, match["name"], match["version"].rstrip("."), *match.span(), proven=True)
        yield from _more_versions(page, world, match["name"], match.end())
    for match in page.matches(_EQUALS):
        if not match["name"].isdigit():
            yield package("pypi", match["name"], match["version"].rstrip("."), *match.span(), proven=True)
    for match in page.matches(_SCOPED):
        name = match.group().rstrip(".")
        yield package("npm", name, _follows(page, match.start() + len(name)), match.start(), match.start() + len(name))


def _more_versions(page: Page, world: str, name: str, place: int) -> Iterator[Candidate]:
    """Yield `1.0.2` and `1.0.3` of `name@1.0.1, 1.0.2, and 1.0.3`."""
    for _ in range(100):
        more = _MORE.match(page.text, place)
        if more is None:
            return
        yield package(world, name, more["version"].rstrip("."), *more.span("version"), proven=True)
        place = more.end()


def find_modules(page: Page) -> Iterator[Candidate]:
    """Yield Go modules and Terraform providers, where the words around speak of such."""
    for match in page.matches(_GO):
        line = page.line(match.start())
        around = f"{line.heading.lower()} {page.column(match.start())} {page.before(match.start(), 60)} {page.after(match.end(), 30)}"
        if _GO_LABEL.match(page.text, line.start, line.end):
            around += " go package"
        if (
            re.search(r"\bgo[ -]?(?:module|모듈|package|패키지)|golang|\bgo get|\bgo install", around)
            and "://" not in around[-4:]
        ):
            path = match["path"].rstrip(".")
            if (
                not path.startswith("github.com/")
                or match["version"]
                or re.search(r"modules?|모듈|go packages?|go 패키지", around)
            ):
                yield package(
                    "golang",
                    path,
                    match["version"] or "",
                    match.start(),
                    match.start() + len(match.group().rstrip(".")),
                )
    for match in page.matches(_MAVEN):
        yield package("maven", f"{match['group']}:{match['name']}", match["version"], *match.span(), proven=True)
    for match in page.matches(_MAVEN_PATH):
        if "maven" in page.before(match.start(), 160) + page.after(match.end(), 60):
            yield package(
                "maven", f"{match['group']}:{match['name']}", match["version"] or "", *match.span(), proven=True
            )
    if prevailing(page.text) == "composer":
        for match in page.matches(_VENDOR):
            line, around = (
                page.line(match.start()),
                page.text[match.start() - 1 : match.start()] + page.text[match.end() : match.end() + 1],
            )
            item = page.text[line.start : match.start()].strip(" -*•`\"'") == "" and (line.cue or line.row)
            if (item or around in ('""', "``", "“”", "[]", "''")) and not FILE.search(match["path"]) and not line.code:
                yield package("composer", match["path"], _follows(page, match.end()), *match.span())
    for match in page.matches(_TERRAFORM):
        if (
            last_of(page.before(match.start(), 90).rpartition(". ")[2]) == "composer"
            and page.text[match.end() : match.end() + 1] == "`"
        ):
            yield package("composer", match["path"], _follows(page, match.end()), *match.span())
            continue
        around = f"{page.column(match.start())} {page.before(match.start(), 100)} {page.after(match.end(), 30)}"
        if re.search(r"terraform[ -]?(?:provider|프로바이더|공급자)|테라폼|terraform registry", around) and not match[
            "path"
        ].startswith(("and/", "or/")):
            yield package("terraform", match["path"], "", *match.span())


def _tool_world(tool: str) -> str:
    word = tool.split(maxsplit=1)[0]
    worlds = {"gem": "gem", "cargo": "cargo", "go": "golang"}
    return worlds.get(word, "npm" if word in ("npm", "yarn", "pnpm", "bun", "npx") else "pypi")


def _follows(page: Page, offset: int) -> str:
    match = re.match(
        rf"[`*]?[ ]?(?:v|버전 |version |\()[ ]?({VERSION})|[`*]?[ ]({VERSION})(?![\w.])",
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
