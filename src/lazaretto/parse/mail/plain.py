"""Text as a reader sees it."""

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0]"
)
"""Characters that are not to be seen, and that split words for a program but not for a reader."""


def normal(text: str) -> str:
    """Return text as a reader sees it: NFC, without characters that do not show."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))
