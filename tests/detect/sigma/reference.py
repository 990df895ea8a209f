"""A second reading of Sigma's specification, slow and without pySigma: the oracle of the compiled matcher.

It works on the rule as a mapping, understands the modifiers by itself and asks every rule of every record.
"""

import base64
import fnmatch
import ipaddress
import itertools
import re

DASHES = "-/\u2013\u2014\u2015"


def holds(rule: dict, record: dict) -> bool:
    detection = rule["detection"]
    conditions = detection["condition"]
    return any(
        _Condition(detection, record, text).value()
        for text in ([conditions] if isinstance(conditions, str) else conditions)
    )


class _Condition:
    """`not` binds before `and`, `and` before `or`."""

    def __init__(self, detection, record, text):
        self.names = {name: value for name, value in detection.items() if name != "condition"}
        self.record = record
        self.words = re.findall(r"[()]|[^\s()]+", text)

    def value(self) -> bool:
        found = self._or()
        assert not self.words
        return found

    def _or(self):
        found = self._and()
        while self.words and self.words[0] == "or":
            self.words.pop(0)
            right = self._and()
            found = found or right
        return found

    def _and(self):
        found = self._not()
        while self.words and self.words[0] == "and":
            self.words.pop(0)
            right = self._not()
            found = found and right
        return found

    def _not(self):
        word = self.words.pop(0)
        if word == "not":
            return not self._not()
        if word == "(":
            found = self._or()
            assert self.words.pop(0) == ")"
            return found
        if self.words and self.words[0] == "of":
            self.words.pop(0)
            pattern = self.words.pop(0)
            names = [
                name
                for name in self.names
                if not name.startswith("_") and (pattern == "them" or fnmatch.fnmatchcase(name, pattern))
            ]
            return (all if word == "all" else any)(selection(self.names[name], self.record) for name in names)
        return selection(self.names[word], self.record)


def selection(definition, record) -> bool:
    if isinstance(definition, dict):
        return all(item(key, value, record) for key, value in definition.items())
    if isinstance(definition, list):
        return any(selection(one, record) for one in definition)
    return item("", definition, record)


def item(key: str, given, record) -> bool:
    field, *modifiers = key.split("|")
    values = given if isinstance(given, list) else [given]
    quantor = all if "all" in modifiers else any
    if not values:
        return field not in record
    found = quantor(one(field, modifiers, value, record) for value in values)
    return not found if "neq" in modifiers else found


def one(field: str, modifiers: list, value, record) -> bool:
    texts = [record[field]] if field in record else []
    if not field:
        texts = list(record.values())
    texts = [text for given in texts for text in (given if isinstance(given, tuple) else (given,))]
    texts = [("true" if text else "false") if isinstance(text, bool) else str(text) for text in texts]
    if "exists" in modifiers:
        return (field in record) == value
    if value is None:
        return field not in record
    for name in modifiers:
        if name in ("lt", "lte", "gt", "gte"):
            return any(compare(name, text, value) for text in texts)
    if "re" in modifiers:
        flags = re.IGNORECASE * ("i" in modifiers) | re.MULTILINE * ("m" in modifiers) | re.DOTALL * ("s" in modifiers)
        return any(re.search(value, text, flags) for text in texts)
    if "cidr" in modifiers:
        return any(inside(text, value) for text in texts)
    if "fieldref" in modifiers:
        other = record.get(value)
        return other is not None and any(placed(modifiers, text.lower(), str(other).lower()) for text in texts)
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, (int, float)):
        if field:
            return any(compare("eq", text, value) for text in texts)
        return any(str(value) in text for text in texts)
    return any(
        matches(modifiers, text, variant, keyword=not field) for text in texts for variant in variants(modifiers, value)
    )


def placed(modifiers, text, other):
    if "contains" in modifiers:
        return other in text
    if "startswith" in modifiers:
        return text.startswith(other)
    return text.endswith(other) if "endswith" in modifiers else text == other


def compare(name, text, value):
    try:
        number = float(text)
    except ValueError:
        return False
    return {
        "lt": number < value, "lte": number <= value, "gt": number > value, "gte": number >= value, "eq": number == value,
    }[name]  # fmt: skip


def inside(text, network):
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network)
    except ValueError:
        return False


def variants(modifiers, value):
    """Yield lists of tokens: characters, and None / Ellipsis for `?` / `*`."""
    found = [tokens(value)]
    if "windash" in modifiers:
        found = [new for old in found for new in dashes(old)]
    if "wide" in modifiers:
        found = [
            [char for token in old for char in ((token, "\0") if isinstance(token, str) else (token,))] for old in found
        ]
    if "base64" in modifiers:
        found = [list(base64.b64encode("".join(old).encode()).decode()) for old in found]
    if "base64offset" in modifiers:
        found = [list(text) for old in found for text in offsets("".join(old).encode())]
    return found


def offsets(data: bytes):
    for skip in range(3):
        padded = b"\0" * skip + data
        text = base64.b64encode(padded).decode().rstrip("=")
        whole = len(padded) * 8 // 6  # characters whose six bits are all of the text
        yield text[(skip * 8 + 5) // 6 : whole]


def dashes(old):
    places = [
        at
        for at, token in enumerate(old)
        if token in ("-", "/")
        and at + 1 < len(old) and isinstance(old[at + 1], str) and (old[at + 1].isalnum() or old[at + 1] == "_")
        and not (at and isinstance(old[at - 1], str) and (old[at - 1].isalnum() or old[at - 1] == "_"))
    ]  # fmt: skip
    for choice in itertools.product(DASHES, repeat=len(places)):
        new = list(old)
        for at, dash in zip(places, choice, strict=True):
            new[at] = dash
        yield new


def tokens(value: str):
    found, at = [], 0
    while at < len(value):
        char = value[at]
        if char == "\\" and at + 1 < len(value) and value[at + 1] in "*?\\":
            found.append(value[at + 1])
            at += 2
            continue
        found.append(... if char == "*" else None if char == "?" else char)
        at += 1
    return found


def matches(modifiers, text, pattern, *, keyword):
    if "cased" not in modifiers:
        text = text.lower()
        pattern = [token.lower() if isinstance(token, str) else token for token in pattern]
    front = keyword or "contains" in modifiers or "endswith" in modifiers
    back = keyword or "contains" in modifiers or "startswith" in modifiers
    body = "".join(".*" if token is ... else "." if token is None else re.escape(token) for token in pattern)
    return re.fullmatch((".*" if front else "") + body + (".*" if back else ""), text, re.DOTALL) is not None
