"""What `offer --online` asks of whom, told beforehand, and then asked.

    plan(mails, domains, table) -> Question ...      what would be asked; nothing is
    Lookups(...).facts(domains) -> DomainFacts ...   registries and name servers about domains
    Lookups(...).lookup                              name servers about keys and policies of mails

Names of domains leave this computer, and of keys (`s1._domainkey.acme.test`); no text, no address of a person.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lazaretto.adapters.lookup_table import LookupTable
from lazaretto.adapters.registrations import RegistryError
from lazaretto.model.dns import Answer, Lookup, Told
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.mail import DomainFacts, Mail
from lazaretto.model.text import N_, Message
from lazaretto.parse.mailauth import dmarc, spf
from lazaretto.parse.rdap import Registration

DOMAINS = 20
KINDS = ("MX", "NS", "TXT")
_PARKING = frozenset({
    "sedoparking.com", "parkingcrew.net", "bodis.com", "above.com", "parklogic.com", "afternic.com", "hugedomains.com",
    "dan.com", "undeveloped.com", "cashparking.com", "fastpark.net", "voodoo.com", "ztomy.com", "smartname.com",
})  # fmt: skip
"""Name servers of services that show advertisements on unused names; from their own pages, 2026."""

AskRegistry = Callable[[str], Registration | None]
"""About one registrable domain; None: it does not exist. Raises `RegistryError`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that would be asked."""

    whom: str
    """Marked with `N_`: `name servers`, `the registry of the domain's ending`, ..."""
    what: str
    """What leaves this computer: names, types; an address for a document."""


def plan(mails: Sequence[Mail], domains: Sequence[str], table: LookupTable) -> tuple[Question, ...]:
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
        return tuple(self._one(domain) for domain in domains[:DOMAINS])

    def _one(self, domain: str) -> DomainFacts:
        gaps: list[Gap] = []
        registration: Registration | None = None
        exists: bool | None = None
        if self.registry is not None:
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
