"""A certificate authority that lives as long as one run, and is trusted only inside.

So that what programs tell hosts over TLS can be read. P-256 (SEC 2) and ECDSA (FIPS 186-5) are written out here: the
keys protect nothing but a sandbox's conversation with itself, and a library for it would be this program's largest
dependency. Certificates are X.509 (RFC 5280), with just the extensions that clients ask for.
"""

import base64
import hashlib
import ipaddress
import os
import secrets
import ssl
import threading
from datetime import datetime, timedelta

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_MOST_HOSTS = 2000
_DAYS_BEFORE, _DAYS_AFTER = 30, 300
_Point = tuple[int, int, int]


class Authority:
    """Makes a server's TLS settings for any name; asked from several threads."""

    def __init__(self, now: datetime) -> None:
        """`now`: aware, in UTC."""
        self._now = now
        self._key = secrets.randbelow(_N - 1) + 1
        public = _public(self._key)
        self._identity = hashlib.sha1(public, usedforsecurity=False).digest()  # RFC 5280 4.2.1.2
        self._host_key = secrets.randbelow(_N - 1) + 1
        self._host_public = _public(self._host_key)
        self._name = _name("Internal Root CA")
        self._known: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        extensions = [
            _extension("551d13", _sequence(b"\x01\x01\xff"), critical=True),
            _extension("551d0f", b"\x03\x02\x01\x06", critical=True),
            _extension("551d0e", _tagged(4, self._identity)),
        ]
        self.certificate = _pem("CERTIFICATE", self._signed(self._name, public, extensions))
        """The authority's own certificate, PEM."""

    def context(self, host: str) -> ssl.SSLContext:
        """Return the settings with which to play this host. Beyond the bound, one certificate serves for all."""
        with self._lock:
            if len(self._known) >= _MOST_HOSTS:
                host = next(iter(self._known))
            found = self._known.get(host)
            if found is None:
                found = self._known[host] = self._made(host)
            return found

    def _made(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        fd = os.memfd_create("certificate", os.MFD_CLOEXEC)
        try:
            os.write(
                fd, (self._issued(host) + _pem("EC PRIVATE KEY", _private(self._host_key, self._host_public))).encode()
            )
            context.load_cert_chain(f"/proc/self/fd/{fd}")
        finally:
            os.close(fd)
        return context

    def _issued(self, host: str) -> str:
        try:
            other = _tagged(0x87, ipaddress.ip_address(host).packed)
        except ValueError:
            other = _tagged(0x82, host.encode("ascii", "replace")[:253])
        extensions = [
            _extension("551d13", _sequence(), critical=True),
            _extension("551d25", _sequence(_oid("2b06010505070301"))),
            _extension("551d11", _sequence(other)),
            _extension("551d23", _sequence(_tagged(0x80, self._identity))),
        ]
        return _pem("CERTIFICATE", self._signed(_name(host[:60]), self._host_public, extensions))

    def _signed(self, subject: bytes, public: bytes, extensions: list[bytes]) -> bytes:
        algorithm = _sequence(_oid("2a8648ce3d040302"))
        times = [self._now - timedelta(days=_DAYS_BEFORE), self._now + timedelta(days=_DAYS_AFTER)]
        body = _sequence(
            _tagged(0xA0, _integer(2)),
            _integer(secrets.randbits(120) | 1),
            algorithm,
            self._name,
            _sequence(*(_tagged(0x18, f"{one:%Y%m%d%H%M%SZ}".encode()) for one in times)),
            subject,
            _sequence(_sequence(_oid("2a8648ce3d0201"), _oid("2a8648ce3d030107")), _tagged(3, b"\0" + public)),
            _tagged(0xA3, _sequence(*extensions)),
        )
        return _sequence(body, algorithm, _tagged(3, b"\0" + _signature(self._key, body)))


def _signature(key: int, message: bytes) -> bytes:
    number = int.from_bytes(hashlib.sha256(message).digest(), "big")
    while True:
        once = secrets.randbelow(_N - 1) + 1
        r = _affine(_times(once))[0] % _N
        s = pow(once, -1, _N) * (number + r * key) % _N
        if r and s:
            return _sequence(_integer(r), _integer(s))


def _public(key: int) -> bytes:
    x, y = _affine(_times(key))
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def _private(key: int, public: bytes) -> bytes:
    """RFC 5915."""
    curve = _tagged(0xA0, _oid("2a8648ce3d030107"))
    return _sequence(_integer(1), _tagged(4, key.to_bytes(32, "big")), curve, _tagged(0xA1, _tagged(3, b"\0" + public)))


def _times(count: int) -> _Point:
    """Return a multiple of the generator, in Jacobian coordinates."""
    found: _Point = (0, 1, 0)
    for bit in f"{count:b}":
        found = _doubled(found)
        if bit == "1":
            found = _added(found)
    return found


def _doubled(point: _Point) -> _Point:
    x, y, z = point
    delta, gamma = z * z % _P, y * y % _P
    beta = x * gamma % _P
    alpha = 3 * (x - delta) * (x + delta) % _P
    third = (alpha * alpha - 8 * beta) % _P
    return third, (alpha * (4 * beta - third) - 8 * gamma * gamma) % _P, ((y + z) ** 2 - gamma - delta) % _P


def _added(point: _Point) -> _Point:
    """Add the generator. The two are never equal: every prefix of a count is smaller than the group's order."""
    x, y, z = point
    if not z:
        return (*_G, 1)
    if (x, y, z) == (*_G, 1):
        return _doubled(point)
    zz = z * z % _P
    h = (_G[0] * zz - x) % _P
    r = (_G[1] * zz * z - y) % _P
    hh = h * h % _P
    hhh, v = h * hh % _P, x * hh % _P
    third = (r * r - hhh - 2 * v) % _P
    return third, (r * (v - third) - y * hhh) % _P, z * h % _P


def _affine(point: _Point) -> tuple[int, int]:
    inverse = pow(point[2], -1, _P)
    return point[0] * inverse**2 % _P, point[1] * inverse**3 % _P


def _tagged(tag: int, content: bytes) -> bytes:
    """DER (X.690)."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(length))) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _integer(value: int) -> bytes:
    return _tagged(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(encoded: str) -> bytes:
    return _tagged(6, bytes.fromhex(encoded))


def _name(common: str) -> bytes:
    return _sequence(_tagged(0x31, _sequence(_oid("550403"), _tagged(0x0C, common.encode("utf-8", "replace")))))


def _extension(identity: str, value: bytes, *, critical: bool = False) -> bytes:
    return _sequence(_oid(identity), *((b"\x01\x01\xff",) if critical else ()), _tagged(4, value))


def _pem(kind: str, content: bytes) -> str:
    text = base64.b64encode(content).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"
