"""Logs of resolvers, proxies and firewalls, given as files: did this network ask for a recorded host or address?

dnsmasq, Pi-hole, unbound, BIND, squid, nginx, Zeek (TSV and JSON) and anything else that writes a line an event: lines
are searched, not parsed; only their time is read (ISO 8601, seconds since 1970, syslog, Apache). Rotated `.gz` files
are unpacked. A line shows that somebody asked, not who: *executed* by something, medium confidence; a lookup alone or a
refused one is not told apart.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import Place, Tree, Wanted, iso
from lazaretto.traces.redact import redact

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?\s?(Z|[+-]\d\d:?\d\d)?")
_EPOCH = re.compile(r"(?:^|[\[{\s\"])(?:ts\"?[:=]\s?)?(1\d{9})(?:\.\d{1,9})?(?=[\s\t,\]}]|$)")
_SYSLOG = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s{1,2}(\d{1,2}) (\d\d:\d\d:\d\d)")
_APACHE = re.compile(r"\[(\d\d)/(\w{3})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\]")
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_CALLERS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one log. One trace for each sought value: the first time, and how often."""
    first: dict[tuple[str, str], tuple[int, str, str]] = {}
    last: dict[tuple[str, str], str] = {}
    counts: dict[tuple[str, str], int] = {}
    year = datetime.fromtimestamp(tree.time(path) or 0, UTC).year
    number = 0
    for block in tree.blocks(path):
        for mark in wanted.marks(block):
            key = (mark.kind, mark.value)
            start = block.rfind(b"\n", 0, mark.offset) + 1
            end = block.find(b"\n", mark.offset)
            text = block[start : end if end >= 0 else len(block)][:2000].decode("utf-8", "replace")
            if key not in first:
                first[key] = (number + block.count(b"\n", 0, mark.offset) + 1, moment(text, year), text)
            last_at = block.rfind(mark.value.encode(), mark.offset)
            tail = block[block.rfind(b"\n", 0, last_at) + 1 :][:2000] if last_at >= 0 else b""
            last[key] = moment(tail.partition(b"\n")[0].decode("utf-8", "replace"), year)
            counts[key] = counts.get(key, 0) + mark.count
        number += block.count(b"\n")
    for key, (line, at, text) in first.items():
        detail = Message.of(
            N_("{n} times in the log, last {last}: {line}"),
            {"n": counts[key], "last": last[key] or "?", "line": redact(text.strip())},
        )
        yield Trace(key[0], key[1], "", Rung.EXECUTED, PLACE.id, path, line, at, Confidence.MEDIUM, detail)


def moment(line: str, year: int) -> str:
    """Return the time of a line as ISO 8601 in UTC; a time without a zone is taken as UTC. Empty when there is none."""
    if match := _ISO.search(line):
        zone = (match[3] or "Z").replace("Z", "+00:00")
        zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        return _iso_text(f"{match[1]}T{match[2]}{zone}")
    if match := _APACHE.search(line):
        month = _MONTHS.find(match[2]) // 3 + 1
        return _iso_text(f"{match[3]}-{month:02}-{match[1]}T{match[4]}{match[5][:3]}:{match[5][3:]}")
    if match := _EPOCH.search(line):
        return iso(int(match[1]))
    if match := _SYSLOG.search(line):
        month = _MONTHS.find(match[1]) // 3 + 1
        return _iso_text(f"{year:04}-{month:02}-{int(match[2]):02}T{match[3]}+00:00")
    return ""


def _iso_text(text: str) -> str:
    try:
        return iso(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return ""


PLACE = Place(
    "network-log",
    N_("logs of resolvers, proxies and firewalls"),
    (Rung.EXECUTED,),
    read,
    files=(
        "dnsmasq.log*",
        "pihole.log*",
        "unbound.log*",
        "query.log*",
        "queries.log*",
        "named.log*",
        "dns.log*",
        "conn.log*",
        "http.log*",
        "ssl.log*",
        "access.log*",
        "access_log*",
        "squid.log*",
    ),
    locations={
        "linux": (
            "/var/log/dnsmasq.log",
            "/var/log/pihole",
            "/var/log/unbound",
            "/var/log/squid",
            "/var/log/nginx",
            "/opt/zeek/logs",
        ),
        "macos": ("/opt/homebrew/var/log", "/usr/local/var/log"),
        "windows": (),
    },
)
