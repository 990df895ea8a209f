"""What a hunt looks for: the packages and indicators of campaigns, and what the user names.

    Sought(packs)           look-up tables; implements `traces.place.Wanted`
    given(values)           `npm:NAME@VERSION`, `pypi:NAME==VERSION`, a purl, a domain, an address, a digest, ...

A store gives the names that it knows, and their records only when a trace of one is found (`look_up`).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lazaretto.ecosystems import npm, pypi
from lazaretto.intel.index import Index, build
from lazaretto.intel.pack import references
from lazaretto.intel.packages import source_of
from lazaretto.intel.sightings import sightings
from lazaretto.intel.standing import Standing as Weight
from lazaretto.intel.standing import decide
from lazaretto.model.intel import Campaign, Coverage, Indicator, Pack, PackageRecord, Scope, Trust
from lazaretto.model.trace import PACKAGE_WORLDS, Reason, Rung, Standing, Trace
from lazaretto.traces.place import Mark

Key = tuple[str, str]
"""Package URL type and canonical name."""
LookUp = Callable[[Key], Sequence[PackageRecord]]

GIVEN = "given"
"""Source key of what the user names."""

FOLD = bytes(
    byte + 32 if 65 <= byte <= 90 else byte if 97 <= byte <= 122 or 48 <= byte <= 57 else 45 if byte in b"-_." else 32
    for byte in range(256)
)
"""A `bytes.translate` table: lower case, `-_.` to `-`, everything else to a space."""

_PLACEHOLDER = re.compile(r"0\.0\.1-security(?:\.\d+)?")
_ANY = frozenset({"", "*", "x", "latest", "any"})
_PATH_LENGTH = 10


class Sought:
    """Look-up tables over everything that is sought."""

    def __init__(self, packs: Iterable[Pack], more: Iterable[Key] = (), look_up: LookUp | None = None) -> None:
        """Index some packs; `more` are names whose records `look_up` gives when a trace of one is found."""
        packs = tuple(packs)
        self._more = frozenset(more)
        self._look_up = look_up
        self._index: Index = build(packs)
        self._records: dict[tuple[str, str], list[PackageRecord]] = {}
        for record in (record for pack in packs for record in pack.packages):
            for key in _keys(record.ecosystem, record.name):
                self._records.setdefault(key, []).append(record)
        indicators = [indicator for pack in packs for indicator in pack.indicators]
        self._values: dict[tuple[str, str], Indicator] = {}
        for indicator in indicators:
            if indicator.scope is not Scope.TARGET:
                self._values.setdefault((indicator.kind, _value(indicator.kind, indicator.value)), indicator)
        self._paths = tuple(
            (_tail(one.value).encode().lower(), one.value)
            for one in indicators
            if one.kind == "file-path" and len(_tail(one.value)) >= _PATH_LENGTH
        )
        self._tokens = frozenset(_token(name) for keys in (self._records, self._more) for _, name in keys)
        names = [
            value
            for kind, value in self._values
            if kind == "file-name" and self._values[kind, value].scope is not Scope.HUNT
        ]
        self._files = frozenset(name for name in names if name)
        self._digests = frozenset(value for kind, value in self._values if kind in ("sha256", "md5"))
        self.size = len(self._records.keys() | self._more) + len(self._values)

    @property
    def files(self) -> frozenset[str]:
        """Names of files that are sought anywhere."""
        return self._files

    def touches(self, data: bytes) -> bool:
        """Tell whether a sought package's most telling word stands in the bytes."""
        return not self._tokens.isdisjoint(data.translate(FOLD).split())

    def named(self, world: str, name: str) -> bool:
        """Tell whether a package of this name is sought."""
        return any(key in self._records or key in self._more for key in _keys(world, name))

    def marks(self, data: bytes) -> Iterator[Mark]:
        """Yield the sought values in a text."""
        for sighting in sightings(data, "", self._index):
            first = sighting.indicators[0]
            if first.scope is not Scope.TARGET and first.kind not in ("file-name", "marker"):
                value = first.value.encode()
                count = max(len(sighting.offsets), data.count(value))
                yield Mark(first.kind, _value(first.kind, first.value), sighting.offsets[0], count)
        if self._paths:
            lower = data.lower()
            for tail, path in self._paths:
                at = lower.find(tail)
                if at >= 0:
                    yield Mark("file-path", _value("file-path", path), at)

    def digest(self, data: bytes) -> str:
        """Return the recorded digest of the bytes, or the empty text."""
        if not self._digests:
            return ""
        for text in (hashlib.sha256(data).hexdigest(), hashlib.md5(data, usedforsecurity=False).hexdigest()):
            if text in self._digests:
                return text
        return ""

    def judge(self, trace: Trace) -> Reason | None:
        """Tell why a trace is a hit; None when it is not."""
        if trace.world not in PACKAGE_WORLDS:
            indicator = self._values.get((trace.world, _value(trace.world, trace.name)))
            return None if indicator is None else _of_indicator(indicator)
        records: list[PackageRecord] = []
        for key in _keys(trace.world, trace.name):
            records = [*self._records.get(key, ())]
            if key in self._more and self._look_up is not None:
                records += self._look_up(key)
            if records:
                break
        return _judge(trace, records) if records else None


def _judge(trace: Trace, records: Sequence[PackageRecord]) -> Reason | None:
    """Weigh all records of a name, as `intel/packages.py` does; with less certainty where no version is told."""
    version = trace.version or _pinned(trace.world, trace.requirement)
    given = [record for record in records if record.source == GIVEN]
    if any(not one.versions or not version or decide(version, [one]).standing is Weight.HIT for one in given):
        return Reason(Standing.GIVEN)
    recorded = [record for record in records if record.source != GIVEN]
    if version:
        decision = decide(version, recorded)
        if decision.record is None or decision.standing in (Weight.NOTHING, Weight.OTHER):
            return None
        placeholder = trace.world == "npm" and _PLACEHOLDER.fullmatch(version) is not None
        sure = decision.standing in (Weight.HIT, Weight.MADE) and decision.record.coverage is not Coverage.WATCH
        reason = _reason(Standing.RECORDED if sure and not placeholder else Standing.NAME, decision.record)
        return replace(reason, doubtful=True) if placeholder or decision.standing is Weight.UNSURE else reason
    found = [one for record in recorded if (one := _without_version(trace, record)) is not None]
    return min(found, key=lambda one: (_ORDER[one.standing], one.doubtful, one.campaign), default=None)


_ORDER = {Standing.GIVEN: 0, Standing.RECORDED: 1, Standing.ADMITTED: 2, Standing.NAME: 3}


def _without_version(trace: Trace, record: PackageRecord) -> Reason | None:
    if record.coverage is Coverage.WATCH:
        return _reason(Standing.NAME, record)
    if record.coverage is Coverage.ALL or record.everything:
        return _reason(Standing.RECORDED, record)
    admitted = _admits(trace, record) and not trace.locked
    if record.coverage is Coverage.LISTED:
        return _reason(Standing.ADMITTED if admitted else Standing.NAME, record)
    if admitted and trace.requirement.strip().lower() not in _ANY:
        return replace(_reason(Standing.ADMITTED, record), doubtful=True)
    return None


def _reason(standing: Standing, record: PackageRecord) -> Reason:
    return Reason(standing, record.campaign, source_of(record), record.trust is Trust.LOW)


def _of_indicator(indicator: Indicator) -> Reason:
    if indicator.source == GIVEN:
        return Reason(Standing.GIVEN)
    reference = references().get(indicator.source)
    title, date = (reference.title, reference.date) if reference else (indicator.source, "")
    doubtful = indicator.trust is Trust.LOW or indicator.scope is Scope.HUNT
    return Reason(Standing.RECORDED, indicator.campaign, f"{title} ({date}, {indicator.trust.value})", doubtful)


def _keys(world: str, name: str) -> Iterator[tuple[str, str]]:
    match world:
        case "pypi" | "conda":
            yield "pypi", pypi.normalize(name)
        case "terraform":
            yield world, "/".join(name.lower().split("/")[-2:])
        case "golang":
            parts = name.split("/")
            for length in range(len(parts), 1, -1):
                yield world, "/".join(parts[:length])
        case "npm":
            yield world, name
            yield world, name.lower()
        case _:
            yield world, name.lower()


def _token(name: str) -> bytes:
    """Return the word that must stand in a document for it to name this package: the longest, folded."""
    return max(name.encode("utf-8", "replace").translate(FOLD).split() or [b"-"], key=len)


def _value(kind: str, value: str) -> str:
    return (
        value.lower()
        if kind in ("domain", "sha256", "md5", "file-name", "repository-name", "github-account")
        else value
    )


def _tail(path: str) -> str:
    """Return what a recorded path has in common on every machine: the part after its variable."""
    return re.sub(r"^(?:%\w{1,40}%|~|\$\w{1,40}|[A-Za-z]:)[\\/]", "", path)


def _pinned(world: str, requirement: str) -> str:
    return npm.exact(requirement) if world == "npm" else pypi.exact(requirement) if world == "pypi" else ""


def _admits(trace: Trace, record: PackageRecord) -> bool:
    requirement = trace.requirement.strip()
    if not record.versions or len(requirement) > 200 or trace.world not in ("npm", "pypi"):
        return False
    if not requirement and trace.rung is not Rung.NAMED:  # no version is told, which is not the same as any version
        return False
    satisfies = npm.satisfies if trace.world == "npm" else pypi.satisfies
    return any(satisfies(version, requirement) for version in record.versions)


# -- what the user names ---------------------------------------------------------------------------------------------

_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z][a-z0-9-]{1,62}")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_KINDS = (
    "github-account",
    "npm-account",
    "repository-name",
    "file-name",
    "file-path",
    "wallet",
    "domain",
    "ipv4",
    "url",
    "sha256",
    "md5",
)


def given(values: Sequence[str]) -> Pack:
    """Turn what the user names into a pack.

    Raises:
        ValueError: a value that is nothing we know; its text is the value.
    """
    packages: list[PackageRecord] = []
    indicators: list[Indicator] = []
    for value in values:
        found = _given(value.strip())
        if isinstance(found, PackageRecord):
            packages.append(found)
        else:
            indicators.append(found)
    return pack_of(indicators, packages)


def pack_of(indicators: Iterable[Indicator], packages: Iterable[PackageRecord] = ()) -> Pack:
    """Return a pack of facts that belong to no one campaign."""
    campaign = Campaign("", "", (), "", "", "", (), (), "")
    return Pack("lazaretto/intel-pack-1", "", "", campaign, (), tuple(packages), tuple(indicators))


def _given(value: str) -> PackageRecord | Indicator:
    value = value.replace("[.]", ".").replace("hxxp", "http").replace("[:]", ":")
    if value.startswith("pkg:"):
        return _purl(value)
    kind, colon, rest = value.partition(":")
    if colon and kind in ("npm", "pypi", "golang", "terraform", "cargo", "gem", "composer", "conda"):
        return _package(kind, rest)
    if colon and kind == "ext" and re.fullmatch(r"[\w-]+\.[\w.-]+(?:@[\w.+-]+)?", rest):
        name, _, version = rest.partition("@")
        return _record("vscode-extension", name.lower(), version)
    if colon and kind in _KINDS and rest:
        return _indicator(kind, rest)
    lower = value.lower()
    if re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{32}", lower):
        return _indicator("sha256" if len(lower) == 64 else "md5", lower)
    if "://" in value:
        return _indicator("url", value.partition("://")[2].rstrip("/"))
    if _IPV4.fullmatch(value):
        return _indicator("ipv4", value)
    if re.fullmatch(_IPV4.pattern + r":\d{1,5}", value):
        return _indicator("ipv4-port", value)
    if _DOMAIN.fullmatch(lower):
        return _indicator("domain", lower)
    raise ValueError(value)


def _purl(value: str) -> PackageRecord:
    from packageurl import PackageURL

    parsed = PackageURL.from_string(value)
    name = f"{parsed.namespace}/{parsed.name}" if parsed.namespace else parsed.name
    return _record(parsed.type, pypi.normalize(name) if parsed.type == "pypi" else name, parsed.version or "")


def _package(kind: str, text: str) -> PackageRecord:
    if kind == "pypi":
        name, version = pypi.split(text.replace("@", "=="))
        return _record(kind, pypi.normalize(name), version)
    name, version = npm.split_at_version(text)
    if not name or (kind == "npm" and not npm.is_name(name)):
        raise ValueError(f"{kind}:{text}")
    return _record(kind, name, version)


def _record(kind: str, name: str, version: str) -> PackageRecord:
    coverage = Coverage.HIJACKED if version else Coverage.ALL
    return PackageRecord(kind, name, coverage, GIVEN, Trust.HIGH, (version,) if version else ())


def _indicator(kind: str, value: str) -> Indicator:
    scope = Scope.HOST if kind == "domain" else Scope.CONTEXT if kind.endswith("account") else Scope.EXACT
    if kind in ("repository-name", "file-path"):
        scope = Scope.HUNT
    return Indicator(kind, value.lower() if kind == "domain" else value, scope, GIVEN, Trust.HIGH)
