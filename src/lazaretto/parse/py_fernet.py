"""Opening a Fernet token whose key stands beside it, so that what it hides can be read.

    version 0x80 | 8 bytes of time | 16 bytes IV | AES-128-CBC of the content, PKCS 7 | HMAC-SHA256

Specification: the Fernet spec of the `cryptography` project; FIPS 197 (AES), SP 800-38A (CBC). Only decryption of
what carries its own key: nothing here protects anything.
"""

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

TOKEN_BYTES = 160 << 10
"""Longest token that is opened; a block takes some thirty microseconds."""


def opened(key: bytes, token: bytes) -> bytes | None:
    """Return the content of a token, or None when key and token do not belong together."""
    if len(token) > TOKEN_BYTES:
        return None
    try:
        secret = base64.urlsafe_b64decode(key)
        data = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return None
    if len(secret) != 32 or len(data) < 73 or data[0] != 0x80 or (len(data) - 57) % 16:
        return None
    if not hmac.compare_digest(hmac.new(secret[:16], data[:-32], hashlib.sha256).digest(), data[-32:]):
        return None
    plain = _cbc(secret[16:], data[9:25], data[25:-32])
    pad = plain[-1]
    return plain[:-pad] if 1 <= pad <= 16 else None


def _cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    rounds = _expanded(key)
    out = bytearray()
    previous = int.from_bytes(vector, "big")
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        out += (int.from_bytes(_block(block, rounds), "big") ^ previous).to_bytes(16, "big")
        previous = int.from_bytes(block, "big")
    return bytes(out)


def _block(block: bytes, rounds: list[bytes]) -> bytes:
    """Decrypt one block: the inverse cipher of FIPS 197, section 5.3."""
    _, inverse, nine, eleven, thirteen, fourteen = _tables()
    state = bytes(a ^ b for a, b in zip(block, rounds[10], strict=True))
    for number in range(9, -1, -1):
        key = rounds[number]
        state = bytes(inverse[state[place]] ^ key[at] for at, place in enumerate(_UNSHIFTED))
        if number:
            mixed = bytearray()
            for at in range(0, 16, 4):
                a, b, c, d = state[at : at + 4]
                mixed.append(fourteen[a] ^ eleven[b] ^ thirteen[c] ^ nine[d])
                mixed.append(nine[a] ^ fourteen[b] ^ eleven[c] ^ thirteen[d])
                mixed.append(thirteen[a] ^ nine[b] ^ fourteen[c] ^ eleven[d])
                mixed.append(eleven[a] ^ thirteen[b] ^ nine[c] ^ fourteen[d])
            state = bytes(mixed)
    return state


_UNSHIFTED = tuple((at - 4 * (at % 4)) % 16 for at in range(16))
"""Where each byte of a state comes from when its rows are shifted back."""


def _expanded(key: bytes) -> list[bytes]:
    """Return the eleven round keys of AES-128."""
    box = _tables()[0]
    words = [key[at : at + 4] for at in range(0, 16, 4)]
    constant = 1
    for number in range(4, 44):
        word = words[-1]
        if number % 4 == 0:
            word = bytes((box[word[1]] ^ constant, box[word[2]], box[word[3]], box[word[0]]))
            constant = _doubled(constant)
        words.append(bytes(a ^ b for a, b in zip(words[number - 4], word, strict=True)))
    return [b"".join(words[at : at + 4]) for at in range(0, 44, 4)]


@lru_cache(maxsize=1)
def _tables() -> tuple[bytes, bytes, bytes, bytes, bytes, bytes]:
    """Return the S-box, its inverse, and the products with 9, 11, 13 and 14."""
    box = bytearray(256)
    value, inverse = 1, 1
    while True:
        value ^= _doubled(value)  # times three, a generator
        inverse ^= inverse << 1
        inverse ^= inverse << 2
        inverse ^= inverse << 4
        inverse = (inverse ^ 0x09 if inverse & 0x80 else inverse) & 0xFF
        turned = inverse
        for shift in range(1, 5):
            turned ^= ((inverse << shift) | (inverse >> (8 - shift))) & 0xFF
        box[value] = turned ^ 0x63
        if value == 1:
            break
    box[0] = 0x63
    back = bytearray(256)
    for place, sign in enumerate(box):
        back[sign] = place
    nine, eleven, thirteen, fourteen = (bytes(_product(place, by) for place in range(256)) for by in (9, 11, 13, 14))
    return bytes(box), bytes(back), nine, eleven, thirteen, fourteen


def _doubled(value: int) -> int:
    return ((value << 1) ^ (0x11B if value & 0x80 else 0)) & 0xFF


def _product(value: int, by: int) -> int:
    out = 0
    while by:
        if by & 1:
            out ^= value
        value, by = _doubled(value), by >> 1
    return out


__all__ = ["opened"]
