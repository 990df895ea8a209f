"""Whether a mail is from whom it says: what the receiver told and what is computed here, joined.

    authenticate(mail, lookup) -> Authentication

Without any answers (`not_asked`) the digests over the body still tell whether the text is what was signed.
"""

import ipaddress
from dataclasses import replace

from lazaretto.model.dns import Lookup, not_asked
from lazaretto.model.mail import Authentication, AuthResult, Hop, Mail
from lazaretto.parse.mailauth import arc, dkim, dmarc, spf
from lazaretto.parse.suffixes import organisation


def authenticate(mail: Mail, lookup: Lookup = not_asked) -> Authentication | None:
    """Check what can be checked; None when there is neither a header to read nor a message to check."""
    told = mail.authentication
    if not mail.raw:
        return told
    sender = mail.sender.domain
    arrived = next((hop.at for hop in mail.hops if hop.at is not None), None)
    signatures = dkim.verify(mail.raw, sender, lookup, arrived)
    computed: list[AuthResult] = [*signatures]
    path = _spf(mail, lookup)
    if path is not None and path.result != "unknown":
        computed.append(path)
    chain = arc.verify(mail.raw, lookup)
    if chain.result != "none":
        computed.append(chain)
    if sender:
        policy = dmarc.evaluate(sender, signatures, path, dmarc.policy(sender, lookup))
        if policy.result != "unknown":
            computed.append(policy)
    if told is None:
        return Authentication(tuple(computed)) if computed else None
    return replace(told, results=(*told.results, *computed))


def border(mail: Mail) -> Hop | None:
    """Return the hop by which the mail came into the reader's own organisation; None when it is not to be told."""
    home = ""
    last: Hop | None = None
    for hop in mail.hops:
        by = organisation(hop.by) if hop.by else ""
        if not home:
            home = by
        if by != home or not home:
            break
        if _is_public(hop.address) and organisation(hop.host or hop.helo) != home:
            last = hop
    return last


def _spf(mail: Mail, lookup: Lookup) -> AuthResult | None:
    hop = border(mail)
    if hop is None or (not mail.return_path and not hop.helo):
        return None
    return spf.check(hop.address, mail.return_path, hop.helo, lookup).told(mail.sender.domain)


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (found.is_private and not _is_reserved_for_examples(found)) and not found.is_loopback


def _is_reserved_for_examples(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one that documents and tests use (RFC 5737, RFC 3849): nobody's private network."""
    return any(
        address.version == network.version and address in network
        for network in map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
    )
