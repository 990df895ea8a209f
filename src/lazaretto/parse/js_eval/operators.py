"""Operators of JavaScript over the evaluator's values (ECMA-262, chapter 13)."""

import math

from lazaretto.parse.js_eval.values import (
    NULL,
    Arr,
    Bytes,
    Null,
    Obj,
    Unresolved,
    int32,
    is_function,
    kind,
    number,
    text,
    tidy,
)

MAX_TEXT = 8 << 20
"""Longest string that is made, in characters."""


def add(left: object, right: object) -> object:
    """`+`."""
    if type(left) is int and type(right) is int:
        return tidy(left + right)
    if isinstance(left, Obj):
        left = text(left)
    if isinstance(right, Obj):
        right = text(right)
    if isinstance(left, str) or isinstance(right, str):
        a, b = text(left), text(right)
        if len(a) + len(b) > MAX_TEXT:
            raise Unresolved("text too long")
        return a + b
    return tidy(number(left) + number(right))


def _divide(a: float, b: float) -> float:
    if b == 0:
        if a == 0 or a != a:
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1, b)
    if b != b or a != a:
        return math.nan
    return tidy(a / b)


def _remainder(a: float, b: float) -> float:
    if b == 0 or a != a or b != b or (isinstance(a, float) and math.isinf(a)):
        return math.nan
    if isinstance(a, int) and isinstance(b, int):
        rest = abs(a) % abs(b)
        return -rest if a < 0 and rest else rest if a >= 0 else -0.0
    return tidy(math.fmod(a, b))


def _power(a: float, b: float) -> float:
    if b != b:
        return math.nan
    if abs(a) == 1 and isinstance(b, float) and math.isinf(b):
        return math.nan
    if isinstance(a, int) and isinstance(b, int) and abs(b) > 1100 and abs(a) > 1:
        b = float(b)
    try:
        got = a**b if not (isinstance(a, int) and isinstance(b, int)) else float(a) ** b
    except OverflowError:
        return -math.inf if a < 0 and b % 2 else math.inf
    except ZeroDivisionError:
        return -math.inf if math.copysign(1, a) < 0 and b % 2 else math.inf
    return tidy(got) if not isinstance(got, complex) else math.nan


def _multiply(a: float, b: float) -> float:
    if isinstance(a, int) and isinstance(b, int):
        got = a * b
        if got == 0 and (a < 0 or b < 0):
            return -0.0
        return tidy(got)
    return tidy(a * b)


def arithmetic(sign: str, left: object, right: object) -> object:
    """`- * / % **` and the bit operators."""
    if sign in ("&", "|", "^", "<<", ">>", ">>>"):
        a, b = int32(left), int32(right)
        match sign:
            case "&":
                return a & b
            case "|":
                return a | b
            case "^":
                return a ^ b
            case "<<":
                return int32((a << (b & 31)) & 0xFFFFFFFF)
            case ">>":
                return a >> (b & 31)
        return (a & 0xFFFFFFFF) >> (b & 31)
    x, y = number(left), number(right)
    match sign:
        case "-":
            return tidy(x - y)
        case "*":
            return _multiply(x, y)
        case "/":
            return _divide(x, y)
        case "%":
            return _remainder(x, y)
        case "**":
            return _power(x, y)
    raise Unresolved(f"operator {sign}")


def same(left: object, right: object) -> bool:
    """`===`."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return left is right


def loosely_same(left: object, right: object) -> bool:
    """`==`."""
    left_none, right_none = left is None or left is NULL, right is None or right is NULL
    if left_none or right_none:
        return left_none and right_none
    if isinstance(left, Obj) and isinstance(right, Obj):
        return left is right
    if isinstance(left, Obj):
        left = text(left)
    if isinstance(right, Obj):
        right = text(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return number(left) == number(right)


def compare(sign: str, left: object, right: object) -> bool:
    """`< > <= >=`."""
    left = text(left) if isinstance(left, Obj) else left
    right = text(right) if isinstance(right, Obj) else right
    if isinstance(left, str) and isinstance(right, str):
        order = (left > right) - (left < right)
        return {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[sign]
    x, y = number(left), number(right)
    return x < y if sign == "<" else x > y if sign == ">" else x <= y if sign == "<=" else x >= y


def binary(sign: str, left: object, right: object) -> object:
    """Any operator of two evaluated operands."""
    match sign:
        case "+":
            return add(left, right)
        case "===":
            return same(left, right)
        case "!==":
            return not same(left, right)
        case "==":
            return loosely_same(left, right)
        case "!=":
            return not loosely_same(left, right)
        case "<" | ">" | "<=" | ">=":
            return compare(sign, left, right)
        case "in":
            return _has(text(left), right)
        case "instanceof":
            return _instance(left, right)
    return arithmetic(sign, left, right)


def unary(sign: str, value: object) -> object:
    """`! - + ~ typeof void`."""
    from lazaretto.parse.js_eval.values import truthy

    match sign:
        case "!":
            return not truthy(value)
        case "-":
            got = number(value)
            return -0.0 if got == 0 and math.copysign(1, got) > 0 else tidy(-got)
        case "+":
            return number(value)
        case "~":
            return ~int32(value)
        case "typeof":
            return kind(value)
        case "void":
            return None
    raise Unresolved(f"operator {sign}")


def _has(name: str, holder: object) -> bool:
    if isinstance(holder, Arr) and name.isdigit():
        return int(name[:15]) < len(holder.items)
    if isinstance(holder, Bytes) or not isinstance(holder, Obj):
        raise Unresolved("in")
    return name in holder.props


def _instance(left: object, right: object) -> bool:
    name = getattr(right, "name", "")
    if isinstance(left, (str, int, float, Null)) or left is None:
        return False
    if name == "Array":
        return isinstance(left, Arr)
    if name == "Function":
        return is_function(left)
    raise Unresolved("instanceof")
