"""Leitwacht's feed of malicious npm packages: OSV records with a category, a campaign and observed values.

Each record names one version, found malicious by reading it; others of the name are not spoken of. The category
decides how far a record is believed to be an attack: research packages and riskware are recorded with lower trust.
Domains and addresses were merely *observed* in the code, shared services among them, so they are for hunting only;
digests are exact.

Source: the feed's README (CC0-1.0), `database_specific.leitwacht`.
"""

from dataclasses import replace

import msgspec

from lazaretto.intel.feeds import osv
from lazaretto.intel.feeds.feed import Document, DocumentError, Format, is_name, iso, json_of
from lazaretto.intel.feeds.values import value_of
from lazaretto.model.intel import Entity, Facts, Indicator, Scope, Trust

_TRUST = {"malware": Trust.HIGH, "dependency_confusion": Trust.HIGH, "pua": Trust.MEDIUM, "research_poc": Trust.MEDIUM}
_VALUES = {"sha256", "domain_observed", "url_observed", "ip_observed", "wallet_observed"}
_MOST = 200
"""Observed values of one record."""


class Own(msgspec.Struct):
    """The feed's own part of a record."""

    category: str | None = None
    campaign: str | None = None
    first_seen_at: str | None = None
    indicators_observed: dict[str, list[str | None] | str | None] | None = None


class Holder(msgspec.Struct):
    """`database_specific`."""

    leitwacht: Own | None = None


_decode = msgspec.json.Decoder(Holder).decode


def accepts(document: Document) -> bool:
    """Tell one of this feed's records."""
    own = b'"leitwacht"' in document.data and osv.accepts(document)
    return own or (document.name.endswith("index.json") and b'"mal_id"' in document.data[:65536])


def read(document: Document) -> Facts:
    """Read one record; the feed's index is passed over."""
    if document.name.endswith("index.json") and b'"affected"' not in json_of(document.data):
        return Facts(skipped=1)
    record = osv.parse(document.data)
    try:
        own = _decode(bytes(record.database_specific or b"{}")).leitwacht or Own()
    except msgspec.MsgspecError as error:
        raise DocumentError("not a record of this feed") from error
    campaign = slug(own.campaign or "")
    found = osv.facts(record, _TRUST.get(own.category or "", Trust.MEDIUM), campaign)
    withdrawn = found.packages[0].withdrawn if found.packages else ""
    seen = iso(own.first_seen_at)
    indicators = {
        (kind, value): Indicator(
            kind=kind,
            value=value,
            scope=Scope.EXACT if kind in ("sha256", "wallet") else Scope.HUNT,
            source="",
            trust=Trust.HIGH if kind == "sha256" else Trust.LOW,
            role="payload" if kind == "sha256" else "observed",
            via=record.id,
            campaign=campaign,
            first_seen=seen,
            withdrawn=withdrawn,
        )
        for kind, value in _observed(own)
    }
    entity = (Entity("campaign", campaign, own.campaign or "", first_seen=seen),) if campaign else ()
    return replace(found, indicators=tuple(indicators.values()), entities=entity)


def _observed(own: Own) -> list[tuple[str, str]]:
    result: list[tuple[str, str]] = []
    for key, values in (own.indicators_observed or {}).items():
        if key in _VALUES and isinstance(values, list):
            result += [found[:2] for text in values[:_MOST] if text and (found := value_of(text)) is not None]
    return result[:_MOST]


def slug(name: str) -> str:
    """Return a campaign's name as an id; empty when it is unusable."""
    plain = "".join(char if char.isalnum() else "-" for char in name.strip().lower())
    return "-".join(part for part in plain.split("-") if part)[:80] if is_name(name) else ""


FORMAT = Format(
    id="leitwacht",
    title="Leitwacht malicious-packages",
    licence="CC0-1.0",
    accepts=accepts,
    read=read,
)
