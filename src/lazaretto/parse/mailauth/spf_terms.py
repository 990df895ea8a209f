"""The grammar of SPF policies: terms (RFC 7208, sections 5, 6 and 12) and macros (section 7)."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

TERMS = 500
_TERM = re.compile(r"([-+~?])?([A-Za-z][A-Za-z0-9_.-]{0,60})(?:([:=])(.{0,2000}?))?((?:/\d{1,10})?(?://\d{1,10})?)")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{0,60})=(.{0,2000})")
_MACRO = re.compile(r"%\{([slodiphcrtvSLODIPHCRTV])(\d{0,9})(r?)([-.+,/_=]{0,20})\}|%(%|_|-)", re.IGNORECASE)
_END = re.compile(
    r".{0,2000}(?:%\{[^{}]{1,40}\}|\.(?=[A-Za-z0-9-]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?)",
    re.DOTALL,
)
_PLAIN = re.compile(r"[\x21-\x24\x26-\x7e]{0,2000}")
_MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})


class TermError(Exception):
    """A policy that does not follow the grammar. The text is one English phrase."""


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier."""

    name: str
    """Lower case."""
    qualifier: str = "+"
    domain: str = ""
    """The domain with macros in it; empty = the current one."""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    bits4: int = 32
    bits6: int = 128
    is_modifier: bool = False


def terms(policy: str) -> tuple[Term, ...]:
    """Parse a policy, `v=spf1` included.

    Raises:
        TermError: any term of it breaks the grammar, whether it would be reached or not.
    """
    words = [word for word in policy.split(" ")[1:] if word]
    if len(words) > TERMS:
        raise TermError("it has too many terms")
    found = tuple(_term(word) for word in words)
    for name in ("redirect", "exp"):
        if sum(term.is_modifier and term.name == name for term in found) > 1:
            raise TermError(f"it has {name} twice")
    return found


def expand(
    text: str,
    sender: str,
    domain: str,
    helo: str,
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    name: Callable[[], str],
) -> str:
    """Replace the macros of a domain; `name` gives the value of `p` when it is wanted."""
    local, _, host = sender.rpartition("@")
    dotted = address.exploded if address.version == 4 else ".".join(address.exploded.replace(":", ""))

    def value(match: re.Match[str]) -> str:
        if match[5]:
            return {"%": "%", "_": " ", "-": "%20"}[match[5]]
        letter = match[1].lower()
        raw = {
            "s": sender, "l": local, "o": host, "d": domain, "i": dotted, "h": helo,
            "v": "in-addr" if address.version == 4 else "ip6",
        }.get(letter)  # fmt: skip
        if raw is None:
            raw = name() if letter == "p" else ""
        parts = re.split(f"[{re.escape(match[4] or '.')}]", raw)
        if match[3]:
            parts.reverse()
        out = ".".join(parts[-int(match[2]) :] if match[2] else parts)
        return quote(out, safe="-._~") if match[1].isupper() else out

    return _MACRO.sub(value, text)


def _term(word: str) -> Term:
    if not word.isascii() or not word.isprintable():
        raise TermError("a term holds characters that are not allowed")
    modifier = _MODIFIER.fullmatch(word)
    if modifier:
        return _modifier(modifier[1].lower(), modifier[2])
    match = _TERM.fullmatch(word)
    if match is None:
        raise TermError(f"{word[:60]} is no term")
    sign, name, colon, value, slashes = match.groups()
    name = name.lower()
    if name not in _MECHANISMS or colon == "=":
        raise TermError(f"{name[:60]} is not known")
    if colon and not value:
        raise TermError(f"{name} has an empty value")
    sign = sign or "+"
    if name in ("ip4", "ip6"):
        return Term(name, sign, network=_network(name, (value or "") + slashes))
    if name == "all":
        if colon or slashes:
            raise TermError("all has a value")
        return Term(name, sign)
    if slashes and name not in ("a", "mx"):
        value, slashes = (value or "") + slashes, ""
    if name in ("include", "exists") and not value:
        raise TermError(f"{name} has no domain")
    if value is not None or (name == "ptr" and colon):
        _check_domain(value or "")
    bits4, bits6 = _bits(slashes)
    return Term(name, sign, value or "", None, bits4, bits6)


def _modifier(name: str, value: str) -> Term:
    if name in ("redirect", "exp"):
        _check_domain(value)
    else:
        _check_macros(value)
    return Term(name, domain=value, is_modifier=True)


def _network(name: str, text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    address, slash, bits = text.partition("/")
    most = 32 if name == "ip4" else 128
    if slash and (not bits.isdigit() or int(bits) > most or (len(bits) > 1 and bits[0] == "0")):
        raise TermError(f"{name} has no such size")
    try:
        if name == "ip4":
            return ipaddress.IPv4Network(f"{address}/{bits or 32}", strict=False)
        return ipaddress.IPv6Network(f"{address}/{bits or 128}", strict=False)
    except ValueError as error:
        raise TermError(f"{name} holds no address") from error


def _bits(slashes: str) -> tuple[int, int]:
    four, _, six = slashes.partition("//")
    four = four.removeprefix("/")
    for text, most in ((four, 32), (six, 128)):
        if text and (int(text) > most or (len(text) > 1 and text[0] == "0")):
            raise TermError("a size is none")
    return int(four) if four else 32, int(six) if six else 128


def _check_domain(text: str) -> None:
    _check_macros(text)
    if not _END.fullmatch(text):
        raise TermError(f"{text[:60]} is no domain")


def _check_macros(text: str) -> None:
    for match in _MACRO.finditer(text):
        if match[1] and match[1].lower() in "crt":
            raise TermError("a macro stands where it may not")
        if match[2] and int(match[2]) == 0:
            raise TermError("a macro keeps no part")
    if not _PLAIN.fullmatch(_MACRO.sub("", text)):
        raise TermError("a macro is not written as it should be")
