"""Which world of packages the words around a name speak of."""

import re
from functools import lru_cache

from lazaretto.ecosystems.pypi import normalize
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.model.purl import purl

VERSION = r"[0-9]{1,6}(?:\.[0-9A-Za-z]{1,16}){1,5}(?:[-+](?![0-9]{1,6}\.[0-9])[0-9A-Za-z.-]{1,40})?"
NPM = r"(?:@[a-z0-9~-][a-z0-9._~-]{0,80}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,100}"
ABOVE = 1200
"""Characters above a line in which a world may be named last."""
LISTED = 24
"""Characters between two worlds that a sentence lists together."""
ENUMERATED = 3
"""Worlds in one list that say nothing about where a package lives: `registries like npm, PyPI and RubyGems`."""
_WORLDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pypi", re.compile(r"pypi|(?<![a-z])pip3?(?![a-z])|파이피아이|(?<![a-z-])python(?!-[a-z])|파이썬")),
    (
        "npm",
        re.compile(
            r"(?<![a-z0-9])npm(?:js)?(?![a-z0-9])|(?<![a-z0-9])node(?:\.?js)?(?![a-z0-9])|노드|yarn|pnpm|javascript|자바스크립트"
        ),
    ),
    ("gem", re.compile(r"rubygems|(?<![a-z])gems?(?![a-z])")),
    ("cargo", re.compile(r"crates?\.io|(?<![a-z])cargo(?![a-z])|(?<![a-z])crates?(?![a-z])")),
    ("golang", re.compile(r"(?<![a-z])go ?(?:module|모듈|package|패키지)|golang")),
    ("composer", re.compile(r"packagist|composer")),
    ("nuget", re.compile(r"nuget")),
)
_ORDINARY = re.compile(
    r"(?:npm|pypi|pip|node|python|install|package|versions?|releases?|json|js|ts|github|the|and|with|all|https?|readme|windows|linux|macos|c2|rat|vs|code|go|rust|url|api|sdk|ioc|iocs|cve|which|who|that|it|they|this|these|those|while|where|when|but|each|both|then|also|so|among|each|one|two|is|was|are|were|has|had|for|from|to|by|in|on|of|as|at|[0-9.]+)",
    re.IGNORECASE,
)
FILE = re.compile(
    r"\.(?:js|cjs|mjs|jsx|tsx?|pyc?|pyd|pth|json|md|sh|zip|tar|txt|exe|dll|lock|toml|ya?ml|vbs|ps1|bat|cmd|woff2?|svg|png|jpe?g|dat|gz|tgz|whl|env|db|"
    r"node|wasm|so|php|phtml|java|class|pyz|sqlite3?|plist|xml|csv|pdf|docx?|xlsx?|pptx?|jar|rb|html?|css|ini|cfg|conf|log|bak|tmp|bin)$",
    re.IGNORECASE,
)


def package(world: str, name: str, version: str, start: int, end: int, *, proven: bool = False) -> Candidate:
    """Build a candidate whose name is spelled as its world spells it."""
    if world == "pypi":
        name = normalize(name)
    return Candidate(
        "package", purl(world, name, version), start, end, name=name, version=version, ecosystem=world, proven=proven
    )


def explicit(text: str | None) -> str:
    """Return the world that a text names first; empty for none."""
    found = _mentions((text or "").lower())
    return found[0][1] if found else ""


def world_of(page: Page, offset: int, default: str, *, ahead: bool = True) -> str:
    """Return the ecosystem that the words before (the nearest), after, the heading, or the whole report name."""
    line = page.line(offset)
    for text in (page.before(offset).rpartition(". ")[2], page.before(offset), line.cue, line.heading.lower()):
        found = last_of(text)
        if found and not (text == line.heading.lower() and found != explicit(text)):
            return found  # a heading that names two worlds says nothing
    above = last_of(page.text[max(0, line.start - ABOVE) : line.start].lower())
    if not ahead:
        rest = page.after(offset, 140).partition(". ")[0]
        return explicit(rest) or explicit(" ".join(line.columns)) or above or default
    return (
        explicit(page.after(offset, 80))
        or explicit(" ".join(line.columns))
        or above
        or default
        or prevailing(page.text)
    )


_REGISTRIES = (
    ("npm", re.compile(r"(?<![a-z0-9])npm(?![a-z0-9])|node package manager")),
    ("pypi", re.compile(r"pypi|(?<![a-z])pip(?![a-z])|python package index")),
    ("nuget", re.compile(r"nuget")),
    ("gem", re.compile(r"rubygems")),
    ("cargo", re.compile(r"crates\.io|rust crates?")),
    ("composer", re.compile(r"packagist|composer|(?<![a-z])php packages?")),
)


@lru_cache(maxsize=2)
def prevailing(text: str) -> str:
    """Return the package registry that a report speaks of, when it speaks of one far more than of others."""
    low = text.lower()
    counts = sorted(((len(pattern.findall(low)), world) for world, pattern in _REGISTRIES), reverse=True)
    return counts[0][1] if counts[0][0] > 2 * counts[1][0] else ""


def between(page: Page, offset: int, begin: int) -> str:
    """Return the world named last between two places; empty for none."""
    return last_of(page.text[max(begin, offset - 200) : offset].lower())


def last_of(text: str) -> str:
    """Return the world that a text in lower case names last; empty for none."""
    found = _mentions(text)
    return found[-1][1] if found else ""


def only(text: str) -> str:
    """Return the one world that a text names; empty for none, and for several."""
    found = {world for _, world in _mentions(text.lower())}
    return next(iter(found)) if len(found) == 1 else ""


def _mentions(text: str) -> list[tuple[int, str]]:
    """Return the places at which a text in lower case names worlds, in order, without enumerations of three and more."""
    found = sorted((match.start(), world) for world, pattern in _WORLDS for match in pattern.finditer(text))
    kept, run = [], found[:1]
    for one in found[1:]:
        if one[0] - run[-1][0] <= LISTED:
            run.append(one)
            continue
        kept += run if len({world for _, world in run}) < ENUMERATED else []
        run = [one]
    return kept + (run if len({world for _, world in run}) < ENUMERATED else [])


def is_name(name: str) -> bool:
    """Tell whether a word may be a package: not an ordinary word of such sentences, not a file."""
    bare = name.rstrip(".")
    return (
        bool(bare)
        and len(bare) > 1
        and _ORDINARY.fullmatch(bare) is None
        and FILE.search(bare) is None
        and not (bare == bare.upper() and "_" in bare)  # a variable of the environment
        and not bare.replace(".", "").isdigit()
    )
