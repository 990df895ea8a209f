"""The pure functions and methods that `py_concrete` may call: a closed table, every entry bounded.

Nothing here touches files, the network, the clock or the interpreter. A function takes the machine (for callbacks and
for the record of decodings) and constants; it returns a constant or raises `Unable` (or an ordinary error, which the
machine takes for the same).
"""

# ruff: noqa: ANN401 - constants of any type come in: each entry of the tables checks or lets Python refuse

import ast
import functools
import hashlib
import html
import itertools
import re
import string
import struct
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from lazaretto.parse import py_decode
from lazaretto.parse.py_values import UNSET

MAX_ITEMS = 1 << 20
"""Longest text, bytes or list that is made."""
MAX_BITS = 1 << 16


class Unable(Exception):  # noqa: N818 - an answer: this is not computed
    """This cannot be computed from constants, or not within the bounds."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A dotted name that is no constant: a built-in function, a module, a library's function."""

    name: str


class Runner(Protocol):
    """What functions ask of the machine."""

    kinds: dict[str, None]

    def apply(self, target: object, *args: object) -> object:
        """Call a function value."""
        ...

    def each(self, value: object) -> Iterator[object]:
        """Walk over a value, counting steps."""
        ...


def sized(value: object) -> int:
    """Return how many elements, or 8-byte words of a number, a value holds."""
    if isinstance(value, str | bytes | bytearray | list | tuple | dict | set):
        return len(value)
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise Unable
        return 1
    return 1


def truth(value: object) -> bool:
    """Return the truth of a constant."""
    if isinstance(value, str | bytes | bytearray | list | tuple | dict | set | int | float | range | None):
        return bool(value)
    raise Unable


_WIDE = re.compile(r"%[^%a-zA-Z]{0,10}\d{4}|%\d{4}|%[^%a-zA-Z]{20}")


def arithmetic(operator: type[ast.operator], left: object, right: object) -> object:
    """Return `left OPERATOR right` over constants; raises `Unable` for what is too big or not one."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _numbers(operator, left, right)
    if operator is ast.Add:
        if type(left) is type(right) and isinstance(left, str | bytes | list | tuple | bytearray):
            if len(left) + len(right) > MAX_ITEMS:  # type: ignore[arg-type]
                raise Unable
            return left + right  # type: ignore[operator]
        raise Unable
    if operator is ast.Mult:
        for sequence, count in ((left, right), (right, left)):
            if isinstance(sequence, str | bytes | list | tuple | bytearray) and isinstance(count, int):
                if len(sequence) * max(count, 0) > MAX_ITEMS:
                    raise Unable
                return sequence * count
    if operator is ast.Mod and isinstance(left, str):
        values = right if isinstance(right, tuple) else (right,)
        if len(left) > 10_000 or "*" in left or not all(isinstance(value, str | int | float) for value in values):
            raise Unable
        if _WIDE.search(left):
            raise Unable
        return left % values
    raise Unable


def _numbers(operator: type[ast.operator], left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() > MAX_BITS or right.bit_length() > MAX_BITS:
            raise Unable
        if operator is ast.BitXor:
            return left ^ right
        if operator is ast.BitAnd:
            return left & right
        if operator is ast.BitOr:
            return left | right
        if operator is ast.LShift:
            if not 0 <= right <= MAX_BITS:
                raise Unable
            return left << right
        if operator is ast.RShift:
            return left >> right
        if operator is ast.Pow:
            if not 0 <= right <= 4096 or left.bit_length() * right > MAX_BITS:
                raise Unable
            return int(left**right)
    if operator is ast.Add:
        return left + right
    if operator is ast.Sub:
        return left - right
    if operator is ast.Mult:
        return left * right
    if operator is ast.Div:
        return left / right
    if operator is ast.FloorDiv:
        return left // right
    if operator is ast.Mod:
        return left % right
    raise Unable


def _chr(machine: Runner, code: int) -> str:
    machine.kinds["chr"] = None
    return chr(code)


def _int(_machine: Runner, value: Any = 0, base: int = 10) -> int:
    if isinstance(value, str | bytes):
        if len(value) > 5000:
            raise Unable
        return int(value, base)
    return int(value) if isinstance(value, int | float) else _fail()


def _fail() -> Any:
    raise Unable


def _str(machine: Runner, value: Any = "", encoding: str = "", _errors: str = "strict") -> str:
    if isinstance(value, bytes | bytearray) and encoding:
        return str(_codec(machine, bytes(value), encoding, decoding=True))
    if isinstance(value, str | int | float | bool | None) and sized(value):
        return str(value)
    if isinstance(value, str):
        return value
    return _fail()  # type: ignore[no-any-return]


def _bytes(machine: Runner, value: Any = b"", encoding: str = "", _errors: str = "strict") -> bytes:
    if isinstance(value, str):
        return value.encode(encoding or "utf-8", "replace") if encoding.lower() in _CHARSETS else _fail()
    if isinstance(value, int):
        return bytes(value) if 0 <= value <= MAX_ITEMS else _fail()
    return bytes(machine.each(value))  # type: ignore[arg-type]


_CHARSETS = {"utf-8", "utf8", "ascii", "latin-1", "latin1", "iso-8859-1", "utf_8", "utf-16", "utf-16-le", "cp1252"}


def _codec(machine: Runner, value: object, encoding: str, *, decoding: bool) -> object:
    result, kind = py_decode.codec(value, encoding, decoding=decoding)
    if result is UNSET:
        raise Unable
    if kind:
        machine.kinds[kind] = None
    return result


def _decoder(name: str) -> Callable[..., object]:
    kind = py_decode.decoder_kind(name)

    def decode(machine: Runner, value: object, *_more: object, **_named: object) -> object:
        result = py_decode.decode(name, bytes(value) if isinstance(value, bytearray) else value)
        if result is UNSET:
            raise Unable
        machine.kinds[kind] = None
        return result

    return decode


def _range(_machine: Runner, *bounds: int) -> range:
    steps = range(*bounds)
    return steps if len(steps) <= MAX_ITEMS else _fail()


def _map(machine: Runner, function: object, *sources: object) -> list[object]:
    if len(sources) == 1:
        return [machine.apply(function, item) for item in machine.each(sources[0])]
    return [machine.apply(function, *items) for items in zip(*(machine.each(s) for s in sources), strict=False)]


def _filter(machine: Runner, function: object, source: object) -> list[object]:
    return [item for item in machine.each(source) if truth(item if function is None else machine.apply(function, item))]


def _reversed(machine: Runner, source: Any) -> list[object]:
    machine.kinds["reverse"] = None
    return list(machine.each(source))[::-1]


def _reduce(machine: Runner, function: object, source: object, *start: object) -> object:
    items: list[object] = [*start, *machine.each(source)]
    return functools.reduce(lambda a, b: machine.apply(function, a, b), items)


def _zip(machine: Runner, *sources: object) -> list[object]:
    finite = [source for source in sources if not isinstance(source, Cycle)]
    if not finite:
        raise Unable
    walks = [itertools.cycle(s.items) if isinstance(s, Cycle) else machine.each(s) for s in sources]
    return [tuple(items) for items in zip(*walks, strict=False)]


@dataclass(frozen=True, slots=True)
class Cycle:
    """What `itertools.cycle` makes; only `zip` walks over it."""

    items: tuple[object, ...]


def _cycle(machine: Runner, source: object) -> object:
    items = tuple(machine.each(source))
    return Cycle(items) if items else _fail()


def _digest(name: str) -> Callable[..., object]:
    def make(_machine: Runner, value: bytes = b"") -> object:
        if not isinstance(value, bytes):
            raise Unable
        return _Digest(hashlib.new(name, value, usedforsecurity=False).digest())

    return make


@dataclass(frozen=True, slots=True)
class _Digest:
    value: bytes


def _sorted(machine: Runner, source: object, *, key: object = None, reverse: bool = False) -> list[object]:
    items: list[Any] = list(machine.each(source))
    if key is None:
        return sorted(items, reverse=bool(reverse))
    order: list[Any] = [machine.apply(key, item) for item in items]
    places = sorted(range(len(items)), key=order.__getitem__, reverse=bool(reverse))
    return [items[place] for place in places]


def _unpack(_machine: Runner, form: str, data: bytes) -> tuple[object, ...]:
    if not isinstance(form, str) or len(form) > 64 or struct.calcsize(form) > MAX_ITEMS:
        raise Unable
    return struct.unpack(form, data)


def _pack(_machine: Runner, form: str, *values: object) -> bytes:
    if not isinstance(form, str) or len(form) > 64 or struct.calcsize(form) > MAX_ITEMS:
        raise Unable
    return struct.pack(form, *values)


def _from_bytes(_machine: Runner, data: bytes, byteorder: str = "big", *, signed: bool = False) -> int:
    if len(data) > MAX_BITS // 8:
        raise Unable
    return int.from_bytes(data, byteorder, signed=bool(signed))  # type: ignore[arg-type]


def _maketrans(_machine: Runner, *args: Any) -> dict[object, object]:
    return dict(bytes.maketrans(*args)) if args and isinstance(args[0], bytes) else str.maketrans(*args)  # type: ignore[arg-type]


def _pow(_machine: Runner, base: int, exponent: int, modulus: int | None = None) -> object:
    if modulus is not None:
        if max(abs(base).bit_length(), abs(exponent).bit_length(), abs(modulus).bit_length()) > 4096:
            raise Unable
        return pow(base, exponent, modulus)
    return arithmetic(ast.Pow, base, exponent)


def _sum(machine: Runner, values: object, start: object = 0) -> object:
    total = start
    for value in machine.each(values):
        if not isinstance(total, int | float):
            raise Unable
        total = arithmetic(ast.Add, total, value)
    return total


def _prod(machine: Runner, values: object) -> object:
    total: object = 1
    for value in machine.each(values):
        total = arithmetic(ast.Mult, total, value)
        sized(total)
    return total


def _xor(machine: Runner, left: object, right: object) -> object:
    machine.kinds["xor"] = None
    return arithmetic(ast.BitXor, left, right)


def _join(machine: Runner, separator: Any, source: object) -> object:
    parts = list(machine.each(source))
    kind = str if isinstance(separator, str) else bytes
    if not all(isinstance(part, kind | bytearray) for part in parts):
        raise Unable
    if sum(map(sized, parts)) + len(separator) * len(parts) > MAX_ITEMS:
        raise Unable
    return separator.join(parts)


def _replace(machine: Runner, value: Any, old: Any, new: Any, count: int = -1) -> object:
    if len(value) + value.count(old) * max(len(new) - len(old), 0) > MAX_ITEMS:
        raise Unable
    machine.kinds["replace"] = None
    return value.replace(old, new, count)


def _translate(machine: Runner, value: Any, table: object, *_more: object) -> object:
    machine.kinds["translate"] = None
    if isinstance(value, bytes):
        if isinstance(table, dict):
            table = bytes(table.get(code, code) for code in range(256))
        return value.translate(table)  # type: ignore[arg-type]
    if not isinstance(table, dict) or any(isinstance(v, str) and len(v) > 8 for v in table.values()):
        raise Unable
    return value.translate(table)


_FIELD = re.compile(r"\{([^{}]{0,200})\}")


def _format(_machine: Runner, value: str, *args: object, **kwargs: object) -> str:
    if len(value) > 10_000 or ":" in value or "!" in value:
        raise Unable
    if not all(isinstance(v, str | int | float) for v in (*args, *kwargs.values())):
        raise Unable
    if any("." in field or "[" in field for field in _FIELD.findall(value)):
        raise Unable  # attributes and elements of the arguments
    return value.format(*args, **kwargs)


def _decode(machine: Runner, value: Any, encoding: str = "utf-8", *_errors: object) -> object:
    return _codec(machine, bytes(value), encoding, decoding=True)


def _encode(machine: Runner, value: str, encoding: str = "utf-8", *_errors: object) -> object:
    return _codec(machine, value, encoding, decoding=False)


def _own(name: str) -> Callable[..., object]:
    """Return a method that only reads or shortens its object, and takes what Python's own takes."""

    def call(_machine: Runner, value: object, *args: object) -> object:
        return getattr(value, name)(*args)

    return call


def _grows(_machine: Runner, value: Any, width: int, *fill: Any) -> object:
    if not 0 <= width <= 10_000 or not isinstance(value, str | bytes):
        raise Unable
    return value.rjust(width, *fill)


def _append(_machine: Runner, value: Any, item: object) -> None:
    if len(value) > MAX_ITEMS:
        raise Unable
    value.append(item)


def _extend(machine: Runner, value: Any, items: object) -> None:
    more = list(machine.each(items))
    if len(value) + len(more) > MAX_ITEMS:
        raise Unable
    value.extend(more)


_READS = ("strip", "lstrip", "rstrip", "lower", "upper", "swapcase", "title", "capitalize", "split", "rsplit",
          "splitlines", "partition", "rpartition", "startswith", "endswith", "find", "rfind", "index", "rindex",
          "count", "isalpha", "isdigit", "isalnum", "islower", "isupper", "isspace", "removeprefix",
          "removesuffix")  # fmt: skip
_LISTS = ("pop", "reverse", "index", "count", "copy", "clear", "remove", "insert")
METHODS: dict[tuple[str, str], Callable[..., object]] = {
    **{(kind, name): _own(name) for kind in ("str", "bytes") for name in _READS},
    **{("str", name): _own(name) for name in ("isnumeric", "isprintable", "casefold", "isdecimal", "isidentifier")},
    **{(kind, "hex"): _own("hex") for kind in ("bytes", "bytearray")},
    **{(kind, "join"): _join for kind in ("str", "bytes")},
    **{(kind, "replace"): _replace for kind in ("str", "bytes")},
    **{(kind, "translate"): _translate for kind in ("str", "bytes")},
    **{(kind, "decode"): _decode for kind in ("bytes", "bytearray", "str")},
    ("str", "encode"): _encode, ("str", "format"): _format, ("str", "zfill"): lambda m, v, w: _grows(m, v, w, "0"),
    ("str", "rjust"): _grows,
    ("int", "to_bytes"): lambda _m, v, n=1, order="big", **_k: v.to_bytes(n, order) if n < MAX_BITS else _fail(),
    ("int", "bit_length"): _own("bit_length"), ("float", "is_integer"): _own("is_integer"),
    **{("list", name): _own(name) for name in _LISTS},
    **{("dict", name): _own(name) for name in ("get", "copy", "pop", "setdefault")},
    ("list", "append"): _append, ("bytearray", "append"): _append, ("list", "extend"): _extend,
    ("bytearray", "extend"): _extend, ("list", "sort"): lambda _m, v: v.sort(),
    ("set", "add"): lambda _m, v, i: v.add(i),
    ("dict", "items"): lambda _m, v: list(v.items()), ("dict", "keys"): lambda _m, v: list(v),
    ("dict", "values"): lambda _m, v: list(v.values()), ("dict", "update"): lambda _m, v, o: v.update(o),
    ("tuple", "index"): _own("index"), ("tuple", "count"): _own("count"),
    ("_Digest", "digest"): lambda _m, v: v.value, ("_Digest", "hexdigest"): lambda _m, v: v.value.hex(),
}  # fmt: skip
"""Methods by type and name."""

PURE: dict[str, Callable[..., object]] = {
    "chr": _chr, "unichr": _chr, "int": _int, "str": _str, "bytes": _bytes,
    "ord": lambda _m, value: ord(value),
    "len": lambda _m, value: len(value),
    "bytearray": lambda m, *a: bytearray(_bytes(m, *a)), "list": lambda m, v=(): list(m.each(v)),
    "tuple": lambda m, v=(): tuple(m.each(v)), "set": lambda m, v=(): set(m.each(v)),
    "dict": lambda m, v=(), **k: {**dict(v if isinstance(v, dict) else m.each(v)), **k},
    "float": lambda _m, v=0.0: float(v) if isinstance(v, str | int | float) and sized(v) < 400 else _fail(),
    "bool": lambda _m, v=False: truth(v), "range": _range, "xrange": _range, "map": _map, "filter": _filter,
    "reversed": _reversed, "zip": _zip, "enumerate": lambda m, v, start=0: list(enumerate(m.each(v), start)),
    "sum": _sum, "min": lambda m, *v: min(m.each(v[0] if len(v) == 1 else v)),
    "max": lambda m, *v: max(m.each(v[0] if len(v) == 1 else v)), "abs": lambda _m, v: abs(v),
    "hex": lambda _m, v: hex(v), "bin": lambda _m, v: bin(v), "oct": lambda _m, v: oct(v),
    "round": lambda _m, v, n=None: round(v, n), "divmod": lambda _m, a, b: divmod(a, b), "pow": _pow,
    "sorted": _sorted, "any": lambda m, v: any(truth(i) for i in m.each(v)), "print": lambda _m, *_a, **_k: None,
    "all": lambda m, v: all(truth(i) for i in m.each(v)), "iter": lambda m, v: list(m.each(v)),
    "functools.reduce": _reduce, "reduce": _reduce, "itertools.cycle": _cycle,
    "operator.xor": _xor,
    "operator.add": lambda _m, a, b: arithmetic(ast.Add, a, b),
    "itertools.chain": lambda m, *v: [i for s in v for i in m.each(s)],
    "struct.unpack": _unpack, "struct.pack": _pack, "int.from_bytes": _from_bytes, "str.maketrans": _maketrans,
    "bytes.maketrans": _maketrans, "string.maketrans": _maketrans,
    "urllib.parse.unquote": lambda _m, v: urllib.parse.unquote(v),
    "urllib.unquote": lambda _m, v: urllib.parse.unquote(v),
    "html.unescape": lambda _m, v: html.unescape(v),
    "codecs.decode": lambda m, v, e="utf-8": _codec(m, v, e, decoding=True),
    "codecs.encode": lambda m, v, e="utf-8": _codec(m, v, e, decoding=False),
    "base64.b64encode": lambda _m, v: py_decode.encode("base64.b64encode", v),
    "base64.urlsafe_b64encode": lambda _m, v: py_decode.encode("base64.urlsafe_b64encode", v),
    "str.join": _join, "math.prod": _prod,
    "math.floor": lambda _m, v: int(v // 1), "math.ceil": lambda _m, v: -int(-v // 1),
    **{name: _decoder(name) for name in py_decode.NAMES},
    **{f"hashlib.{name}": _digest(name) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
}  # fmt: skip
"""Functions by dotted name."""

CONSTANTS: dict[str, str] = {
    f"string.{name}": getattr(string, name)
    for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "punctuation", "printable",
                 "hexdigits", "whitespace")
}  # fmt: skip
"""Texts of the standard library that names are cut from."""

__all__ = ["CONSTANTS", "MAX_ITEMS", "METHODS", "PURE", "Ref", "Unable", "arithmetic", "sized", "truth"]
