"""Untrusted text made harmless for people: file names, package names, code excerpts and message parameters.

A name under examination may hold terminal escape sequences, bidirectional overrides (CVE-2021-42574), zero-width
characters or a live address. None of that may reach a terminal, an annotation or a page.
"""

import re
import unicodedata

# What is invisible, moves the cursor or reorders text: C0/C1 controls, soft hyphen, bidi controls (UAX #9),
# zero-width and format characters, Hangul fillers, variation selectors, tags, line separators, lone surrogates.
HIDDEN = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_HIDDEN_RUN = re.compile(f"[{HIDDEN}]+")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{3,}")
"""Stacked combining marks paint over neighbouring lines."""
_BLANKS = re.compile(" {8,}")
_URL = re.compile(r"\b(https?|ftp|wss?|ssh|git)(://)([^\s/?#\"'<>`\\]{1,255})", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.])((?:\d{1,3}\.){2}\d{1,3})\.(\d{1,3})(?![\w.]*\d)")
_SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ws": "wxs", "wss": "wxss", "ssh": "sxh", "git": "gxt"}

LIMIT = 240
"""Characters of one untrusted text in a report for people."""


def clean(text: str) -> str:
    """Return one line without control, bidi and invisible characters; they are shown as escapes.

    Line breaks and tabs become a space. A long run of hidden characters is shown by its first one and its length,
    long runs of blanks by their length: hiding code to the right of the screen must not work here either.
    """
    if not text.isascii() or not text.isprintable():
        text = _HIDDEN_RUN.sub(_show_hidden, text)
        text = _MARKS.sub(lambda match: match.group()[:2], text)
    return _BLANKS.sub(lambda match: f"  [{len(match.group())} blanks]  ", text)


def _show_hidden(match: re.Match[str]) -> str:
    run = match.group()
    if run.strip("\t\n\r\x0b\x0c\x85\u2028\u2029") == "":
        return " " * min(len(run), 8) if set(run) == {"\t"} else " "
    shown = "".join(map(_escape, run[:3]))
    return shown if len(run) <= 3 else f"{shown}[+{len(run) - 3} hidden]"


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def defang(text: str) -> str:
    """Make addresses unclickable: `hxxps://c2[.]example[.]invalid/x`, `192.0.2[.]7`."""
    if "://" in text:
        text = _URL.sub(
            lambda match: (
                _SCHEMES.get(match.group(1).lower(), "hxxp")
                + match.group(2)
                + match.group(3).replace("[.]", ".").replace(".", "[.]")
            ),
            text,
        )
    return _IPV4.sub(r"\1[.]\2", text)


def safe(text: str, limit: int = LIMIT) -> str:
    """Clean, defang and cut a text for a report that a person reads."""
    return shorten(defang(clean(text[: limit * 8])), limit)


def plain(text: str) -> str:
    """Return text that every JSON reader takes: lone surrogates (undecodable file names) become escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def cells(text: str) -> int:
    """Return the width of a text on a terminal: Korean and other wide characters take two cells (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def shorten(text: str, width: int) -> str:
    """Cut a text to `width` cells; the cut is marked with an ellipsis."""
    if cells(text) <= width:
        return text
    taken, used = [], 1
    for char in text:
        used += cells(char)
        if used > width:
            break
        taken.append(char)
    return "".join(taken).rstrip() + "…"


def shorten_path(path: str, width: int) -> str:
    """Cut a path in the middle: its end says most."""
    if cells(path) <= width or width < 12:
        return shorten(path, width)
    head = shorten(path, width // 3)
    tail, used = "", cells(head)
    for char in reversed(path):
        used += cells(char)
        if used > width:
            break
        tail = char + tail
    return head + tail


_STAND_INS = {
    "✗": "[X]", "✓": "[OK]", "·": "-", "…": "...", "→": "->", "←": "<-", "—": "-", "–": "-", "×": "x",
    "“": '"', "”": '"', "‘": "'", "’": "'", "≤": "<=", "≥": ">=", "•": "*", "│": "|", "─": "-",
}  # fmt: skip


def fit(text: str, encoding: str) -> str:
    """Replace what a terminal's encoding cannot show: our own glyphs by ASCII, the rest by escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_fit(char, encoding) for char in text)
    except LookupError:  # an encoding that Python does not know
        return fit(text, "ascii")
    return text


def _fit(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return _STAND_INS.get(char) or _escape(char)
    return char
