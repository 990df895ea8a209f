"""One log record as Sigma rules see it: a log source, and fields with the names of Sigma's taxonomy.

    Log
    |-- product:  linux, macos
    |-- category: process_creation, file_event, network_connection, dns_query, ...
    |-- raw:      field -> text as it was logged
    `-- low:      field -> the same with case folded, which is how Sigma compares

A field that is not there is absent: `field: null` is true of it and nothing else is. A value of several texts is true
for a test that one of them passes. Numbers and truth values are kept as text (`443`, `true`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Value: TypeAlias = str | tuple[str, ...]
Given: TypeAlias = str | int | float | bool | Iterable[str] | None

LONGEST: Final = 32 << 10
"""Characters of a value that are looked at: the first three quarters and the last one."""
MOST_VALUES: Final = 256
"""Texts of one value."""


@dataclass(frozen=True, slots=True)
class Log:
    """One record."""

    product: str
    category: str
    raw: Mapping[str, Value]
    low: Mapping[str, Value]
    cut: tuple[str, ...] = ()
    """Fields of which a part was not looked at."""


def log(product: str, category: str, fields: Mapping[str, Given]) -> Log:
    """Build a record; fields whose value is None are left out."""
    raw: dict[str, Value] = {}
    low: dict[str, Value] = {}
    cut: list[str] = []
    for name, given in fields.items():
        if given is None:
            continue
        if type(given) is str and len(given) <= LONGEST and given.isascii():
            raw[name] = given
            low[name] = given.lower()
            continue
        if isinstance(given, str):
            texts: tuple[str, ...] = (given,)
        elif isinstance(given, bool):
            texts = ("true" if given else "false",)
        elif isinstance(given, (int, float)):
            texts = (str(given),)
        else:
            texts = tuple(given)
        clean = tuple(_clean(text) for text in texts[:MOST_VALUES])
        if len(texts) > MOST_VALUES or any(len(text) > LONGEST for text in texts[:MOST_VALUES]):
            cut.append(name)
        if len(clean) == 1:
            raw[name] = clean[0]
            low[name] = clean[0].casefold()
        else:
            raw[name] = clean
            low[name] = tuple(text.casefold() for text in clean)
    return Log(product, category, raw, low, tuple(cut))


def _clean(text: str) -> str:
    if len(text) > LONGEST:
        tail = LONGEST // 4
        text = text[: LONGEST - tail] + text[-tail:]
    # File names need not be UTF-8; what stands for their bytes has no encoding, and regular expressions need one.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
