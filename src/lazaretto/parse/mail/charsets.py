"""Text out of bytes whose encoding is declared wrongly, not at all, or in a name of its own.

    declared and fits            -> as declared (Korean names as code page 949, which holds all that mails use)
    else UTF-8, strictly         -> UTF-8
    else a Korean double byte    -> code page 949, when nearly all of the high bytes make Hangul
    else                         -> Latin-1, which never fails

Sources: WHATWG Encoding (labels), RFC 1557 (ISO-2022-KR), RFC 2047 (encoded words).
"""

import binascii
import codecs
import re
from functools import cache
from itertools import islice

_SUPERSETS = {
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "ksc_5601": "cp949", "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949", "euckr": "cp949", "windows-949": "cp949", "ms949": "cp949", "uhc": "cp949",
    "x-windows-949": "cp949",
    "us-ascii": "ascii", "iso-8859-1": "cp1252", "latin1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "ks_c-5601-1987": "cp949", "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
}  # fmt: skip
_TEXTUAL = re.compile(
    r"(?:utf[-_]?(?:7|8|8-sig|16|16[-_]?[lb]e|32|32[-_]?[lb]e)|ascii|cp\d{3,5}|iso[-_]?8859[-_]?\d{1,2}|iso2022[-_]?(?:kr|jp)(?:[-_]\w{1,6})?"
    r"|iso-2022-(?:kr|jp)(?:-\w{1,6})?|koi8[-_]?[ru]|windows-\d{3,4}|big5(?:hkscs|-hkscs)?|gb18030|hz|hz-gb-2312|euc[-_]?(?:jp|kr)"
    r"|johab|mac[-_]?roman|macintosh|tis-620|latin[-_]?\d{1,2}|shift_jis(?:x0213|_2004)?|iso8859-\d{1,2}|utf8)"
)
"""Codecs that make text. Python knows others (`zlib`, `rot13`, `idna`), and a mail must not choose those."""
_HANGUL_PAIR = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,30})?\?([bBqQ])\?([^?]{0,4000})\?=")
_SHIFT_OUT = b"\x1b$)C"
_SAMPLE = 1 << 16
WORDS = 2000
"""Encoded words of one header that are decoded."""


@cache
def codec(label: str) -> str:
    """Return Python's name of a declared encoding, or an empty string when it is none that makes text."""
    name = label.strip().strip("\"'").lower()[:40]
    name = _SUPERSETS.get(name, name)
    if not _TEXTUAL.fullmatch(name):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text, and the encoding in which it was read when that is not the declared one (else empty)."""
    wanted = codec(declared) if declared else ""
    if wanted and (text := _strictly(data, wanted)) is not None:
        return text, ""
    if data.isascii() and _SHIFT_OUT not in data[:4096]:
        return data.decode("ascii"), ""  # also when the declared one is unknown: it says the same in all of them
    guess = guessed(data)
    if wanted and guess == "cp1252" and wanted not in ("ascii", "utf-8"):
        return data.decode(wanted, "replace"), ""  # a few bad bytes in what is declared beat a guess
    return data.decode(guess, "replace"), "" if codec(declared) == guess else guess


def guessed(data: bytes) -> str:
    """Return the encoding that bytes with high bits, or with shift codes, are most likely in."""
    if _SHIFT_OUT in data[:4096]:
        return "iso2022_kr"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if _strictly(data, "utf-8") is not None:
        return "utf-8"
    sample = data[:_SAMPLE]
    high = len(_HIGH.findall(sample))
    pairs = len(_HANGUL_PAIR.findall(sample))
    if (
        high
        and pairs * 2 >= high * 0.6
        and (text := sample.decode("cp949", "replace")).count("\ufffd") <= len(text) // 20
    ):
        return "cp949"
    if high > 20 and sample.decode("utf-8", "replace").count("\ufffd") * 20 < high:
        return "utf-8"
    return "cp1252"


def words(raw: bytes) -> str:
    """Decode a header's value: raw high bytes first, then its encoded words (RFC 2047).

    Neighbouring words of one encoding are joined before they are decoded: some programs cut characters in two.
    """
    text = raw.decode("ascii") if raw.isascii() else decode(raw)[0]
    if "=?" not in text:
        return text
    out: list[str] = []
    at = 0
    label, pending = "", b""
    for match in islice(_WORD.finditer(text), WORDS):
        between = text[at : match.start()]
        data = _payload(match[2].lower(), match[3])
        if pending and not between.strip() and match[1].lower() == label:
            pending += data
        else:
            if pending:
                out.append(decode(pending, label)[0])
                between = between if between.strip() else ""
            out.append(between)
            label, pending = match[1].lower(), data
        at = match.end()
    if pending:
        out.append(decode(pending, label)[0])
    out.append(text[at:])
    return "".join(out)


def from_base64(data: bytes) -> bytes:
    """Decode Base64 whatever stands in between; what is cut off in the middle gives what came before."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = bytes(data).translate(None, _NOT_BASE64)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def _payload(kind: str, body: str) -> bytes:
    raw = body.encode("utf-8", "replace")
    if kind == "b":
        return from_base64(raw + b"=" * (-len(raw) % 4))
    return binascii.a2b_qp(raw, header=True)


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        return None
