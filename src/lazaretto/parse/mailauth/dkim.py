"""DKIM signatures checked again (RFC 6376, 8301, 8463), with keys from whoever the caller asks.

    verify(message, sender, lookup, at) -> one AuthResult for each signature, topmost first

    pass       the signature fits the message and the key
    fail       it does not: the text or a signed header is not what was signed
    permerror  the signature or the key is not what the standard allows (the reason says what)
    temperror  the name server did not answer
    unknown    the key is not to be had: nobody was asked, or it has been taken away since, as old keys
               are; that proves nothing

The digest over the body is in the signature itself, so that an altered body is seen without any key.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from lazaretto.model.dns import Lookup, Told
from lazaretto.model.mail import AuthResult
from lazaretto.parse.mailauth import canonical, keys
from lazaretto.parse.mailauth.canonical import Raw
from lazaretto.parse.suffixes import organisation

SIGNATURES = 10
"""Signatures of one message that are checked."""
MESSAGE_BYTES = 64 << 20
"""A longer message is not canonicalised."""
SMALLEST_KEY = 1024
"""Bits of an RSA key (RFC 8301, section 3.2)."""

_B = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.){1,20}[A-Za-z0-9-]{2,63}")
_SELECTOR = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,200})")
_WHITE = re.compile(rb"[ \t\r\n]+")


class SignatureError(Exception):
    """A signature cannot be right. `result` is the word of RFC 8601, the text one English phrase."""

    def __init__(self, reason: str, result: str = "permerror") -> None:
        """Keep both."""
        super().__init__(reason)
        self.result = result


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature field says, syntax and required tags checked."""

    tags: dict[str, bytes]
    algorithm: str
    domain: str
    selector: str
    signature: bytes
    headers: tuple[bytes, ...]
    """Names in lower case; empty for an ARC seal."""
    how: tuple[bytes, bytes]
    """Canonicalisation of header and body."""


def verify(message: bytes, sender: str, lookup: Lookup, at: datetime | None = None) -> tuple[AuthResult, ...]:
    """Check every signature; `sender` is the domain of From, `at` when the message was received (for `x=`)."""
    if not message or len(message) > MESSAGE_BYTES:
        return ()
    raw = canonical.raw_of(message)
    bodies: dict[bytes, bytes] = {}
    return tuple(_one(raw, field, sender, lookup, at, bodies) for field in raw.all(b"dkim-signature")[:SIGNATURES])


def _one(
    raw: Raw, field: bytes, sender: str, lookup: Lookup, at: datetime | None, bodies: dict[bytes, bytes]
) -> AuthResult:
    domain = selector = ""
    signed = True
    try:
        given = tags(field.partition(b":")[2])
        domain, selector = _ascii(given.get("d", b"")).lower(), _ascii(given.get("s", b""))
        signature = read(given, ("v", "a", "b", "bh", "d", "h", "s"))
        signed = _covers(raw, signature)
        if raw.broken:
            raise SignatureError("a line of the header is no field")
        if given["v"] != b"1":
            raise SignatureError("its version is not 1")
        if b"from" not in signature.headers:
            raise SignatureError("it does not sign From")
        _check_identity(given, signature.domain)
        _check_time(given, at)
        check_body(raw, signature, bodies)
        check_key(raw, signature, field, lookup)
        result, note = "pass", ""
    except SignatureError as error:
        result, note = error.result, str(error)
    aligned = organisation(domain) == organisation(sender) if domain and sender else None
    return AuthResult("dkim", result, domain, aligned, verified=True, note=note, selector=selector, signed=signed)


def tags(value: bytes) -> dict[str, bytes]:
    """Split a tag list (RFC 6376, section 3.2).

    Raises:
        SignatureError: not a tag list, or a tag that is there twice.
    """
    out: dict[str, bytes] = {}
    pieces = value.strip().split(b";")
    for piece in pieces[:60]:
        name, sign, content = piece.partition(b"=")
        key = _ascii(name).strip()
        if not piece.strip() and piece is pieces[-1]:
            continue
        if not sign or not re.fullmatch(r"[A-Za-z]\w{0,30}", key):
            raise SignatureError("it is not a list of tags")
        if key in out:
            raise SignatureError(f"it has the tag {key} twice")
        out[key] = content.strip()
    return out


def read(given: dict[str, bytes], required: tuple[str, ...], default: bytes = b"simple/simple") -> Signature:
    """Check a signature's tags.

    Raises:
        SignatureError: one is missing or not what it may be.
    """
    for name in required:
        if not given.get(name) and not (name == "h" and name in given):
            raise SignatureError(f"it lacks the tag {name}")
    domain, selector = _ascii(given["d"]).lower(), _ascii(given["s"])
    if not _HOST.fullmatch(domain) or not _SELECTOR.fullmatch(selector):
        raise SignatureError("its domain or selector is no name")
    algorithm = _ascii(given["a"]).lower()
    if algorithm not in ("rsa-sha256", "rsa-sha1", "ed25519-sha256"):
        raise SignatureError("its algorithm is not known")
    head, _, tail = given.get("c", default).lower().partition(b"/")
    how = (head, tail or b"simple")
    if not set(how) <= {b"relaxed", b"simple"}:
        raise SignatureError("its canonicalisation is not known")
    if "q" in given and b"dns/txt" not in [one.strip() for one in given["q"].lower().split(b":")]:
        raise SignatureError("its key is not to be found in DNS")
    names = tuple(name.strip().lower() for name in given.get("h", b"").split(b":") if name.strip())
    return Signature(given, algorithm, domain, selector, unpacked(given["b"]), names[:500], how)


def check_body(raw: Raw, signature: Signature, bodies: dict[bytes, bytes]) -> None:
    """Compare the digest over the body.

    Raises:
        SignatureError: it is another one.
    """
    wanted = unpacked(signature.tags["bh"])
    length = _number(signature.tags.get("l"))
    content = bodies.get(signature.how[1])
    if content is None:
        content = bodies[signature.how[1]] = canonical.body(raw.body, signature.how[1])
    if length is not None:
        if length > len(content):
            raise SignatureError("it signs more of the body than there is", "fail")
        content = content[:length]
    new = hashlib.sha1 if signature.algorithm == "rsa-sha1" else hashlib.sha256
    if new(content, usedforsecurity=False).digest() != wanted:
        raise SignatureError("the body is not what was signed", "fail")


def check_key(raw: Raw, signature: Signature, field: bytes, lookup: Lookup) -> None:
    """Get the key, and compare the signature over the header.

    Raises:
        SignatureError: no key, not a good one, or the signature is another one.
    """
    if signature.algorithm == "rsa-sha1":
        raise SignatureError("it uses SHA-1, which counts for nothing any more")
    data = signed_header(raw, signature, field)
    check_signature(signature, data, lookup)


def check_signature(signature: Signature, data: bytes, lookup: Lookup) -> None:
    """Get the key, and compare the signature over `data`.

    Raises:
        SignatureError: as `check_key`.
    """
    kind, key, strict = _key(signature, lookup)
    if strict and (identity := _ascii(signature.tags.get("i", b"")).rpartition("@")[2].lower()):
        if "i" in signature.tags and "@" in _ascii(signature.tags["i"]) and identity != signature.domain:
            raise SignatureError("its key forbids identities of subdomains")
    if kind == "ed25519":
        right = keys.ed25519_agrees(key, signature.signature, hashlib.sha256(data).digest())
    else:
        try:
            numbers = keys.rsa_key(key)
        except keys.KeyFormError as error:
            raise SignatureError(f"the key cannot be read: {error}") from error
        if numbers[0].bit_length() < SMALLEST_KEY:
            raise SignatureError(f"the key has only {numbers[0].bit_length()} bits")
        right = keys.rsa_agrees(numbers, signature.signature, data)
    if not right:
        raise SignatureError("a signed header is not what was signed, or another key signed it", "fail")


def signed_header(raw: Raw, signature: Signature, field: bytes) -> bytes:
    """Return the header as it was signed: the named fields from the bottom up, and its own without `b=`."""
    left: dict[bytes, list[bytes]] = {}
    for name, one in raw.fields:
        left.setdefault(name, []).append(one)
    relax = signature.how[0] == b"relaxed"
    chosen: list[bytes] = []
    for name in signature.headers:
        if stack := left.get(name):
            one = stack.pop()
            chosen.append((canonical.relaxed(one) if relax else one) + b"\r\n")
    return b"".join(chosen) + own(field, relax=relax)


def own(field: bytes, *, relax: bool) -> bytes:
    """Return a signature field as it signs itself: with an empty `b=` and no line break behind it."""
    name, _, value = field.partition(b":")
    bare = name + b":" + _B.sub(rb"\1", value, count=1)
    return canonical.relaxed(bare) if relax else bare


def unpacked(value: bytes) -> bytes:
    """Decode Base64 with blanks in it.

    Raises:
        SignatureError: it is none.
    """
    try:
        return base64.b64decode(_WHITE.sub(b"", value), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("a value is not Base64") from error


def _key(signature: Signature, lookup: Lookup) -> tuple[str, bytes, bool]:
    answer = lookup(f"{signature.selector}._domainkey.{signature.domain}", "TXT")
    match answer.told:
        case Told.FAILED:
            raise SignatureError("the name server gave no answer", "temperror")
        case Told.NOT_ASKED:
            raise SignatureError("no name server was asked for the key", "unknown")
        case Told.NO_NAME | Told.EMPTY:
            raise SignatureError("the key is not there any more", "unknown")
    first: SignatureError | None = None
    for value in answer.values[:5]:
        try:
            return _record(value, signature.algorithm)
        except SignatureError as error:
            first = first or error
    raise first or SignatureError("the key is not there any more", "unknown")


def _record(value: str, algorithm: str) -> tuple[str, bytes, bool]:
    given = tags(value.encode("latin-1", "replace"))
    if given.get("v", b"DKIM1") != b"DKIM1":
        raise SignatureError("the record is not one of a key")
    kind = _ascii(given.get("k", b"rsa")).lower()
    if "p" not in given:
        raise SignatureError("the record has no key")
    if not given["p"]:
        raise SignatureError("the key was revoked")
    if kind != algorithm.partition("-")[0]:
        raise SignatureError("the key is of another kind than the signature")
    hashes = [_ascii(one).strip().lower() for one in given["h"].split(b":")] if given.get("h") else ["sha256"]
    if "sha256" not in hashes:
        raise SignatureError("the key forbids this digest")
    services = [_ascii(one).strip() for one in given.get("s", b"*").split(b":")]
    if not {"*", "email"} & set(services):
        raise SignatureError("the key is not for mail")
    flags = [_ascii(one).strip() for one in given.get("t", b"").split(b":")]
    return kind, unpacked(given["p"]), "s" in flags


def _covers(raw: Raw, signature: Signature) -> bool:
    """Tell whether the whole body is signed, and every From."""
    length = _number(signature.tags.get("l"))
    whole = length is None or length >= len(canonical.body(raw.body, signature.how[1]))
    return whole and signature.headers.count(b"from") >= min(len(raw.all(b"from")), 50)


def _check_identity(given: dict[str, bytes], domain: str) -> None:
    if "i" in given:
        host = _ascii(given["i"]).rpartition("@")[2].lower()
        if host != domain and not host.endswith("." + domain):
            raise SignatureError("its identity is not of its domain")


def _check_time(given: dict[str, bytes], at: datetime | None) -> None:
    begin, end = _number(given.get("t")), _number(given.get("x"))
    if begin is not None and end is not None and end < begin:
        raise SignatureError("it ends before it begins")
    if end is not None and at is not None and at.timestamp() > end:
        raise SignatureError("it had ended when the message arrived", "fail")


def _number(value: bytes | None) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(rb"\d{1,15}", value):
        raise SignatureError("a number is none")
    return int(value)


def _ascii(value: bytes) -> str:
    return value[:400].decode("ascii", "replace").strip()
