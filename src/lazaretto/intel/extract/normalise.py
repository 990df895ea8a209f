"""Make look-alike characters plain, where that cannot change what is said.

Dropped: zero-width, bidirectional and other invisible characters. Replaced: full-width and mathematical letters
and digits, typographic dashes, ideographic full stops, odd blanks; decomposed Hangul (NFD, macOS) is composed, so that
particles are recognised. Nothing else: NFKC over a whole text would also turn `ﬁ` in a name, `²` in a formula or `…`
in a shortened hash into something that the report does not say.
"""

import re
import unicodedata

from lazaretto.intel.extract.mapped import Mapped

_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_JAMO = re.compile("[\u1100-\u11ff]{2,}")
_ODD = re.compile(
    "[\x85\xa0\u1680\u2000-\u200a\u2010-\u2015\u2028\u2029\u202f\u205f\u2212\u3000\u3002\uff01-\uff5e\uff61\U0001d400-\U0001d7ff]"
)
_ESCAPED = re.compile(r"(?<=[A-Za-z0-9])\\_")
"""Markdown's way to write an underscore within a word."""
_LINE_ENDS = re.compile("\r\n?")
_LONG_DASH = re.compile("(?<=[0-9A-Za-z가-힣)\"'”’`])[\u2014\u2015](?=[0-9A-Za-z가-힣(\"'“‘`])")
"""A dash between words without blanks, which is none within a word."""
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_STOPS = frozenset("\u3002\uff61")


def normalised(text: Mapped) -> Mapped:
    """Return the plain text; linear in its length."""
    text = text.replaced(_LINE_ENDS, lambda _: ("\n", False))
    text = text.replaced(_ESCAPED, lambda _: ("_", False))
    if text.text.isascii():
        return text
    text = text.replaced(_INVISIBLE, lambda _: ("", False))
    text = text.replaced(_JAMO, lambda match: (unicodedata.normalize("NFC", match.group()), False))
    text = text.replaced(_LONG_DASH, lambda _: (" - ", False))
    return text.replaced(_ODD, lambda match: (_plain(match.group()), False))


def _plain(character: str) -> str:
    if character in _DASHES:
        return "-"
    if character in _STOPS:
        return "."
    if character in "\x85\u2028\u2029":
        return "\n"
    plain = unicodedata.normalize("NFKC", character)
    return " " if character.isspace() else plain if len(plain) == 1 and plain.isascii() else character
