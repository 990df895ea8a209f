r"""The text of a message that Outlook kept as RTF only: unpacked (MS-OXRTFCP), and taken out (MS-OXRTFEX).

An HTML mail is kept inside of RTF with its tags in groups `{\*\htmltag ...}`; what Word needs besides is between
`\htmlrtf` and `\htmlrtf0`. Any bytes give some text.
"""

import re
import struct

from lazaretto.parse.mail.charsets import codec

UNPACKED = 8 << 20
_SEED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]{1,4000})|[\r\n]"
)
_SILENT = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"datastore", b"listtable"}
)
_BREAKS = {
    b"par": "\n", b"line": "\n", b"tab": "\t", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"bullet": "\u2022", b"endash": "\u2013", b"emdash": "\u2014",
}  # fmt: skip


def unpacked(data: bytes) -> bytes:
    """Undo the compression (LZFu) or the wrapping (MELA); at most `UNPACKED` bytes come out."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<4xI4s", data)
    if kind == b"MELA":
        return data[16 : 16 + min(size, UNPACKED)]
    if kind != b"LZFu":
        return b""
    ring = bytearray(_SEED.ljust(4096, b"\0"))
    place, at, out = len(_SEED), 16, bytearray()
    limit = min(size, UNPACKED)
    while at < len(data) and len(out) < limit:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data) or len(out) >= limit:
                break
            if not flags >> bit & 1:
                signs = data[at : at + 1]
                at += 1
            else:
                if at + 2 > len(data):
                    return bytes(out)
                (word,) = struct.unpack_from(">H", data, at)
                at += 2
                begin, count = word >> 4, (word & 15) + 2
                if begin == place:
                    return bytes(out)
                for step in range(count):
                    sign = ring[(begin + step) & 4095]
                    out.append(sign)
                    ring[place] = sign
                    place = (place + 1) & 4095
                continue
            out += signs
            ring[place] = signs[0]
            place = (place + 1) & 4095
    return bytes(out[:limit])


def text(data: bytes) -> tuple[str, str]:
    """Return (HTML, plain text) of an RTF document; one of them is empty."""
    is_html = b"\\fromhtml" in data[:4000]
    page = re.search(rb"\\ansicpg(\d{2,5})", data[:4000])
    label = codec(f"cp{int(page[1])}") if page else ""
    out: list[str] = []
    pending = bytearray()
    stack: list[tuple[bool, bool, bool]] = []
    silent = tag = aside = False
    skip = 0

    def flush() -> None:
        if pending:
            out.append(bytes(pending).decode(label or "cp1252", "replace"))
            pending.clear()

    for match in _TOKEN.finditer(data):
        word, value, code, sign, brace, plain = match.groups()
        if brace == b"{":
            stack.append((silent, tag, aside))
        elif brace == b"}":
            silent, tag, aside = stack.pop() if stack else (False, False, False)
        elif word == b"htmlrtf":
            aside = value != b"0"
        elif word == b"htmltag":
            tag, silent = True, False
        elif word in _SILENT or sign == b"*":
            silent = True
        elif silent or (aside and not tag):
            continue
        elif word == b"u" and value:
            flush()
            out.append(chr(int(value) % 65536).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
            skip = 1
        elif word in _BREAKS:
            flush()
            out.append(_BREAKS[word])
        elif code:
            if skip:
                skip = 0
            else:
                pending.append(int(code, 16))
        elif sign in (b"\\", b"{", b"}", b"~"):
            flush()
            out.append(" " if sign == b"~" else sign.decode())
        elif plain:
            flush()
            out.append(
                plain[skip:].decode(label or "cp1252", "replace") if not plain.isascii() else plain[skip:].decode()
            )
            skip = 0
    flush()
    whole = "".join(out)
    return (whole, "") if is_html else ("", whole)
