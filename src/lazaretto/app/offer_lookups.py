"""What `offer --online` asks of whom, told beforehand, and then asked.

    plan(mails, domains, table) -> Question ...      what would be asked; nothing is
    Lookups(...).facts(domains) -> DomainFacts ...   registries and name servers about domains
    Lookups(...).lookup                              name servers about keys and policies of mails
    answered(mails, domains, ...)                    both, for `offer`; offline only what is pinned

Names of domains leave this computer, and of keys (`s1._domainkey.acme.test`); no text, no address of a person.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.model.dns import Answer, Lookup, Told, not_asked
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.mail import DomainFacts, Mail
from lazaretto.model.text import N_, Message
from lazaretto.parse.mailauth import dmarc, records, spf
from lazaretto.parse.mailauth.authenticate import authenticate
from lazaretto.parse.rdap import Registration

if TYPE_CHECKING:
    from lazaretto.adapters.lookup_table import LookupTable

DOMAINS = 20
KINDS = ("MX", "NS", "TXT")
_PARKING = frozenset({
    "sedoparking.com", "parkingcrew.net", "bodis.com", "above.com", "parklogic.com", "afternic.com", "hugedomains.com",
    "dan.com", "undeveloped.com", "cashparking.com", "fastpark.net", "voodoo.com", "ztomy.com", "smartname.com",
})  # fmt: skip
"""Name servers of services that show advertisements on unused names; from their own pages, 2026."""

DOMAINS_TABLE = "LAZARETTO_LOOKUPS"
"""Names the user's own file of whom to ask."""
RECORD_BYTES = 4 << 20

AskRegistry = Callable[[str], Registration | None]
"""About one registrable domain; None: it does not exist. Raises `RegistryError`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that would be asked."""

    whom: str
    """Marked with `N_`: `name servers`, `the registry of the domain's ending`, ..."""
    what: str
    """What leaves this computer: names, types; an address for a document."""


def plan(mails: Sequence[Mail], domains: Sequence[str], table: "LookupTable") -> tuple[Question, ...]:
    """Return what would be asked of whom, in the order in which it would be."""
    found: list[Question] = []
    if table.bootstrap.startswith(("https://", "http://")) and domains:
        found.append(Question(N_("the table of registries"), table.bootstrap))
    servers = ", ".join(table.servers)
    whom = servers or N_("the name servers of this computer")
    for domain in domains[:DOMAINS]:
        if table.bootstrap:
            found.append(Question(N_("the registry of the domain's ending"), domain))
        found.append(Question(whom, f"{domain} ({', '.join(KINDS)}), _dmarc.{domain} (TXT)"))
    found += [Question(whom, f"{name} (TXT)") for name in _names(mails)]
    if domains or found:
        found.append(Question(whom, N_("names that the policies of these domains point to (SPF)")))
    return tuple(dict.fromkeys(found))


def answered(
    mails: Sequence[Mail], domains: Sequence[str], pinned: str = "", lookups: "Lookups | None" = None
) -> tuple[tuple[Mail, ...], tuple[DomainFacts, ...], tuple[Gap, ...]]:
    """Check the mails' signatures and policies, and gather facts about domains.

    Args:
        mails: as they were read.
        domains: registrable ones that are asked about.
        pinned: path of a file of pinned answers (`parse/mailauth/records.py`); empty for none.
        lookups: who is asked; None = nobody: only pinned answers count, and what needs none.
    """
    gaps: list[Gap] = []
    lookup = lookups.lookup if lookups is not None else not_asked
    if pinned:
        lookup = _pinned(pinned, lookup, gaps)
    checked = tuple(_authenticated(mail, lookup, gaps) for mail in mails)
    facts = lookups.facts(domains) if lookups is not None else ()
    return checked, facts, (*gaps, *(gap for one in facts for gap in one.gaps))


def real(environment: Mapping[str, str]) -> "Lookups":
    """Return lookups that ask the name servers and registries of `lookups.toml`.

    Raises:
        LookupTableError: the user's own file is wrong.
    """
    from lazaretto.adapters.client_config import public_client
    from lazaretto.adapters.dns import NameServers, is_installed
    from lazaretto.adapters.http_client import Fetcher
    from lazaretto.adapters.registrations import Registries

    table = table_of(environment)
    registries = Registries(table.bootstrap, Fetcher(public_client(environment), seconds=10.0))
    names = NameServers(table.servers)
    found = Lookups(names.lookup if is_installed() else _failed, registries.ask if table.bootstrap else None)
    if not is_installed():
        found.gaps.append(_gap("-", N_("name servers are not asked: install lazaretto[mail]")))
    return found


def table_of(environment: Mapping[str, str]) -> "LookupTable":
    """Return whom to ask: the program's table with the user's own laid over it.

    Raises:
        LookupTableError: the user's own file is wrong.
    """
    from lazaretto.adapters.lookup_table import lookup_table

    return lookup_table(environment.get(DOMAINS_TABLE, ""))


@dataclass(slots=True)
class Lookups:
    """Answers about domains, from those who are asked."""

    lookup: Lookup
    """Name servers."""
    registry: AskRegistry | None = None
    """None = registries are not asked."""
    gaps: list[Gap] = field(default_factory=list)

    def facts(self, domains: Sequence[str]) -> tuple[DomainFacts, ...]:
        """Ask about domains, at most `DOMAINS`."""
        found = [self._one(domain) for domain in domains[:DOMAINS]]
        if self.gaps and found:
            found[0] = replace(found[0], gaps=(*found[0].gaps, *self.gaps))
        return tuple(found)

    def _one(self, domain: str) -> DomainFacts:
        gaps: list[Gap] = []
        registration: Registration | None = None
        exists: bool | None = None
        if self.registry is not None:
            from lazaretto.adapters.registrations import RegistryError

            try:
                registration = self.registry(domain)
                exists = registration is not None
            except RegistryError as error:
                gaps.append(_gap(domain, N_("its registry did not tell: {error}"), error=error))
        exchangers, texts, servers = (self.lookup(domain, kind) for kind in ("MX", "TXT", "NS"))
        policy = dmarc.policy(domain, self.lookup)
        if any(one.told is Told.FAILED for one in (exchangers, texts)) or policy.told is Told.FAILED:
            gaps.append(_gap(domain, N_("name servers gave no answer about it")))
        told = registration or Registration()
        named = servers.values if servers.told is Told.FOUND else told.nameservers
        return DomainFacts(
            domain=domain,
            registered=told.registered,
            registrar=told.registrar,
            nameservers=named,
            mx=_mx(exchangers),
            spf=next(iter(spf.record(texts)), "") if _is_told(texts) else None,
            dmarc=policy.asks if policy.told in (Told.FOUND, Told.EMPTY) else None,
            parked=any(_is_parking(host) for host in named) if named else None,
            exists=exists,
            gaps=tuple(gaps),
        )


def _authenticated(mail: Mail, lookup: Lookup, gaps: list[Gap]) -> Mail:
    try:
        found = authenticate(mail, lookup)
    except (ValueError, IndexError, RecursionError) as error:  # hostile bytes must not end the examination
        reason = {"error": type(error).__name__}
        gaps.append(Gap(Stage.PARSE, mail.name, Message.of(N_("its signatures cannot be read: {error}"), reason), True))
        found = mail.authentication
    return replace(mail, authentication=found, inner=tuple(_authenticated(one, lookup, gaps) for one in mail.inner))


def _pinned(path: str, otherwise: Lookup, gaps: list[Gap]) -> Lookup:
    try:
        with Path(path).open("rb") as stream:
            text = stream.read(RECORD_BYTES).decode("utf-8", "replace")
        return records.read(text, otherwise)
    except (OSError, records.RecordError) as error:
        reason = {"error": getattr(error, "strerror", None) or error}
        gaps.append(Gap(Stage.READ, path, Message.of(N_("cannot be read: {error}"), reason)))
        return otherwise


def _failed(_name: str, _kind: str) -> Answer:
    return Answer(Told.FAILED)


def _names(mails: Iterable[Mail]) -> Iterator[str]:
    """Yield the names under which keys and policies of mails stand."""
    for mail in mails:
        if not mail.raw:
            continue
        for header in mail.headers:
            if header.name in ("dkim-signature", "arc-seal", "arc-message-signature"):
                tags = dict(part.strip().partition("=")[::2] for part in header.value.split(";"))
                domain, selector = tags.get("d", "").strip(), tags.get("s", "").strip()
                if domain and selector:
                    yield f"{selector}._domainkey.{domain}".lower()[:255]
        if mail.sender.domain:
            yield f"_dmarc.{mail.sender.domain}"
        if envelope := mail.return_path.rpartition("@")[2].lower():
            yield envelope


def _mx(answer: Answer) -> tuple[str, ...] | None:
    """Return the hosts, best first; `(".",)` for a null MX; None when it was not told."""
    if not _is_told(answer):
        return None
    rows = sorted((_rank(value), value.rpartition(" ")[2]) for value in answer.values)
    return tuple(host for _, host in rows)


def _rank(value: str) -> int:
    number = value.partition(" ")[0]
    return int(number) if number.isdigit() else 0


def _is_told(answer: Answer) -> bool:
    return answer.told in (Told.FOUND, Told.EMPTY, Told.NO_NAME)


def _is_parking(host: str) -> bool:
    return any(host == name or host.endswith("." + name) for name in _PARKING)


def _gap(domain: str, template: str, **params: object) -> Gap:
    return Gap(Stage.NETWORK, domain, Message.of(template, params), partial=True)
