"""Decoder functions that every obfuscated script carries: replaced by our own once they gave the same answers.

Evaluating RC4 step by step for thousands of strings takes minutes, in Python it takes none. A function that may be RC4
or the obfuscator's Base64 is evaluated as written for its first calls; if our answer was the same, ours goes on.
"""

from urllib.parse import unquote_to_bytes

from lazaretto.parse.js_eval.values import Fn, Thrown, Unresolved, units

_LOWER_FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="
_UPPER_FIRST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def watch(function: Fn, given: list[object], answer: object) -> None:
    """Look at one finished call; two equal answers make ours stand in."""
    if not isinstance(answer, str) or not given or not isinstance(given[0], str) or len(given) > 2:
        return
    source = function.node.text or b""
    if not 200 < len(source) < 12_000 or b"for" not in source:
        return
    for ours in (base64,) if len(given) == 1 else (rc4_text, rc4_plain):
        try:
            same = ours(given) == answer
        except (Thrown, Unresolved):
            continue
        if same and answer and function.calls >= 2:
            function.stand_in = ours
            return


def base64(given: list[object]) -> str:
    """Base64 with lower-case letters first, then UTF-8."""
    return units(_percent(_bytes(str(given[0]), _LOWER_FIRST)))


def rc4_text(given: list[object]) -> str:
    """RC4 (key = second argument) over that Base64."""
    return rc4(units(_percent(_bytes(str(given[0]), _LOWER_FIRST))), str(given[1]))


def rc4_plain(given: list[object]) -> str:
    """RC4 over ordinary Base64, as older obfuscators did."""
    return rc4(units(_percent(_bytes(str(given[0]), _UPPER_FIRST))), str(given[1]))


def _bytes(text: str, alphabet: str) -> bytes:
    places = {ch: at for at, ch in enumerate(alphabet)}
    made = bytearray()
    bits = count = 0
    for ch in text:
        at = places.get(ch)
        if at is None:
            continue
        bits = (bits << 6 | at) & 0xFFFFFFFF if count % 4 else at
        count += 1
        if (count - 1) % 4:
            made.append(255 & bits >> (-2 * count & 6))
    return bytes(made)


def _percent(raw: bytes) -> str:
    try:
        return unquote_to_bytes("".join(f"%{byte:02x}" for byte in raw)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Thrown("URIError: malformed") from error


def rc4(text: str, key: str) -> str:
    """RC4 over code units, the way scripts do it: XOR of whole units."""
    if not key:
        raise Unresolved("empty key")
    codes = [ord(ch) for ch in key]
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + codes[i % len(codes)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    made = []
    for ch in text:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        made.append(chr(ord(ch) ^ box[(box[i] + box[j]) % 256]))
    return "".join(made)
