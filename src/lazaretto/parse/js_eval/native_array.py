"""Methods of arrays and of `Buffer`s, and what stands on `Object` and `Array` (ECMA-262, chapters 20.1 and 23.1)."""

from functools import cmp_to_key

from lazaretto.parse.js_eval.operators import MAX_TEXT, same
from lazaretto.parse.js_eval.values import (
    NULL,
    Arr,
    Bytes,
    Caller,
    Native,
    Obj,
    Unresolved,
    integer,
    number,
    text,
    truthy,
    units,
)

MAX_ITEMS = 1_000_000


def items_of(value: object) -> list[object]:
    """Return what iterating over a value brings.

    Raises:
        Unresolved: not a value whose iteration is known.
    """
    if isinstance(value, Arr):
        return list(value.items)
    if isinstance(value, Bytes):
        return list(value.data)
    if isinstance(value, str):
        if value.isascii():
            return list(value)
        plain = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return [units(ch) for ch in plain]
    if isinstance(value, Obj) and isinstance(length := value.props.get("length"), int) and length <= MAX_ITEMS:
        return [value.props.get(str(at)) for at in range(length)]
    raise Unresolved("iteration")


def _list(this: object) -> list[object]:
    if isinstance(this, Arr):
        return this.items
    return items_of(this)


def _own(this: object) -> list[object]:
    if not isinstance(this, Arr):
        raise Unresolved("array method of something else")
    return this.items


def _arg(given: list[object], at: int) -> object:
    return given[at] if at < len(given) else None


def _bounds(given: list[object], size: int) -> tuple[int, int]:
    start = integer(_arg(given, 0))
    end = size if _arg(given, 1) is None else integer(given[1])
    return (
        max(size + start, 0) if start < 0 else min(start, size),
        max(size + end, 0) if end < 0 else min(end, size),
    )


def _push(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    if len(items) + len(given) > MAX_ITEMS:
        raise Unresolved("array too long")
    items.extend(given)
    return len(items)


def _pop(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    return items.pop() if items else None


def _shift(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    m.spend(len(items) >> 8)
    return items.pop(0) if items else None


def _unshift(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    m.spend(len(items) >> 8)
    items[:0] = given
    return len(items)


def _join(m: Caller, this: object, given: list[object]) -> object:
    mark = "," if _arg(given, 0) is None else text(given[0])
    items = _list(this)
    m.spend(len(items) >> 3)
    made = mark.join("" if one is None or one is NULL else text(one) for one in items)
    if len(made) > MAX_TEXT:
        raise Unresolved("text too long")
    return made


def _reverse(m: Caller, this: object, given: list[object]) -> object:
    if isinstance(this, Bytes):
        this.data.reverse()
    else:
        _own(this).reverse()
    return this


def _slice(m: Caller, this: object, given: list[object]) -> object:
    if isinstance(this, Bytes):
        start, end = _bounds(given, len(this.data))
        return Bytes(this.data[start:end])
    items = _list(this)
    start, end = _bounds(given, len(items))
    m.spend(len(items) >> 6)
    return Arr(items[start:end])


def _splice(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    start, _ = _bounds(given[:1], len(items))
    count = len(items) - start if len(given) < 2 else min(max(integer(given[1]), 0), len(items) - start)
    gone = items[start : start + count]
    items[start : start + count] = given[2:]
    m.spend(len(items) >> 6)
    return Arr(gone)


def _concat(m: Caller, this: object, given: list[object]) -> object:
    made = list(_list(this))
    for one in given:
        made.extend(one.items) if isinstance(one, Arr) else made.append(one)
    m.spend(len(made) >> 6)
    return Arr(made)


def _index_of(m: Caller, this: object, given: list[object]) -> object:
    wanted = _arg(given, 0)
    for at, one in enumerate(_list(this)):
        if same(one, wanted):
            m.spend(at >> 5)
            return at
    return -1


def _each(how: str) -> Native:
    def run(m: Caller, this: object, given: list[object]) -> object:
        function, items = _arg(given, 0), _list(this)
        if how == "map" and isinstance(this, Bytes):
            return Bytes(bytearray(integer(m.call(function, None, [v, i, this])) & 255 for i, v in enumerate(items)))
        made: list[object] = []
        for at, one in enumerate(list(items)):
            m.spend(1)
            got = m.call(function, _arg(given, 1), [one, at, this])
            match how:
                case "map":
                    made.append(got)
                case "flatMap":
                    made.extend(got.items) if isinstance(got, Arr) else made.append(got)
                case "filter" if truthy(got):
                    made.append(one)
                case "find" if truthy(got):
                    return one
                case "findIndex" if truthy(got):
                    return at
                case "some" if truthy(got):
                    return True
                case "every" if not truthy(got):
                    return False
        return {"forEach": None, "find": None, "findIndex": -1, "some": False, "every": True}.get(how, Arr(made))

    return Native(how, run)


def _reduce(m: Caller, this: object, given: list[object], *, right: bool = False) -> object:
    items = list(enumerate(_list(this)))
    if right:
        items.reverse()
    if len(given) > 1:
        total = given[1]
    elif items:
        total = items.pop(0)[1]
    else:
        raise Unresolved("reduce of nothing")
    for at, one in items:
        m.spend(1)
        total = m.call(given[0], None, [total, one, at, this])
    return total


def _sort(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    m.spend(len(items))
    if _arg(given, 0) is None:
        items.sort(key=text)
    else:

        def order(a: object, b: object) -> int:
            got = number(m.call(given[0], None, [a, b]))
            return (got > 0) - (got < 0)

        held = list(items)
        held.sort(key=cmp_to_key(order))
        items[:] = held
    return this


def _fill(m: Caller, this: object, given: list[object]) -> object:
    items = _own(this)
    start, end = _bounds(given[1:], len(items))
    items[start:end] = [_arg(given, 0)] * (end - start)
    return this


def _keys(m: Caller, this: object, given: list[object]) -> object:
    return Arr(list(range(len(_list(this)))))


def _iterator(m: Caller, this: object, given: list[object]) -> object:
    _list(this)
    return Obj(tag="Array Iterator")


def _flat(m: Caller, this: object, given: list[object]) -> object:
    made: list[object] = []
    for one in _list(this):
        made.extend(one.items) if isinstance(one, Arr) else made.append(one)
    return Arr(made)


def _includes(m: Caller, this: object, given: list[object]) -> object:
    return _index_of(m, this, given) != -1


def _at(m: Caller, this: object, given: list[object]) -> object:
    items, at = _list(this), integer(_arg(given, 0))
    at = at + len(items) if at < 0 else at
    return items[at] if 0 <= at < len(items) else None


def array_methods() -> dict[str, object]:
    """Return a fresh `Array.prototype`."""
    table = {
        "push": _push,
        "pop": _pop,
        "shift": _shift,
        "unshift": _unshift,
        "join": _join,
        "reverse": _reverse,
        "slice": _slice,
        "splice": _splice,
        "concat": _concat,
        "indexOf": _index_of,
        "includes": _includes,
        "at": _at,
        "fill": _fill,
        "flat": _flat,
        "keys": _keys,
        "entries": _iterator,
        "sort": _sort,
        "reduce": _reduce,
        "reduceRight": lambda m, this, given: _reduce(m, this, given, right=True),
        "toString": lambda m, this, given: text(this),
    }
    made: dict[str, object] = {name: Native(name, run) for name, run in table.items()}
    for name in ("map", "forEach", "filter", "find", "findIndex", "some", "every", "flatMap"):
        made[name] = _each(name)
    return made
