"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.text import (
    bidi_control,
    invisible_unicode,
    off_screen_text,
)

RULES: tuple[Rule, ...] = (
    bidi_control.RULE,
    invisible_unicode.RULE,
    off_screen_text.RULE,
)
