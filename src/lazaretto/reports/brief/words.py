"""Korean particles, and words of estimative language.

A template names both forms, in the catalogue of the language that has them: `{actor:은/는} {place:으로/로}`. English
templates have no such marks; a value without one is printed as it is.
"""

import re
from typing import Self

_HANGUL = range(0xAC00, 0xD7A4)
_RIEUL = 8
_DIGITS = {"0": 21, "1": _RIEUL, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": _RIEUL, "8": _RIEUL, "9": 0}
"""Final consonants of 영 일 이 삼 사 오 육 칠 팔 구."""
_LETTERS = {"l": _RIEUL, "m": 16, "n": 4, "r": _RIEUL}
"""Final consonants of the names of letters: 엘 엠 엔 알. All others end in a vowel."""
_WORDS = {"group": 17, "github": 0, "npm": 16, "pypi": 0, "web": 17, "rat": 7, "mac": 1, "linux": 0, "stealer": 0}
_ASIDE = re.compile(r"(?:\s?\([^()]*\)|[^0-9A-Za-z가-힣()])+$")


class Word(str):
    """A value that can be printed with a particle: `format(Word("npm"), "은/는")` is `npm은`."""

    __slots__ = ("spoken",)
    spoken: str

    def __new__(cls, text: str, spoken: str = "") -> Self:
        """`spoken`: the text before it was escaped, which decides on the particle."""
        word = super().__new__(cls, text)
        word.spoken = spoken or text
        return word

    def __format__(self, spec: str) -> str:
        """Append the right one of two particles (`은/는`: after a consonant / after a vowel)."""
        if "/" not in spec:
            return str.__format__(self, spec)
        with_final, _, without = spec.partition("/")
        final = final_consonant(self.spoken)
        closed = final != 0 and not (final == _RIEUL and with_final.startswith("으로"))
        return f"{self!s}{with_final if closed else without}"


def final_consonant(text: str) -> int:
    """Return the number of the final consonant with which a text is spoken in Korean; 0 = it ends in a vowel."""
    bare = _ASIDE.sub("", text) or text
    match = re.search(r"[0-9A-Za-z가-힣]+$", bare)
    if match is None:
        return 0
    word = match.group()
    last = word[-1]
    if ord(last) in _HANGUL:
        return (ord(last) - 0xAC00) % 28
    if last.isdigit():
        return _DIGITS[last]
    latin = re.search(r"[A-Za-z]+$", word)
    assert latin is not None
    return _latin(latin.group())


def _latin(word: str) -> int:
    low = word.lower()
    if low in _WORDS:
        return _WORDS[low]
    if word.isupper() or len(word) == 1:
        return _LETTERS.get(low[-1], 0)
    if low.endswith("ng"):
        return 21
    if low[-1] in "lmn":
        return _LETTERS[low[-1]]
    short = len(low) > 2 and low[-2] in "aeiou" and low[-3] not in "aeiou"
    if low.endswith("ck") or (low[-1] in "kptc" and short):
        return {"k": 1, "c": 1, "p": 17, "t": 19}[low[-1]]
    return 0
