"""npm's document about a package ("packument"): what it offers, and what of it is passed on.

    found = parse(data, "express")        bytes of the registry, full or abbreviated
    found.candidates                      one for each version, oldest version first
    found.full(rulings, base)             the full form       application/json
    found.abbreviated(rulings, base)      the form that installers ask for   application/vnd.npm.install-v1+json
    found.version("latest", rulings, base)   one manifest, or None

Only what a ruling allows is listed; a version without a ruling is not. Withheld versions leave `versions` and `time`,
the dist-tags that meant them are re-pointed (`packument_tags`), and `policyRestrictions` names them with a message:
npm's own client falls back to an allowed version, and prints the message when there is none. Manifests pass through as
the bytes that came, links apart, so that signatures stay valid. Of the rest of the document unknown fields survive;
`readme`, `stagedVersions` and what private registries note for themselves do not.

Sources: npm/registry docs, package-metadata; npm-pick-manifest for `policyRestrictions`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw

from lazaretto.ecosystems.candidates import draft
from lazaretto.ecosystems.packument_facts import (
    Manifest,
    Pieces,
    abbreviation,
    digests_of,
    has_readme,
    is_proven,
    is_signed,
    licence_of,
    manifest,
    relinked,
    scripts_of,
)
from lazaretto.ecosystems.packument_tags import repaired
from lazaretto.ecosystems.registry_document import (
    ADDRESS,
    FIELD,
    LIMIT,
    RegistryDocumentError,
    attempt,
    check,
    check_count,
    decoded,
)
from lazaretto.ecosystems.registry_names import NpmOrder, is_npm_name, npm_file, npm_order, npm_version
from lazaretto.ecosystems.release_dates import instant
from lazaretto.model.gate import Candidate, Listing, Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome

PackumentError = RegistryDocumentError
Rejected = tuple[str, Message]

_MESSAGE: Final = "Withheld by the policy of this registry."
_LONGEST_MESSAGE: Final = 2000
_NAMED: Final = 5
"""Versions whose reason is spelled out in one message."""
_TIMES: Final = 16 << 20
"""Bytes of `time`."""
_DROPPED: Final = frozenset(
    {"readme", "stagedVersions", "_attachments", "_distfiles", "_uplinks", "policyRestrictions"}
)
_NO_VERSION = Message(N_("not a version that npm understands"))
_NO_MANIFEST = Message(N_("its description is not readable"))
_OTHER = Message(N_("its description is of another package or version"))
_NO_LINK = Message(N_("it names no address of a file"))

_TOP = msgspec.json.Decoder(dict[str, Raw])
_TEXTS = msgspec.json.Decoder(dict[str, str])
_TEXT = msgspec.json.Decoder(str)


@dataclass(frozen=True, slots=True)
class Packument:
    """A package as its registry describes it. Large: keep what comes out of it, not this."""

    listing: Listing
    candidates: tuple[Candidate, ...]
    """One a version, in semver order. The file name is that of npm's standard path, whatever the upstream's is."""
    rejected: tuple[Rejected, ...]
    """(version, why) of what is never listed nor served."""
    tags: Mapping[str, str]
    """Upstream's dist-tags."""
    _top: Mapping[str, Raw]
    _manifests: Mapping[str, Raw]
    _orders: Mapping[str, NpmOrder]
    _times: Mapping[str, str]
    _anew: frozenset[str]
    """Versions whose manifests have something that is not passed on."""

    def find(self, filename: str) -> Candidate | None:
        """Return the candidate of a tarball's name."""
        version = npm_version(self.listing.name, filename)
        return next((one for one in self.candidates if one.version == version), None) if version else None

    def full(
        self,
        rulings: Mapping[str, Ruling],
        base: str,
        *,
        reasons: Mapping[str, str] | None = None,
        warnings: Mapping[str, str] | None = None,
        message: str = "",
    ) -> bytes:
        """Return the full form.

        Args:
            rulings: version -> ruling; a version without one is withheld.
            base: address of this side without a slash at its end.
            reasons: version -> why it is withheld, for npm's client to print.
            warnings: version -> what to warn of; goes into `deprecated`, which clients print.
            message: what npm's client prints instead of the reasons.
        """
        allowed = self._allowed(rulings)
        top = {key: value for key, value in self._top.items() if key not in _DROPPED}
        top["dist-tags"] = _raw(repaired(self.tags, allowed, self._orders))
        if "time" in top:
            kept = {key: told for key, told in self._times.items() if key in allowed or key in ("created", "modified")}
            top["time"] = _raw(kept)
        self._restrict(top, allowed, reasons or {}, message)
        return _document(top, self._full(allowed, base, warnings or {}))

    def abbreviated(
        self,
        rulings: Mapping[str, Ruling],
        base: str,
        *,
        reasons: Mapping[str, str] | None = None,
        warnings: Mapping[str, str] | None = None,
        message: str = "",
    ) -> bytes:
        """Return the abbreviated form: no more than what an installer needs. Arguments as for `full`."""
        allowed = self._allowed(rulings)
        top = {"name": _raw(self.listing.name)}
        modified = self._top.get("modified") or _raw(self._times.get("modified"))
        if attempt(_TEXT.decode, modified):
            # As the upstream says: pnpm asks for the times of all versions when this is too young, and decides right.
            top["modified"] = modified
        top["dist-tags"] = _raw(repaired(self.tags, allowed, self._orders))
        self._restrict(top, allowed, reasons or {}, message)
        return _document(top, self._short(allowed, base, warnings or {}))

    def version(
        self,
        version_or_tag: str,
        rulings: Mapping[str, Ruling],
        base: str,
        *,
        warnings: Mapping[str, str] | None = None,
    ) -> bytes | None:
        """Return one version's manifest; None when it is withheld or unknown. Tags are those that are passed on."""
        allowed = self._allowed(rulings)
        if version_or_tag not in allowed:
            version_or_tag = repaired(self.tags, allowed, self._orders).get(version_or_tag, "")
        chosen = {version_or_tag: allowed[version_or_tag]} if version_or_tag in allowed else {}
        return next((b"".join(body) for _, body in self._full(chosen, base, warnings or {})), None)

    def passed_tags(self, rulings: Mapping[str, Ruling]) -> dict[str, str]:
        """Return the dist-tags that are passed on."""
        return repaired(self.tags, self._allowed(rulings), self._orders)

    def _allowed(self, rulings: Mapping[str, Ruling]) -> dict[str, Candidate]:
        found = {}
        for one in self.candidates:
            ruling = rulings.get(one.version)
            if ruling is not None and ruling.outcome == Outcome.ALLOW:
                found[one.version] = one
        return found

    def _full(
        self, allowed: Mapping[str, Candidate], base: str, warnings: Mapping[str, str]
    ) -> Iterator[tuple[str, Pieces]]:
        stem = f"{base}/{self.listing.name}/-/"
        for version, one in allowed.items():
            raw = self._manifests[version]
            note = warnings.get(version, "")
            yield (
                version,
                relinked(
                    raw, stem + one.filename, base, note=note, proven=one.provenance is True, anew=version in self._anew
                ),
            )

    def _short(
        self, allowed: Mapping[str, Candidate], base: str, warnings: Mapping[str, str]
    ) -> Iterator[tuple[str, Pieces]]:
        stem = f"{base}/{self.listing.name}/-/"
        for version, one in allowed.items():
            short = abbreviation(self._manifests[version], scripts=bool(one.scripts or one.builds))
            yield (
                version,
                relinked(
                    short, stem + one.filename, base, note=warnings.get(version, ""), proven=one.provenance is True
                ),
            )

    def _restrict(
        self, top: dict[str, Raw], allowed: Mapping[str, object], reasons: Mapping[str, str], message: str
    ) -> None:
        """Name what is withheld. NOTE: npm's client sorts these in with the others, so each needs its own version."""
        withheld = [one.version for one in self.candidates if one.version not in allowed]
        if not withheld:
            return
        name = self.listing.name
        versions = {version: {"name": name, "version": version} for version in withheld}
        text = message or _summed_up(withheld, reasons)
        top["policyRestrictions"] = _raw({"versions": versions, "message": text[:_LONGEST_MESSAGE]})


def parse(
    data: bytes, listing_name: str, *, upstream: str = "", private: bool = False, limit: int = LIMIT
) -> Packument:
    """Read a packument, full or abbreviated.

    Raises:
        PackumentError: too large, broken, of another package, or not a packument.
    """
    check(data, limit)
    top = decoded(_TOP.decode, data)
    name = attempt(_TEXT.decode, top.get("name"))
    if name != listing_name or not is_npm_name(listing_name):
        text = N_("the registry was asked for {name} and answered about something else")
        raise PackumentError(Message.of(text, {"name": listing_name[:214]}))
    manifests = decoded(_TOP.decode, top["versions"]) if "versions" in top else {}
    check_count(len(manifests))
    times = _texts(top.get("time"), _TIMES)
    tags = _texts(top.get("dist-tags"), FIELD)
    listing = Listing(
        "npm", listing_name, instant(times.get("created")), len(manifests), upstream=upstream, private=private
    )
    reader = _Reader(listing, times)
    for version, raw in manifests.items():
        reader.read(version, raw)
    return Packument(
        reader.listing(),
        reader.candidates(),
        tuple(reader.rejected),
        tags,
        top,
        manifests,
        reader.orders,
        times,
        frozenset(reader.anew),
    )


class _Reader:
    """Reads the manifests one after the other, then makes candidates in semver order."""

    def __init__(self, listing: Listing, times: Mapping[str, str]) -> None:
        self._listing = listing
        self._times = times
        self._found: list[tuple[NpmOrder, str, Manifest]] = []
        self._dates: dict[str, datetime | None] = {}
        self.rejected: list[Rejected] = []
        self.orders: dict[str, NpmOrder] = {}
        self.anew: list[str] = []

    def read(self, version: str, raw: Raw) -> None:
        order = npm_order(version)
        if order is None:
            self.rejected.append((version[:256], _NO_VERSION))
            return
        found = manifest(raw)
        if found is None:
            self.rejected.append((version, _NO_MANIFEST))
        elif found.version != version or found.name != self._listing.name:
            self.rejected.append((version, _OTHER))
        elif found.dist is None or ADDRESS.fullmatch(found.dist.tarball) is None:
            self.rejected.append((version, _NO_LINK))
        else:
            self.orders[version] = order
            if has_readme(found):
                self.anew.append(version)
            self._found.append((order, version, found))
            self._dates[version] = instant(self._times.get(version))

    def listing(self) -> Listing:
        first = min((moment for moment in self._dates.values() if moment is not None), default=None)
        self._listing = replace(
            self._listing, first_published=first or self._listing.first_published, versions=len(self._found)
        )
        return self._listing

    def candidates(self) -> tuple[Candidate, ...]:
        self._found.sort(key=lambda row: row[0])
        dists = [found.dist for _, _, found in self._found if found.dist is not None]
        # A registry that signs nothing and attests nothing does not tell where anything was built.
        tells = any(is_signed(dist) or is_proven(dist) for dist in dists)
        proven = False
        newest = stable = ""
        rows = []
        for order, version, found in self._found:
            dist = found.dist
            assert dist is not None
            proof = is_proven(dist)
            publisher = (found.npm_user.name or "")[:100] if found.npm_user is not None else ""
            made = draft(
                self._listing,
                version,
                npm_file(self._listing.name, version),
                dist.tarball,
                digests_of(dist),
                None,  # the size that is told is that of the unpacked files
                self._dates[version],
                scripts_of(found),
                bool(found.gypfile),
                None,
                (found.deprecated or "")[:1000],
                proof if tells else None,
                proven if tells else None,
                publisher,
                stable if order[3] else newest,
                licence_of(found.license),
            )
            made.__class__ = Candidate
            rows.append(made)
            proven = proven or proof
            newest = publisher or newest
            if order[3]:
                stable = publisher or stable
        return tuple(rows)


def _summed_up(withheld: list[str], reasons: Mapping[str, str]) -> str:
    """Say the reasons of the newest versions that are withheld, equal ones together."""
    groups: dict[str, list[str]] = {}
    named = [version for version in reversed(withheld) if reasons.get(version)]
    for version in named:
        if len(groups) < _NAMED or reasons[version] in groups:
            groups.setdefault(reasons[version], []).append(version)
    lines = [
        ", ".join(versions[:_NAMED])
        + (f" and {len(versions) - _NAMED} more" if len(versions) > _NAMED else "")
        + f": {reason}"
        for reason, versions in groups.items()
    ]
    told = sum(len(versions) for versions in groups.values())
    if told < len(withheld):
        lines.append(_MESSAGE if not lines else f"{len(withheld) - told} more versions are withheld.")
    return "\n".join(lines)


def _document(top: Mapping[str, Raw], manifests: Iterable[tuple[str, Pieces]]) -> bytes:
    """Write the document in one go: it is large, and every copy of it costs."""
    parts: list[bytes | memoryview] = [msgspec.json.encode({key: raw for key, raw in top.items() if key != "versions"})]
    parts[0] = parts[0][:-1]
    before = b',"versions":{'
    for version, body in manifests:
        parts += (before, msgspec.json.encode(version), b":", *body)
        before = b","
    parts.append(b"}}" if before == b"," else before + b"}}")
    return b"".join(parts)


def _texts(raw: Raw | None, limit: int) -> dict[str, str]:
    """Read an object of texts; values of another type are left out (`time.unpublished` is an object)."""
    found = attempt(_TEXTS.decode, raw, limit)
    if found is None:
        fields = attempt(_TOP.decode, raw, limit) or {}
        told = {key: attempt(_TEXT.decode, value) for key, value in fields.items()}
        found = {key: value for key, value in told.items() if value is not None}
    return found


def _raw(value: object) -> Raw:
    return Raw(msgspec.json.encode(value))
