"""Regular expressions of scripts, as far as they are harmless to match.

Only patterns whose matching time is linear, or whose text is short, are translated to Python's `re`; everything else
is unresolved. No pattern of a script can make us slow.
"""

import re
from functools import lru_cache

from lazaretto.parse.js_eval.values import Unresolved

MAX_PATTERN = 300
SHORT_TEXT = 2_000
"""Characters that a pattern with repetitions inside may be matched against."""
LONG_TEXT = 2 << 20

_REFUSED = re.compile(r"\\[1-9kpP]|\(\?[=!<]")
_GROUP_REPEATED = re.compile(r"\)(?:[*+]|\{\d+,)")
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d+,\})")
_WORDS = re.compile(r"(?:\\b)?(?:\\w|\[\w-]+\])\+(?:\\b)?")
_UNICODE_POINT = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}")


@lru_cache(maxsize=256)
def translated(source: str, flags: str) -> "tuple[re.Pattern[str], bool]":
    """Return the pattern in Python's words, and whether long texts are safe with it.

    Raises:
        Unresolved: not a pattern that is surely harmless.
    """
    if len(source) > MAX_PATTERN or _REFUSED.search(source) or "v" in flags:
        raise Unresolved("regular expression")
    body = source.replace("[^]", r"[\s\S]").replace("[]", r"(?!)").replace(r"\/", "/").replace(r"\-", r"\-")
    body = re.sub(r"(?<!\\)\$(?!\w)", r"\\Z", body) if "m" not in flags and not _in_class(body, "$") else body
    body = _escaped_braces(body)
    how = re.ASCII
    if "i" in flags:
        how |= re.IGNORECASE
    if "m" in flags:
        how |= re.MULTILINE
    if "s" in flags:
        how |= re.DOTALL
    try:
        compiled = re.compile(body, how)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unresolved("regular expression") from error
    bounded = _in_classes_removed(source)
    repeats = len(_UNBOUNDED.findall(bounded))
    if _GROUP_REPEATED.search(bounded) and repeats > 1:
        raise Unresolved("regular expression with nested repetition")
    last = re.search(r"(?:\*|\+|\{\d+,\})\??(?:\\b)?\)?$", bounded) is not None
    linear = repeats == 0 or _WORDS.fullmatch(source) is not None or (repeats == 1 and last)
    return compiled, linear


def usable(source: str, flags: str, text: str) -> "re.Pattern[str]":
    """Return a pattern that may be matched against this text.

    Raises:
        Unresolved: it may take too long, or is not understood.
    """
    pattern, linear = translated(source, flags)
    if len(text) > (LONG_TEXT if linear else SHORT_TEXT):
        raise Unresolved("text too long for the regular expression")
    return pattern


def _in_classes_removed(source: str) -> str:
    return re.sub(r"\[(?:[^\]\\]|\\.){0,280}\]", "C", source)


def _in_class(source: str, sign: str) -> bool:
    return any(sign in found for found in re.findall(r"\[(?:[^\]\\]|\\.){0,280}\]", source))


def _escaped_braces(body: str) -> str:
    """Escape braces that do not repeat anything: Python would refuse or misread some of them."""
    return re.sub(r"(?<!\\)\{(?!\d+(?:,\d*)?\})", r"\\{", body)
