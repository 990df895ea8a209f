"""Public suffixes (publicsuffix.org, `data/public-suffixes.dat`): where a registrable name begins.

registrable("a.b.example.co.kr") -> "example.co.kr"
registrable("x.vercel.app")      -> "x.vercel.app"     (the company hands out names)
"""

from functools import cache
from importlib.resources import files

_SPECIAL = frozenset({"onion", "test", "invalid", "example", "i2p", "bit"})
"""Names outside of the public root that reports use: hidden services, and reserved ones in exercises."""


@cache
def _rules() -> tuple[frozenset[str], frozenset[str]]:
    text = (files("lazaretto.parse") / "data" / "public-suffixes.dat").read_text(encoding="utf-8")
    registries, _, companies = text.partition("// PRIVATE\n")
    sets = []
    for part in (registries, companies):
        rules = {line for line in part.splitlines() if line and not line.startswith("//")}
        for rule in [rule for rule in rules if not rule.isascii()]:
            rules.add(".".join(_ascii(label) for label in rule.split(".")))
        sets.append(frozenset(rules))
    return sets[0], sets[1]


def _ascii(label: str) -> str:
    try:
        return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return label


@cache
def top_level() -> frozenset[str]:
    """All top-level domains, lower case, internationalised ones in both spellings."""
    return frozenset(rule for rule in _rules()[0] if "." not in rule and rule[0] not in "*!") | _SPECIAL


def is_private_suffix(host: str) -> bool:
    """Tell whether a host is itself a suffix under which a company hands out names (`vercel.app`)."""
    return host in _rules()[1]


def suffix(host: str, *, private: bool = True) -> str:
    """Return the public suffix of a host in lower case; empty when its top-level domain does not exist."""
    labels = host.split(".")
    if labels[-1] not in top_level():
        return ""
    registries, companies = _rules()
    best = 1
    for count in range(1, min(len(labels), 6) + 1):
        name = ".".join(labels[-count:])
        wild = ".".join(["*", *labels[-count + 1 :]]) if count > 1 else ""
        for rules in (registries, companies) if private else (registries,):
            if f"!{name}" in rules:
                return ".".join(labels[-count + 1 :])
            if name in rules or (wild and wild in rules):
                best = max(best, count)
    return ".".join(labels[-best:])


def registrable(host: str, *, private: bool = True) -> str:
    """Return the part of a host that somebody registered; empty for a bare suffix or an unknown one."""
    ending = suffix(host, private=private)
    if not ending or host == ending:
        return ""
    rest = host[: -len(ending) - 1]
    return f"{rest.rpartition('.')[2]}.{ending}"


def organisation(host: str) -> str:
    """Return the organisational domain of a host (RFC 7489, section 3.2), the host itself when it has none.

    Companies' suffixes are left out: who hands out names under `vercel.app` is one organisation there, and mail is not
    sent from such names.
    """
    host = host.lower().rstrip(".")
    return registrable(host, private=False) or host
