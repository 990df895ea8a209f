"""Decoded layers: content that a file hides behind encodings, peeled without running anything.

    Layer      decoded bytes, what they are, and the path of decodings that led to them
    peel       bytes -> bytes with every encoding taken off that shows itself (base64, hex, gzip, zlib, bz2, xz)
    kind_of    what sort of program some decoded bytes are, told by structure and vocabulary

A layer is examined like a file of its own; its findings point to the place in the outer file.
Formats: RFC 4648 (base64), RFC 1950 to 1952 (zlib, gzip), the magic numbers of bzip2, xz, ELF, PE and Mach-O.
"""

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LAYER_BYTES = 4 << 20
"""Longest decoded content."""
PIECE_BYTES = 1 << 20
"""Length of the parts in which a program is read that is too long to be read at once."""
WHOLE_BYTES = 4 << 20
"""Length of a program that is not cut, once its packed constants are shortened."""
PACKED_BYTES = 64 << 10
PEELINGS = 8
"""Encodings taken off one after another by `peel`."""

PYTHON = "python"
JAVASCRIPT = "javascript"
SHELL = "shell"
POWERSHELL = "powershell"
BATCH = "batch"
EXECUTABLE = "executable"
TEXT = "text"

_MAGIC = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xcf")
_PACKED = re.compile(rb"(?<![A-Za-z0-9+/=_\\-])[A-Za-z0-9+/=_\\-]{65536,}+")
_HEX_TEXT = re.compile(rb"(?:[0-9a-fA-F]{2}\s{0,2}){24,}+")
_BASE64_TEXT = re.compile(rb"[A-Za-z0-9+/\r\n]{24,}+={0,2}\s{0,8}")
_POWERSHELL = re.compile(
    rb"(?i)\bpowershell(?:\.exe)?\b|\bIEX\b|Invoke-(?:Expression|WebRequest|RestMethod)|New-Object\s|Start-Process"
    rb"|\[System\.[A-Z]|-(?:EncodedCommand|WindowStyle|ExecutionPolicy)\b|\$env:[A-Za-z]"
)
_BATCH = re.compile(rb"(?i)^\s{0,20}@?echo off|\bcmd(?:\.exe)? /c\b|%(?:TEMP|APPDATA|USERPROFILE)%|\breg add\b")
_SHELL = re.compile(
    rb"^#![^\n]{0,60}sh\b|\b(?:curl|wget)\s+(?:-\w+\s+){0,4}['\"]?https?:|\|\s{0,4}(?:ba|z)?sh\b|\bchmod\s+(?:\+x|[0-7]{3})"
    rb"|/dev/tcp/|\bbash\s+-[ci]\b|\bnohup\s",
)
_PYTHON = re.compile(
    rb"(?m)^\s{0,40}(?:import [a-zA-Z_]|from [\w.]{1,80} import |def \w{1,80}\(|class \w{1,80}[:(]|try:\s*$|@\w)"
    rb"|\bexec\s*\(|__import__\s*\(|\bos\.system\s*\(|\bprint\s*\("
)
_JAVASCRIPT = re.compile(
    rb"\brequire\s*\(|\bfunction\b\s{0,4}[\w$]{0,80}\s{0,4}\(|=>|\b(?:const|let|var)\s+[\w${\[]"
    rb"|\bmodule\.exports\b|\b(?:globalThis|process|window|document)[.\[]|\beval\s*\(|\bawait\s|new\s+Function\b"
)


@dataclass(frozen=True, slots=True)
class Layer:
    """Content that was hidden in a file."""

    data: bytes
    """The decoded content."""
    kind: str
    """What it is: `python`, `javascript`, `shell`, `powershell`, `batch`, `executable` or `text`."""
    steps: tuple[str, ...]
    """The decodings that led here, outermost first: `("base64", "zlib")`. English words, never translated."""
    line: int = 1
    """Where the hidden content begins in the outer file, from 1."""
    column: int = 1
    piece: bool = False
    """True for a part of the file itself, which is too long to be read at once: lines are counted on from `line`."""


def pieces(data: bytes, kind: str) -> Iterator[Layer]:
    """Cut a long program into parts at line breaks or, where there are none, at semicolons and blanks.

    Of packed constants the beginnings are kept; what then is short enough is one part: padding must not hide it.
    """
    data = _PACKED.sub(lambda hit: hit[0][:PACKED_BYTES].rstrip(b"\\"), data)
    length = len(data) if len(data) <= WHOLE_BYTES else PIECE_BYTES
    start = 0
    line = 1
    while start < len(data):
        end = start + length
        if end < len(data):
            floor = end - PIECE_BYTES // 16
            cuts = (data.rfind(mark, floor, end) + 1 for mark in (b"\n", b";", b",", b" "))
            end = next((cut for cut in cuts if cut > floor), end)
        yield Layer(data[start:end], kind, (), line, piece=True)
        line += data.count(b"\n", start, end)
        start = end


def kind_of(data: bytes) -> str:
    """Tell what decoded bytes are; empty when they are neither program nor readable text."""
    if data.startswith(_MAGIC) or (data[:2] == b"MZ" and len(data) > 256 and b"PE\0\0" in data[:4096]):
        return EXECUTABLE
    head = data[:16384]
    if not head or b"\0" in head or not _readable(head):
        return ""
    if _SHELL.search(head) and head.startswith(b"#!"):
        return SHELL
    python, javascript = len(_PYTHON.findall(head)), len(_JAVASCRIPT.findall(head))
    if python or javascript:
        if python and javascript and python == javascript:
            return JAVASCRIPT if b"{" in head and b"}" in head and b";" in head else PYTHON
        return PYTHON if python > javascript else JAVASCRIPT
    if _POWERSHELL.search(head):
        return POWERSHELL
    if _BATCH.search(head):
        return BATCH
    return SHELL if _SHELL.search(head) else TEXT


def peel(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Take off every encoding that shows itself; return the content and the decodings, outermost first.

    Content that is a program already stays as it is, even when its characters would fit an encoding.
    """
    steps: list[str] = []
    while len(steps) < PEELINGS:
        narrow = _narrowed(data)
        if narrow is not None:
            data = narrow
            steps.append("utf-16")
            continue
        found = _uncompressed(data) or _untexted(data)
        if found is None:
            break
        step, data = found
        steps.append(step)
    return data, tuple(steps)


def from_base64(text: bytes) -> bytes | None:
    """Decode base64 in either alphabet, padding and line breaks optional; None when it is not base64."""
    clean = text.translate(None, b"\r\n\t =").replace(b"-", b"+").replace(b"_", b"/")
    if len(clean) % 4 == 1 or len(clean) > LAYER_BYTES * 2:
        return None
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _readable(head: bytes) -> bool:
    """Tell whether bytes are text: few control characters, and UTF-8 up to a cut character at the end."""
    controls = sum(head.count(bytes((code,))) for code in (*range(1, 9), *range(14, 32)) if code != 27)
    if controls * 100 > len(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4
    return True


def _narrowed(data: bytes) -> bytes | None:
    """UTF-16 text of mostly ASCII (PowerShell's encoded commands) as UTF-8."""
    head = data[:512]
    if len(head) < 8 or head[1::2].count(0) * 10 < len(head[1::2]) * 9 or 0 in head[::2][1:]:
        return None
    return data.decode("utf-16-le" if data[:2] != b"\xff\xfe" else "utf-16", "replace").encode("utf-8", "replace")


def _uncompressed(data: bytes) -> tuple[str, bytes] | None:
    try:
        if data[:2] == b"\x1f\x8b":
            return "gzip", zlib.decompressobj(47).decompress(data, LAYER_BYTES)
        if data[:1] == b"\x78" and len(data) > 8 and (data[0] << 8 | data[1]) % 31 == 0:
            return "zlib", zlib.decompressobj().decompress(data, LAYER_BYTES)
        if data[:3] == b"BZh":
            return "bz2", bz2.BZ2Decompressor().decompress(data, LAYER_BYTES)
        if data[:6] == b"\xfd7zXZ\0":
            return "xz", lzma.LZMADecompressor(memlimit=64 << 20).decompress(data, LAYER_BYTES)
    except (OSError, EOFError, ValueError, MemoryError, zlib.error, lzma.LZMAError):
        pass
    return None


def _untexted(data: bytes) -> tuple[str, bytes] | None:
    """Undo hexadecimal or base64 that covers all of the content."""
    body = data.strip()
    plain: bytes | None = None
    step = "base64"
    if _HEX_TEXT.fullmatch(body):
        clean = body.translate(None, b"\r\n\t ")
        step, plain = "hex", binascii.unhexlify(clean) if len(clean) % 2 == 0 else None
    elif _BASE64_TEXT.fullmatch(body):
        plain = from_base64(body)
    if plain is not None and (kind_of(plain) or _narrowed(plain) or _uncompressed(plain) or _untexted(plain)):
        return step, plain
    return None
