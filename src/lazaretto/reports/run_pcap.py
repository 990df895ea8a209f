"""The inner network of a run as a packet capture (pcap, LINKTYPE_RAW), so that other tools can read it.

Synthesised from what the sandbox's hosts were told: each flow is a whole TCP conversation (or one datagram) between the
sandbox and the address that it used, with its data in clear, on the port that it used. Bytes beyond what the record
holds, and what passed through to a host that was let through, are not in it.
"""

import ipaddress
import struct
from collections.abc import Iterator

from lazaretto.model.behaviour import Flow, Record
from lazaretto.model.detonated import Detonated
from lazaretto.reports.context import Context

_LINK_RAW = 101
_MAGIC = 0xA1B23C4D
"""Times in nanoseconds."""
_PART = 1400
_LOCAL4, _LOCAL6 = ipaddress.IPv4Address("192.0.2.10"), ipaddress.IPv6Address("2001:db8::10")
_RESOLVER = ipaddress.IPv4Address("192.0.2.53")
_FIN, _SYN, _PSH, _ACK = 1, 2, 8, 16
_TCP, _UDP = 6, 17
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def render(answer: Detonated, _context: Context) -> bytes:
    """Render all phases' flows as one capture."""
    packets = sorted((packet for ran in answer.ran for packet in _packets(ran.record)), key=lambda packet: packet[0])
    head = struct.pack("=IHHiIII", _MAGIC, 2, 4, 0, 0, 65535, _LINK_RAW)
    return head + b"".join(
        struct.pack("=IIII", int(at), int(at % 1 * 1e9), len(data), len(data)) + data for at, data in packets
    )


def _packets(record: Record) -> Iterator[tuple[float, bytes]]:
    for number, flow in enumerate(record.flows):
        port = 32768 + number % 28000
        at = record.began + flow.at
        if flow.kind in ("name", "udp"):
            yield from _datagrams(flow, port, at)
        else:
            yield from _conversation(flow, port, at, record.began + (flow.end if flow.end is not None else flow.at))


def _datagrams(flow: Flow, port: int, at: float) -> Iterator[tuple[float, bytes]]:
    there = _RESOLVER if flow.kind == "name" else _address(flow.address)
    here = _local(there)
    yield at, _ip(here, there, _UDP, _udp(here, there, port, flow.port, flow.data))
    if flow.answer:
        yield at, _ip(there, here, _UDP, _udp(there, here, flow.port, port, flow.answer))


def _conversation(flow: Flow, port: int, at: float, end: float) -> Iterator[tuple[float, bytes]]:
    there = _address(flow.address)
    here = _local(there)
    mine = theirs = 1

    def out(flags: int, data: bytes = b"") -> bytes:
        return _ip(here, there, _TCP, _tcp(here, there, port, flow.port, mine, theirs, flags, data))

    def back(flags: int, data: bytes = b"") -> bytes:
        return _ip(there, here, _TCP, _tcp(there, here, flow.port, port, theirs, mine, flags, data))

    mine, theirs = 0, 0
    yield at, out(_SYN)
    mine = 1
    yield at, back(_SYN | _ACK)
    theirs = 1
    yield at, out(_ACK)
    for part in _parts(flow.data):
        yield at, out(_PSH | _ACK, part)
        mine += len(part)
        yield at, back(_ACK)
    answer = flow.answer if flow.request else b""
    for part in _parts(answer):
        yield end, back(_PSH | _ACK, part)
        theirs += len(part)
        yield end, out(_ACK)
    yield end, back(_FIN | _ACK)
    theirs += 1
    yield end, out(_FIN | _ACK)
    mine += 1
    yield end, back(_ACK)


def _parts(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _PART):
        yield data[at : at + _PART]


def _address(text: str) -> _Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return ipaddress.IPv4Address("192.0.2.1")


def _local(there: _Address) -> _Address:
    return _LOCAL4 if there.version == 4 else _LOCAL6


def _tcp(
    source: _Address, target: _Address, port: int, to: int, number: int, acknowledged: int, flags: int, data: bytes
) -> bytes:
    head = struct.pack("!HHIIBBHHH", port, to, number, acknowledged if flags & _ACK else 0, 5 << 4, flags, 65535, 0, 0)
    total = _sum(_pseudo(source, target, _TCP, len(head) + len(data)) + head + data)
    return head[:16] + struct.pack("!H", total) + head[18:] + data


def _udp(source: _Address, target: _Address, port: int, to: int, data: bytes) -> bytes:
    data = data[:65000]
    head = struct.pack("!HHHH", port, to, 8 + len(data), 0)
    total = _sum(_pseudo(source, target, _UDP, len(head) + len(data)) + head + data)
    return head[:6] + struct.pack("!H", total or 0xFFFF) + data


def _pseudo(source: _Address, target: _Address, protocol: int, size: int) -> bytes:
    return source.packed + target.packed + struct.pack("!II", size, protocol)


def _ip(source: _Address, target: _Address, protocol: int, data: bytes) -> bytes:
    if source.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + source.packed + target.packed + data
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 0, 0, 64, protocol, 0) + source.packed + target.packed
    return head[:10] + struct.pack("!H", _sum(head)) + head[12:] + data


def _sum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
