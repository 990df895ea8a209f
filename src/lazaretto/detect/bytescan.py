"""The pack of byte patterns (`data/bytes.yar`), searched in one pass by YARA-X.

Compiled when the first opaque file is met, once for each worker: about 25 ms, which is less than looking up and
reading a compiled copy would save, so none is kept on disk. Searching costs 1 ms a megabyte; the same 68 words by
Python's `in` cost 41 (2026-11-25, 65 MB of native code from wheels).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from lazaretto.detect.rule import Match
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.opaque import OpaqueFile
from lazaretto.parse.views import ParseError

if TYPE_CHECKING:
    from yara_x import Rules

SECONDS = 5
"""Longest search of one file."""
MATCHES = 8
"""Places of one pattern that are noted; hostile files repeat a word a million times."""
WORDS = 6
WORD_CHARS = 48

_CONFIRM = {
    "webhook": (
        re.compile(rb"webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60}"),
        re.compile(rb"w\0e\0b\0h\0o\0o\0k\0s\0/\0(?:[0-9]\0){17,20}/\0(?:[A-Za-z0-9_-]\0){60}"),
    ),
    "bot-token": (
        re.compile(rb"(?<=[0-9]{8}):AA[A-Za-z0-9_-]{33}"),
        re.compile(rb"(?<=(?:[0-9]\0){8}):\0A\0A\0(?:[A-Za-z0-9_-]\0){33}"),
    ),
}
"""Forms of secrets, as bytes and as UTF-16."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule of the pack that holds for a file."""

    rule: str
    group: str
    severity: Severity
    confidence: Confidence
    name: str
    """`name` of the metadata; empty when there is none."""
    words: tuple[str, ...]
    """What was found, at most `WORDS` different ones; empty for rules that only join others."""
    offset: int
    """Place of the first of them, bytes."""


def hits(view: OpaqueFile, group: str) -> tuple[Hit, ...]:
    """Return what a group of the pack sees in a file; the file is searched once for all groups.

    Raises:
        ParseError: the search took too long.
    """
    if "bytes" not in view.searched:
        view.searched["bytes"] = tuple(_search(view.blob.data))
    found: tuple[Hit, ...] = view.searched["bytes"]
    return tuple(hit for hit in found if hit.group == group)


def matches(view: OpaqueFile, group: str, template: str) -> Iterator[Match]:
    """Yield the worst sighting of a group; `template` takes `{words}` and `{name}`."""
    found = hits(view, group)
    if not found:
        return
    worst = max(found, key=lambda hit: (hit.severity + hit.confidence, hit.rule))
    words = tuple(dict.fromkeys(word for hit in found for word in hit.words))[:WORDS]
    yield Match(
        template,
        params={"words": ", ".join(words) or worst.rule.replace("_", " "), "name": worst.name},
        severity=worst.severity,
        confidence=worst.confidence,
        excerpt=worst.rule,
    )


@lru_cache(maxsize=1)
def compiled() -> "Rules":
    """Return the compiled pack."""
    import yara_x

    source = resources.files("lazaretto").joinpath("detect", "data", "bytes.yar").read_text(encoding="utf-8")
    return yara_x.compile(source)


def _search(data: bytes) -> Iterator[Hit]:
    import yara_x

    scanner = yara_x.Scanner(compiled())
    scanner.set_timeout(SECONDS)
    scanner.max_matches_per_pattern(MATCHES)
    try:
        found = scanner.scan(data).matching_rules
    except yara_x.TimeoutError:
        raise ParseError(f"searching its bytes took longer than {SECONDS} s") from None
    for rule in found:
        meta = dict(rule.metadata)
        forms = _CONFIRM.get(str(meta.get("confirm", "")), ())
        if forms and not any(form.search(data) for form in forms):
            continue
        spans = sorted((match.offset, match.length) for pattern in rule.patterns for match in pattern.matches)
        words = (_word(data[start : start + length]) for start, length in spans)
        yield Hit(
            rule.identifier,
            str(meta["group"]),
            Severity(int(meta["severity"])),
            Confidence(int(meta["confidence"])),
            str(meta.get("name", "")),
            tuple(dict.fromkeys(words))[:WORDS],
            spans[0][0] if spans else 0,
        )


def _word(found: bytes) -> str:
    return found.replace(b"\0", b"").decode("latin-1")[:WORD_CHARS]
