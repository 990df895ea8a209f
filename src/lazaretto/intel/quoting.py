"""Is a recorded value used here, or only quoted?

Reports, advisories, detection rules and block lists are full of recorded values; that is their purpose. A file that
quotes them is no danger, so its sightings weigh little. They are never dropped: a reader may still want to know.
"""

import re
from enum import Enum

from lazaretto.parse.blob import Blob

LIST_LENGTH = 8
"""More distinct hosts and addresses than this in one file is a list. Loaders of these campaigns hold one to four."""

_DOCUMENTS = frozenset({
    ".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".asciidoc", ".org", ".tex", ".csv", ".tsv", ".log",
})  # fmt: skip
_DOCUMENT_NAMES = frozenset({"readme", "changelog", "changes", "license", "licence", "copying", "notice", "authors"})
_RULES = frozenset({".yar", ".yara", ".sigma", ".rules", ".rule", ".stix", ".stix2", ".misp", ".ioc", ".spl", ".kql"})
_DATA = frozenset({".json", ".jsonl", ".ndjson", ".yml", ".yaml", ".toml", ".xml", ".html"})
_CONFIGURATION = re.compile(r"^(?:requirements|constraints)[\w.-]*\.txt$|^cmakelists\.txt$")
_TEST_FOLDERS = frozenset({"fixtures", "__fixtures__", "testdata", "specimens", "corpus", "__snapshots__", "cassettes"})
_TESTS = frozenset({"test", "tests", "__tests__", "spec", "e2e", "testing"})
_TOOL_WORDS = frozenset({
    "ioc", "iocs", "indicator", "indicators", "yara", "malware", "blocklist", "denylist", "stix", "misp", "osint",
    "lazarus", "dprk", "beavertail", "invisibleferret", "ottercookie", "polinrider", "contagious", "graphalgo",
})  # fmt: skip
_DATA_WORDS = _TOOL_WORDS | {"intel", "threat", "threats", "threatintel", "advisory", "advisories", "feed", "feeds",
                             "signatures", "detection", "detections", "rules", "hunting"}  # fmt: skip
_TALK = (b"malware", b"polinrider", b"beavertail", b"invisibleferret", b"lazarus", b"dprk", b"contagious interview",
         b"of compromise", b"infected", b"yara", b" ioc", b"_ioc", b"threat actor", b"blocklist")  # fmt: skip
"""What people write who look for such values; two of these in one file, and it is a tool that does."""
_WORD = re.compile(r"[a-z0-9]+")


class Use(Enum):
    """What a file does with a recorded value."""

    LIVE = "live"
    """Code or configuration."""
    TEST = "test"
    """Code or data of tests, or of a tool that looks for such values."""
    QUOTED = "quoted"
    """A document, a detection rule, a list."""


def use_of(blob: Blob, distinct: int) -> Use:
    """Judge by the path, a little of the content, and the number of distinct recorded values in the file."""
    folders = {part.lower() for part in blob.path.split("/")[:-1]}
    words = {word for part in blob.path.split("/")[-3:] for word in _WORD.findall(part.lower())}
    if distinct > LIST_LENGTH or blob.suffix in _RULES or _is_document(blob):
        return Use.QUOTED
    if folders & _TEST_FOLDERS or (blob.suffix in _DATA and (words & _DATA_WORDS or _is_rule(blob.data))):
        return Use.QUOTED
    if folders & _TESTS or words & _TOOL_WORDS or _talks_of_malware(blob.data):
        return Use.TEST
    return Use.LIVE


def is_search(line: bytes, value: bytes) -> bool:
    """Tell whether a line looks for a value instead of using it: `grep -E 'a|b'`, a YARA string."""
    line = line[:4096]
    asks = any(word in line for word in (b"grep ", b"rg -", b"findstr", b"Select-String", b"re.compile", b"--pickaxe"))
    return asks or b"|" + value in line or value + b"|" in line


def _is_document(blob: Blob) -> bool:
    if blob.suffix in _DOCUMENTS:
        return _CONFIGURATION.match(blob.name) is None
    return blob.name.partition(".")[0] in _DOCUMENT_NAMES and blob.suffix in ("", ".html")


def _talks_of_malware(data: bytes) -> bool:
    head = data[: 1 << 18].lower()
    return sum(word in head for word in _TALK) >= 2


def _is_rule(data: bytes) -> bool:
    """Tell a Sigma or Semgrep rule from other YAML and JSON."""
    head = data[:65536]
    sigma = b"logsource:" in head and b"detection:" in head
    semgrep = b"rules:" in head and b"languages:" in head and b"pattern" in head
    bundle = b'"type": "bundle"' in head and b'"spec_version"' in head
    return sigma or semgrep or bundle
