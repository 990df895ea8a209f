"""Bait for the home inside: files that no build needs, each with a secret that exists once in the world."""

import base64
import contextlib
import itertools
import re
import secrets
import urllib.parse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_WALLET = "nkbihfbeogaeaoehlefnkodbefgpgknn"
"""Identity of a browser's most used wallet extension: its storage is what stealers copy."""
_MOST_UNPACKED = 1 << 20
_DEEP, _MOST_RUNS = 2, 64
"""Bounds of decoding: layers, and runs of one layer."""
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
_HEX = re.compile(rb"[0-9A-Fa-f]+")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Decoy:
    """One bait."""

    path: str
    """Below the home folder."""
    content: str
    canary: str
    """The part that is unique."""
    variable: str = ""
    """Name of the environment variable that it is in place of a file; empty = a file."""


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
        (".config/gh/hosts.yml", "git.example.test:\n    user: dev\n    oauth_token: gho_", token(18), "\n"),
        (".kube/config", "apiVersion: v1\nkind: Config\nusers:\n- name: dev\n  user:\n    token: ", token(24), "\n"),
        (".config/gcloud/application_default_credentials.json", '{"refresh_token": "1//', token(30), '"}\n'),
        (".azure/msal_token_cache.json", '{"RefreshToken": {"secret": "0.A', token(32), '"}}\n'),
        (".bash_history", "cd work\ngit pull\nexport DEPLOY_TOKEN=", token(16), "\nnpm test\n"),
        (".local/share/keyrings/login.keyring", "GnomeKeyring\n\r\0\n", token(64), ""),
        ("Documents/passwords.kdbx", "\x03KDBX", token(64), ""),
        (".config/Exodus/exodus.wallet/seed.seco", "SECO", token(64), ""),
        (".electrum/wallets/default_wallet", '{"seed": "', token(32), '"}\n'),
        (".config/BraveSoftware/Brave-Browser/Default/Login Data", "SQLite format 3\0", token(64), ""),
        (".env", "DATABASE_PASSWORD=", token(14), "\n"),
        (".config/solana/id.json", "[", ",".join(str(byte) for byte in secrets.token_bytes(64)), "]\n"),
        (".config/google-chrome/Default/Login Data", "SQLite format 3\0", token(64), ""),
        (".config/google-chrome/Default/Cookies", "SQLite format 3\0", token(64), ""),
        (f".config/google-chrome/Default/Local Extension Settings/{_WALLET}/000003.log", "vault", token(64), ""),
        (".mozilla/firefox/p4k2.default/logins.json", '{"logins": [{"encryptedPassword": "', token(32), '"}]}\n'),
    ):
        yield Decoy(path, f"{before}{canary}{after}", canary)
    # nothing that honest tools send by themselves: a GitHub token in the environment goes into their downloads
    for name, before in (("AWS_SECRET_ACCESS_KEY", ""), ("NPM_TOKEN", "npm_"), ("DEPLOY_PASSWORD", "")):
        canary = token(20)
        yield Decoy(f"${name}", f"{before}{canary}", canary, name)


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
    yield "UTF-16", canary.decode("ascii").encode("utf-16-le")
    escaped = canary.replace(b"/", b"\\/")
    if escaped != canary:
        yield "JSON", escaped
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


def _layers(data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes, what is packed in them by gzip or zlib, and what their long codes stand for, layer by layer."""
    yield "", data
    at = -1
    for _ in range(16):
        at = data.find(b"\x1f\x8b\x08", at + 1)
        if at < 0:
            break
        yield "gzip, ", _unpacked(data[at:], 16 + zlib.MAX_WBITS)
    for body in (data, data.partition(b"\r\n\r\n")[2]):
        if body[:1] == b"\x78":
            yield "zlib, ", _unpacked(body, zlib.MAX_WBITS)
    if depth < _DEEP:
        for how, inner in _decoded(data):
            for more, layer in _layers(inner, depth + 1):
                yield f"{how}{more}", layer


def _decoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what the first long runs of Base64 and hexadecimal stand for; URL codes are undone first."""
    plain = urllib.parse.unquote_to_bytes(data) if b"%" in data[:_MOST_UNPACKED] else data
    for match in itertools.islice(_RUN.finditer(plain[: _MOST_UNPACKED * 8]), _MOST_RUNS):
        run = match.group()
        if _HEX.fullmatch(run) and len(run) % 2 == 0:
            yield "hex, ", bytes.fromhex(run.decode())
        with contextlib.suppress(ValueError):
            text = run.translate(_FROM_URL)
            yield "base64, ", base64.b64decode(text[: len(text) // 4 * 4])


def _unpacked(data: bytes, bits: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(data, _MOST_UNPACKED)
    except zlib.error:
        return b""
