"""Match what was examined against the embedded packs. Pure; nothing recorded is ever resolved or opened.

    match_packages(packages)     names and versions
    match_text(blob)             addresses, accounts, wallets, marks inside a file
    match_hashes(digest, path)   a file that is known byte for byte
    match_file(blob)             the last two, and the file's name: all that one file can tell

Where a recorded value stands decides what it weighs (`quoting.py`): the same address is HIGH in code and LOW in a
report about it.
"""

import hashlib
from collections.abc import Iterable

from lazaretto.intel.catalog import CAMPAIGN_INDICATOR, CAMPAIGN_MARKER, KNOWN_BAD_FILE, WALLET_EXTENSION
from lazaretto.intel.index import index
from lazaretto.intel.pack import newest_date, references
from lazaretto.intel.packages import match_packages
from lazaretto.intel.quoting import Use, is_search, use_of
from lazaretto.intel.rule import IntelRule
from lazaretto.intel.sightings import ENCODED, Sighting, sightings
from lazaretto.model.finding import Confidence, Finding, Location, Severity
from lazaretto.model.intel import Indicator, Scope, Trust
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.prefilter import Terms

__all__ = ["match_file", "match_hashes", "match_packages", "match_text", "newest_date", "words_of_files"]

BINARY_BYTES = 8 << 20
"""Binary files beyond this are not searched for addresses; their digests are still compared."""
TEXT_BYTES = 16 << 20
"""Text beyond this is not searched: a data dump, not a loader."""
EXCERPT_BYTES = 120

_MEDIA = frozenset({
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".bmp", ".tif", ".tiff", ".psd", ".mp3", ".mp4", ".mov",
    ".webm", ".ogg", ".wav", ".flac", ".ttf", ".otf", ".eot", ".woff", ".woff2", ".zip", ".gz", ".xz", ".bz2", ".zst",
    ".br", ".7z", ".rar", ".tgz", ".whl", ".jar", ".pdf", ".npy", ".npz", ".h5", ".parquet",
})  # fmt: skip
_PROGRAMS = (b"\x7fELF", b"MZ", b"\0asm", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
"""How programs begin: records by MD5 are all of programs."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NETWORK = frozenset({"domain", "ipv4", "ipv4-port", "url", "wallet"})


def words_of_files() -> tuple[Terms, ...]:
    """Return what `match_file` looks for: who searches it along with other words spares it a pass of its own."""
    return index().words.terms, ENCODED


def match_file(blob: Blob) -> list[Finding]:
    """Everything that one file can tell: its digests, its name, its content."""
    found = match_hashes(blob.digest, blob.path)
    if not found and blob.data.startswith(_PROGRAMS):
        found = match_hashes(hashlib.md5(blob.data, usedforsecurity=False).hexdigest(), blob.path)
    return found + ([] if blob.layer else _match_name(blob)) + match_text(blob)


def match_hashes(digest: str, path: str) -> list[Finding]:
    """Return a finding when `digest` (SHA-256 or MD5, hexadecimal) is that of a recorded file."""
    recorded = index().digests.get(digest.lower())
    if not recorded:
        return []
    template = N_("this file is recorded as part of campaign {campaign} ({what}); {source}")
    return [_finding(KNOWN_BAD_FILE, path, (Location(path),), template, recorded, excerpt=digest)]


def match_text(blob: Blob) -> list[Finding]:
    """Return what is recorded of the addresses, accounts, wallets and marks in a file.

    Binary media are not searched, and other files only up to `TEXT_BYTES` and `BINARY_BYTES`.
    """
    if blob.is_binary and (blob.suffix in _MEDIA or len(blob.data) > BINARY_BYTES):
        return []
    if len(blob.data) > TEXT_BYTES:
        return []
    data = blob.text.encode("utf-8", "replace") if blob.data.startswith(_UTF16) else blob.data
    held = blob.held if data is blob.data else None
    found = list(sightings(data, blob.path.rpartition("/")[2].lower(), index(), held))
    if not found:
        return []
    source = blob if data is blob.data else Blob(blob.path, data)
    network = [sighting for sighting in found if sighting.indicators[0].kind in _NETWORK]
    use = use_of(source, len(network))
    if use is Use.QUOTED and len(found) > 1:
        return [_summary(source, found)]
    return [_sighted(source, sighting, use) for sighting in found]


def _sighted(blob: Blob, sighting: Sighting, use: Use) -> Finding:
    first = sighting.indicators[0]
    locations = tuple(Location(blob.path, *blob.position(offset)) for offset in sighting.offsets)
    if use is Use.LIVE and is_search(_command(blob, locations[0].line), first.value.encode()):
        use = Use.TEST
    severity, confidence = _weigh(sighting, use)
    rule = CAMPAIGN_MARKER if first.kind in ("marker", "file-name") else CAMPAIGN_INDICATOR
    if first.scope is Scope.TARGET:
        rule, severity, confidence = WALLET_EXTENSION, Severity.LOW, Confidence.MEDIUM
        template = N_("{value} is the browser extension id of a wallet that stealers look for ({what})")
    elif sighting.loose:
        template = N_("{value} is recorded for campaign {campaign} with this address but another port; {source}")
    elif sighting.encoded:
        template = N_(
            "an encoded address decodes to {value}, which is recorded for campaign {campaign} ({what}); {source}"
        )
    elif use is Use.QUOTED:
        template = N_("quotes {value}, which is recorded for campaign {campaign} ({what}); {source}")
    else:
        template = N_("{value} is recorded for campaign {campaign} ({what}); {source}")
    return _finding(
        rule, blob.path, locations, template, sighting.indicators,
        severity=severity, confidence=confidence, excerpt=_excerpt(blob, locations[0]),
    )  # fmt: skip


def _weigh(sighting: Sighting, use: Use) -> tuple[Severity, Confidence]:
    first = sighting.indicators[0]
    trust = max((indicator.trust for indicator in sighting.indicators), key=list(Trust).index)
    if use is Use.QUOTED or trust is Trust.LOW:
        return Severity.LOW, Confidence.LOW
    if use is Use.TEST:
        return Severity.MEDIUM, Confidence.LOW
    if first.kind in ("github-account", "npm-account", "browser-extension", "file-name") or sighting.loose:
        return Severity.MEDIUM, Confidence.MEDIUM
    if first.kind == "marker":
        strong = len(first.value) >= 40 and first.scope is Scope.EXACT
        return Severity.HIGH, Confidence.HIGH if strong else Confidence.MEDIUM
    if first.kind in ("domain", "ipv4") and trust is not Trust.HIGH and not sighting.address:
        return Severity.HIGH, Confidence.MEDIUM
    if first.kind == "ipv4" and trust is not Trust.HIGH:  # addresses change hands
        return Severity.HIGH, Confidence.MEDIUM
    return Severity.HIGH, Confidence.HIGH


def _summary(blob: Blob, found: list[Sighting]) -> Finding:
    indicators = tuple(indicator for sighting in found for indicator in sighting.indicators)
    first = min(offset for sighting in found for offset in sighting.offsets)
    location = Location(blob.path, *blob.position(first))
    template = N_(
        "quotes {count} recorded values of {campaign}; it reads like a report or a list, not like code using them"
    )
    return _finding(
        CAMPAIGN_INDICATOR, blob.path, (location,), template, indicators,
        severity=Severity.LOW, confidence=Confidence.LOW, excerpt=_excerpt(blob, location), count=len(found),
    )  # fmt: skip


def _match_name(blob: Blob) -> list[Finding]:
    recorded = index().names.get(blob.name)
    if not recorded:
        return []
    template = N_("a file of this name ({value}) is left behind by campaign {campaign}; {source}")
    return [
        _finding(
            CAMPAIGN_MARKER, blob.path, (Location(blob.path),), template, recorded,
            severity=Severity.MEDIUM, confidence=Confidence.MEDIUM,
        )
    ]  # fmt: skip


def _finding(
    rule: IntelRule,
    path: str,
    locations: tuple[Location, ...],
    template: str,
    indicators: Iterable[Indicator],
    *,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
    excerpt: str = "",
    count: int = 0,
) -> Finding:
    recorded = tuple(indicators)
    first = recorded[0]
    params = {
        "value": defanged(first.value),
        "campaign": ", ".join(sorted({indicator.campaign for indicator in recorded})),
        "what": first.role or first.kind,
        "source": _source(first),
        "count": count,
    }
    return Finding(
        rule=rule.id,
        subject=path,
        severity=severity or rule.severity,
        confidence=confidence or rule.confidence,
        locations=locations,
        message=Message.of(template, {key: value for key, value in params.items() if f"{{{key}}}" in template}),
        techniques=rule.techniques,
        excerpt=excerpt,
        phase=rule.phase,
        role=rule.role,
    )


def _source(indicator: Indicator) -> str:
    reference = references().get(indicator.source)
    title, date = (reference.title, reference.date) if reference else (indicator.source, "")
    return f"{title} ({date}, {indicator.trust.value})"


def _command(blob: Blob, line: int) -> bytes:
    """The line, with those before it that it continues (a shell's backslash at the end)."""
    text = blob.line_bytes(line)
    for before in range(line - 1, max(0, line - 6), -1):
        above = blob.line_bytes(before)
        if not above.endswith(b"\\"):
            break
        text = above[-500:] + text
    return text


def _excerpt(blob: Blob, place: Location) -> str:
    line = blob.line_bytes(place.line)
    start = max(0, place.column - 1 - EXCERPT_BYTES // 2)
    return defanged(line[start : start + EXCERPT_BYTES].decode("utf-8", "replace").strip())


def defanged(value: str) -> str:
    """Make addresses unclickable: `hxxps://a[.]b`."""
    return value.replace("http", "hxxp").replace(".", "[.]") if "." in value else value
