"""Keys made for tests, and signatures made with them: RSA and Ed25519, with plain integers."""

import base64
import hashlib
import random

from lazaretto.parse.mailauth import canonical, keys


def _is_prime(n: int, chance: random.Random) -> bool:
    if any(n % p == 0 for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)):
        return n in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    for _ in range(12):
        x = pow(chance.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _prime(bits: int, chance: random.Random) -> int:
    while True:
        n = chance.getrandbits(bits) | 1 | 3 << (bits - 2)
        if n % 65537 != 1 and _is_prime(n, chance):
            return n


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    head = (
        bytes([size])
        if size < 128
        else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    )
    return bytes([tag]) + head + content


def _int(n: int) -> bytes:
    return _der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


class RsaKey:
    """A key pair; the same seed gives the same one."""

    def __init__(self, bits: int = 1024, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.p, self.q = _prime(bits // 2, chance), _prime(bits // 2, chance)
        self.n, self.e = self.p * self.q, 65537
        self.d = pow(self.e, -1, (self.p - 1) * (self.q - 1))

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo."""
        bare = _der(0x30, _int(self.n) + _int(self.e))
        return _der(0x30, _der(0x30, bytes.fromhex("06092a864886f70d0101010500")) + _der(3, b"\0" + bare))

    @property
    def bare(self) -> bytes:
        """RSAPublicKey."""
        return _der(0x30, _int(self.n) + _int(self.e))

    @property
    def record(self) -> str:
        return "v=DKIM1; k=rsa; p=" + base64.b64encode(self.public).decode()

    @property
    def pem(self) -> bytes:
        numbers = (
            0,
            self.n,
            self.e,
            self.d,
            self.p,
            self.q,
            self.d % (self.p - 1),
            self.d % (self.q - 1),
            pow(self.q, -1, self.p),
        )
        body = base64.encodebytes(_der(0x30, b"".join(map(_int, numbers))))
        return b"-----BEGIN RSA PRIVATE KEY-----\n" + body + b"-----END RSA PRIVATE KEY-----\n"

    def sign(self, data: bytes) -> bytes:
        size = (self.n.bit_length() + 7) // 8
        digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(data).digest()
        block = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
        return pow(int.from_bytes(block, "big"), self.d, self.n).to_bytes(size, "big")


def ed25519_pair(secret: bytes) -> tuple[bytes, "object"]:
    """Return the public key and a function that signs."""
    whole = hashlib.sha512(secret).digest()
    a = int.from_bytes(whole[:32], "little") & ((1 << 254) - 8) | 1 << 254
    order = keys._L

    def pack(point: tuple[int, int, int, int]) -> bytes:
        inverse = pow(point[2], -1, keys.P)
        x, y = point[0] * inverse % keys.P, point[1] * inverse % keys.P
        return (y | (x & 1) << 255).to_bytes(32, "little")

    public = pack(keys._times(a, keys._base()))

    def sign(message: bytes) -> bytes:
        r = int.from_bytes(hashlib.sha512(whole[32:] + message).digest(), "little") % order
        point = pack(keys._times(r, keys._base()))
        h = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % order
        return point + ((r + h * a) % order).to_bytes(32, "little")

    return public, sign


def signed(
    message: bytes,
    key: RsaKey,
    domain: str,
    *,
    selector: str = "s1",
    headers: str = "from:to:subject:date",
    extra: str = "",
    how: str = "relaxed/relaxed",
) -> bytes:
    """Sign a message like a mail server would; the signature is the topmost field."""
    from lazaretto.parse.mailauth import dkim

    raw = canonical.raw_of(message)
    head, body = how.encode().split(b"/")
    digest = base64.b64encode(hashlib.sha256(canonical.body(raw.body, body)).digest()).decode()
    field = f"DKIM-Signature: v=1; a=rsa-sha256; c={how}; d={domain}; s={selector}; h={headers};{extra} bh={digest}; b=".encode()
    signature = dkim.Signature(
        {},
        "rsa-sha256",
        domain,
        selector,
        b"",
        tuple(n.strip().lower().encode() for n in headers.split(":")),
        (head, body),
    )
    value = base64.b64encode(key.sign(dkim.signed_header(raw, signature, field))).decode()
    return field + value.encode() + b"\r\n" + message


def sealed(message: bytes, key: RsaKey, domain: str, number: int, *, selector: str = "s1") -> bytes:
    """Add an ARC set like a mailing list would."""
    from lazaretto.parse.mailauth import dkim

    raw = canonical.raw_of(message)
    digest = base64.b64encode(hashlib.sha256(canonical.body(raw.body, b"relaxed")).digest()).decode()
    results = f"ARC-Authentication-Results: i={number}; {domain}; spf=pass smtp.mailfrom=corp.test".encode()
    field = f"ARC-Message-Signature: i={number}; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector}; h=from:to:subject; bh={digest}; b=".encode()
    names = (b"from", b"to", b"subject")
    signature = dkim.Signature({}, "rsa-sha256", domain, selector, b"", names, (b"relaxed", b"relaxed"))
    field += base64.b64encode(key.sign(dkim.signed_header(raw, signature, field)))
    state = "none" if number == 1 else "pass"
    seal = f"ARC-Seal: i={number}; cv={state}; a=rsa-sha256; d={domain}; s={selector}; b=".encode()
    before: list[bytes] = []
    for one in range(1, number):
        for name in (b"arc-authentication-results", b"arc-message-signature", b"arc-seal"):
            before += [f for f in raw.all(name) if f" i={one};".encode() in f]
    data = b"".join(canonical.relaxed(one) + b"\r\n" for one in [*before, results, field]) + canonical.relaxed(seal)
    seal += base64.b64encode(key.sign(data))
    return seal + b"\r\n" + field + b"\r\n" + results + b"\r\n" + message
