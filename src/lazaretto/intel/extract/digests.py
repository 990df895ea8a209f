"""Digests of files: MD5, SHA-1, SHA-256, SHA-512; hexadecimal or as npm's integrity values."""

import base64
import binascii
import re
from collections.abc import Iterator

from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.model.extract import Standing

_HEX = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}|[0-9A-F]{128})(?![0-9A-Za-z])"
)
_INTEGRITY = re.compile(r"(?<![A-Za-z0-9])(sha256|sha512|sha1)-([A-Za-z0-9+/]{27,86}={0,2})(?![A-Za-z0-9+/=])")
_KINDS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_COMMIT = re.compile(
    r"(?:pin(?:ned|ning)?[^.]{0,24} sha|(?<![a-z0-9])sha|commit|커밋|revision|리비전|tree|blob|@)[\s:#(`\"']{0,4}(?:hash|id|해시|sha)?[\s:#(`\"']{0,4}$|/commit/$"
)
_NOT_FILES = re.compile(
    r"(?:transaction|tx(?: hash| id)?|txid|트랜잭션|block hash|api[ _-]?key|token|토큰|secret|public key|공개 ?키|session)[^,.|]{0,24}$"
)
_DIGEST = re.compile(r"sha-?\d|md5|hash|digest|해시")


def find_digests(page: Page) -> Iterator[Candidate]:
    """Yield digests, in lower case."""
    for match in page.matches(_INTEGRITY):
        try:
            value = base64.b64decode(match[2] + "=" * (-len(match[2]) % 4), validate=True).hex()
        except (binascii.Error, ValueError):
            continue
        if _KINDS.get(len(value)) == match[1]:
            yield Candidate(match[1], value, *match.span(), proven=True)
    for match in page.matches(_HEX):
        start, end = match.span()
        value = match.group().lower()
        if len(set(value)) < 6:  # a placeholder
            continue
        if len(value) == 32 and value.isalpha():
            continue
        before = page.before(start, 48)
        standing = None
        if _COMMIT.search(before) or (_NOT_FILES.search(before) and not _DIGEST.search(before[-24:])):
            standing = Standing.REFERENCE
        yield Candidate(_KINDS[len(value)], value, start, end, standing, proven=True)
