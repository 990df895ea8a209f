"""Text under a magnifying glass: characters that do not show, and values that are something else once decoded.

ConfigText   files of settings: `.env` and its relatives, JSON, YAML, TOML, INI
hidden_runs  runs of characters that no editor draws
decoded_url  a URL behind one or two layers of base64 or hexadecimal
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lazaretto.parse.blob import Blob
from lazaretto.parse.views import FileView

_INVISIBLE = (
    rb"\xf3\xa0[\x80-\x87][\x80-\xbf]"  # tags and variation selectors supplement, U+E0000..U+E01EF
    rb"|\xef\xb8[\x80-\x8f]"  # variation selectors, U+FE00..U+FE0F
    rb"|\xe2\x80[\x8b-\x8d]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf"  # zero width: space, joiners, word joiner, BOM
    rb"|\xe3\x85\xa4|\xef\xbe\xa0|\xe1\x85[\x9f\xa0]"  # Hangul fillers, U+3164, U+FFA0, U+115F, U+1160
)
INVISIBLE_RUN = re.compile(rb"(?:" + _INVISIBLE + rb"){8,}")
"""Eight or more invisible characters in a row: no script, emoji or ligature needs that."""
INVISIBLE_NEEDLES = (
    b"\xf3\xa0\x80", b"\xf3\xa0\x81", b"\xf3\xa0\x84", b"\xf3\xa0\x85", b"\xf3\xa0\x86", b"\xf3\xa0\x87", b"\xef\xb8",
    b"\xe2\x80\x8b\xe2\x80", b"\xe2\x80\x8c\xe2\x80", b"\xe2\x80\x8d\xe2\x80", b"\xe2\x81", b"\xe3\x85\xa4",
    b"\xef\xbe\xa0", b"\xe1\x85\x9f", b"\xe1\x85\xa0",
)  # fmt: skip
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates of UAX #9: what the Trojan Source paper uses."""

LARGEST_DATA = 1 << 20
"""JSON and YAML beyond this many bytes are data, not settings; files named `env` are always settings."""
_ASSIGNMENT = re.compile(
    r"\s{0,200}(?:export\s{1,8}|set\s{1,8}|-\s{1,8})?[\"']?([A-Za-z_][\w.-]{0,120})[\"']?\s{0,40}[:=]\s{0,40}(.{1,4000})"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,4000}={0,2}")
_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]{2}){6,2000}")
_URL = re.compile(r"(?:https?|wss?|ftp)://[\x21-\x7e]{3,2000}", re.IGNORECASE)
ENCODED_URL = re.compile(
    rb"aHR0c[A-Za-z0-9+/_=-]{6,4000}|YUhSMG[A-Za-z0-9+/_=-]{6,4000}|6874747[04][0-9a-fA-F]{10,4000}"
)
"""A URL in base64, twice base64, or hexadecimal; only a candidate until `decoded_url` agrees."""
ENCODED_URL_STARTS = (b"aHR0c", b"YUhSMG", b"6874747")
"""One of these stands in every text that `ENCODED_URL` matches."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One setting."""

    name: str
    value: str
    """Without quotes and trailing comment."""
    line: int


class ConfigText(FileView):
    """A file of settings, read line by line whatever its grammar is."""

    title = "configuration file"
    SUFFIXES: ClassVar = frozenset(
        [
            ".env", ".json", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".config", ".properties", ".local",
            ".example", ".sample", ".default", ".json5", ".jsonc", ".xml", ".plist",
        ]
    )  # fmt: skip
    _ENV: ClassVar = re.compile(r"(?:^|[._-])env(?:$|[._-])")
    _SKIP: ClassVar = frozenset(["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "composer.lock"])

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name: anything with an `env` part, and the usual configuration suffixes."""
        if (
            blob.is_binary
            or blob.name in cls._SKIP
            or (len(blob.data) > LARGEST_DATA and not cls._ENV.search(blob.name))
        ):
            return False
        return blob.suffix in cls.SUFFIXES or (
            cls._ENV.search(blob.name) is not None
            and blob.suffix not in {".js", ".ts", ".mjs", ".cjs", ".py", ".md", ".tsx", ".jsx"}
        )

    @cached_property
    def is_env(self) -> bool:
        """True when the name says that it holds environment variables."""
        return self._ENV.search(self.blob.name) is not None

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """All `NAME=value`, `name: value` and `"name": "value"` lines."""
        found: list[Assignment] = []
        for number, row in enumerate(self.blob.text.splitlines(), 1):
            match = (
                _ASSIGNMENT.match(row) if len(row) < 5000 and not row.lstrip().startswith(("#", ";", "//")) else None
            )
            if match:
                found.append(Assignment(match.group(1), _value(match.group(2)), number))
        return tuple(found)


def _value(text: str) -> str:
    text = text.strip().rstrip(",")
    if text[:1] in {'"', "'", "`"}:
        end = text.find(text[0], 1)
        return text[1:end] if end > 0 else text[1:]
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


def hidden_runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (offset, number of bytes) of each run of invisible characters."""
    for found in INVISIBLE_RUN.finditer(data):
        yield found.start(), found.end() - found.start()


def decoded(value: str) -> str | None:
    """Return the printable text behind one layer of base64 or hexadecimal, or None."""
    if _HEX.fullmatch(value) and len(value) % 2 == 0:
        raw = bytes.fromhex(value.removeprefix("0x"))
    elif _BASE64.fullmatch(value):
        body = value.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        try:
            raw = base64.b64decode(body + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError):
            return None
    else:
        return None
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and text else None


def decoded_url(value: str) -> tuple[str, int] | None:
    """Return (URL, layers) when `value` decodes to a URL within three layers; read backwards too."""
    for start in (value, value[::-1]):
        text: str | None = start
        for layer in range(1, 4):
            text = decoded(text.strip()) if text else None
            if text is None:
                break
            if _URL.fullmatch(text.strip()):
                return text.strip(), layer
    return None


def is_documentation(path: str) -> bool:
    """Tell whether a path is prose, translation or a list of words, where odd characters are meant to be read."""
    low = path.lower()
    return low.endswith(
        (
            ".md",
            ".mdx",
            ".rst",
            ".txt",
            ".adoc",
            ".html",
            ".htm",
            ".po",
            ".pot",
            ".csv",
            ".tsv",
            ".xliff",
            ".xlf",
            ".srt",
            ".svg",
            ".tex",
            ".ipynb",
            ".properties",
            ".strings",
            ".arb",
            ".resx",
        )
    ) or any(
        part
        in {
            "locale",
            "locales",
            "i18n",
            "l10n",
            "lang",
            "langs",
            "translations",
            "messages",
            "docs",
            "intl",
            "cldr",
            "unicode",
        }
        for part in low.split("/")[:-1]
    )


def is_test(path: str) -> bool:
    """Tell whether a path lies in a folder of tests or fixtures."""
    parts = path.lower().split("/")
    return any(
        part
        in {
            "test",
            "tests",
            "__tests__",
            "fixtures",
            "__fixtures__",
            "testdata",
            "spec",
            "specs",
            "mocks",
            "__mocks__",
            "e2e",
        }
        for part in parts[:-1]
    )
