"""ARC chains checked again (RFC 8617): what those who forwarded a message say that they found.

    verify(message, lookup) -> one AuthResult: none, pass, fail, temperror, unknown (a key is not to be had)

A chain that passes says only that its sealers are who they say they are, not that they are to be believed.
"""

import re
from dataclasses import dataclass

from lazaretto.model.dns import Lookup
from lazaretto.model.mail import AuthResult
from lazaretto.parse.mailauth import canonical, dkim
from lazaretto.parse.mailauth.canonical import Raw
from lazaretto.parse.mailauth.dkim import SignatureError

SETS = 50
"""Most sets that a chain may have (RFC 8617, section 4.2.1)."""
_NAMES = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")
_INSTANCE = re.compile(rb"^[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*(\d{1,4})[ \t\r\n]*;")


@dataclass(frozen=True, slots=True)
class _Set:
    results: bytes
    signature: bytes
    seal: bytes
    seal_tags: dict[str, bytes]


def verify(message: bytes, lookup: Lookup) -> AuthResult:
    """Check the chain of a message."""
    if not message or len(message) > dkim.MESSAGE_BYTES:
        return AuthResult("arc", "none", verified=True)
    raw = canonical.raw_of(message)
    if not any(raw.all(name) for name in _NAMES):
        return AuthResult("arc", "none", verified=True)
    domain = ""
    try:
        if raw.broken:
            raise SignatureError("a line of the header is no field")
        sets = _sets(raw)
        domain = sets[-1].seal_tags.get("d", b"").decode("ascii", "replace")[:255].lower()
        _check_states(sets)
        _check_signature(raw, sets[-1], lookup)
        for count in range(len(sets), 0, -1):
            _check_seal(sets[:count], lookup)
    except SignatureError as error:
        result = error.result if error.result in ("temperror", "unknown") else "fail"
        return AuthResult("arc", result, domain, verified=True, note=str(error))
    return AuthResult("arc", "pass", domain, verified=True)


def _sets(raw: Raw) -> list[_Set]:
    found: dict[int, dict[bytes, bytes]] = {}
    for name in _NAMES:
        for field in raw.all(name):
            number = _instance(name, field)
            if not 1 <= number <= SETS:
                raise SignatureError("a set has a number that is not allowed")
            if name in found.setdefault(number, {}):
                raise SignatureError(f"set {number} has a field twice")
            found[number][name] = field
    if sorted(found) != list(range(1, len(found) + 1)) or any(len(one) != len(_NAMES) for one in found.values()):
        raise SignatureError("a set or a part of one is missing")
    sets = []
    for number in sorted(found):
        results, signature, seal = (found[number][name] for name in _NAMES)
        sets.append(_Set(results, signature, seal, dkim.tags(seal.partition(b":")[2])))
    return sets


def _instance(name: bytes, field: bytes) -> int:
    value = field.partition(b":")[2]
    if name == _NAMES[0]:
        match = _INSTANCE.match(value)
        if match is None:
            raise SignatureError("a set has no number")
        return int(match[1])
    number = dkim.tags(value).get("i", b"")
    if not re.fullmatch(rb"\d{1,4}", number):
        raise SignatureError("a set has no number")
    return int(number)


def _check_states(sets: list[_Set]) -> None:
    for number, one in enumerate(sets, 1):
        state = one.seal_tags.get("cv", b"").lower()
        if state == b"fail":
            raise SignatureError(f"set {number} says that the chain was broken already")
        if state != (b"none" if number == 1 else b"pass"):
            raise SignatureError(f"set {number} states what it cannot know")


def _check_signature(raw: Raw, last: _Set, lookup: Lookup) -> None:
    given = dkim.tags(last.signature.partition(b":")[2])
    signature = dkim.read(given, ("a", "b", "bh", "d", "h", "s"), b"relaxed/relaxed")
    if b"arc-seal" in signature.headers:
        raise SignatureError("a message signature signs a seal")
    dkim.check_body(raw, signature, {})
    dkim.check_key(raw, signature, last.signature, lookup)


def _check_seal(sets: list[_Set], lookup: Lookup) -> None:
    given = sets[-1].seal_tags
    if "h" in given:
        raise SignatureError("a seal names fields")
    signature = dkim.read(given, ("a", "b", "d", "s", "cv"), b"relaxed/relaxed")
    pieces: list[bytes] = []
    for one in sets:
        pieces += [canonical.relaxed(field) + b"\r\n" for field in (one.results, one.signature, one.seal)]
    pieces[-1] = dkim.own(sets[-1].seal, relax=True)
    if signature.algorithm == "rsa-sha1":
        raise SignatureError("a seal uses SHA-1")
    dkim.check_signature(signature, b"".join(pieces), lookup)
