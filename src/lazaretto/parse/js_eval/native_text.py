"""Methods of strings and numbers (ECMA-262, chapters 21.1 and 22.1)."""

import math

from lazaretto.parse.js_eval import regexes
from lazaretto.parse.js_eval.operators import MAX_TEXT
from lazaretto.parse.js_eval.values import (
    SAFE,
    Arr,
    Caller,
    Native,
    Regex,
    Unresolved,
    integer,
    is_function,
    number,
    number_text,
    text,
)

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_PARTS = 500_000
"""Most pieces of a split text."""


def _arg(given: list[object], at: int) -> object:
    return given[at] if at < len(given) else None


def _range(given: list[object], size: int) -> tuple[int, int]:
    """Start and end of `slice`: negative ones count from the end."""
    start = integer(_arg(given, 0))
    end = size if _arg(given, 1) is None else integer(given[1])
    start = max(size + start, 0) if start < 0 else min(start, size)
    end = max(size + end, 0) if end < 0 else min(end, size)
    return start, end


def _char_at(m: Caller, this: object, given: list[object]) -> object:
    s, at = text(this), integer(_arg(given, 0))
    return s[at] if 0 <= at < len(s) else ""


def _char_code_at(m: Caller, this: object, given: list[object]) -> object:
    s, at = text(this), integer(_arg(given, 0))
    return ord(s[at]) if 0 <= at < len(s) else math.nan


def _code_point_at(m: Caller, this: object, given: list[object]) -> object:
    s, at = text(this), integer(_arg(given, 0))
    if not 0 <= at < len(s):
        return None
    first = ord(s[at])
    if 0xD800 <= first < 0xDC00 and at + 1 < len(s) and 0xDC00 <= (second := ord(s[at + 1])) < 0xE000:
        return (first - 0xD800) * 0x400 + second - 0xDC00 + 0x10000
    return first


def _at(m: Caller, this: object, given: list[object]) -> object:
    s, at = text(this), integer(_arg(given, 0))
    at = at + len(s) if at < 0 else at
    return s[at] if 0 <= at < len(s) else None


def _index_of(m: Caller, this: object, given: list[object]) -> object:
    s = text(this)
    m.spend(len(s) >> 6)
    return s.find(text(_arg(given, 0)), min(max(integer(_arg(given, 1)), 0), len(s)))


def _last_index_of(m: Caller, this: object, given: list[object]) -> object:
    return text(this).rfind(text(_arg(given, 0)))


def _includes(m: Caller, this: object, given: list[object]) -> object:
    return text(_arg(given, 0)) in text(this)


def _starts(m: Caller, this: object, given: list[object]) -> object:
    return text(this).startswith(text(_arg(given, 0)), max(integer(_arg(given, 1)), 0))


def _ends(m: Caller, this: object, given: list[object]) -> object:
    return text(this).endswith(text(_arg(given, 0)))


def _slice(m: Caller, this: object, given: list[object]) -> object:
    s = text(this)
    start, end = _range(given, len(s))
    return s[start:end]


def _substring(m: Caller, this: object, given: list[object]) -> object:
    s = text(this)
    start = min(max(integer(_arg(given, 0)), 0), len(s))
    end = len(s) if _arg(given, 1) is None else min(max(integer(given[1]), 0), len(s))
    return s[min(start, end) : max(start, end)]


def _substr(m: Caller, this: object, given: list[object]) -> object:
    s, start = text(this), integer(_arg(given, 0))
    start = max(len(s) + start, 0) if start < 0 else min(start, len(s))
    count = len(s) if _arg(given, 1) is None else min(max(integer(given[1]), 0), len(s))
    return s[start : start + count]


def _split(m: Caller, this: object, given: list[object]) -> object:
    s, by = text(this), _arg(given, 0)
    m.spend(len(s) >> 4)
    if by is None:
        return Arr([s])
    if isinstance(by, Regex):
        parts: list[object] = list(regexes.usable(by.source, by.flags, s).split(s))
    else:
        mark = text(by)
        parts = list(s) if mark == "" else list(s.split(mark))
    if len(parts) > MAX_PARTS:
        raise Unresolved("too many parts")
    limit = _arg(given, 1)
    return Arr(parts if limit is None else parts[: integer(limit)])


def _replace(m: Caller, this: object, given: list[object], *, every: bool = False) -> object:
    s, what, by = text(this), _arg(given, 0), _arg(given, 1)
    m.spend(1 + (len(s) >> 6))
    if not isinstance(what, Regex):
        mark = text(what)
        if not is_function(by):
            return s.replace(mark, _template(text(by), mark), -1 if every else 1)
        at = s.find(mark)
        if every:
            raise Unresolved("replaceAll with a function")
        return s if at < 0 else s[:at] + text(m.call(by, None, [mark, at, s])) + s[at + len(mark) :]
    pattern = regexes.usable(what.source, what.flags, s)
    made: list[str] = []
    last = size = 0
    for found in pattern.finditer(s):
        m.spend(1)
        if is_function(by):
            put = text(m.call(by, None, [found[0], *found.groups(), found.start(), s]))
        else:
            put = _template(text(by), found[0], found.groups())
        made += (s[last : found.start()], put)
        size += len(put) + found.start() - last
        last = found.end()
        if size > MAX_TEXT:
            raise Unresolved("text too long")
        if "g" not in what.flags:
            break
    return "".join(made) + s[last:]


def _replace_all(m: Caller, this: object, given: list[object]) -> object:
    return _replace(m, this, given, every=True)


def _template(by: str, whole: str, groups: tuple[str | None, ...] = ()) -> str:
    """Fill `$&` and `$1` in a replacement."""
    if "$" not in by:
        return by
    for at, group in enumerate(groups[:9], 1):
        by = by.replace(f"${at}", group or "")
    return by.replace("$&", whole).replace("$$", "$")


def _match(m: Caller, this: object, given: list[object]) -> object:
    s, what = text(this), _arg(given, 0)
    if not isinstance(what, Regex):
        raise Unresolved("match")
    m.spend(len(s) >> 4)
    pattern = regexes.usable(what.source, what.flags, s)
    from lazaretto.parse.js_eval.values import NULL

    if "g" in what.flags:
        found: list[object] = [hit[0] for hit in pattern.finditer(s)]
        return Arr(found) if found else NULL
    hit = pattern.search(s)
    return Arr([hit[0], *hit.groups()]) if hit else NULL


def _search(m: Caller, this: object, given: list[object]) -> object:
    s, what = text(this), _arg(given, 0)
    source, flags = (what.source, what.flags) if isinstance(what, Regex) else (text(what), "")
    hit = regexes.usable(source, flags, s).search(s)
    return hit.start() if hit else -1


def _concat(m: Caller, this: object, given: list[object]) -> object:
    return text(this) + "".join(text(one) for one in given)


def _repeat(m: Caller, this: object, given: list[object]) -> object:
    s, count = text(this), integer(_arg(given, 0))
    if count < 0 or len(s) * count > MAX_TEXT:
        raise Unresolved("text too long")
    return s * count


def _pad(m: Caller, this: object, given: list[object], *, end: bool) -> object:
    s, size = text(this), integer(_arg(given, 0))
    fill = " " if _arg(given, 1) is None else text(given[1])
    if size <= len(s) or not fill:
        return s
    if size > MAX_TEXT:
        raise Unresolved("text too long")
    extra = (fill * (size // len(fill) + 1))[: size - len(s)]
    return s + extra if end else extra + s


def _html(tag: str, attribute: str = "") -> Native:
    def run(m: Caller, this: object, given: list[object]) -> object:
        value = text(_arg(given, 0)).replace('"', "&quot;")
        inner = f'<{tag} {attribute}="{value}">' if attribute else f"<{tag}>"
        return f"{inner}{text(this)}</{tag}>"

    return Native(tag, run)


def radix_text(value: float, radix: int) -> str:
    """Number.prototype.toString(radix) for whole numbers.

    Raises:
        Unresolved: fractions in other radices.
    """
    if not 2 <= radix <= 36:
        raise Unresolved("radix")
    if radix == 10 or value != value or math.isinf(value):
        return number_text(value)
    if value != int(value) or abs(value) > SAFE:
        raise Unresolved("fraction in a radix")
    rest, digits = abs(int(value)), ""
    while rest:
        rest, digit = divmod(rest, radix)
        digits = _DIGITS[digit] + digits
    return ("-" if value < 0 else "") + (digits or "0")


def _to_string(m: Caller, this: object, given: list[object]) -> object:
    if isinstance(this, bool):
        return text(this)
    radix = 10 if _arg(given, 0) is None else integer(given[0])
    return radix_text(number(this), radix)


def _to_fixed(m: Caller, this: object, given: list[object]) -> object:
    value, digits = number(this), integer(_arg(given, 0))
    if abs(value) > 1e15 or not 0 <= digits <= 20:
        raise Unresolved("toFixed")
    return f"{value:.{digits}f}"


def _self(m: Caller, this: object, given: list[object]) -> object:
    return this


def _named(name: str, run: object) -> Native:
    return Native(name, run)  # type: ignore[arg-type]  # every function of this module has the shape


def string_methods() -> dict[str, object]:
    """Return a fresh `String.prototype`."""
    table = {
        "charAt": _char_at,
        "charCodeAt": _char_code_at,
        "codePointAt": _code_point_at,
        "at": _at,
        "indexOf": _index_of,
        "lastIndexOf": _last_index_of,
        "includes": _includes,
        "startsWith": _starts,
        "endsWith": _ends,
        "slice": _slice,
        "substring": _substring,
        "substr": _substr,
        "split": _split,
        "replace": _replace,
        "replaceAll": _replace_all,
        "match": _match,
        "search": _search,
        "concat": _concat,
        "repeat": _repeat,
        "padStart": lambda m, this, given: _pad(m, this, given, end=False),
        "padEnd": lambda m, this, given: _pad(m, this, given, end=True),
        "trim": lambda m, this, given: text(this).strip(),
        "trimStart": lambda m, this, given: text(this).lstrip(),
        "trimEnd": lambda m, this, given: text(this).rstrip(),
        "toLowerCase": lambda m, this, given: text(this).lower(),
        "toUpperCase": lambda m, this, given: text(this).upper(),
        "toString": _self,
        "valueOf": _self,
        "normalize": _self,
    }
    made: dict[str, object] = {name: _named(name, run) for name, run in table.items()}
    for name, tag, attribute in (
        ("italics", "i", ""),
        ("bold", "b", ""),
        ("big", "big", ""),
        ("sub", "sub", ""),
        ("fontcolor", "font", "color"),
        ("link", "a", "href"),
        ("anchor", "a", "name"),
    ):
        made[name] = _html(tag, attribute)
    return made


def number_methods() -> dict[str, object]:
    """Return a fresh `Number.prototype`."""
    return {
        "toString": Native("toString", _to_string),
        "toFixed": Native("toFixed", _to_fixed),
        "valueOf": Native("valueOf", _self),
    }
