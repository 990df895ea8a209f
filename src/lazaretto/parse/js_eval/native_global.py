"""The global object: what a script can use without asking anybody, and nothing that reaches outside.

`eval`, `Function`, timers given a text, `vm`: the text is remembered (`Caller.capture`); a short one is evaluated, too.
"""

import base64
import binascii
import json
import math
import re
import zlib
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from lazaretto.parse.js_eval.native_array import MAX_ITEMS, array_methods, items_of
from lazaretto.parse.js_eval.native_text import number_methods, string_methods
from lazaretto.parse.js_eval.operators import MAX_TEXT
from lazaretto.parse.js_eval.values import (
    NULL,
    Arr,
    Bytes,
    Caller,
    Native,
    Obj,
    Regex,
    Thrown,
    Unresolved,
    integer,
    is_function,
    number,
    text,
    tidy,
    truthy,
    units,
)

Run = Callable[[Caller, object, list[object]], object]
_INT = re.compile(r"\s*([+-]?)(0[xX])?([0-9a-zA-Z]*)")
_FLOAT = re.compile(r"\s*([+-]?(?:Infinity|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))")
_PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")


def _arg(given: list[object], at: int) -> object:
    return given[at] if at < len(given) else None


def parse_int(m: Caller, this: object, given: list[object]) -> object:
    """`parseInt`."""
    found = _INT.match(text(_arg(given, 0))[:1100])
    radix = integer(_arg(given, 1))
    if found is None or (radix and not 2 <= radix <= 36):
        return math.nan
    sign, hexed, digits = found[1], found[2], found[3]
    if hexed and radix not in (0, 16):
        digits, hexed = "0", None
    radix = 16 if hexed else radix or 10
    allowed = "0123456789abcdefghijklmnopqrstuvwxyz"[:radix]
    size = 0
    while size < len(digits) and digits[size].lower() in allowed:
        size += 1
    if not size:
        return math.nan
    value = int(digits[:size], radix)
    return tidy(-value if sign == "-" else value) if value or sign != "-" else -0.0


def _parse_float(m: Caller, this: object, given: list[object]) -> object:
    found = _FLOAT.match(text(_arg(given, 0))[:400])
    return number(found[1]) if found else math.nan


def _from_codes(m: Caller, this: object, given: list[object]) -> object:
    m.spend(len(given) >> 4)
    return "".join(chr(integer(one) & 0xFFFF) for one in given)


def _from_points(m: Caller, this: object, given: list[object]) -> object:
    made = []
    for one in given:
        point = integer(one)
        if not 0 <= point < 0x110000:
            raise Unresolved("code point")
        made.append(units(chr(point)))
    return "".join(made)


def _decode_uri(m: Caller, this: object, given: list[object]) -> object:
    raw = text(_arg(given, 0))
    m.spend(len(raw) >> 5)
    if re.search(r"%(?![0-9a-fA-F]{2})", raw):
        raise Thrown("URIError: malformed")
    try:
        return units(unquote_to_bytes(raw.encode("utf-8", "surrogatepass")).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Thrown("URIError: malformed") from error


def _unescape(m: Caller, this: object, given: list[object]) -> object:
    return _PERCENT_U.sub(lambda found: chr(int(found[1] or found[2], 16)), text(_arg(given, 0)))


def _escape(m: Caller, this: object, given: list[object]) -> object:
    made = []
    for ch in text(_arg(given, 0))[:100_000]:
        if ch.isascii() and (ch.isalnum() or ch in "@*_+-./"):
            made.append(ch)
        else:
            made.append(f"%{ord(ch):02X}" if ord(ch) < 256 else f"%u{ord(ch):04X}")
    return "".join(made)


def from_base64(raw: str) -> bytes:
    """Decode Base64 as Node does: either alphabet, what does not belong is skipped."""
    clean = re.sub(r"[^A-Za-z0-9+/]", "", raw.split("=", maxsplit=1)[0].replace("-", "+").replace("_", "/"))
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    try:
        return base64.b64decode(clean + "=" * (-len(clean) % 4))
    except (binascii.Error, ValueError) as error:
        raise Unresolved("base64") from error


def _atob(m: Caller, this: object, given: list[object]) -> object:
    raw = text(_arg(given, 0))
    m.spend(len(raw) >> 5)
    return from_base64(raw).decode("latin-1")


def _btoa(m: Caller, this: object, given: list[object]) -> object:
    return base64.b64encode(text(_arg(given, 0)).encode("latin-1", "replace")).decode()


def buffer_from(m: Caller, this: object, given: list[object]) -> object:
    """`Buffer.from`."""
    what, how = _arg(given, 0), text(_arg(given, 1)).lower()
    if isinstance(what, str):
        m.spend(len(what) >> 5)
        if how in ("base64", "base64url"):
            return Bytes(bytearray(from_base64(what)))
        if how == "hex":
            pairs = re.match(r"(?:[0-9a-fA-F]{2})*", what)
            return Bytes(bytearray.fromhex(pairs[0] if pairs else ""))
        if how in ("binary", "latin1", "ascii"):
            return Bytes(bytearray(ord(ch) & 255 for ch in what))
        return Bytes(bytearray(what.encode("utf-16-le" if how in ("utf16le", "ucs2") else "utf-8", "replace")))
    if isinstance(what, (int, float)) and not isinstance(what, bool):
        if not 0 <= what <= MAX_ITEMS:
            raise Unresolved("size")
        return Bytes(bytearray(int(what)))
    return Bytes(bytearray(integer(one) & 255 for one in items_of(what)))


def bytes_text(value: Bytes, how: str) -> str:
    """Return a buffer as text in an encoding."""
    data = bytes(value.data)
    if how == "hex":
        return data.hex()
    if how in ("base64", "base64url"):
        return base64.b64encode(data).decode()
    if how in ("binary", "latin1"):
        return data.decode("latin-1")
    if how == "ascii":
        return bytes(byte & 127 for byte in data).decode("ascii")
    return units(data.decode("utf-16-le" if how in ("utf16le", "ucs2") else "utf-8", "replace"))


def _bytes_to_string(m: Caller, this: object, given: list[object]) -> object:
    if not isinstance(this, Bytes):
        raise Unresolved("toString of something else")
    return bytes_text(this, "utf8" if _arg(given, 0) is None else text(given[0]).lower())


def _decode_text(m: Caller, this: object, given: list[object]) -> object:
    what = _arg(given, 0)
    if not isinstance(what, Bytes):
        raise Unresolved("decode")
    return bytes_text(what, "utf8")


def _inflate(how: int) -> Run:
    def run(m: Caller, this: object, given: list[object]) -> object:
        what = _arg(given, 0)
        if not isinstance(what, Bytes):
            raise Unresolved("inflate")
        try:
            made = zlib.decompressobj(how).decompress(bytes(what.data), 4 << 20)
        except zlib.error as error:
            raise Unresolved("inflate") from error
        m.spend(len(made) >> 5)
        return Bytes(bytearray(made))

    return run


def _json(value: object, depth: int = 0) -> object:
    if isinstance(value, list):
        return Arr([_json(one, depth + 1) for one in value])
    if isinstance(value, dict):
        return Obj({units(str(name)): _json(one, depth + 1) for name, one in value.items()})
    return NULL if value is None else units(value) if isinstance(value, str) else value


def _json_parse(m: Caller, this: object, given: list[object]) -> object:
    try:
        return _json(json.loads(text(_arg(given, 0))))
    except (ValueError, RecursionError) as error:
        raise Unresolved("JSON") from error


def _code(how: str) -> Run:
    """`eval`, `vm.runInThisContext`, ...: remember the text; a short one is evaluated as well."""

    def run(m: Caller, this: object, given: list[object]) -> object:
        what = _arg(given, 0)
        if not isinstance(what, str):
            return what
        m.capture(how, what)
        return m.program(what)  # type: ignore[attr-defined]

    return run


def _function(m: Caller, this: object, given: list[object]) -> object:
    body = text(given[-1]) if given else ""
    m.capture("Function", body)
    return m.function(",".join(text(one) for one in given[:-1]), body)  # type: ignore[attr-defined]


def _timer(m: Caller, this: object, given: list[object]) -> object:
    what = _arg(given, 0)
    if isinstance(what, str):
        m.capture("setTimeout", what)
    elif is_function(what):
        m.call(what, None, [])
    return 1


def _keys(m: Caller, this: object, given: list[object]) -> object:
    what = _arg(given, 0)
    if isinstance(what, Arr):
        return Arr([str(at) for at in range(len(what.items))])
    if not isinstance(what, Obj):
        raise Unresolved("keys")
    return Arr(list(what.props))


def _array(m: Caller, this: object, given: list[object]) -> object:
    if len(given) == 1 and isinstance(given[0], (int, float)):
        if not 0 <= given[0] <= MAX_ITEMS:
            raise Unresolved("size")
        return Arr([None] * int(given[0]))
    return Arr(list(given))


def _array_from(m: Caller, this: object, given: list[object]) -> object:
    items = items_of(_arg(given, 0))
    if _arg(given, 1) is not None:
        items = [m.call(given[1], None, [one, at]) for at, one in enumerate(items)]
    return Arr(items)


def _regexp(m: Caller, this: object, given: list[object]) -> object:
    what = _arg(given, 0)
    if isinstance(what, Regex):
        return what
    return Regex("(?:)" if what is None else text(what), "" if _arg(given, 1) is None else text(given[1]))


def _number(m: Caller, this: object, given: list[object]) -> object:
    return number(given[0]) if given else 0


def _string(m: Caller, this: object, given: list[object]) -> object:
    return text(given[0]) if given else ""


def _nothing(m: Caller, this: object, given: list[object]) -> object:
    return None


def _math(name: str) -> Run:
    def run(m: Caller, this: object, given: list[object]) -> object:
        values = [number(one) for one in given]
        if not values or any(v != v or math.isinf(v) for v in values):
            raise Unresolved("Math")
        match name:
            case "max":
                return max(values)
            case "min":
                return min(values)
            case "pow":
                from lazaretto.parse.js_eval.operators import arithmetic

                return arithmetic("**", values[0], values[1])
            case "round":
                return tidy(math.floor(values[0] + 0.5))
            case "sqrt":
                return tidy(math.sqrt(values[0])) if values[0] >= 0 else math.nan
        table: dict[str, Callable[[float], float]] = {
            "floor": math.floor,
            "ceil": math.ceil,
            "trunc": math.trunc,
            "abs": abs,
        }
        return tidy(table[name](values[0]))

    return run


def _is_nan(m: Caller, this: object, given: list[object]) -> object:
    value = number(_arg(given, 0))
    return value != value


def _uri(m: Caller, this: object, given: list[object]) -> object:
    return quote(text(_arg(given, 0)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), "-_.!~*'()")


class Realm:
    """One script's global object and prototypes; fresh for every script, since scripts change them."""

    def __init__(self) -> None:
        """Build the tables."""
        self.strings = string_methods()
        self.numbers = number_methods()
        self.arrays = array_methods()
        self.buffers: dict[str, object] = {
            "toString": Native("toString", _bytes_to_string),
            **{name: self.arrays[name] for name in ("map", "forEach", "slice", "reverse", "reduce", "join", "indexOf")},
        }
        self.buffers["subarray"] = self.arrays["slice"]
        self.string = Native("String", _string)
        self.number = Native("Number", _number)
        self.boolean = Native("Boolean", lambda m, this, given: truthy(_arg(given, 0)))
        self.array = Native("Array", _array)
        self.object = Native("Object", lambda m, this, given: _arg(given, 0) or Obj())
        self.function = Native("Function", _function)
        self.regexp = Native("RegExp", _regexp)
        self.buffer = Native("Buffer", buffer_from)
        self.string.props |= {
            "fromCharCode": Native("fromCharCode", _from_codes),
            "fromCodePoint": Native("fromCodePoint", _from_points),
            "prototype": Obj(self.strings),
        }
        self.number.props |= {"isNaN": Native("isNaN", _is_nan), "parseInt": Native("parseInt", parse_int)}
        self.array.props |= {
            "from": Native("from", _array_from),
            "of": Native("of", lambda m, this, given: Arr(list(given))),
            "isArray": Native("isArray", lambda m, this, given: isinstance(_arg(given, 0), Arr)),
            "prototype": Obj(self.arrays),
        }
        self.object.props |= {"keys": Native("keys", _keys), "freeze": Native("freeze", lambda m, t, g: _arg(g, 0))}
        self.buffer.props |= {
            "from": self.buffer,
            "alloc": self.buffer,
            "concat": Native("concat", _concat_bytes),
        }
        timer = Native("setTimeout", _timer)
        run = {name: Native(name, _code(name)) for name in ("runInThisContext", "runInNewContext", "runInContext")}
        decoder = Native("TextDecoder", lambda m, this, given: Obj({"decode": Native("decode", _decode_text)}))
        self.modules: dict[str, object] = {
            "buffer": Obj({"Buffer": self.buffer}),
            "vm": Obj({**run}),
            "util": Obj({"TextDecoder": decoder}),
            "zlib": Obj(
                {
                    "inflateSync": Native("inflateSync", _inflate(15)),
                    "gunzipSync": Native("gunzipSync", _inflate(31)),
                    "unzipSync": Native("unzipSync", _inflate(47)),
                    "inflateRawSync": Native("inflateRawSync", _inflate(-15)),
                }
            ),
        }
        self.top = Obj(
            {
                "parseInt": Native("parseInt", parse_int),
                "parseFloat": Native("parseFloat", _parse_float),
                "isNaN": Native("isNaN", _is_nan),
                "decodeURIComponent": Native("decodeURIComponent", _decode_uri),
                "decodeURI": Native("decodeURI", _decode_uri),
                "encodeURIComponent": Native("encodeURIComponent", _uri),
                "unescape": Native("unescape", _unescape),
                "escape": Native("escape", _escape),
                "atob": Native("atob", _atob),
                "btoa": Native("btoa", _btoa),
                "eval": Native("eval", _code("eval")),
                "String": self.string,
                "Number": self.number,
                "Boolean": self.boolean,
                "Array": self.array,
                "Object": self.object,
                "Function": self.function,
                "RegExp": self.regexp,
                "Buffer": self.buffer,
                "Uint8Array": self.buffer,
                "TextDecoder": decoder,
                "JSON": Obj({"parse": Native("parse", _json_parse)}, tag="open"),
                "Math": Obj(
                    {
                        n: Native(n, _math(n))
                        for n in ["max", "min", "pow", "round", "sqrt", "floor", "ceil", "trunc", "abs"]
                    }
                    | {"PI": math.pi},
                    tag="open",
                ),
                "console": Obj({n: Native(n, _nothing) for n in ("log", "warn", "error", "info", "debug")}, tag="open"),
                "setTimeout": timer,
                "setInterval": timer,
                "setImmediate": timer,
                "NaN": math.nan,
                "Infinity": math.inf,
                "undefined": None,
            }
        )
        require = Native("require", self._require)
        self.top.props |= {
            "require": require,
            "module": Obj(
                {
                    "constructor": Obj({"_load": require}, tag="open"),
                    "require": require,
                    "_compile": Native("_compile", _code("_compile")),
                },
                tag="open",
            ),
            "process": Obj({"mainModule": Obj({"require": require}, tag="open")}, tag="open"),
        }
        for name in ("globalThis", "global", "window", "self"):
            self.top.props[name] = self.top

    def _require(self, m: Caller, this: object, given: list[object]) -> object:
        name = text(_arg(given, 0)).removeprefix("node:")
        if name in self.modules:
            return self.modules[name]
        raise Unresolved(f"require {name}")


def _concat_bytes(m: Caller, this: object, given: list[object]) -> object:
    made = bytearray()
    for one in items_of(_arg(given, 0)):
        if not isinstance(one, Bytes) or len(made) > MAX_TEXT:
            raise Unresolved("Buffer.concat")
        made += one.data
    return Bytes(made)
