"""From pySigma's condition tree to our own. The only module that knows pySigma's types; it is imported when rules load.

What has no translation raises `Unsupported` with the construct's name; the rule is then listed and not loaded in part.
"""

import re
from typing import Any, Final

import re2
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern
from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from lazaretto.detect.sigma.tree import All, Compare, Kind, Node, Not, Pattern, Some

DEEPEST: Final = 60
"""Nesting of a condition."""
MOST_TESTS: Final = 50_000
"""Comparisons of one rule."""
LONGEST_REGEX: Final = 4_000
REGEX_MEMORY: Final = 1 << 20

_NUMBERS: Final = {
    CompareOperators.LT: Kind.LESS,
    CompareOperators.LTE: Kind.LESS_EQUAL,
    CompareOperators.GT: Kind.GREATER,
    CompareOperators.GTE: Kind.GREATER_EQUAL,
    CompareOperators.NEQ: Kind.NOT_NUMBER,
}
_FLAGS: Final = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}


class Unsupported(Exception):  # noqa: N818 - not an error of the rule
    """A construct that has no translation. Its text is the construct's name, and why."""


class QuietEngine(RegexEngine):
    """RE2 for pySigma's own checks: linear in time, bounded in memory, and silent on the terminal."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        """Compile for pySigma."""
        marks = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}
        prefix = "".join(mark for mask, mark in marks.items() if flags & mask)
        try:
            found: RegexPattern = expression(f"(?{prefix}){pattern}" if prefix else pattern)
        except re2.error as error:
            if _other_engines_take(pattern):
                raise re2.error(f"beyond RE2, which is what evaluates it: {_reason(error)}") from error
            raise
        return found

    @property
    def error(self) -> type[Exception]:
        """What `compile` raises."""
        found: type[Exception] = re2.error
        return found


POLICY: Final = SigmaPolicy(regex_engine=QuietEngine())


def expression(pattern: str) -> Any:  # noqa: ANN401 - re2 has no types
    """Compile with RE2.

    Raises:
        re2.error: not RE2's syntax (a look-around, a back reference), or too large.
    """
    if len(pattern) > LONGEST_REGEX:
        raise re2.error(b"too long")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = REGEX_MEMORY
    return re2.compile(pattern, options)


def translated(condition: object) -> Node:
    """Return the tree for a parsed condition of pySigma.

    Raises:
        Unsupported: a construct in it cannot be evaluated on one record.
    """
    return _Translator().node(condition, 0)


class _Translator:
    def __init__(self) -> None:
        self._tests = 0

    def node(self, condition: object, depth: int) -> Node:
        if depth > DEEPEST:
            raise Unsupported("condition nested too deeply")
        if isinstance(condition, (ConditionAND, ConditionOR)):
            parts = tuple(self.node(part, depth + 1) for part in condition.args)
            return All(parts) if isinstance(condition, ConditionAND) else Some(parts)
        if isinstance(condition, ConditionNOT):
            return Not(self.node(condition.args[0], depth + 1))
        if isinstance(condition, ConditionFieldEqualsValueExpression):
            return self._value(condition.field, condition.value)
        if isinstance(condition, ConditionValueExpression):
            return self._value("", condition.value)
        raise Unsupported(f"condition {type(condition).__name__}")

    def _value(self, field: str, value: object) -> Node:
        if isinstance(value, SigmaExpansion):
            return Some(tuple(self._value(field, one) for one in value.values))
        self._tests += 1
        if self._tests > MOST_TESTS:
            raise Unsupported("too many values")
        return _test(field, value)


def _test(field: str, value: object) -> Node:
    if isinstance(value, SigmaString):
        return _text(field, value)
    if isinstance(value, SigmaRegularExpression):
        return _regex(field, value)
    if isinstance(value, SigmaTimestampPart):
        raise Unsupported("modifiers minute, hour, day, week, month, year")
    if isinstance(value, SigmaNumber):
        return Compare(field, Kind.NUMBER, value.number) if field else Compare("", Kind.CONTAINS, str(value.number))
    if isinstance(value, SigmaBool):
        return Compare(field, Kind.EQUALS if field else Kind.CONTAINS, "true" if value.boolean else "false")
    if not field:
        raise Unsupported(f"keyword that is a {type(value).__name__}")
    if isinstance(value, SigmaNull):
        return Compare(field, Kind.ABSENT)
    if isinstance(value, SigmaExists):
        return Compare(field, Kind.PRESENT if value.exists else Kind.ABSENT)
    if isinstance(value, SigmaCIDRExpression):
        return Compare(field, Kind.NETWORK, value.network)
    if isinstance(value, SigmaCompareExpression):
        return Compare(field, _NUMBERS[value.op], value.number.number)
    if isinstance(value, SigmaFieldReference):
        kinds = {
            (False, False): Kind.FIELD_EQUALS,
            (True, False): Kind.FIELD_STARTS,
            (False, True): Kind.FIELD_ENDS,
            (True, True): Kind.FIELD_CONTAINS,
        }
        return Compare(field, kinds[value.starts_with, value.ends_with], value.field)
    raise Unsupported(f"value of type {type(value).__name__}")


def _text(field: str, value: SigmaString) -> Node:
    cased = isinstance(value, SigmaCasedString)
    parts: list[str] = [""]
    single = False
    for part in value.s:
        if isinstance(part, Placeholder):
            raise Unsupported("modifier expand")
        if part is SpecialChars.WILDCARD_MULTI:
            parts.append("")
        elif part is SpecialChars.WILDCARD_SINGLE:
            single = True
        else:
            text = str(part)
            parts[-1] += text if cased else text.casefold()
    if not field:  # a keyword is looked for inside every value
        parts = ["", *parts, ""]
    if single:
        return Compare(field, Kind.REGEX, _wildcards(value, whole=bool(field), cased=cased), cased=True)
    first, *middle, last = parts if len(parts) > 1 else (parts[0], parts[0])
    middle = [part for part in middle if part]
    if len(parts) == 1:
        return Compare(field, Kind.EQUALS, first, cased)
    if not first and not last and len(middle) <= 1:
        return Compare(field, Kind.CONTAINS, middle[0], cased) if middle else _anything(field)
    if not middle and not last:
        return Compare(field, Kind.STARTS, first, cased)
    if not middle and not first:
        return Compare(field, Kind.ENDS, last, cased)
    return Compare(field, Kind.PARTS, (first, *middle, last), cased)


def _anything(field: str) -> Node:
    return Compare(field, Kind.PRESENT) if field else Compare("", Kind.CONTAINS, "")


def _wildcards(value: SigmaString, *, whole: bool, cased: bool) -> Pattern:
    body = "".join(
        ".*" if part is SpecialChars.WILDCARD_MULTI else
        "." if part is SpecialChars.WILDCARD_SINGLE else
        _escaped(str(part))
        for part in value.s
    )  # fmt: skip
    flags = "s" if cased else "si"
    pattern = rf"(?{flags})\A(?:{body})\z" if whole else f"(?{flags}){body}"
    return _pattern(pattern)


def _escaped(text: str) -> str:
    return "".join(char if char.isalnum() or ord(char) > 127 else f"\\x{ord(char):02x}" for char in text)


def _regex(field: str, value: SigmaRegularExpression) -> Node:
    if value.contains_placeholder():
        raise Unsupported("modifier expand")
    flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
    # The plain parts as they stand: `escape` would double what looks like a wildcard of Sigma.
    text = value.regexp.to_plain(regex=True)
    if "m" not in flags:
        text = _perl_end(text)
    return Compare(field, Kind.REGEX, _pattern(f"(?{flags}){text}" if flags else text), cased=True)


def _perl_end(text: str) -> str:
    """Let `$` match before a final line break as well, as in PCRE, which Sigma names; in RE2 it does not."""
    out, at, inside = [], 0, False
    while at < len(text):
        char = text[at]
        if char == "\\":
            out.append(text[at : at + 2])
            at += 2
            continue
        if inside:
            inside = char != "]"
        elif char == "[":
            inside = True
            if text[at + 1 : at + 2] == "]":  # stands for itself there
                out.append(char)
                at, char = at + 1, "]"
        elif char == "$":
            char = r"(?:\n?\z)"
        out.append(char)
        at += 1
    return "".join(out)


def _pattern(text: str) -> Pattern:
    try:
        found: Pattern = expression(text)
    except re2.error as error:
        raise Unsupported(f"regular expression beyond RE2 ({_reason(error)})") from error
    return found


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return (reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason))[:80]


def _other_engines_take(pattern: str) -> bool:
    """Tell whether it is an expression at all; it is compiled and never run."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
