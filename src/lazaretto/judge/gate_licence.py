"""Do a policy's lists allow a licence? SPDX licence expressions (SPDX 2.3, annex D), as packages write them.

    MIT                       an id
    MIT OR Apache-2.0         one side must be fine
    MIT AND CC-BY-4.0         both sides must be fine
    X WITH Y                  the whole (`X WITH Y`) when a list names it, else X
    X+                        the same as X for the lists, `X-or-later` too

Ids are compared without regard to capitals; lists may hold `*`. What is no expression is `UNKNOWN`, unless a list
names it word for word.
"""

import re
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

LONGEST = 500
"""Characters of an expression that are read."""
DEEPEST = 20

_TOKEN = re.compile(r"\s*([()]|[A-Za-z0-9.:+-]+)")


class Standing(Enum):
    """The answer."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Licences:
    """The two lists. Both empty = everything is allowed."""

    allow: tuple[str, ...] = ()
    """Empty = all that is not denied."""
    deny: tuple[str, ...] = ()

    def judge(self, licence: str) -> Standing:
        """Tell what the lists say of a licence."""
        plain = licence.strip()
        if plain and _listed(plain, self.deny):
            return Standing.REFUSED
        if plain and _listed(plain, self.allow):
            return Standing.ALLOWED
        tokens = _tokens(plain)
        if not tokens or any(word.upper() in _NOT_IDS for word in tokens):
            return Standing.UNKNOWN
        try:
            fine, rest = self._either(tokens, 0, 0)
        except ValueError:
            return Standing.UNKNOWN
        if rest != len(tokens):
            return Standing.UNKNOWN
        return Standing.ALLOWED if fine else Standing.REFUSED

    def _either(self, tokens: list[str], at: int, depth: int) -> tuple[bool, int]:
        fine, at = self._both(tokens, at, depth)
        while at < len(tokens) and tokens[at].upper() == "OR":
            other, at = self._both(tokens, at + 1, depth)
            fine = fine or other
        return fine, at

    def _both(self, tokens: list[str], at: int, depth: int) -> tuple[bool, int]:
        fine, at = self._one(tokens, at, depth)
        while at < len(tokens) and tokens[at].upper() == "AND":
            other, at = self._one(tokens, at + 1, depth)
            fine = fine and other
        return fine, at

    def _one(self, tokens: list[str], at: int, depth: int) -> tuple[bool, int]:
        if at >= len(tokens) or depth > DEEPEST:
            raise ValueError
        word = tokens[at]
        if word == "(":
            fine, at = self._either(tokens, at + 1, depth + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise ValueError
            return fine, at + 1
        if word == ")" or word.upper() in _WORDS:
            raise ValueError
        names = [word]
        if word.endswith("+"):
            names += [word[:-1], f"{word[:-1]}-or-later"]
        at += 1
        if at + 1 < len(tokens) and tokens[at].upper() == "WITH":
            names.insert(0, f"{word} WITH {tokens[at + 1]}")
            at += 2
        for name in names:
            if _listed(name, self.deny):
                return False, at
            if _listed(name, self.allow):
                return True, at
        return not self.allow, at


_WORDS = frozenset({"AND", "OR", "WITH"})
_NOT_IDS = frozenset({"SEE", "LICENSE", "UNLICENSED", "NOASSERTION", "NONE", "UNKNOWN", "PROPRIETARY"})
"""Words of npm and SPDX that name no licence."""


def _listed(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _tokens(text: str) -> list[str]:
    if len(text) > LONGEST:
        return []
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return []
        found.append(match[1])
        at = match.end()
    return found
