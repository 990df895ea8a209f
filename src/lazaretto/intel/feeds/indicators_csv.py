"""Lists of indicators: one value a line, or CSV with a header.

Plain: `#`, `;` and `//` begin remarks, the rest of the line is one value, or a package (`npm:name@1.0.0`,
`pypi:name==1.0`, a package URL).

CSV: the delimiter is found out (`,`, `;`, tab); columns are known by their names, in any order and case:

    value     value, indicator, ioc, observable
    kind      only a remark: the value itself tells
    package   package_name, package, name            with  ecosystem, registry, type
    versions  package_versions, versions, version    one or several, separated by commas or blanks
    rest      campaign, source, confidence, first_seen, last_seen, expires, tlp, role, description

A line that fits nothing is rejected and told, at most once for each reason and document.
"""

import csv
import re
from collections.abc import Iterator, Mapping

from lazaretto.ecosystems import npm, pypi
from lazaretto.ecosystems.ranges import canonical, world
from lazaretto.intel.feeds.feed import Document, DocumentError, Format, is_name, is_version, iso, short, text_of
from lazaretto.intel.feeds.values import value_of
from lazaretto.model.intel import Coverage, Facts, Indicator, PackageRecord, Tlp, Trust

LONGEST_LINE = 100_000

_VALUE = ("value", "indicator", "ioc", "observable", "indicator_value")
_PACKAGE = ("package_name", "package", "name")
_VERSIONS = ("package_versions", "versions", "version", "affected_versions")
_ECOSYSTEM = ("ecosystem", "registry", "package_type", "type")
_REMARK = re.compile(r"^\s*(?:#|;|//|$)")
_SPLIT = re.compile(r"[\s,;|]+")


def accepts(document: Document) -> bool:
    """Tell a list by its file name, or by being text that is no mark-up."""
    name = document.name.lower()
    if name.endswith((".csv", ".tsv", ".ioc", ".ioc.txt", "indicators.txt", "iocs.txt")):
        return True
    return name.endswith((".txt", ".list", ".lst")) and document.data[:1] not in (b"{", b"[", b"<")


def read(document: Document) -> Facts:
    """Read one list."""
    if document.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise DocumentError("a web page instead of a list")
    if b"\0" in document.data[:4096] and not document.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError("not text")
    lines = [line for line in text_of(document.data).splitlines() if not _REMARK.match(line)]
    delimiter = _delimiter(lines[0]) if lines else ""
    found = list(_table(lines, delimiter) if delimiter else map(_plain, lines))
    reasons = dict.fromkeys(one for one in found if isinstance(one, str))
    return Facts(
        packages=tuple(dict.fromkeys(one for one in found if isinstance(one, PackageRecord))),
        indicators=tuple(dict.fromkeys(one for one in found if isinstance(one, Indicator))),
        rejected=tuple(reasons),
    )


def _delimiter(head: str) -> str:
    """Return the delimiter of a header line; empty when the first line is a value already."""
    for delimiter in (",", "\t", ";"):
        names = {name.strip().strip('"').lower() for name in head.split(delimiter)}
        if names & {*_VALUE, *_PACKAGE} and (len(names) > 1 or names & {*_VALUE}):
            return delimiter
    return ""


def _plain(line: str) -> Indicator | PackageRecord | str:
    text = line.strip()[:LONGEST_LINE]
    package = package_of(text)
    if package is not None:
        return package
    found = value_of(text.split()[0] if text.split() else "")
    return Indicator(*found, source="", trust=Trust.MEDIUM) if found else "a line that is no indicator"


def _table(lines: list[str], delimiter: str) -> Iterator[Indicator | PackageRecord | str]:
    try:
        for row in csv.DictReader(lines, delimiter=delimiter, strict=False):
            yield _row(
                {str(key).strip().lower(): value.strip() for key, value in row.items() if isinstance(value, str)}
            )
    except csv.Error:
        yield "a row that is no CSV"


def _row(row: Mapping[str, str]) -> Indicator | PackageRecord | str:
    value = _first(row, _VALUE)
    name, versions = _first(row, _PACKAGE), _first(row, _VERSIONS)
    campaign, source = row.get("campaign", ""), row.get("source", "")
    if not all(is_name(text) for text in (campaign, source) if text):
        return "a row with an unusable campaign or source"
    seen, last, expires = (iso(row.get(key)) for key in ("first_seen", "last_seen", "expires"))
    tlp = row.get("tlp", "").lower().removeprefix("tlp:").replace("white", "clear")
    marking = Tlp(tlp) if tlp in set(Tlp) else Tlp.CLEAR
    trust = trust_of(row.get("confidence", ""))
    if not value and name:
        ecosystem = world(_first(row, _ECOSYSTEM) or "npm")
        listed = tuple(part for part in _SPLIT.split(versions) if part and part != "*")
        if not is_name(name) or not all(map(is_version, listed)):
            return "a package that no registry would take"
        coverage = Coverage.STATED if listed else Coverage.ALL if versions == "*" else Coverage.WATCH
        return PackageRecord(
            ecosystem, canonical(ecosystem, name), coverage, source, trust, listed, date=seen[:10], campaign=campaign,
            first_seen=seen, last_seen=last, expires=expires, tlp=marking,
        )  # fmt: skip
    if (package := package_of(value)) is not None:
        return package
    found = value_of(value)
    if found is None:
        return "a row without an indicator that we know"
    return Indicator(
        *found, source=source, trust=trust, role=short(row.get("role"), 80), campaign=campaign, first_seen=seen,
        last_seen=last, expires=expires, tlp=marking,
    )  # fmt: skip


def package_of(text: str) -> PackageRecord | None:
    """Return the record of a package that is written out (`npm:name@1.0.0`, `pypi:name==1`, `pkg:...`), or None."""
    kind, colon, rest = text.partition(":")
    name = version = ""
    if not colon:
        return None
    if kind == "npm":
        name, version = npm.split_at_version(rest.strip())
    elif kind == "pypi":
        try:
            name, version = pypi.split(rest)
        except ValueError:
            return None
    elif kind == "pkg":
        from packageurl import PackageURL

        try:
            purl = PackageURL.from_string(text)
        except ValueError:
            return None
        kind, version = purl.type, purl.version or ""
        name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    else:
        return None
    if not is_name(name) or (version and not is_version(version)):
        return None
    coverage = Coverage.STATED if version else Coverage.WATCH
    return PackageRecord(kind, canonical(kind, name), coverage, "", Trust.MEDIUM, (version,) if version else ())


def trust_of(text: str) -> Trust:
    """Return trust for a word or a number up to 100."""
    word = text.strip().lower()
    if word in set(Trust):
        return Trust(word)
    if word.isdigit():
        return Trust.LOW if int(word[:4]) < 30 else Trust.MEDIUM if int(word[:4]) < 70 else Trust.HIGH
    return Trust.MEDIUM


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


FORMAT = Format(
    id="indicators-csv",
    title="Lists of indicators, plain or CSV",
    licence="",
    accepts=accepts,
    read=read,
    by_line=True,
)
