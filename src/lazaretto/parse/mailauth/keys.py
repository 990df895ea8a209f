"""Public keys out of DNS records, and signatures checked with them: RSA (RFC 8017) and Ed25519 (RFC 8032).

Only verification, which holds no secret, so plain integers do. An RSA signature is compared with the whole encoded
message that it should be; nothing of it is parsed.
"""

import hashlib
from functools import cache

_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
_SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")
_RSA = bytes.fromhex("06092a864886f70d010101")
"""The object identifier rsaEncryption."""
LONGEST_KEY = 8192
"""Bits. A longer key takes long and serves nobody."""

P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, P) % P
_ROOT = pow(2, (P - 1) // 4, P)
_Point = tuple[int, int, int, int]


class KeyFormError(Exception):
    """The bytes are no key of that kind. The text is one English phrase."""


def rsa_key(data: bytes) -> tuple[int, int]:
    """Return modulus and exponent of a SubjectPublicKeyInfo or a bare RSAPublicKey.

    Raises:
        KeyFormError: neither, or longer than `LONGEST_KEY`.
    """
    try:
        tag, inner, _ = _der(data)
        first, content, rest = _der(inner)
        if tag == 0x30 and first == 0x30 and content.startswith(_RSA):
            bits, packed, _ = _der(rest)
            if bits != 3:
                raise KeyFormError("it is not an RSA key")
            _, inner, _ = _der(packed[1:])
            first, content, rest = _der(inner)
        second, exponent, _ = _der(rest)
    except IndexError as error:
        raise KeyFormError("it is not an RSA key") from error
    if first != 2 or second != 2:
        raise KeyFormError("it is not an RSA key")
    n, e = int.from_bytes(content, "big"), int.from_bytes(exponent, "big")
    if n.bit_length() > LONGEST_KEY or e.bit_length() > 64 or n < 3 or e < 3 or not n & 1:
        raise KeyFormError("its numbers are not those of a key")
    return n, e


def rsa_agrees(key: tuple[int, int], signature: bytes, data: bytes, *, sha1: bool = False) -> bool:
    """Tell whether a PKCS #1 v1.5 signature over `data` was made with the key's other half."""
    n, e = key
    size = (n.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= n:
        return False
    digest = (
        _SHA1 + hashlib.sha1(data, usedforsecurity=False).digest() if sha1 else _SHA256 + hashlib.sha256(data).digest()
    )
    wanted = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    return len(wanted) == size and pow(number, e, n).to_bytes(size, "big") == wanted


def ed25519_agrees(key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature over `message` belongs to the key (RFC 8032, section 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = _point(key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    return _same(_times(s, _base()), _sum(r, _times(h, a)))


def _der(data: bytes) -> tuple[int, bytes, bytes]:
    """Read one value: tag, content, and what follows."""
    tag, size, at = data[0], data[1], 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or len(data) < 2 + count:
            raise KeyFormError("it is not an RSA key")
        size, at = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if at + size > len(data):
        raise KeyFormError("it is cut off")
    return tag, data[at : at + size], data[at + size :]


def _sum(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * _D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: _Point) -> _Point:
    out: _Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            out = _sum(out, point)
        point = _sum(point, point)
        number >>= 1
    return out


def _same(p: _Point, q: _Point) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def _point(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


@cache
def _base() -> _Point:
    point = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert point is not None
    return point
