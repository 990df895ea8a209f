"""Tokens that carry their key beside them. The token is the test vector of the Fernet specification."""

import base64
import hashlib
import hmac

from lazaretto.parse import py_fernet
from lazaretto.parse.blob import Blob
from lazaretto.parse.python import PythonModule

KEY = b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
TOKEN = b"gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="


def test_the_vector_of_the_specification():
    assert py_fernet.opened(KEY, TOKEN) == b"hello"


def test_what_does_not_belong_together():
    assert py_fernet.opened(base64.urlsafe_b64encode(b"x" * 32), TOKEN) is None
    assert py_fernet.opened(KEY, TOKEN[:-8]) is None
    assert py_fernet.opened(b"no key", b"no token") is None
    assert py_fernet.opened(KEY, b"A" * (1 << 20)) is None


def test_a_block_of_the_standard():
    # FIPS 197, appendix B, backwards
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    plain = py_fernet._cbc(key, bytes(16), bytes.fromhex("3925841d02dc09fbdc118597196a0b32"))
    assert plain.hex() == "3243f6a8885a308d313198a2e0370734"


def test_an_executed_token_is_read():
    text = f"from cryptography.fernet import Fernet\nexec(Fernet({KEY!r}).decrypt({TOKEN!r}))\n"
    facts = PythonModule(Blob("a.py", text.encode())).facts
    call = next(call for call in facts.calls if call.name == "exec")
    assert call.args[0].const == b"hello"
    assert call.args[0].steps == ("fernet",)
    assert ("hello", 2) in facts.layers


def test_signature_is_checked():
    data = base64.urlsafe_b64decode(TOKEN)
    secret = base64.urlsafe_b64decode(KEY)
    forged = data[:-33] + b"\x00"
    forged += hmac.new(secret[:16], forged, hashlib.sha256).digest()
    assert py_fernet.opened(KEY, base64.urlsafe_b64encode(forged)) != b"hello"
