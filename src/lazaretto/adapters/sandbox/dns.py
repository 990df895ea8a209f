"""A name server that knows every name: each gets an address of its own from 198.18.0.0/15 (RFC 2544, never routed)."""

import ipaddress
import struct
import threading

_FIRST = int(ipaddress.IPv4Address("198.18.0.10"))
_LAST = int(ipaddress.IPv4Address("198.19.255.250"))
_A = 1


class Names:
    """Names and their addresses; asked from several threads."""

    def __init__(self) -> None:
        self._address: dict[str, int] = {}
        self._name: dict[str, str] = {}
        self._lock = threading.Lock()

    def address(self, name: str) -> str:
        """Return the address of a name, the same each time. When all are taken, the last one is shared."""
        with self._lock:
            number = self._address.setdefault(name, min(_FIRST + len(self._address), _LAST))
            address = str(ipaddress.IPv4Address(number))
            self._name[address] = name
            return address

    def name(self, address: str) -> str:
        """Return the name that has this address, or an empty text."""
        return self._name.get(address, "")

    def answer(self, query: bytes) -> tuple[str, int, bytes] | None:
        """Return name, kind and the answer to one query; None when it is none."""
        asked = question(query)
        if asked is None:
            return None
        name, kind, end = asked
        record = b""
        if kind == _A:
            record = b"\xc0\x0c" + struct.pack("!HHIH", _A, 1, 60, 4) + ipaddress.IPv4Address(self.address(name)).packed
        header = query[:2] + struct.pack("!HHHHH", 0x8580, 1, 1 if record else 0, 0, 0)
        return name, kind, header + query[12:end] + record


def question(query: bytes) -> tuple[str, int, int] | None:
    """Read name, kind and end of the first question of a message (RFC 1035); None when it is malformed."""
    if len(query) < 17 or query[2] & 0x80 or query[4:6] == b"\0\0":
        return None
    labels: list[bytes] = []
    at = 12
    while at < len(query) and query[at]:
        size = query[at]
        if size > 63 or len(labels) > 127:
            return None
        labels.append(query[at + 1 : at + 1 + size])
        at += 1 + size
    if at + 5 > len(query):
        return None
    name = b".".join(labels).decode("ascii", "backslashreplace").lower()
    return name, struct.unpack("!H", query[at + 1 : at + 3])[0], at + 5
