"""Values of JavaScript as the evaluator holds them, and the conversions of ECMA-262 (chapter 7.1).

undefined  None         null     NULL            boolean  bool
number     int | float  (int while it is exact)  string   str of UTF-16 code units
object     Obj          array    Arr             bytes    Bytes (Buffer, Uint8Array)
function   Fn (of the script), Native (ours), Bound
"""

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.scope import Scope

SAFE = 1 << 53
"""Integers are exact below this."""


class Unresolved(Exception):  # noqa: N818 - not an error: the evaluator says "I do not know"
    """The evaluator met something that it does not know, or a limit."""


class Thrown(Exception):  # noqa: N818 - a value of the script on its way to its `catch`
    """`throw`."""

    def __init__(self, value: object) -> None:
        """Carry the thrown value."""
        super().__init__()
        self.value = value


class Null:
    """The type of `null`."""

    __slots__ = ()


NULL = Null()


class Obj:
    """An object: own properties in order."""

    __slots__ = ("props", "proto", "tag")

    def __init__(self, props: dict[str, object] | None = None, tag: str = "Object") -> None:
        """Take the properties as they are; `tag` is what the object says that it is; `open` has more than we know."""
        self.props: dict[str, object] = {} if props is None else props
        self.proto: Obj | None = None
        self.tag = tag


class Arr(Obj):
    """An array: dense items, and perhaps named properties."""

    __slots__ = ("items",)

    def __init__(self, items: list[object]) -> None:
        """Take the list as it is."""
        super().__init__()
        self.items = items


class Bytes(Obj):
    """A `Buffer` or `Uint8Array`."""

    __slots__ = ("data",)

    def __init__(self, data: bytearray) -> None:
        """Take the bytes as they are."""
        super().__init__()
        self.data = data


class Regex(Obj):
    """A regular expression; only a harmless part of the language is ever matched."""

    __slots__ = ("flags", "source")

    def __init__(self, source: str, flags: str) -> None:
        """Keep the pattern as written."""
        super().__init__()
        self.source = source
        self.flags = flags


class Fn(Obj):
    """A function of the script with the scope that it closes over."""

    __slots__ = ("arrow", "bound_this", "calls", "node", "scope", "stand_in")

    def __init__(self, node: "Node", scope: "Scope", *, arrow: bool, this: object = None) -> None:
        """`this` matters for arrow functions only."""
        super().__init__()
        self.node = node
        self.scope = scope
        self.arrow = arrow
        self.bound_this = this
        self.calls = 0
        self.stand_in: Callable[[list[object]], object] | None = None
        """Our own implementation, once it has given the same answers (`intrinsics`)."""


class Caller(Protocol):
    """What natives may ask of the machine."""

    def call(self, function: object, this: object, given: list[object]) -> object:
        """Call a function value."""
        ...

    def spend(self, steps: int) -> None:
        """Count work."""
        ...

    def capture(self, how: str, text: str) -> None:
        """Remember a text that the script runs as code."""
        ...


class Native(Obj):
    """A function of ours."""

    __slots__ = ("name", "run")

    def __init__(self, name: str, run: Callable[[Caller, object, list[object]], object]) -> None:
        """`run(machine, this, arguments)`."""
        super().__init__()
        self.name = name
        self.run = run


def is_function(value: object) -> bool:
    """Tell whether a value can be called."""
    return isinstance(value, (Fn, Native))


def truthy(value: object) -> bool:
    """ToBoolean."""
    if value is None or value is NULL or value is False or value == "":
        return False
    if isinstance(value, (int, float)):
        return value != 0 and value == value
    return True


def number_text(value: float) -> str:
    """Number::toString, radix 10."""
    if isinstance(value, int):
        if -SAFE <= value <= SAFE:
            return str(value)
        value = float(value)
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) <= SAFE:
        return str(int(value))
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0") or "0"
    if 0 < point <= 21:
        digits = digits.ljust(point, "0")
        return sign + digits[:point] + ("." + digits[point:] if digits[point:] else "")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    rest = "." + digits[1:] if digits[1:] else ""
    return f"{sign}{digits[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def text(value: object) -> str:
    """ToString."""
    if isinstance(value, str):
        return value
    if value is None:
        return "undefined"
    if value is NULL:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return _object_text(value, 0)


def _object_text(value: object, depth: int) -> str:
    if depth > 20:
        raise Unresolved("arrays too deep")
    if isinstance(value, Arr):
        parts = []
        for item in value.items:
            if item is None or item is NULL:
                parts.append("")
            else:
                parts.append(_object_text(item, depth + 1) if isinstance(item, Obj) else text(item))
        return ",".join(parts)
    if isinstance(value, Fn):
        # NOTE: obfuscated functions look for line breaks in their own text, to notice that somebody made them readable.
        return _LINES.sub("", (value.node.text or b"").decode("utf-8", "replace"))
    if isinstance(value, Native):
        return f"function {value.name}() {{ [native code] }}"
    if isinstance(value, Regex):
        return f"/{value.source}/{value.flags}"
    if isinstance(value, Bytes):
        return bytes(value.data).decode("utf-8", "replace")
    if isinstance(value, Obj):
        if "toString" in value.props or "valueOf" in value.props:
            raise Unresolved("object with its own conversion")
        return f"[object {value.tag}]"
    raise Unresolved("no text")


_LINES = re.compile(r"[ \t]*\r?\n\s*")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)")


def text_number(value: str) -> float:
    """StringToNumber."""
    value = value.strip(" \t\n\r\v\f\u00a0\ufeff\u2028\u2029")
    if not value:
        return 0
    if len(value) > 400:
        return math.nan
    if value[:2] in ("0x", "0X", "0b", "0B", "0o", "0O"):
        try:
            return tidy(int(value, 0)) if "_" not in value else math.nan
        except ValueError:
            return math.nan
    if _DECIMAL.fullmatch(value):
        return tidy(float(value)) if not value.isdigit() else tidy(int(value))
    if value in ("Infinity", "+Infinity"):
        return math.inf
    return -math.inf if value == "-Infinity" else math.nan


def tidy(value: float) -> float:
    """Keep numbers as integers while that is exact (minus zero stays a float)."""
    if isinstance(value, int):
        return value if -SAFE < value < SAFE else _rounded(value)
    if value == value and -SAFE < value < SAFE and value == int(value):
        return int(value) if value or math.copysign(1, value) > 0 else value
    return value


def _rounded(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def number(value: object) -> float:
    """ToNumber."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        return text_number(value)
    if value is None:
        return math.nan
    if value is NULL:
        return 0
    return text_number(text(value))


def integer(value: object) -> int:
    """ToIntegerOrInfinity, the infinities cut to what a length can be."""
    got = number(value)
    if got != got:
        return 0
    if isinstance(got, float) and math.isinf(got):
        return SAFE if got > 0 else -SAFE
    return int(got)


def int32(value: object) -> int:
    """ToInt32."""
    got = value if type(value) is int else number(value)
    if type(got) is not int:
        if not isinstance(got, (int, float)) or got != got or math.isinf(got):
            return 0
        got = int(got)
    got &= 0xFFFFFFFF
    return got - 0x100000000 if got & 0x80000000 else got


def kind(value: object) -> str:
    """`typeof`."""
    if value is None:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "function" if is_function(value) else "object"


def units(value: str) -> str:
    """Spell characters beyond U+FFFF as the two code units that a script sees."""
    if value.isascii() or all(ch <= "\uffff" for ch in value):
        return value
    raw = value.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


def readable(value: str) -> str:
    """Undo `units`; lone halves become replacement characters."""
    if value.isascii():
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
