"""Is this JavaScript, whatever the file is called? Names and bytes only; nothing is parsed.

Two questions, both cheap enough to be asked of every file:

    is_code_name(path)             the name says JavaScript or TypeScript
    is_disguised(path, data)       the name says font, image, database, ... but the bytes are a script
"""

import re
from pathlib import PurePosixPath

CODE_SUFFIXES = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"})

_FONTS_AND_MEDIA = (
    ".woff .woff2 .ttf .otf .eot .png .jpg .jpeg .gif .bmp .ico .icns .cur .webp .avif .tif .tiff .psd .svg"
    " .mp3 .mp4 .wav .ogg .webm .mov .avi .flac"
)
_DATA = (
    ".db .sqlite .sqlite3 .mdb .dict .dic .dat .bin .data .pak .cache .idx .zip .gz .tgz .rar .7z .pdf .doc .docx"
    " .xls .xlsx .pem .crt .cer .der .p12 .wasm .so .dll .dylib .o .ds_store"
)
ASSET_SUFFIXES = frozenset(f"{_FONTS_AND_MEDIA} {_DATA}".split())
"""Suffixes under which nobody keeps source text."""

_ASSET_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "favicon", "ehthumbs.db"})
_HIDDEN_FOLDERS = frozenset({".svn", ".hg", ".bzr", "cvs", ".trash", ".thumbnails"})
_PLAIN_NAMES = re.compile(
    r"(?i)(?:licen[cs]e|copying|notice|readme|changelog|authors|contributors|makefile|dockerfile|procfile|gemfile"
    r"|rakefile|jenkinsfile|vagrantfile|brewfile|justfile|codeowners|owners|version|head|config|index|description"
    r"|packed-refs|todo|news|thanks|copyright|install|install(?:er)?|record|wheel|metadata|requested|pkg-info)"
)
_NODE_SHEBANG = re.compile(rb"#![^\n]{0,200}\b(?:node|nodejs|deno|bun|tsx|ts-node|zx)\b")
_NOT_SCRIPT = re.compile(
    rb"\s*(?:<[!?a-zA-Z]|%PDF|-----BEGIN|#!/|#\s|[{\[]\s*[\"\]}\[{0-9]|RIFF|wOF|OTTO|\xff\xd8|GIF8|PK\x03|SQLite f)"
)
_SAMPLE = 16_384
_SIGNS = tuple(
    re.compile(sign)
    for sign in (
        rb"\b(?:const|let|var)\s+[\w$]{1,40}\s*=",
        rb"\bfunction\b\s*[\w$]{0,40}\s*\(",
        rb"=>\s*[{(\w]",
        rb"\brequire\s*\(\s*['\"\w$]",
        rb"\bmodule\.exports\b|\bexports\.\w",
        rb"^\s*[(!]\s*(?:async\s*)?(?:function\b|\(\s*[\w$,]*\s*\)\s*=>)",
        rb"\b_0x[0-9a-f]{3,6}\b",
        rb"\bimport\s+(?:[\w$*{][^;'\"\n]{0,80}\bfrom\s+)?['\"]",
        rb"\bprocess\s*[.\[]|\bglobalThis\b|\bglobal\s*\[",
        rb"\basync\s+function\b|\bawait\s+[\w$(]",
        rb"\b(?:console|Buffer|JSON|Object|String)\s*\.\s*\w+\s*\(",
        rb"\beval\s*\(|\bnew\s+Function\b",
        rb"\btry\s*\{|\}\s*catch\s*[({]",
    )
)


def is_code_name(path: str) -> bool:
    """Tell whether the name alone says JavaScript or TypeScript."""
    return PurePosixPath(path).suffix.lower() in CODE_SUFFIXES


def has_node_shebang(data: bytes) -> bool:
    """Tell whether the first line hands the file to a JavaScript runtime."""
    return data.startswith(b"#!") and _NODE_SHEBANG.match(data) is not None


def is_asset_name(path: str) -> bool:
    """Tell whether the name promises something that is never source text (font, image, database, ...)."""
    folders, _, name = path.lower().rpartition("/")
    if name in {"", "."}:
        folders, _, name = str(PurePosixPath(path.lower())).rpartition("/")
    dot = name.rfind(".")
    if (0 < dot < len(name) - 1 and name[dot:] in ASSET_SUFFIXES) or name in _ASSET_NAMES:
        return True
    return bool(folders) and not _HIDDEN_FOLDERS.isdisjoint(folders.split("/"))


def is_disguised(path: str, data: bytes) -> bool:
    """Tell whether a script lies under a name that promises something else.

    Only asset names, names without a suffix and names inside forgotten folders (`.svn`) are looked at: a script
    in a `.txt`, a template or a snapshot is ordinary.
    """
    pure = PurePosixPath(path)
    name = pure.name
    if not is_asset_name(path):
        if pure.suffix or name.startswith(".") or _PLAIN_NAMES.fullmatch(name) or data.startswith(b"#!"):
            return False
        if ".git" in pure.parts:
            return False
    return looks_like_javascript(data)


def looks_like_javascript(data: bytes) -> bool:
    """Tell whether bytes read like a script: printable, with at least three of the language's own phrases."""
    head = data[:64]
    if b"\0" in head or not data or _NOT_SCRIPT.match(head):
        return False
    sample = data[: _SAMPLE * 4]
    if b"\0" in sample:
        return False
    text = sample.lstrip()[:_SAMPLE]
    if len(text) < 24:
        return False
    odd = len(text.translate(None, bytes(range(32, 127)) + b"\t\r\n"))
    if odd * 10 > len(text):
        return False
    return sum(1 for sign in _SIGNS if sign.search(text)) >= 3
