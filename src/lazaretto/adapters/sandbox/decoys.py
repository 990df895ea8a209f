"""Bait for the home inside: files that no build needs, each with a secret that exists once in the world."""

import base64
import secrets
import urllib.parse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_WALLET = "nkbihfbeogaeaoehlefnkodbefgpgknn"
"""Identity of a browser's most used wallet extension: its storage is what stealers copy."""
_MOST_UNPACKED = 1 << 20


@dataclass(frozen=True, slots=True)
class Decoy:
    """One bait."""

    path: str
    """Below the home folder."""
    content: str
    canary: str
    """The part that is unique."""


def make() -> tuple[Decoy, ...]:
    """Make new bait; nothing in it opens anything anywhere."""
    return tuple(_all())


def _all() -> Iterator[Decoy]:
    token = secrets.token_hex
    for path, before, canary, after in (
        (
            ".ssh/id_ed25519",
            "-----BEGIN OPENSSH PRIVATE KEY-----\n",
            base64.b64encode(secrets.token_bytes(48)).decode(),
            "\n-----END OPENSSH PRIVATE KEY-----\n",
        ),
        (".aws/credentials", "[default]\naws_access_key_id = AKIA", token(8).upper(), "\n"),
        (".npmrc", "//npm.example.test/:_authToken=npm_", token(18), "\n"),
        (".pypirc", "[distutils]\nindex-servers = work\n[work]\npassword = pypi-", token(40), "\n"),
        (".netrc", "machine git.example.test login dev password ", token(12), "\n"),
        (".git-credentials", "https://dev:", token(20), "@git.example.test\n"),
        (".docker/config.json", '{"auths": {"hub.example.test": {"auth": "', token(16), '"}}}\n'),
        (".env", "DATABASE_PASSWORD=", token(14), "\n"),
        (".config/solana/id.json", "[", ",".join(str(byte) for byte in secrets.token_bytes(64)), "]\n"),
        (".config/google-chrome/Default/Login Data", "SQLite format 3\0", token(64), ""),
        (".config/google-chrome/Default/Cookies", "SQLite format 3\0", token(64), ""),
        (f".config/google-chrome/Default/Local Extension Settings/{_WALLET}/000003.log", "vault", token(64), ""),
        (".mozilla/firefox/p4k2.default/logins.json", '{"logins": [{"encryptedPassword": "', token(32), '"}]}\n'),
    ):
        yield Decoy(path, f"{before}{canary}{after}", canary)


class Canaries:
    """Knows the unique parts in the shapes in which they leave."""

    def __init__(self, decoys: tuple[Decoy, ...]) -> None:
        self._shapes = [(decoy.path, word, shape) for decoy in decoys for word, shape in _shapes(decoy.canary.encode())]

    def seen_in(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield path of a decoy and the encoding for each whose unique part is in these bytes, once a decoy."""
        told: set[str] = set()
        for how, layer in _layers(data):
            for path, word, shape in self._shapes:
                if path not in told and shape in layer:
                    told.add(path)
                    yield path, f"{how}{word}"


def _shapes(canary: bytes) -> Iterator[tuple[str, bytes]]:
    yield "plain", canary
    yield "reversed", canary[::-1]
    yield "hex", canary.hex().encode()
    yield "hex", canary.hex().upper().encode()
    quoted = urllib.parse.quote(canary, safe="").encode()
    if quoted != canary:
        yield "url", quoted
    for offset in range(3):
        # Without the characters that what stands before and behind takes part in.
        coded = base64.b64encode(b"\0" * offset + canary)
        first = (0, 2, 3)[offset]
        inner = coded[first : (offset + len(canary)) * 8 // 6]
        yield "base64", inner
        if b"+" in inner or b"/" in inner:
            yield "base64", inner.translate(bytes.maketrans(b"+/", b"-_"))


def _layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes, and what is packed in them by gzip or zlib."""
    yield "", data
    at = -1
    for _ in range(16):
        at = data.find(b"\x1f\x8b\x08", at + 1)
        if at < 0:
            break
        yield "gzip, ", _unpacked(data[at:], 16 + zlib.MAX_WBITS)
    body = data.partition(b"\r\n\r\n")[2]
    if body[:1] == b"\x78":
        yield "zlib, ", _unpacked(body, zlib.MAX_WBITS)


def _unpacked(data: bytes, bits: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(data, _MOST_UNPACKED)
    except zlib.error:
        return b""
