"""Questions to name servers, within bounds: a few seconds each, so many in all, and each asked once.

Asked only when the user said so. Library: dnspython (extra `mail`), imported at the first question.
"""

import time
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from lazaretto.model.dns import Answer, Told

if TYPE_CHECKING:
    from dns.nameserver import Do53Nameserver
    from dns.rdata import Rdata
    from dns.resolver import Resolver

QUESTIONS = 200
SECONDS_EACH, SECONDS_ALL = 4.0, 40.0
RECORDS, RECORD_BYTES = 40, 8192
KINDS = frozenset({"A", "AAAA", "MX", "NS", "PTR", "TXT"})


def is_installed() -> bool:
    """Tell whether the library is there."""
    return find_spec("dns") is not None


class NameServers:
    """The name servers of this computer, or given ones. `lookup` is a `Lookup`."""

    def __init__(self, servers: Sequence[str] = (), seconds: float = SECONDS_EACH) -> None:
        """`servers` are addresses (`192.0.2.53`, `192.0.2.53:5353`); empty: those of this computer."""
        self._servers = tuple(servers)
        self._seconds = seconds
        self._known: dict[tuple[str, str], Answer] = {}
        self._spent = 0.0
        self._resolver: Resolver | None = None
        self.exhausted = False
        """True once a question was not asked because there had been too many, or they had taken too long."""

    def lookup(self, name: str, kind: str) -> Answer:
        """Ask one question; any trouble is an answer, too."""
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            if len(self._known) >= QUESTIONS or self._spent >= SECONDS_ALL or kind not in KINDS:
                self.exhausted = True
                return Answer(Told.FAILED)
            begun = time.monotonic()
            self._known[key] = self._ask(*key)
            self._spent += time.monotonic() - begun
        return self._known[key]

    def asked(self) -> tuple[tuple[str, str], ...]:
        """Return the questions that were asked: name and type."""
        return tuple(self._known)

    def _ask(self, name: str, kind: str) -> Answer:
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return Answer(Told.NO_NAME)
        try:
            found = self._resolve(name, kind)
        except dns.resolver.NXDOMAIN:
            return Answer(Told.NO_NAME)
        except (dns.exception.DNSException, OSError, ValueError):
            return Answer(Told.FAILED)
        values = tuple(text for row in list(found)[:RECORDS] if len(text := _text(row, kind)) <= RECORD_BYTES)
        return Answer(Told.FOUND, values) if values else Answer(Told.EMPTY)

    def _resolve(self, name: str, kind: str) -> "Iterable[Rdata]":
        import dns.resolver

        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                self._resolver.nameservers = [_nameserver(text) for text in self._servers]
        answer = self._resolver.resolve(
            f"{name}.", kind, search=False, raise_on_no_answer=False, lifetime=self._seconds
        )
        return answer.rrset or ()


def _nameserver(text: str) -> "Do53Nameserver":
    from dns.nameserver import Do53Nameserver

    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and ("." in host or host.startswith("[")):
        return Do53Nameserver(host.strip("[]"), int(port))
    return Do53Nameserver(text)


def _text(row: "Rdata", kind: str) -> str:
    match kind:
        case "TXT":
            return b"".join(getattr(row, "strings", ())).decode("latin-1")
        case "MX":
            return row.to_text().rstrip(".") if not row.to_text().endswith(" .") else row.to_text()
        case "A" | "AAAA":
            return row.to_text()
        case _:
            return row.to_text().rstrip(".")
