"""The packs turned round: from a name, a token, a host or a digest to what is recorded about it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from lazaretto.intel.pack import packs
from lazaretto.model.intel import Indicator, Pack, PackageRecord, Scope
from lazaretto.parse.prefilter import Words

TOKEN_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789.-_"
"""What a token is made of, after folding to lower case; every other byte separates."""

FOLD = bytes(
    folded if (folded := byte + 32 if 65 <= byte <= 90 else byte) in TOKEN_BYTES else 32 for byte in range(256)
)
"""A `bytes.translate` table: lower case, separators to spaces. Offsets stay as they are."""

_ADDRESS = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Index:
    """Look-up tables over all packs."""

    packages: dict[tuple[str, str], tuple[PackageRecord, ...]]
    """By package URL type and canonical name."""
    digests: dict[str, tuple[Indicator, ...]]
    """By SHA-256 or MD5 of a file, hexadecimal."""
    hosts: dict[bytes, tuple[Indicator, ...]]
    """Domains, lower case."""
    tokens: dict[bytes, tuple[Indicator, ...]]
    """By the most telling token of every other value that may stand in a file."""
    wanted: frozenset[bytes]
    """The keys of `tokens`."""
    names: dict[str, tuple[Indicator, ...]]
    """By the name of a file, lower case."""
    host_end: re.Pattern[bytes]
    """Finds the end of whatever may be one of `hosts`: a dot and one of their top-level names."""
    words: Words
    """All of `hosts` and `tokens`: hardly any file holds one, and this tells so in one pass."""


@cache
def index() -> Index:
    """The index of the embedded packs."""
    return build(packs())


def build(sources: Iterable[Pack]) -> Index:
    """Index some packs."""
    packages: dict[tuple[str, str], list[PackageRecord]] = defaultdict(list)
    digests: dict[str, list[Indicator]] = defaultdict(list)
    hosts: dict[bytes, list[Indicator]] = defaultdict(list)
    tokens: dict[bytes, list[Indicator]] = defaultdict(list)
    names: dict[str, list[Indicator]] = defaultdict(list)
    for pack in sources:
        for record in pack.packages:
            packages[record.ecosystem, record.name].append(record)
        for indicator in pack.indicators:
            if indicator.scope is Scope.HUNT:
                continue
            match indicator.kind:
                case "sha256" | "md5":
                    digests[indicator.value].append(indicator)
                case "domain":
                    hosts[indicator.value.encode()].append(indicator)
                case "file-name":
                    names[indicator.value.lower()].append(indicator)
                    tokens[key_token(indicator)].append(indicator)
                case _:
                    tokens[key_token(indicator)].append(indicator)
    ends = sorted({host.rpartition(b".")[2] for host in hosts})
    return Index(
        packages={key: tuple(found) for key, found in packages.items()},
        digests={key: tuple(found) for key, found in digests.items()},
        hosts={key: tuple(found) for key, found in hosts.items()},
        tokens={key: tuple(found) for key, found in tokens.items()},
        wanted=frozenset(tokens),
        names={key: tuple(found) for key, found in names.items()},
        host_end=re.compile(rb"\.(?:" + b"|".join(map(re.escape, ends)) + rb")(?![a-z0-9_-])(?!\.[a-z0-9])"),
        words=Words((*hosts, *tokens)),
    )


def key_token(indicator: Indicator) -> bytes:
    """Return the token that must stand in a file for this indicator to be in it: the longest one of its value."""
    value = indicator.value
    if indicator.kind == "ipv4-port":
        value = value.partition(":")[0]
    found = value.encode().translate(FOLD).split()
    if indicator.kind == "url" and _ADDRESS.fullmatch(found[0]):
        return found[0]
    if indicator.kind == "url" and len(found) > 1:
        found = found[1:]  # the host may be everybody's; the path is not
    return max(found, key=len).rstrip(b".")
