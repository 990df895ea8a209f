"""What one version's manifest in a packument tells the policy, and how its links are turned to this side.

Only a few fields are decoded; the manifest itself stays as the bytes that the registry sent (`msgspec.Raw`).
Source: the registry's documentation of package metadata; `_npmUser`, `dist.attestations` and `dist.signatures` as the
public registry sends them.
"""

import binascii
import re
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw

from lazaretto.ecosystems.registry_document import LIMIT, attempt

INSTALL_SCRIPTS: Final = ("preinstall", "install", "postinstall")
Digests = tuple[tuple[str, str], ...]
Pieces = tuple[bytes | memoryview, ...]

_SIZES: Final = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_ABSENT: Final = Raw(b"")
_OPENING = re.compile(rb'[ \t\r\n]{0,8}:[ \t\r\n]{0,8}"')
_OPENING_URL = re.compile(rb'[ \t\r\n]{0,8}:[ \t\r\n]{0,8}\{[ \t\r\n]{0,8}"url"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}"')
_LICENCE: Final = 1 << 14
_HEX40 = re.compile(r"[0-9a-fA-F]{40}", re.ASCII)
_ATTESTATIONS: Final = "/-/npm/v1/attestations/"
_PATH = re.compile(r"/[A-Za-z0-9@%._~!*'()/+-]{1,400}", re.ASCII)


class _Scripts(msgspec.Struct, gc=False):
    preinstall: str | None = None
    install: str | None = None
    postinstall: str | None = None


class Dist(msgspec.Struct, gc=False):
    """Where the tarball is and how it is checked."""

    tarball: str = ""
    integrity: str | None = None
    shasum: str | None = None
    attestations: Raw = _ABSENT
    signatures: Raw = _ABSENT


class _User(msgspec.Struct, gc=False):
    name: str | None = None


class Manifest(msgspec.Struct, gc=False):
    """The few fields of a version that are looked at."""

    name: str = ""
    version: str = ""
    dist: Dist | None = None
    scripts: _Scripts | None = None
    gypfile: bool | None = None
    deprecated: str | None = None
    npm_user: _User | None = msgspec.field(default=None, name="_npmUser")
    license: Raw = _ABSENT
    hasInstallScript: bool | None = None  # noqa: N815 - the registry's own spelling
    readme: Raw = _ABSENT


class _Abbreviated(msgspec.Struct, omit_defaults=True):
    """The fields of an abbreviated manifest, in the specification's order."""

    name: Raw = _ABSENT
    version: Raw = _ABSENT
    deprecated: Raw = _ABSENT
    dependencies: Raw = _ABSENT
    optionalDependencies: Raw = _ABSENT  # noqa: N815
    devDependencies: Raw = _ABSENT  # noqa: N815
    bundleDependencies: Raw = _ABSENT  # noqa: N815
    peerDependencies: Raw = _ABSENT  # noqa: N815
    peerDependenciesMeta: Raw = _ABSENT  # noqa: N815
    acceptDependencies: Raw = _ABSENT  # noqa: N815
    bin: Raw = _ABSENT
    directories: Raw = _ABSENT
    dist: Raw = _ABSENT
    engines: Raw = _ABSENT
    os: Raw = _ABSENT
    cpu: Raw = _ABSENT
    libc: Raw = _ABSENT
    has_shrinkwrap: Raw = msgspec.field(default=_ABSENT, name="_hasShrinkwrap")
    hasInstallScript: Raw = _ABSENT  # noqa: N815
    funding: Raw = _ABSENT


_ABBREVIATED = msgspec.json.Decoder(_Abbreviated)
_TRUE = Raw(b"true")
_MANIFEST = msgspec.json.Decoder(Manifest)
_FIELDS = msgspec.json.Decoder(dict[str, Raw])
_TEXT = msgspec.json.Decoder(str)
_ANY = msgspec.json.Decoder(Any)
_DIST = msgspec.json.Decoder(Dist)
_USER = msgspec.json.Decoder(_User)


def manifest(raw: Raw) -> Manifest | None:
    """Read a version's manifest; fields of a wrong type count as absent; None when it is no object at all."""
    try:
        return _MANIFEST.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _odd(raw)


def abbreviation(raw: Raw, *, scripts: bool) -> bytes:
    """Return the abbreviated manifest, its links not yet turned; `scripts`: an installation runs something."""
    found = _ABBREVIATED.decode(raw)
    found.hasInstallScript = _TRUE if scripts else _ABSENT
    return msgspec.json.encode(found)


def scripts_of(found: Manifest) -> tuple[str, ...]:
    """Return the lifecycle scripts that an installation runs. An abbreviated manifest only says that there are some."""
    told = found.scripts
    names = tuple([name for name in INSTALL_SCRIPTS if getattr(told, name)]) if told is not None else ()
    return names or (("install",) if found.hasInstallScript else ())


def is_proven(dist: Dist) -> bool:
    """Tell whether an attestation is offered."""
    return dist.attestations is not _ABSENT and bytes(dist.attestations).startswith(b"{")


def has_readme(found: Manifest) -> bool:
    """Tell whether the manifest carries a readme, which is not passed on."""
    return found.readme is not _ABSENT


def is_signed(dist: Dist) -> bool:
    """Tell whether the registry signed it."""
    return dist.signatures is not _ABSENT


def digests_of(dist: Dist) -> Digests:
    """Return digests as hex: those of `integrity` (Subresource Integrity), and `shasum`; broken ones are dropped."""
    found: dict[str, str] = {}
    for part in (dist.integrity or "")[:2000].split():
        algorithm, _, encoded = part.partition("-")
        if (size := _SIZES.get(algorithm)) and algorithm not in found:
            try:
                plain = binascii.a2b_base64(encoded.partition("?")[0])
            except ValueError:
                continue
            if len(plain) == size:
                found[algorithm] = plain.hex()
    if "sha1" not in found and dist.shasum and _HEX40.fullmatch(dist.shasum):
        found["sha1"] = dist.shasum.lower()
    return tuple(found.items())


def licence_of(raw: Raw) -> str:
    """Return an SPDX expression or the text that stands in its place; old manifests hold objects and lists."""
    if raw is _ABSENT:
        return ""
    told = bytes(raw)
    if told.startswith(b'"') and b"\\" not in told:
        return told[1:-1].decode("utf-8", "replace")[:200]
    return _licence(attempt(_ANY.decode, told, _LICENCE))


def _licence(value: object) -> str:
    if isinstance(value, str):
        return value[:200]
    if isinstance(value, dict):
        return _licence(value.get("type") if isinstance(value.get("type"), str) else None)
    if isinstance(value, list):
        return " OR ".join(found for one in value[:10] if not isinstance(one, list) and (found := _licence(one)))[:200]
    return ""


def relinked(
    raw: Raw | bytes, tarball: str, base: str, *, note: str = "", proven: bool = True, anew: bool = False
) -> Pieces:
    """Return a manifest, in pieces, whose `dist` leads to this side; all else is left as it is, signatures above all.

    `tarball` is the new address of the tarball, `note` a text for `deprecated`; `proven` says that attestations may be
    linked, `anew` asks for the manifest to be written anew.

    NOTE: the bytes are spliced only where just one reading is possible: one key of this name, nothing escaped that
    could spell it otherwise. Any other manifest is taken apart and written anew, which also ends double keys.
    """
    done = None if note or anew else _spliced(raw, tarball, base, proven=proven)
    return done or (_anew(raw, tarball, base, note),)


def here(url: str, base: str) -> str:
    """Return the address on this side of one of the registry's own documents; its path is kept from `/-/` on."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    _, found, rest = path.partition(_ATTESTATIONS)
    path = _ATTESTATIONS + rest if found else path
    return base + path if _PATH.fullmatch(path) and ".." not in path else base + _ATTESTATIONS + "unknown"


def _spliced(told: Raw | bytes, tarball: str, base: str, *, proven: bool) -> Pieces | None:
    raw = bytes(told)  # only for looking at: the pieces are views of what is there already
    if b"\\" in raw and b"\\u00" in raw:
        return None
    at = _value(raw, b'"tarball"', _OPENING)
    if at is None:
        return None
    splices = [(*at, tarball)]
    if proven and b'"attestations"' in raw:
        at = _value(raw, b'"attestations"', _OPENING_URL)
        if at is None:
            return None
        splices.append((*at, here(raw[at[0] : at[1]].decode("utf-8", "replace"), base)))
        splices.sort()
    view = memoryview(told)
    pieces: list[bytes | memoryview] = []
    done = 0
    for start, end, value in splices:
        pieces += (view[done:start], value.encode())
        done = end
    pieces.append(view[done:])
    return tuple(pieces)


def _value(raw: bytes, key: bytes, opening: re.Pattern[bytes]) -> tuple[int, int] | None:
    """Return where the text behind `key` begins and ends; None when the key is there twice, or something else is."""
    at = raw.find(key)
    opened = opening.match(raw, at + len(key)) if at >= 0 else None
    if opened is None or raw.find(key, at + 1) >= 0:
        return None
    start = opened.end()
    end = raw.find(b'"', start)
    return None if end < 0 or raw.find(b"\\", start, end) >= 0 else (start, end)


def _anew(raw: Raw | bytes, tarball: str, base: str, note: str) -> bytes:
    fields = _FIELDS.decode(raw)
    fields.pop("readme", None)
    dist = attempt(_FIELDS.decode, fields.get("dist")) or {}
    dist["tarball"] = _raw(tarball)
    proof = attempt(_FIELDS.decode, dist.get("attestations"))
    if proof is not None and "url" in proof:
        proof["url"] = _raw(here(attempt(_TEXT.decode, proof["url"]) or "", base))
        dist["attestations"] = _raw(proof)
    fields["dist"] = _raw(dist)
    if note:
        before = attempt(_TEXT.decode, fields.get("deprecated"))
        fields["deprecated"] = _raw(f"{before} [{note}]" if before else note)
    return msgspec.json.encode(fields)


def _odd(raw: Raw) -> Manifest | None:
    fields = attempt(_FIELDS.decode, raw, LIMIT)
    if fields is None:
        return None
    found = Manifest(
        name=attempt(_TEXT.decode, fields.get("name")) or "",
        version=attempt(_TEXT.decode, fields.get("version")) or "",
        dist=attempt(_DIST.decode, fields.get("dist")) or _odd_dist(fields.get("dist")),
        deprecated=attempt(_TEXT.decode, fields.get("deprecated")),
        npm_user=attempt(_USER.decode, fields.get("_npmUser")),
        license=fields.get("license", _ABSENT),
    )
    if found.deprecated is None and _truthy(fields.get("deprecated")):
        found.deprecated = "deprecated"
    found.readme = fields.get("readme", _ABSENT)
    found.gypfile = _truthy(fields.get("gypfile"))
    found.hasInstallScript = _truthy(fields.get("hasInstallScript"))
    scripts = attempt(_FIELDS.decode, fields.get("scripts"), LIMIT) or {}
    # A script that is no text is still one that somebody wanted to run.
    told = {
        name: (attempt(_TEXT.decode, scripts.get(name)) or "?")
        for name in INSTALL_SCRIPTS
        if _truthy(scripts.get(name))
    }
    found.scripts = _Scripts(**told)
    return found


def _odd_dist(raw: Raw | None) -> Dist | None:
    fields = attempt(_FIELDS.decode, raw)
    if fields is None:
        return None
    return Dist(
        attempt(_TEXT.decode, fields.get("tarball")) or "",
        attempt(_TEXT.decode, fields.get("integrity")),
        attempt(_TEXT.decode, fields.get("shasum")),
        fields.get("attestations", _ABSENT),
        fields.get("signatures", _ABSENT),
    )


def _truthy(raw: Raw | None) -> bool:
    return raw is not None and bytes(raw) not in (b"null", b"false", b'""', b"0")


def _raw(value: object) -> Raw:
    return Raw(msgspec.json.encode(value))
