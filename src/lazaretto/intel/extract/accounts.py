"""Accounts: on GitHub and other forges, registries, Telegram, Discord; from addresses and from sentences."""

import re
from collections.abc import Iterable, Iterator

from lazaretto.intel.extract.package_words import prevailing
from lazaretto.intel.extract.page import Candidate, Page

_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("github", re.compile(r"github|깃허브|깃헙")),
    ("gitlab", re.compile(r"gitlab|깃랩")),
    ("npm", re.compile(r"(?<![a-z0-9])npm(?![a-z0-9])")),
    ("pypi", re.compile(r"pypi")),
    ("telegram", re.compile(r"telegram|텔레그램")),
    ("discord", re.compile(r"discord|디스코드")),
)
_NAME = r"@?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9_-])?)"
_CUE = re.compile(
    r"(?P<place>github|깃허브|깃헙|gitlab|깃랩|npm|pypi|telegram|텔레그램|discord|디스코드)(?:의|에서|에|상의|[ ]){0,2}[ (]?"
    r"(?P<what>accounts?|users?(?:names?)?|organi[sz]ations?|orgs?|profiles?|handles?|maintainers?|publishers?|authors?|channels?|bots?|groups?|ids?|"
    r"계정(?:들)?|사용자(?:명)?|조직|단체|프로필|아이디|유지(?:관리)?자|관리자|게시자|배포자|채널|봇|핸들|그룹)(?:[ ]?(?:명|이름|names?|ids?))?"
    r"(?P<gap>[ ]?(?:인|은|는|이|가|명은)?[ ]?(?:named |called |is |was |\(|:|：)?[ ]?[`\"'(*]{0,3})",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(
    r"(?:github|깃허브|깃헙|gitlab)?[ ]?(?:의[ ])?(?:repositor(?:y|ies)|repos?|저장소|리포지토리|레포(?:지토리)?)(?:는|은|인|명은|가|이)?[ ]?(?:named |called |:|：|\()?[ ]?[`\"'(*]{0,3}"
    r"(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))/(?P<repo>[A-Za-z0-9._-]{1,100})",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?P<place>github|gitlab|npm|pypi|telegram)[ ](?:accounts?|users?|organi[sz]ations?|orgs?|profiles?|handles?|maintainers?|publishers?|channels?)[ ]"
    r"(?:behind|for|of|in|at|that|used|which|responsible)[ ][^.;:()]{1,60}?[ ](?:is|was)[ ](?:called[ ]|named[ ])?[`'\"‘“]?@?"
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_-]{1,38}[A-Za-z0-9_]))(?=[`'\"’”]?(?:[.,;)]|\s|$)(?![ ](?:[a-z]+(?:ed|ing)|not)\b))",
    re.IGNORECASE,
)
"""`The GitHub organisation behind it is x.`"""
_WENT_BY = re.compile(
    r"(?:users?|accounts?|developers?|maintainers?|publishers?|authors?|someone|persona)[ ](?:who |that )?(?:went|goes|going|known) (?:by|as) (?:the (?:name|handle|nickname|alias)(?: of)? )?[`'\"‘“]@?"
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{1,38}[A-Za-z0-9_-]))[`'\"’”]",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"[`'\"’”)]{0,2}(?:[.,;](?:\s|$)|[ ](?:publish|upload|push|own|regist|releas|maintain|control|is\b|was\b|has\b|had\b|who\b|which\b|also\b|and\b|then\b))"
)
"""What follows an account's name that looks like any other word."""
_MORE = re.compile(
    rf"[`\"'*)]{{0,3}}[ ]?(?:,|및|와|과|and|·|또는|or|/)[ ]?(?:and |및 )?[`\"'(*]{{0,3}}{_NAME}", re.IGNORECASE
)
_FIRST = re.compile(_NAME)
_BY_USER = re.compile(
    r"(?:(?:packages?|modules?|librar(?:y|ies)|commits?|gems?)[ ](?:published[ ]|uploaded[ ])?by[ ](?=[`'\"‘“])|(?:by|from|under)[ ](?:the[ ])?(?:user|account|maintainer|publisher|author|handle)(?:name)?[ ]|(?:계정|사용자|아이디|게시자)(?:은|는|인|명은)?[ ]|(?:publisher|author|maintainer|account|user|게시자|계정)s?[ ]?[:：][ ]?)"
    r"[`'\"‘“]{1,2}@?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{1,38}[A-Za-z0-9_-]))[`'\"’”]",
    re.IGNORECASE,
)
"""An account in quotation marks; the service is named before."""
_DIRECT = re.compile(
    r"(?P<place>github|깃허브|깃헙|gitlab|깃랩|telegram|텔레그램|npm|pypi)[ ]?[:：]?[ ][`'\"‘“]{0,2}@?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_-]{1,38}[A-Za-z0-9_]))(?![A-Za-z0-9/@.-])",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:accounts?|users?|profiles?|handles?|계정|사용자|아이디|\bid)(?:[은는이가]|[ ]?[:：])[^.]{0,24}$"
)
"""... which is what the words before announce."""
_ACCOUNTS_HERE = re.compile(r"계정|accounts?$|accounts? ")
"""A heading."""
_NAMED_THERE = re.compile(
    r"(?P<place>github|깃허브|깃헙|gitlab|깃랩|telegram|텔레그램|npm|pypi)(?:에서는|에서|에는)[ ][`'\"‘“]?@?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_-]{1,38}[A-Za-z0-9_]))[`'\"’”]?(?:이?라는)[ ](?:이름|계정|아이디|닉네임|사용자|조직|단체|채널|봇|프로필)",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    r"(?:[`'\"‘“]|\*\*)@?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{1,38}[A-Za-z0-9_-]))(?:[`'\"’”]|\*\*)[ ]?\((?:on[ ])?(?P<place>github|깃허브|gitlab|깃랩|telegram|텔레그램|npm|pypi)\)",
    re.IGNORECASE,
)
_ACCOUNT_WORD = re.compile(
    r"(?:users?|accounts?|maintainers?|publishers?|authors?|\bby|계정|사용자|아이디|게시자)[은는이가인:]{0,2}[ ]?$"
)
_DISCORD = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<tag>[a-z0-9_.]{2,32}#[0-9]{4})(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?P<snowflake>[0-9]{17,19})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?<![A-Za-z0-9._%+/@-])@(?P<name>[A-Za-z][A-Za-z0-9_]{4,31})(?![A-Za-z0-9_/@.-]*/|[A-Za-z0-9_@])"
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")
_ORDINARY = frozenset({
    "this", "these", "those", "they", "it", "we", "you", "he", "she", "all", "our", "their", "his", "her", "what", "when", "where", "how", "no", "not",
    "was", "were", "is", "are", "that", "which", "with", "and", "the", "used", "has", "had", "have", "to", "for", "on", "in",
    "of", "a", "an", "account", "accounts", "user", "users", "name", "id", "names", "ids", "created", "belonging", "behind", "from", "by",
    "named", "called", "registered", "page", "url", "or", "at", "also", "linked", "associated", "owned", "token", "tokens", "api",
    "takeover", "takeovers", "credentials", "credential", "secrets", "passwords", "password", "library", "libraries", "package", "packages", "alias", "aliases", "compromise", "access", "repository", "repositories", "github", "npm", "pypi", "telegram", "discord", "bot", "bots", "channel", "channels",
})  # fmt: skip
_RESERVED = frozenset({
    "features", "topics", "advisories", "login", "orgs", "marketplace", "security", "sponsors", "search", "about", "pricing",
    "collections", "trending", "explore", "settings", "notifications", "issues", "pulls", "apps", "contact", "site", "enterprise", "join",
})  # fmt: skip


def from_urls(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield accounts that addresses name."""
    for candidate in found:
        if candidate.kind != "url":
            continue
        path = candidate.value.partition("://")[2] or candidate.value
        host, _, rest = path.partition("/")
        host = host.partition(":")[0].removeprefix("www.")
        parts = [part for part in rest.partition("?")[0].partition("#")[0].split("/") if part]
        forge = {
            "github.com": "github", "raw.githubusercontent.com": "github", "gist.github.com": "gist", "gitlab.com": "gitlab",
            "codeload.github.com": "github", "t.me": "telegram", "telegram.me": "telegram", "discord.gg": "discord",
        }.get(host, "")  # fmt: skip
        if host.endswith(".github.io"):
            yield _derived(candidate, "github-account", host.removesuffix(".github.io"))
        if not forge or not parts or parts[0].lower() in _RESERVED:
            continue
        if forge == "telegram":
            name = parts[1] if parts[0] in ("s", "joinchat") and len(parts) > 1 else parts[0]
            yield _derived(candidate, "telegram", name.lstrip("@"))
        elif forge == "discord":
            yield _derived(candidate, "discord", parts[0])
        elif re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})", parts[0]):
            kind = "gitlab-account" if forge == "gitlab" else "github-account"
            yield _derived(candidate, kind, parts[0].lower())


def find_accounts(page: Page) -> Iterator[Candidate]:
    """Yield accounts that sentences name: `GitHub account x`, `깃허브 계정 x`, `텔레그램 @x`."""
    for match in page.matches(_REPOSITORY):
        start, end = match.start("owner"), match.end("repo")
        repository = match.group()[start - match.start() :].rstrip(".")
        if (
            page.free(start, end)
            and not re.search(r"\.(?:js|py|json|md|ts)$", repository)
            and "gitlab" not in match.group().lower()
        ):
            yield Candidate("github-repository", repository.lower(), start, start + len(repository), name=repository)
            yield Candidate("github-account", match["owner"].lower(), start, start + len(match["owner"]), derived=True)
    for match in page.matches(_BY_USER):
        yield from _account(page, match, _nearest(page.before(match.start(), 140)))
    for match in page.matches(_NAMED_THERE):
        yield from _account(page, match, match["place"])
    for match in page.matches(_PLACE_AFTER):
        if _ACCOUNT_WORD.search(page.before(match.start(), 24)):
            yield from _account(page, match, match["place"])
    for match in page.matches(_DIRECT):
        announced = _ACCOUNT.search(page.before(match.start(), 40)) or _ACCOUNTS_HERE.search(
            page.line(match.start()).heading.lower()
        )
        if announced and len(match["name"]) > 2:
            yield from _account(page, match, match["place"])
    for match in page.matches(_WENT_BY):
        yield from _account(page, match, _nearest(page.before(match.start(), 140)) or _registry(page, match))
    for match in page.matches(_BEHIND):
        yield from _account(page, match, match["place"])
    for cue in page.matches(_CUE):
        sure = any(sign in cue["gap"] for sign in "`\"':：(")
        korean = any("가" <= c <= "힣" for c in cue.group())
        place = _FIRST.match(page.text, cue.end())
        while place is not None:
            name, end = place["name"], place.end("name")
            telling = (
                sure or korean or "@" in place.group() or re.search(r"[0-9_-]", name) or _ACTS.match(page.text, end)
            )
            account = next(_account(page, place, cue["place"]), None)
            if account is None or not telling or page.text[end : end + 1] in ("/", "@") or len(name) < 3:
                break
            yield account
            place = _MORE.match(page.text, end)


def _registry(page: Page, match: re.Match[str]) -> str:
    """Return the registry that a report is about, where a sentence says that somebody publishes."""
    around = page.before(match.start(), 140) + page.after(match.end(), 60)
    world = prevailing(page.text) if re.search(r"publish|upload|registry|package", around) else ""
    return world if world in ("npm", "pypi") else ""


def _account(page: Page, match: re.Match[str], place: str) -> Iterator[Candidate]:
    """Yield the name that a pattern found, unless it is an ordinary word, somebody else's, or a defanged address."""
    name, (start, end) = match["name"], match.span("name")
    verb = (
        name.isalpha() and name == name.lower() and name.endswith(("ed", "ing")) and page.text[start - 1 : start] == " "
    )
    ordinary = name.lower() in _ORDINARY or verb or name.isdigit() or page.mapped.is_defanged(start, end)
    if place and not ordinary and page.free(start, end):
        kind = _kind(place)
        yield Candidate(kind, name if kind == "telegram" else name.lower(), start, end, name=name)


def in_tables(page: Page) -> Iterator[Candidate]:
    """Yield accounts in rows whose type or column says so."""
    for line in page.structure.lines:
        if not line.row:
            continue
        text = page.text[line.start : line.end]
        cells = [cell.strip(" `*") for cell in text.strip().strip("|").split("|")]
        place = line.start
        places = []
        for cell in cells:
            where = page.text.find(cell, place, line.end) if cell else -1
            places.append(where)
            place = where + len(cell) if where >= 0 else place
        for number, mark in _marked(cells, line.columns):
            cell, where = cells[number], places[number]
            if where < 0 or len(cell.split()) > 4:
                continue
            for match in re.finditer(r"@?(?P<name>[A-Za-z0-9][A-Za-z0-9_-]{2,38})(?=,|\s|`|$)", cell):
                start, end = where + match.start("name"), where + match.end("name")
                if page.free(start, end):
                    yield Candidate(_kind(mark), match["name"].lower(), start, end, name=match["name"])


_ROW_KIND = re.compile(
    r"(github|깃허브|npm|pypi|telegram|텔레그램|gitlab)[ ]?(?:account|user|계정|사용자|아이디|org|조직|handle|채널|maintainer|게시자|publisher)s?(?:[ ]?(?:name|명|이름))?"
)
_VALUE_HEAD = re.compile(r"^(?:indicators?|value|ioc|지표|값|내용|account|계정|name|이름)")


def _marked(cells: list[str], heads: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the cells that hold accounts, and of which service: told by the column's head, or by a cell of the same row."""
    for number in range(len(cells)):
        head = heads[number] if number < len(heads) else ""
        mark = _ROW_KIND.search(head)
        if mark and head != cells[number].lower():
            yield number, mark[1]
    for number, cell in enumerate(cells):
        mark = _ROW_KIND.fullmatch(cell.lower())
        if mark is None or (number < len(heads) and cell.lower() == heads[number]):
            continue
        named = next((i for i, head in enumerate(heads[: len(cells)]) if i != number and _VALUE_HEAD.match(head)), -1)
        yield (named if named >= 0 else number + 1 if number + 1 < len(cells) else number - 1), mark[1]


def find_chat(page: Page) -> Iterator[Candidate]:
    """Yield bot tokens, and names with `@` or `#` where the words speak of Telegram, Discord or GitHub."""
    for match in page.matches(_TOKEN):
        yield Candidate("telegram-bot-token", match.group(), *match.span(), proven=True)
    for match in page.matches(_HANDLE):
        around = page.before(match.start(), 60) + " " + page.column(match.start())
        where = _nearest(around) or _nearest(page.after(match.end(), 24))
        if where in ("telegram", "github"):
            kind = "telegram" if where == "telegram" else "github-account"
            yield Candidate(
                kind,
                match["name"] if kind == "telegram" else match["name"].lower(),
                match.start("name"),
                match.end("name"),
            )
    for match in page.matches(_DISCORD):
        if (
            _nearest(page.before(match.start(), 60) + " " + page.column(match.start()) + page.after(match.end(), 16))
            == "discord"
        ):
            yield Candidate("discord", match["tag"] or match["snowflake"], *match.span())


def _nearest(text: str) -> str:
    found = [(match.start(), place) for place, pattern in _PLACES for match in pattern.finditer(text)]
    return max(found)[1] if found else ""


def _kind(word: str) -> str:
    place = _nearest(word.lower())
    return place if place in ("telegram", "discord") else f"{place}-account"


def _derived(source: Candidate, kind: str, value: str) -> Candidate:
    return Candidate(kind, value, source.start, source.end, source.standing, derived=True)
