"""Whether a server may send for a domain (SPF, RFC 7208), evaluated with answers from whoever the caller asks.

    check(address, sender, helo, lookup) -> Spf(result, domain, reason)

Bounds are those of the standard: ten terms that ask, two empty answers, ten hosts of an MX or PTR. Explanations
(`exp=`) are checked for syntax and not fetched: they are text of the sender's.
"""

import ipaddress
import re
from dataclasses import dataclass, field

from lazaretto.model.dns import Answer, Lookup, Told
from lazaretto.model.mail import AuthResult
from lazaretto.parse.mailauth.spf_terms import Term, TermError, expand, terms
from lazaretto.parse.suffixes import organisation

LOOKUPS = 10
EMPTY = 2
HOSTS = 10
_LABEL = re.compile(r"[^.]{1,63}", re.DOTALL)
_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Spf:
    """The outcome."""

    result: str
    """`pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror`; `unknown` when nobody was asked."""
    domain: str
    reason: str = ""

    def told(self, sender: str) -> AuthResult:
        """Return it as a result about a mail; `sender` is the domain of From."""
        aligned = organisation(self.domain) == organisation(sender) if self.domain and sender else None
        return AuthResult("spf", self.result, self.domain, aligned, verified=True, note=self.reason)


class _StopError(Exception):
    """The evaluation ends with an error of the standard's: `permerror` or `temperror`."""

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(reason)
        self.result = result


@dataclass(slots=True)
class _Run:
    """One evaluation with what it has used up."""

    address: Address
    sender: str
    helo: str
    lookup: Lookup
    asked: int = 0
    empty: int = 0
    validated: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, name: str, kind: str, *, counts: bool = True) -> tuple[str, ...]:
        """Ask, and count empty answers."""
        answer = self.lookup(name, kind) if _is_name(name) else Answer(Told.NO_NAME)
        if answer.told is Told.FAILED:
            raise _StopError("temperror", f"the name server of {name} gave no answer")
        if answer.told is Told.NOT_ASKED:
            raise _StopError("unknown", "no name server was asked")
        if not answer.values and counts:
            self.empty += 1
            if self.empty > EMPTY:
                raise _StopError("permerror", "more than two of its names do not exist")
        return answer.values

    def count(self) -> None:
        """Count a term that asks."""
        self.asked += 1
        if self.asked > LOOKUPS:
            raise _StopError("permerror", "it asks more than ten times")


def check(address: str, sender: str, helo: str, lookup: Lookup) -> Spf:
    """Evaluate the policy of the envelope's domain; `sender` is its address, empty for a bounce (then HELO's name)."""
    try:
        ip: Address = ipaddress.ip_address(address)
    except ValueError:
        return Spf("none", "", "the sending server's address is not known")
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    local, _, domain = (sender or helo).rpartition("@")
    sender = f"{local or 'postmaster'}@{domain}"
    domain = domain.rstrip(".") if domain.count(".") > 1 else domain
    run = _Run(ip, sender, helo, lookup)
    if not _is_name(domain) or "." not in domain or domain.startswith("["):
        return Spf("none", domain.lower()[:255], "the envelope names no domain")
    try:
        return Spf(_evaluate(run, domain), domain.lower())
    except _StopError as stop:
        return Spf(stop.result, domain.lower(), str(stop))


def record(answer: Answer) -> list[str]:
    """Return the SPF records among a domain's TXT records."""
    return [value for value in answer.values if re.match(r"v=spf1(?: |$)", value, re.IGNORECASE)]


def _evaluate(run: _Run, domain: str) -> str:
    found = record(Answer(Told.FOUND, run.ask(domain, "TXT", counts=False)))
    if not found:
        return "none"
    if len(found) > 1:
        raise _StopError("permerror", "the domain has more than one policy")
    try:
        parsed = terms(found[0])
    except TermError as error:
        raise _StopError("permerror", str(error)) from error
    for term in parsed:
        if not term.is_modifier and _matches(run, term, domain):
            return _RESULTS[term.qualifier]
    redirect = next((term for term in parsed if term.is_modifier and term.name == "redirect"), None)
    if redirect is None:
        return "neutral"
    run.count()
    result = _evaluate(run, _target(run, redirect, domain))
    if result == "none":
        raise _StopError("permerror", "it points to a domain without a policy")
    return result


def _matches(run: _Run, term: Term, domain: str) -> bool:
    match term.name:
        case "all":
            return True
        case "ip4" | "ip6":
            return (
                term.network is not None and run.address.version == term.network.version and run.address in term.network
            )
        case "include":
            run.count()
            result = _evaluate(run, _target(run, term, domain))
            if result == "none":
                raise _StopError("permerror", "it includes a domain without a policy")
            return result == "pass"
        case "a":
            run.count()
            return _among(run, run.ask(_target(run, term, domain), _kind(run)), term)
        case "mx":
            run.count()
            hosts = [value.rpartition(" ")[2].rstrip(".") for value in run.ask(_target(run, term, domain), "MX")]
            if len(hosts) > HOSTS:
                raise _StopError("permerror", "it has more than ten mail servers")
            return any(_among(run, run.ask(host, _kind(run)), term) for host in hosts if host)
        case "exists":
            run.count()
            return bool(run.ask(_target(run, term, domain), "A"))
        case _:
            run.count()
            wanted = _target(run, term, domain).lower().rstrip(".")
            return any(name == wanted or name.endswith("." + wanted) for name in _validated(run))


def _among(run: _Run, addresses: tuple[str, ...], term: Term) -> bool:
    bits = term.bits4 if run.address.version == 4 else term.bits6
    for text in addresses:
        try:
            if run.address in ipaddress.ip_network(f"{text}/{bits}", strict=False):
                return True
        except (ValueError, TypeError):
            continue
    return False


def _target(run: _Run, term: Term, domain: str) -> str:
    """Return the domain that a term is about, macros replaced; a name that is too long loses labels on its left."""
    if not term.domain:
        return domain
    name = expand(term.domain, run.sender, domain, run.helo, run.address, lambda: _name_of(run, domain)).rstrip(".")
    while len(name) > 253 and "." in name:
        name = name.partition(".")[2]
    return name


def _validated(run: _Run) -> list[str]:
    """Return the names of the address that lead back to it, lower case (section 5.5)."""
    if "names" not in run.validated:
        names: list[str] = []
        answer = run.lookup(run.address.reverse_pointer, "PTR")
        if answer.told is Told.NOT_ASKED:
            raise _StopError("unknown", "no name server was asked")
        for host in answer.values[:HOSTS]:
            host = host.rstrip(".").lower()
            back = run.lookup(host, _kind(run)) if _is_name(host) else Answer(Told.NO_NAME)
            if any(_is_same(run.address, text) for text in back.values):
                names.append(host)
        run.validated["names"] = names
    return run.validated["names"]


def _name_of(run: _Run, domain: str) -> str:
    """Return the value of the macro `p`."""
    names = _validated(run)
    domain = domain.lower()
    best = (
        [name for name in names if name == domain] or [name for name in names if name.endswith("." + domain)] or names
    )
    return best[0] if best else "unknown"


def _is_same(address: Address, text: str) -> bool:
    try:
        return ipaddress.ip_address(text) == address
    except ValueError:
        return False


def _kind(run: _Run) -> str:
    return "A" if run.address.version == 4 else "AAAA"


def _is_name(name: str) -> bool:
    labels = name.rstrip(".").split(".") if name else []
    return bool(labels) and len(name) <= 255 and all(_LABEL.fullmatch(label) for label in labels)
