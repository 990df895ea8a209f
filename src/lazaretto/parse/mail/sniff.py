"""What an attached file is, by its first bytes; and whether an archive is encrypted.

Sources: PKWARE APPNOTE.TXT 4.4.4 (bit 0 of the flags), RAR 5.0 archive format (header type 4), MS-SHLLINK, MS-CFB.
"""

import struct

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF-", "pdf"),
    (b"MZ", "exe"),
    (b"\x7fELF", "elf"),
    (b"\xcf\xfa\xed\xfe", "macho"),
    (b"\xca\xfe\xba\xbe", "macho"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"L\0\0\0\x01\x14\x02\0", "shortcut"),
    (b"#!", "script"),
    (b"{\\rtf", "rtf"),
    (b"\x78\x9f\x3e\x22", "tnef"),
)
_LOCAL = b"PK\x03\x04"


def sniff(data: bytes) -> str:
    """Return a short name for what the first bytes are; empty when they tell nothing."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[32769:32774] == b"CD001":
        return "iso"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        return "html"
    if head.startswith((b"<svg", b"<?xml")):
        return "xml"
    return "text" if head and b"\0" not in head and not any(byte < 9 or 13 < byte < 27 for byte in head) else ""


def is_encrypted(data: bytes, kind: str) -> bool:
    """Tell whether one of the first entries of a ZIP, or the header of a RAR archive, says that it is encrypted."""
    if kind == "zip":
        at = 0
        for _ in range(64):
            if data[at : at + 4] != _LOCAL or at + 30 > len(data):
                return False
            flags, packed, name, extra = struct.unpack_from("<H10xI4xHH", data, at + 6)
            if flags & 1:
                return True
            if flags & 8 and not packed:
                at = data.find(_LOCAL, at + 30 + name + extra)  # its size comes behind it
            else:
                at += 30 + name + extra + packed
            if at < 0:
                return False
        return False
    if kind == "rar":
        if data.startswith(b"Rar!\x1a\x07\x01\x00"):
            return len(data) > 14 and data[13] == 4  # checksum, one byte of size, then the type of the first header
        return len(data) > 12 and bool(data[10] & 0x80)
    return False
