"""Folding of Python operators, text methods and built-in functions over constants, with bounds on every result."""

import ast
import re
import warnings

from lazaretto.parse import py_decode
from lazaretto.parse.py_values import UNKNOWN, UNSET, Const, Value, diluted, further
from lazaretto.parse.py_vocabulary import BUILTIN_FUNCTIONS

RANGE = 8192
"""Longest `range` that is written out."""
MAX_CHARS = py_decode.MAX_BYTES
_WIDE_FORMAT = re.compile(r"%[-+ #0]*(?:\d{4}|\*)|\{[^{}]*[:!]")
_PLAIN_METHODS = {
    "strip", "lstrip", "rstrip", "lower", "upper", "swapcase", "split", "rsplit", "splitlines", "hex", "title",
    "capitalize", "removeprefix", "removesuffix", "translate", "partition", "rpartition", "find", "index", "count",
}  # fmt: skip
_COPYRIGHT = "Copyright (c) 2001-2023 Python Software Foundation.\nAll Rights Reserved."
_TYPES = {"int", "str", "bytes", "list", "dict", "set", "tuple", "float", "bool", "type", "object", "complex", "range"}


def binary(operator: ast.operator, left: Value, right: Value) -> Value:
    """Return `left OPERATOR right`."""
    tags = left.tags | right.tags
    const: Const = UNSET
    if left.known and right.known:
        const = _operate(operator, left.const, right.const)
    if isinstance(operator, ast.BitXor):
        return Value(const, tags=tags | {"dec:xor"}, steps=further(left.steps, "xor"))
    if const is not UNSET:
        steps = left.steps or right.steps
        if isinstance(const, list) and isinstance(operator, ast.Add):
            both = (_elements(left) or ()) + (_elements(right) or ())
            return Value(const, tags=tags, items=both[:4000] if len(both) == len(const) else None, steps=steps)
        return Value(const, tags=tags, steps=steps)
    if isinstance(operator, ast.Add):
        first, second = _elements(left), _elements(right)
        if first is not None and second is not None:
            return Value(tags=tags, items=(first + second)[:4000])
        if left.shape == right.shape == "\0":
            return Value(tags=tags) if tags else UNKNOWN
        if "ix" in tags and _is_piece(left) and _is_piece(right):
            tags |= {"dec:pick"}
        return Value(tags=diluted(tags) if _adds_text(left, right) else tags, shape=(left.shape + right.shape)[:4000])
    if isinstance(operator, ast.Mod) and isinstance(left.const, str):
        tags = tags | right.all_tags()
        parts = iter(right.items if right.items is not None else (right,))
        shape = re.sub(r"%[sdr]", lambda _hit: next(parts, UNKNOWN).shape, left.const[:4000])
        return Value(tags=diluted(tags) if left.const.strip() not in {"%s", "%r"} else tags, shape=shape[:4000])
    if isinstance(operator, ast.Div) and (left.shape != "\0" or right.shape != "\0"):  # pathlib
        return Value(tags=tags, name=left.name, shape=f"{left.shape}/{right.shape}"[:4000])
    return Value(tags=tags) if tags else UNKNOWN


def _elements(value: Value) -> tuple[Value, ...] | None:
    if value.items is None and isinstance(value.const, list | tuple):
        return tuple(Value(item) for item in value.const[:200])
    return value.items


def _is_piece(value: Value) -> bool:
    """Tell whether a value is one sign of a text: by its index, or because it is one character."""
    return "ix" in value.tags or "dec:pick" in value.tags or (isinstance(value.const, str) and len(value.const) == 1)


def _adds_text(left: Value, right: Value) -> bool:
    return any(value.shape.strip("\0 \n") for value in (left, right))


def _operate(operator: ast.operator, left: Const, right: Const) -> Const:
    try:
        if isinstance(operator, ast.Add):
            if isinstance(left, str) and isinstance(right, str):
                return left + right if len(left) + len(right) <= MAX_CHARS else UNSET
            if isinstance(left, bytes) and isinstance(right, bytes):
                return left + right if len(left) + len(right) <= MAX_CHARS else UNSET
            if isinstance(left, list) and isinstance(right, list):
                return left + right if len(left) + len(right) <= MAX_CHARS else UNSET
        if isinstance(operator, ast.Mod) and isinstance(left, str):
            if _WIDE_FORMAT.search(left) or len(left) > MAX_CHARS:
                return UNSET
            return left % (tuple(right) if isinstance(right, list) else right)
        if isinstance(operator, ast.Mult):
            for sequence, count in ((left, right), (right, left)):
                if isinstance(sequence, str | bytes | list) and isinstance(count, int):
                    return sequence * count if len(sequence) * max(count, 0) <= MAX_CHARS else UNSET
        if isinstance(left, int) and isinstance(right, int):
            return _integers(operator, left, right)
        if isinstance(left, int | float) and isinstance(right, int | float):
            return _floats(operator, left, right)
    except (TypeError, ValueError, ArithmeticError, KeyError, IndexError):
        pass
    return UNSET


def _floats(operator: ast.operator, left: float, right: float) -> Const:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return left // right
        case _:
            return UNSET


def _integers(operator: ast.operator, left: int, right: int) -> Const:
    if max(left.bit_length(), right.bit_length()) > 4096:
        return UNSET
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.BitXor():
            return left ^ right
        case ast.BitAnd():
            return left & right
        case ast.BitOr():
            return left | right
        case ast.LShift():
            return left << right if 0 <= right <= 4096 else UNSET
        case ast.RShift():
            return left >> right if right >= 0 else UNSET
        case ast.FloorDiv():
            return left // right
        case ast.Div():
            return left / right
        case ast.Mod():
            return left % right
        case ast.Pow():
            return left**right if 0 <= right <= 64 else UNSET
        case _:
            return UNSET


def subscript(base: Value, node: ast.expr, index: Value) -> Const:
    """Return `base[index]` for constant text, bytes and lists."""
    const = base.const
    if isinstance(const, dict):
        return const.get(index.const, UNSET) if isinstance(index.const, str | bytes | int) else UNSET
    if not isinstance(const, str | bytes | list | tuple):
        return UNSET
    try:
        if isinstance(node, ast.Slice):
            parts = index.const
            if isinstance(parts, tuple) and all(part is None or isinstance(part, int) for part in parts):
                return const[slice(*parts)]
            return UNSET
        if isinstance(index.const, int):
            return const[index.const]
    except (IndexError, ValueError, TypeError):
        pass
    return UNSET


def method(receiver: Value, attr: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value | None:
    """Return the result of a text method on a constant, or None when this is not one."""
    if attr in {"__str__", "__repr__"} and receiver.name and not args:
        text = _described(receiver.name)
        return Value(text) if text else None
    const = receiver.const
    if attr == "join" and isinstance(const, str | bytes) and args:
        return _join(const, args[0])
    if attr in {"decode", "encode"} and (receiver.known or args):
        encoding = args[0].const if args else kwargs["encoding"].const if "encoding" in kwargs else "utf-8"
        if isinstance(encoding, str):
            folded, kind = py_decode.codec(const, encoding, decoding=attr == "decode")
            tags = receiver.tags | ({f"dec:{kind}"} | ({"lit"} if receiver.known else set()) if kind else set())
            if folded is not UNSET or kind:
                return Value(folded, tags=tags, steps=further(receiver.steps, *([kind] if kind else [])))
        return None
    if attr == "format" and isinstance(const, str):
        tags = receiver.tags.union(*(value.all_tags() for value in (*args, *kwargs.values())))
        if not _WIDE_FORMAT.search(const) and all(value.known for value in (*args, *kwargs.values())):
            try:
                return Value(
                    const.format(*(v.const for v in args), **{k: v.const for k, v in kwargs.items()}), tags=tags
                )
            except (IndexError, KeyError, ValueError, AttributeError, TypeError):
                pass
        parts = iter(args)
        shape = re.sub(
            r"\{(\w*)[^{}]*\}",
            lambda hit: (kwargs[hit[1]] if hit[1] in kwargs else next(parts, UNKNOWN)).shape,
            const[:4000],
        )
        return Value(tags=diluted(tags) if const.strip() != "{}" else tags, shape=shape[:4000])
    if isinstance(const, dict) and attr in {"get", "items", "keys", "values"}:
        return _dict_method(receiver, const, attr, args)
    if not isinstance(const, str | bytes):
        return None
    folded = _text_method(const, attr, [value.const for value in args])
    if folded is UNSET:
        return None
    alters = attr in {"replace", "translate"} and len(const) > 40
    return Value(
        folded,
        tags=receiver.tags | ({"dec:replace"} if alters else frozenset()),
        steps=further(receiver.steps, attr) if alters else receiver.steps,
    )


def _dict_method(receiver: Value, const: "dict[object, object]", attr: str, args: tuple[Value, ...]) -> Value | None:
    if attr == "get":
        key = args[0].const if args else UNSET
        found = const.get(key, UNSET) if isinstance(key, str | bytes | int) else UNSET
        return Value(found, tags=receiver.tags) if found is not UNSET else None
    if attr == "items":
        return Value([[key, value] for key, value in const.items()], tags=receiver.tags)
    return Value(list(const) if attr == "keys" else list(const.values()), tags=receiver.tags)


def _text_method(const: str | bytes, attr: str, values: list[Const]) -> Const:
    if any(value is UNSET for value in values):
        return UNSET
    if attr == "replace" and len(values) >= 2:
        old, new = values[0], values[1]
        if not (isinstance(old, type(const)) and isinstance(new, type(const))) or not old:
            return UNSET
        if len(const) + const.count(old) * max(len(new) - len(old), 0) > MAX_CHARS:  # type: ignore[arg-type]
            return UNSET
    elif attr not in _PLAIN_METHODS:
        return UNSET
    function = getattr(const, attr, None)
    if function is None:
        return UNSET
    if attr == "translate" and any(
        isinstance(v, str) and len(v) > 8 for t in values if isinstance(t, dict) for v in t.values()
    ):
        return UNSET
    try:
        result: Const = function(*values)
    except (TypeError, ValueError, LookupError, AttributeError):
        return UNSET
    return result


def _join(const: str | bytes, source: Value) -> Value:
    sequence = source.const
    tags = source.all_tags()
    if isinstance(sequence, list | tuple | str) and isinstance(const, str):
        parts = list(sequence)
        if all(isinstance(part, str) for part in parts):
            if sum(map(len, parts)) + len(const) * len(parts) <= MAX_CHARS:
                text = const.join(parts)
                hides = {"lit"} if "dec:chr" in tags and len(text) >= 16 else frozenset()
                return Value(text, tags=tags | hides, steps=source.steps)
            return Value(tags=tags)
    if source.items is not None and isinstance(const, str):
        if len(source.items) > 2 and all(_is_piece(item) for item in source.items):
            tags |= {"dec:pick"}
        return Value(
            tags=diluted(tags) if len(source.items) > 1 else tags,
            shape=const.join(item.shape for item in source.items[:100])[:4000],
        )
    if (
        isinstance(sequence, list | tuple)
        and isinstance(const, bytes)
        and all(isinstance(part, bytes) for part in sequence)
    ):
        whole = sum(map(len, sequence)) + len(const) * len(sequence) <= MAX_CHARS
        return Value(const.join(sequence) if whole else UNSET, tags=tags, steps=source.steps)
    return Value(tags=tags)


def _described(name: str) -> str:
    if name == "copyright":
        return _COPYRIGHT
    if name in _TYPES:
        return f"<class '{name}'>"
    return f"<built-in function {name}>" if name in BUILTIN_FUNCTIONS else ""


def plain(name: str, args: tuple[Value, ...]) -> Value | None:
    """Return the result of a built-in function over constants, or None when it is not one of them."""
    if not args or len(args) > 4:
        return None
    first = args[0]
    const = first.const
    try:
        match name:
            case "chr" | "unichr":
                if isinstance(const, int):
                    return Value(chr(const), tags=first.tags | {"dec:chr"}, steps=further(first.steps, "chr"))
                return Value(tags=first.tags | {"dec:chr"})
            case "ord":
                if isinstance(const, str | bytes) and len(const) == 1:
                    return Value(ord(const), tags=first.tags)
            case "int":
                if isinstance(const, int):
                    return first
                if isinstance(const, float):
                    return Value(int(const), tags=first.tags)
                if isinstance(const, str) and len(const) < 1000:
                    base = args[1].const if len(args) > 1 else 10
                    return Value(int(const, base), tags=first.tags) if isinstance(base, int) else None
            case "float":
                if isinstance(const, int | float) or (isinstance(const, str) and len(const) < 400):
                    return Value(float(const), tags=first.tags)
            case "str":
                if isinstance(const, str):
                    return first
                if isinstance(const, int) and const.bit_length() < 4096:
                    return Value(str(const), tags=first.tags)
                if isinstance(const, bytes) and len(args) > 1:
                    return method(first, "decode", args[1:], {})
                if first.name and not first.known:
                    text = _described(first.name)
                    if text:
                        return Value(text)
                return Value(tags=first.all_tags(), shape=first.shape) if first.tags or first.shape != "\0" else None
            case "bytes" | "bytearray":
                if isinstance(const, str) and len(args) > 1:
                    return method(first, "encode", args[1:], {})
                if not isinstance(const, int):
                    folded = py_decode.as_bytes(const) if isinstance(const, bytes | list | tuple) else None
                    if folded is not None:
                        spelled = isinstance(const, list | tuple) and len(folded) > 3
                        return Value(
                            folded,
                            tags=first.tags | {"dec:chr", "lit"} if spelled else first.tags,
                            steps=further(first.steps, "chr") if spelled else first.steps,
                        )
            case "int.to_bytes":
                size = args[1].const if len(args) > 1 else None
                order = args[2].text if len(args) > 2 else "big"
                if (
                    isinstance(const, int)
                    and isinstance(size, int)
                    and 0 < size <= 1 << 16
                    and order in {"big", "little"}
                ):
                    try:
                        spelled_out = const.to_bytes(size, "big" if order == "big" else "little")
                    except OverflowError:
                        return None
                    return Value(spelled_out, tags=first.tags | {"dec:chr", "lit"}, steps=further(first.steps, "chr"))
            case "list" | "tuple" | "reversed":
                items = list(const) if isinstance(const, str | bytes | list | tuple) else None
                if items is not None and len(items) <= MAX_CHARS:
                    return Value(
                        items[::-1] if name == "reversed" else items,
                        tags=first.tags | ({"dec:reverse"} if name == "reversed" else frozenset()),
                        steps=further(first.steps, "reverse") if name == "reversed" else first.steps,
                    )
            case "range":
                bounds = [value.const for value in args]
                if all(isinstance(bound, int) and abs(bound) < 1 << 20 for bound in bounds):
                    steps = range(*bounds)  # type: ignore[call-overload]
                    return Value(list(steps)) if len(steps) <= RANGE else None
            case "len":
                if isinstance(const, str | bytes | list | tuple):
                    return Value(len(const))
            case (
                "os.path.join"
                | "posixpath.join"
                | "ntpath.join"
                | "pathlib.Path"
                | "pathlib.PurePath"
                | "pathlib.PosixPath"
            ):
                tags = frozenset().union(*(value.tags for value in args))
                shape = "/".join(value.shape.rstrip("/\\") if value.shape not in {"/", "\\"} else "" for value in args)[
                    :4000
                ]
                whole = all(isinstance(value.const, str) for value in args)
                kind = "pathlib.Path()" if name.startswith("pathlib") else ""
                return Value(shape if whole else UNSET, tags=tags, name=kind, shape=shape)
            case (
                "os.path.expanduser"
                | "os.path.dirname"
                | "os.path.expandvars"
                | "os.path.abspath"
                | "os.path.normpath"
                | "os.path.realpath"
                | "shlex.quote"
                | "os.fspath"
            ):
                return Value(const, tags=first.tags, shape=first.shape)
            case "shlex.split":
                return Value(tags=first.tags, shape=first.shape)
            case "base64.b64encode" | "base64.urlsafe_b64encode" | "base64.standard_b64encode" | "base64.encodebytes":
                if isinstance(const, str | bytes) and len(const) <= MAX_CHARS:
                    return Value(py_decode.encode(name, const), tags=first.tags, steps=first.steps)
                return Value(tags=first.all_tags())
            case "str.maketrans" | "bytes.maketrans" | "string.maketrans":
                table = [value.const for value in args]
                texts = [part for part in table if isinstance(part, str) and len(part) < 5000]
                if len(texts) == len(table):
                    return Value(dict(str.maketrans(*texts[:3])))
                if len(table) == 1 and isinstance(const, dict):
                    return Value(dict(str.maketrans(const)))
                if len(table) == 2 and all(isinstance(part, bytes) for part in table):
                    return Value(bytes.maketrans(*table))  # type: ignore[arg-type]
            case "str.encode" | "str.lower" | "str.upper" | "str.join" | "str.replace" | "bytes.decode":
                return method(first, name.partition(".")[2], args[1:], {})
            case _:
                return None
    except (ValueError, TypeError, OverflowError):
        return None
    return None


def parse_text(text: str) -> ast.Module | None:
    """Parse program text found in a constant; None when it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
