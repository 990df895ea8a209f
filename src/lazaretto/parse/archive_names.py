"""Names of files as archives, trees and disks spell them, made into paths that can be printed and compared.

A member's name is chosen by whoever made the archive. It may climb out (`../..`), be absolute, use another
system's separators, an encoding nobody declared, or characters that rewrite the terminal. Nothing here is refused:
the path is made harmless to show, and what was odd about it is said in words.

Sources: PKWARE APPNOTE.TXT 4.4.17 and appendix D (names, bit 11), Info-ZIP extra field 0x7075 (Unicode path),
POSIX.1-2017 pax interchange format, MITRE CWE-22 (path traversal).
"""

import re

_DRIVE = re.compile(r"[A-Za-z]:(?![^/])|[A-Za-z]:/")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u3131-\u318e]")
_KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def printable(name: str) -> str:
    r"""Return `name` with everything escaped that does not print as itself: controls, bidi marks, stray bytes.

    A byte that was not UTF-8 (surrogateescape) becomes `\xNN`, other characters `\uNNNN`.
    """
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else _escape(char) for char in name)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: a raw byte
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def decode_name(raw: bytes, *, utf8: bool = False) -> tuple[str, bool]:
    """Return the text of a member's name, and whether its encoding was the declared or the obvious one.

    Undeclared names are tried as UTF-8, then as the code pages that Korean and Japanese archivers use, then as cp437,
    which is what the zip specification says and which never fails. A wrong guess harms only the label.
    """
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        pass
    if utf8:
        return raw.decode("utf-8", "surrogateescape"), False
    for encoding, script in (("cp949", _HANGUL), ("cp932", _KANA)):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = [char for char in text if ord(char) > 0x7F]
        if odd and all(script.match(char) for char in odd):
            return text, False
    return raw.decode("cp437"), False


def member_path(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the normalised printable path of a member and the anomalies of its name, as words.

    Words: `escaping-path`, `absolute-path`, `backslash-path`, `control-name`. An empty result means that the name
    is the archive's root itself (`./`). Parts that climb out stay visible as `..`.
    """
    odd: list[str] = []
    if "\\" in name:
        odd.append("backslash-path")
        name = name.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name):
        odd.append("absolute-path")
    parts: list[str] = []
    for part in name.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
            continue
        parts.append(part)
    if parts and parts[0] == "..":
        odd.append("escaping-path")
    path = "/".join(parts)
    shown = printable(path)
    if shown != path:
        odd.append("control-name")
    return shown, tuple(odd)


def leads_outside(path: str, target: str) -> bool:
    """Tell whether a link at member `path` with the text `target` leaves the archive."""
    target = target.replace("\\", "/")
    if target.startswith("/") or _DRIVE.match(target):
        return True
    level = path.count("/")
    for part in target.split("/"):
        if part == "..":
            level -= 1
            if level < 0:
                return True
        elif part not in ("", "."):
            level += 1
    return False
