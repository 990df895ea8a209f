"""A rule file's text as the values that pySigma takes, bounded before pySigma sees them.

pySigma's own loader builds the whole tree of a hostile file first (nesting, aliases). Here the events of libyaml are
turned into values without recursion (`parse/yaml_values.py`), unquoted scalars mean what YAML 1.1 says, as they do for
pySigma, except that dates stay text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lazaretto.parse.views import ParseError
from lazaretto.parse.yaml_values import parse

FILE_BYTES: Final = 512 << 10
"""Longest rule file."""
MOST_DOCUMENTS: Final = 200
"""Rules of one file."""
MOST_VALUES: Final = 50_000
"""Comparisons that one rule may come to, selections counted as often as its condition names them."""
LONGEST_CONDITION: Final = 4_000

_WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_INT = re.compile(r"[-+]?(?:0b[01_]{1,60}|0x[0-9a-fA-F_]{1,30}|0[0-7_]{0,30}|[1-9][0-9_]{0,30})\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]{0,30})?\.[0-9_]{1,30}(?:[eE][-+][0-9]{1,3})?\Z|[-+]?[0-9]{1,30}\.\Z")
_NAME = re.compile(r"[\w*-]{1,200}")


def documents(data: bytes) -> list[dict[str, object]]:
    """Return the rules, filters and correlations of a file.

    Raises:
        ParseError: not YAML, not a mapping, or beyond a bound.
    """
    if len(data) > FILE_BYTES:
        raise ParseError(f"longer than {FILE_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError("not UTF-8") from error
    found = parse(text, first_only=False, plain=plain, unique=True)
    if len(found) > MOST_DOCUMENTS:
        raise ParseError(f"more than {MOST_DOCUMENTS} documents")
    rules: list[dict[str, object]] = []
    for one in found:
        if one is None:
            continue
        if not isinstance(one, dict):
            raise ParseError("not a mapping")
        _bound(one)
        rules.append(one)
    return rules


def plain(text: str) -> object:
    """Return the meaning of an unquoted scalar: nothing, a truth value, a number, or the text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] in "+-.0123456789":
        if _INT.match(text):
            return _integer(text.replace("_", ""))
        if _FLOAT.match(text):
            return float(text.replace("_", ""))
    return text


def _integer(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    if digits.startswith("0b"):
        return sign * int(digits[2:] or "0", 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:] or "0", 16)
    return sign * (int(digits, 8) if digits.startswith("0") and digits != "0" else int(digits))


def _bound(rule: dict[str, object]) -> None:
    """Refuse a rule that would grow beyond `MOST_VALUES` comparisons."""
    detection = rule.get("detection")
    if not isinstance(detection, dict):
        return
    weights = {name: _weight(value) for name, value in detection.items() if name != "condition"}
    conditions = detection.get("condition")
    total = 0
    for condition in conditions if isinstance(conditions, list) else [conditions]:
        text = str(condition)
        if len(text) > LONGEST_CONDITION:
            raise ParseError(f"condition longer than {LONGEST_CONDITION} characters")
        names = _NAME.findall(text)
        total += sum(weights.get(name, sum(weights.values()) if "*" in name or name == "them" else 0) for name in names)
    if total > MOST_VALUES:
        raise ParseError(f"more than {MOST_VALUES} comparisons")


def _weight(value: object) -> int:
    return sum(1 for _ in _leaves(value)) if not isinstance(value, (dict, list)) else sum(_leaves(value))


def _leaves(value: object) -> Iterator[int]:
    """Yield for each value how many comparisons its modifiers make of it."""
    stack: list[tuple[object, int]] = [(value, 1)]
    seen = 0
    while stack:
        one, factor = stack.pop()
        seen += 1
        if seen > MOST_VALUES:
            yield MOST_VALUES
            return
        if isinstance(one, dict):
            for key, inner in one.items():
                own = 125 if "|windash" in key else 3 if "|base64offset" in key else 1
                stack.append((inner, own))
        elif isinstance(one, list):
            stack.extend((inner, factor) for inner in one)
        else:
            yield factor
