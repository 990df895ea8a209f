"""What several reports of a run ask of its record: who did it, which hosts and files are worth knowing elsewhere.

Everything is hostile text; whoever prints it makes it safe.
"""

import ipaddress
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.model.behaviour import Action, Event, Flow, Program, Record
from lazaretto.model.detonated import Detonated

_MOST_NAMES = 6
_MADE_UP = ipaddress.ip_network("198.18.0.0/15")
_SYSTEM = ("/usr/", "/bin/", "/sbin/", "/lib", "/opt/")
DNS_KINDS = {"1": "A", "28": "AAAA", "16": "TXT", "15": "MX", "12": "PTR", "33": "SRV", "65": "HTTPS", "10": "NULL"}


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something of a run that can be looked for elsewhere."""

    kind: str
    """`domain`, `ip`, `url`, `sha256`."""
    value: str
    who: str
    at: float
    context: str = ""
    """Path of the file, port of the host."""


def own_chain(record: Record, index: int) -> tuple[Program, ...]:
    """Return the programs from the first one of the same package's script on; all of them when there is none."""
    chain = record.chain(index)
    if not chain or not chain[-1].package:
        return chain
    mine = chain[-1].package
    first = len(chain)
    while first and chain[first - 1].package == mine:
        first -= 1
    return chain[first:]


def chain_text(record: Record, index: int, target: str = "") -> str:
    """Say who did it: `graph-x@2.2.9 postinstall -> sh -> curl -> c2.test:443`."""
    chain = own_chain(record, index)
    names = [posixpath.basename(program.path) or "?" for program in chain]
    own = []
    if chain and chain[-1].package:
        package = chain[-1].package.partition(":")[2]
        own = [f"{package} {chain[-1].script}".rstrip()]
    shown = names if len(names) <= _MOST_NAMES else [*names[:2], "...", *names[-(_MOST_NAMES - 2) :]]
    return " -> ".join([*own, *(shown or ["?"]), *([target] if target else [])])


def touched(record: Record) -> list[tuple[str, list[Event]]]:
    """Return each decoy that was read, changed or sent, with what was done, in the order of the first time."""
    found: dict[str, list[Event]] = {}
    for event in record.events:
        if event.action is Action.CANARY:
            path = f"{record.home}/{event.detail.rpartition(' (')[0]}"
            found.setdefault(path if path in record.decoys else event.detail.rpartition(" (")[0], []).append(event)
        elif event.target in record.decoys and event.action in (Action.READ, Action.WRITE, Action.DELETE):
            found.setdefault(event.target, []).append(event)
    return list(found.items())


def is_made_up(address: str) -> bool:
    """Tell whether an address is one that the sandbox made up for a name."""
    try:
        return ipaddress.ip_address(address) in _MADE_UP
    except ValueError:
        return False


def indicators(answer: Detonated) -> list[Indicator]:
    """Return hosts, addresses and files, each once, in the order of the first time.

    Hosts that the person let through, and files of the system, are none.
    """
    found: dict[tuple[str, str], Indicator] = {}
    for ran in answer.ran:
        for one in (*_of_flows(ran.record), *_of_programs(ran.record)):
            found.setdefault((one.kind, one.value), one)
    return list(found.values())


def _of_flows(record: Record) -> Iterator[Indicator]:
    for flow in record.flows:
        if flow.decision == "passed" or not flow.host or flow.kind == "udp":
            continue
        who = chain_text(record, flow.process)
        kind = "ip" if _is_address(flow.host) else "domain"
        if kind == "ip" and not ipaddress.ip_address(flow.host).is_global and is_made_up(flow.host):
            continue
        yield Indicator(kind, flow.host, who, flow.at, "" if flow.kind == "name" else str(flow.port))
        if flow.name and flow.kind in ("tls", "https") and flow.name != flow.host and not _is_address(flow.name):
            yield Indicator("domain", flow.name, who, flow.at, str(flow.port))
        if flow.request:
            yield Indicator("url", url_of(flow), who, flow.at)


def _of_programs(record: Record) -> Iterator[Indicator]:
    for index, program in enumerate(record.programs):
        if program.digest and not program.path.startswith(_SYSTEM) and "/node_modules/" not in program.path:
            yield Indicator("sha256", program.digest, chain_text(record, index), program.at, program.path)


def url_of(flow: Flow) -> str:
    """Return the address that an HTTP request asked for."""
    scheme = "https" if flow.kind == "https" else "http"
    words = flow.request.split(" ")
    path = words[1] if len(words) == 3 else ""
    if "://" in path:
        return path
    host = next((value for name, value in flow.headers if name.lower() == "host"), flow.host)
    port = "" if ":" in host or flow.port in (80, 443) else f":{flow.port}"
    return f"{scheme}://{host}{port}{path}"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
