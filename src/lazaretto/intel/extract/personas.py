"""Accounts that a sentence introduces: `a user named "x"`, `the account behind it, x,`, `[x](registry page of x)`.

What an account is called may look like any word, so the sentence must point at it: a word for somebody who publishes, a
naming word or a link to that somebody's page, and a name in quotation marks, as a link, or of a telling form.
"""

import re
from collections.abc import Iterator

from lazaretto.intel.extract.package_words import FILE, prevailing
from lazaretto.intel.extract.page import Candidate, Page

_WORDS = (
    r"(?:who|that|which|the|this|these|those|and|was|were|is|are|has|had|have|to|of|in|on|for|from|by|with|using|named|called|accounts?|users?|names?|tokens?|credentials?|takeovers?|access|npm|pypi|github|gitlab|"
    r"names?|email|emails|may|can|could|will|would|should|must|also|then|not|all|its|their|his|her|into|as|at|or|if|when|where|while|but|a|an|it|they|he|she|running|installing|security|compromise[ds]?|page|profile|via|under|during|after|before|"
    r"only|just|been|be|do|did|does|more|most|other|others|such|same|behind|alias(?:es)?|handles?|publish\w*|upload\w*|interaction|experience|data|input|agent|names?|space|groups?|tracked|linked|associated|id|ids|likely|believed|known|responsible|unc\d+|apt\d+|ta\d+|lazarus|teampcp|kimsuky|contagious)"
)
_ORDINARY = re.compile(_WORDS, re.IGNORECASE)
_NAME = rf"(?!{_WORDS}(?![A-Za-z0-9_-]))@?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{{1,38}}[A-Za-z0-9_-]))"
_SOMEBODY = r"(?:users?|accounts?|developers?|maintainers?|publishers?|authors?|persona|alias(?:es)?|handles?|usernames?|uploaders?|actors?|contributors?|individual|owner)"
_INTRODUCED = re.compile(
    rf"(?<![A-Za-z]){_SOMEBODY}(?:[ ]|(?=:)|(?:(?<=aliases)|(?<=accounts)|(?<=handles))(?=,))(?:(?:that|which|who|behind|responsible|using|with|under|of|in|on|for|associated|linked|used|tied|belonging)[ ][^.;!?\n\"“]{{1,70}}?(?:[ ](?:is|was|were)[ ]|,[ ]|[ ](?=[\"“'‘`\[])))?(?:(?:is|was|were)[ ])?"
    rf"(?P<gap>(?:named|called|dubbed|known as|identified as|going by(?: the \w+)?|by the (?:name|alias|handle|username)(?: of)?|(?:user)?name[ds]?|alias(?:es)?|handles?)?[ ]?[,:]?[ ]?(?:aliases[ ])?)"
    rf"(?P<open>[\"“'‘`(\[*]{{0,3}}){_NAME}(?P<close>[,.]?[\"”'’`\])*]{{0,3}})",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    rf"(?:계정|사용자|사용자명|메인테이너|유지관리자|관리자|개발자|게시자|배포자|아이디|닉네임)(?:은|는|인|명은|명인|명)?[ ]?[:：]?[ ]?(?P<open>[\"“'‘`(\[*]{{0,3}}){_NAME}(?P<close>[\"”'’`\])*]{{0,3}})(?:라는|이라는|은|는|이|가|을|를|의|,|\.|\)|[ ]|$)"
    rf"|(?P<open2>[\"“'‘`\[*]{{1,3}})@?(?P<name2>[A-Za-z0-9](?:[A-Za-z0-9._-]{{1,38}}[A-Za-z0-9_-]))(?P<close2>[\"”'’`\]*]{{1,3}})(?:이?라는|의)?[ ]?(?:이름의[ ])?(?:npm|pypi|github|깃허브|깃헙)?[ ]?(?:및[ ]\w+[ ])?(?:계정|사용자|메인테이너|유지관리자|개발자)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"(?:accounts|aliases|handles|usernames|identities)(?![a-z])", re.IGNORECASE)
_QUOTED_SEVERAL = re.compile(r"(?:users|publishers|maintainers|authors|developers|actors)(?![a-z])", re.IGNORECASE)
_AUTHOR = re.compile(
    r"(?:authors?|users?|usernames?|publishers?|maintainers?|accounts?|uploaders?)[ ]?:", re.IGNORECASE
)
_ENDS = re.compile(r"[\"”'’`\])*]{0,3}(?:[,.;:)]|$|[ ](?:and|or)[ ])", re.MULTILINE)
_MORE = re.compile(
    rf"(?:,[\"”'’`\])*]{{0,3}}[ ](?:and[ ])?|[\"”'’`\])*]{{0,3}},[ ](?:and[ ])?|[\"”'’`\])*]{{0,3}}[ ]and[ ])(?P<open>[\"“'‘`(\[*]{{0,3}}){_NAME}(?P<close>[,.]?[\"”'’`\])*]{{0,3}})"
)
_A_PACKAGE = re.compile(
    r"[\"'”’`\])*]{0,3}[ ](?:npm |pypi )?(?:packages?|librar|modules?|crates?|repositor|projects?|패키지|라이브러리|저장소)"
)
_LINK = re.compile(
    r"\[(?P<label>[^\]\n]{1,60})\]\(https?://(?:www\.)?(?P<site>npmjs\.com/~|pypi\.org/user/|github\.com/)(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{1,38})/?(?:\?[^)\s]{0,80})?\)",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"(?<![A-Za-z0-9])(?P<site>npmjs\.com/~|pypi\.org/user/)(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{1,38})", re.IGNORECASE
)
_KINDS = {"npmjs": "npm-account", "pypi": "pypi-account", "github": "github-account"}
_PLACES = (("github-account", re.compile(r"github|깃허브|깃헙")), ("npm-account", re.compile(r"(?<![a-z])npm(?![a-z])")),
           ("pypi-account", re.compile(r"pypi|python package index")), ("gitlab-account", re.compile(r"gitlab|깃랩")))  # fmt: skip
_ACCOUNT_LABEL = re.compile(
    r"(?:github|git) (?:account|user|profile|organi[sz]ation)s?|account|profile|user", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"nuget|packagist|rubygems|crates\.io|telegram|twitter|discord|open vsx|vs ?code|marketplace|docker|linkedin|e-?mail"
)


def find_personas(page: Page) -> Iterator[Candidate]:
    """Yield accounts that links and sentences introduce."""
    low = page.text.lower()
    for match in _LINK.finditer(page.text):
        kind, name, label = _KINDS[match["site"].lower().partition(".")[0]], match["name"], match["label"].strip("*`@ ")
        start, end = match.span("name")
        if kind != "github-account" and label.lower() != name.lower() and page.text[match.end("name")] == "/":
            continue
        told = label.lower() == name.lower() or _ACCOUNT_LABEL.fullmatch(label)
        near = low[max(0, match.start() - 90) : match.start()] + low[match.end() : match.end() + 30]
        if told and (kind != "github-account" or re.search(_SOMEBODY, near) or _ACCOUNT_LABEL.fullmatch(label)):
            at = (
                (match.start("label"), match.start("label") + len(match["label"]))
                if label.lower() == name.lower()
                else (start, end)
            )
            yield Candidate(kind, name.lower(), *at, name=name)
    for match in page.matches(_PAGE):
        yield Candidate(
            _KINDS[match["site"].lower().partition(".")[0]],
            match["name"].lower(),
            *match.span("name"),
            name=match["name"],
        )
    for match in page.matches(_INTRODUCED):
        quoted, named = match["open"], match["gap"].strip(" ,:")
        name = match["name"].rstrip(".")
        telling = re.search(r"[0-9_-]", name) or (name[1:] != name[1:].lower() and name != name.upper())
        several = (
            _SEVERAL.search(page.text, match.start(), match.start("name"))
            or (quoted.strip("(*") and _QUOTED_SEVERAL.search(page.text, match.start(), match.start("name")))
            or ":" in match["gap"]
        ) and _MORE.match(page.text, match.end("name"))
        told = ":" in match["gap"] and _AUTHOR.match(page.text, match.start())
        if (
            several
            or told
            or (quoted.strip("(*") and match["close"].strip(",.)*"))
            or (telling and (named or match["gap"].strip() or len(name) > 5))
            or (named and named.lower() in ("named", "username"))
        ):
            yield from _account(page, low, name, match.start("name"), named=bool(named))
            more = _MORE.match(page.text, match.end("name")) if several else None
            while more is not None and (
                re.search(r"[0-9_-]", more["name"]) or _ENDS.match(page.text, more.end("name"))
            ):
                yield from _account(page, low, more["name"].rstrip("."), more.start("name"))
                more = _MORE.match(page.text, more.end("name"))
    for match in page.matches(_KOREAN):
        group = "name" if match["name"] else "name2"
        name = match[group].rstrip(".")
        quoted = match["open"] if match["name"] else match["open2"]
        if quoted or re.search(r"[0-9_-]", name) or len(name) > 4:
            yield from _account(page, low, name, match.start(group))


def _account(page: Page, low: str, name: str, start: int, *, named: bool = False) -> Iterator[Candidate]:
    end = start + len(name)
    if _ORDINARY.fullmatch(name) or FILE.search(name) or name.isdigit() or not page.free(start, end) or len(name) < 3:
        return
    if page.mapped.is_defanged(start, end) or page.line(start).code or page.text[end : end + 1] in ("/", "@", "*"):
        return
    if (page.text[start - 1 : start] == "[" and not named) or name.endswith("-") or _A_PACKAGE.match(page.text, end):
        return  # what links to an account has been read; and names of packages are none
    kind = _place(page, low, start)
    if kind:
        yield Candidate(kind, name.lower(), start, end, name=name)


def _place(page: Page, low: str, start: int) -> str:
    """Return whose account it is: the service that the sentence names last, else the registry that the report is about."""
    before = page.before(start, 150)
    before = re.split(r"[.!?]\s", before)[-1]
    found = [(match.start(), kind) for kind, pattern in _PLACES for match in pattern.finditer(before)]
    other = [match.start() for match in _ELSEWHERE.finditer(before)]
    if found and (not other or max(found)[0] > max(other)):
        return max(found)[1]
    after = re.split(r"[.!?]\s", page.after(start, 220))[0]
    found = [(match.start(), kind) for kind, pattern in _PLACES for match in pattern.finditer(after)]
    if found and not other:
        return min(found)[1]
    if (
        re.search(r"repositor|fork|pull request|저장소", before + after)
        and "github" in low[max(0, start - 600) : start]
    ):
        return "github-account"
    world = prevailing(page.text)
    if world not in ("npm", "pypi"):
        above = [
            (match.start(), kind)
            for kind, pattern in _PLACES[1:3]
            for match in pattern.finditer(low, max(0, start - 800), start)
        ]
        world = max(above)[1].removesuffix("-account") if above else world
    publishes = re.search(
        r"publish|upload|registr|package|librar|module|maintain|download|게시|배포|업로드|패키지",
        f"{before} {after} {page.line(start).cue}",
    )
    return f"{world}-account" if world in ("npm", "pypi") and publishes and not other else ""
