"""Making a verdict table: one document, one policy, one moment. Large projects take a while: call it in a thread."""

from dataclasses import dataclass
from datetime import datetime

from lazaretto.adapters.cache import program_digest
from lazaretto.ecosystems.packument import Packument
from lazaretto.ecosystems.packument import parse as parse_packument
from lazaretto.ecosystems.registry_document import RegistryDocumentError
from lazaretto.ecosystems.simple_page import SimplePage, parse_html, parse_json
from lazaretto.gate.refusal import down
from lazaretto.gate.rules import Rules, bad_digest
from lazaretto.gate.sources import Document
from lazaretto.gate.table import Table
from lazaretto.judge.gate_rule import next_change
from lazaretto.model.gate import Candidate, Examined, Known, Ruling

MOST = 20_000
"""Examinations that are looked up for one project: the newest files of it."""


@dataclass(frozen=True, slots=True)
class Built:
    """A table, and the parsed document that it was made from (for pages; files do not need it)."""

    table: Table
    document: Packument | SimplePage | None
    policy_digest: str = ""

    @property
    def packument(self) -> Packument:
        """The document of an npm package."""
        assert isinstance(self.document, Packument)
        return self.document

    @property
    def page(self) -> SimplePage:
        """The document of a Python project."""
        assert isinstance(self.document, SimplePage)
        return self.document


def build(rules: Rules, key: tuple[str, str, str], document: Document, body: bytes, now: datetime) -> Built:
    """Parse a document and rule everything that it offers.

    Raises:
        Refusal: it cannot be read; nothing of it is served.
    """
    ecosystem, name, team = key
    epoch = rules.epoch(ecosystem, name)
    parsed = _parse(ecosystem, name, document, body)
    candidates = {one.filename: one for one in parsed.candidates}
    known_of = Knowledge(rules, parsed.candidates, now)
    ruler = rules.rulers(parsed.listing, team, now)
    rulings: dict[str, Ruling] = {
        file: rules.spoiled(one, now) or ruler.rule(one, known_of(one)) for file, one in candidates.items()
    }
    table = Table(
        parsed.listing,
        document.upstream.id,
        candidates,
        rulings,
        document.digest,
        epoch,
        next_change(rulings.values(), now),
        dict(parsed.rejected),
    )
    return Built(table, parsed, rules.policy.digest)


def _parse(ecosystem: str, name: str, document: Document, body: bytes) -> Packument | SimplePage:
    upstream = document.upstream
    try:
        if ecosystem == "npm":
            return parse_packument(body, name, upstream=upstream.id, private=upstream.private)
        html = "html" in document.content_type or body[:64].lstrip().startswith(b"<")
        read = parse_html if html else parse_json
        return read(body, name, document.url, upstream=upstream.id, private=upstream.private)
    except RegistryDocumentError as error:
        raise down(f"the document of {name} from {upstream.id} cannot be read: {error}") from error


class Knowledge:
    """What is known of the candidates of one project, looked up together: call it with one of them."""

    def __init__(self, rules: Rules, candidates: tuple[Candidate, ...], now: datetime) -> None:
        listing = candidates[0].listing if candidates else None
        self._records = rules.records(listing, now) if listing else ()
        undated = [one.filename for one in candidates if one.published is None]
        self._seen: dict[str, datetime] = {}
        if listing is not None and undated:
            self._seen = rules.backend.store.first_seen(listing.ecosystem, listing.name, undated, now)
        keys = [key for one in candidates[-MOST:] if (key := one.key)]
        known = rules.backend.store.examinations(keys) if keys else {}
        engine = program_digest()  # what an older program said is found out anew
        self._examined: dict[str, Examined] = {key: one for key, one in known.items() if one.engine == engine}
        self._plain = Known(self._records)

    def __call__(self, candidate: Candidate) -> Known:
        """Return what is known of one."""
        examined = self._examined.get(candidate.key)
        sha256 = next((value for kind, value in candidate.digests if kind == "sha256"), "")
        bad = bad_digest(sha256, candidate.filename) if sha256 else ""
        if examined is None and not bad and candidate.published is not None:
            return self._plain
        return Known(self._records, examined, self._seen.get(candidate.filename), bad)
