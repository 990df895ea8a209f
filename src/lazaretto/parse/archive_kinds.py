"""Which files are archives: by their first bytes, and by what their name claims.

The two can disagree, and the disagreement is evidence: a zip named `seed.sqlite3` hides code from a reader who looks
at names (ATT&CK T1036.008). Containers of documents and compiled programs (`.docx`, `.jar`) are zips as well; they
are left closed, because what is in them is not source that the project's tools would run.

Sources: PKWARE APPNOTE.TXT 4.3; RFC 1952 (gzip); POSIX ustar; the xz and bzip2 file formats; RFC 8878 (zstd).
"""

HEAD_BYTES = 512
"""How much of a file `sniff` wants to see."""

OPENED = {
    ".zip": "zip", ".whl": "zip", ".vsix": "zip", ".egg": "zip", ".nupkg": "zip", ".xpi": "zip", ".crx": "zip",
    ".pyz": "zip", ".pex": "zip", ".conda": "zip",
    ".tar": "tar", ".gem": "tar",
    ".tgz": "gzip", ".gz": "gzip", ".crate": "gzip",
    ".tbz2": "bzip2", ".tbz": "bzip2", ".bz2": "bzip2",
    ".txz": "xz", ".xz": "xz", ".lzma": "xz",
    ".zst": "zstd", ".tzst": "zstd",
}  # fmt: skip
"""Suffixes that promise an archive which is opened, and the promised kind."""

CLOSED = frozenset({
    ".jar", ".war", ".ear", ".aar", ".apk", ".aab", ".ipa", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm",
    ".odt", ".ods", ".odp", ".odg", ".epub", ".vsdx", ".kmz", ".npz", ".pt", ".pth", ".ckpt", ".keras", ".mlmodel",
    ".sketch", ".fig", ".ora", ".kra", ".3mf", ".usdz", ".mcpack", ".pbix", ".xmind", ".idml", ".rds", ".rda",
    ".rdata", ".svgz", ".wmz", ".emz", ".dia", ".blend", ".warc", ".swf", ".mscz", ".fcstd",
})  # fmt: skip
"""Suffixes of containers that are zips or gzip streams by design and are not unpacked."""

FOREIGN = {
    ".rar": "rar", ".7z": "7z", ".asar": "asar", ".cab": "cab",
    ".deb": "deb", ".rpm": "rpm", ".msi": "msi", ".dmg": "dmg", ".iso": "iso",
}  # fmt: skip
"""Suffixes of archives that Lazaretto cannot open."""

CLAIMS = frozenset({
    ".sqlite", ".sqlite3", ".db", ".db3", ".sql", ".dump", ".mdb",
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".svg", ".avif", ".tiff",
    ".woff", ".woff2", ".ttf", ".otf", ".eot",
    ".mp3", ".mp4", ".wav", ".ogg", ".webm", ".mov", ".avi", ".mkv",
    ".txt", ".md", ".rst", ".csv", ".tsv", ".json", ".yaml", ".yml", ".xml", ".html", ".css", ".scss", ".less", ".log",
    ".ini", ".cfg", ".conf", ".toml", ".env", ".lock", ".pem", ".crt", ".key", ".pub", ".pdf", ".dict", ".dic",
    ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".py", ".pyi", ".sh", ".go", ".rs", ".rb", ".php", ".java", ".c",
    ".h", ".map", ".wasm", ".node", ".so", ".dll", ".dylib", ".pyc", ".pyo", ".pyd",
})  # fmt: skip
"""Suffixes that promise something which is never a zip or a compressed tar."""

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"!<arch>\ndebian", "deb"),
    (b"\xed\xab\xee\xdb", "rpm"),
    (b"Cr24", "zip"),
)
READABLE = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "zstd"})
_FIRST = frozenset(magic[0] for magic, _ in _MAGIC) | {0x42}


def sniff(head: bytes, tail: bytes = b"") -> str:
    """Return the kind of archive that the first `HEAD_BYTES` bytes show, or "" when they show none.

    `tail` is the last 22 bytes: a zip whose end is there but whose beginning is not is `appended` to something else
    (Python runs such a file).
    """
    if head and head[0] in _FIRST:
        for magic, kind in _MAGIC:
            if head.startswith(magic):
                return kind
        if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
            return "bzip2"
    if len(head) >= 512 and head[257:262] == b"ustar" and tar_checksum_ok(head[:512]):
        return "tar"
    if (
        tail.startswith(b"PK\x05\x06")
        and tail[20:22] == b"\0\0"
        and tail[4:8] == b"\0\0\0\0"
        and tail[10:12] != b"\0\0"
    ):
        return "appended"
    return ""


def tar_checksum_ok(block: bytes) -> bool:
    """Tell whether a 512 byte tar header carries its own checksum (unsigned, or signed as old tars did)."""
    field = block[148:156].split(b"\0", 1)[0].strip()
    if not field.isdigit():
        return False
    try:
        stated = int(field, 8)
    except ValueError:
        return False
    plain = sum(block[:148]) + 256 + sum(block[156:512])
    if stated == plain:
        return True
    return stated == plain - 256 * sum(1 for byte in block[:148] + block[156:512] if byte > 127)


def suffix_of(path: str) -> str:
    """Return the last suffix of a path, lower case, with its dot."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def promised(path: str) -> str:
    """Return the kind of archive that the name promises: a readable kind, a foreign one, or ""."""
    suffix = suffix_of(path)
    return OPENED.get(suffix) or FOREIGN.get(suffix, "")


def left_closed(path: str) -> bool:
    """Tell whether the name is of a container that is not unpacked on purpose."""
    return suffix_of(path) in CLOSED


def disguised(path: str) -> bool:
    """Tell whether the name promises something that an archive never is."""
    return suffix_of(path) in CLAIMS
