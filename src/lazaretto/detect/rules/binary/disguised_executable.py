"""What it sees
    A compiled program under the name of an image, a font, a text, a document or a screen saver, or with two suffixes
    (`cv.pdf.exe`).

Why it matters
    The name keeps readers and filters away; a line elsewhere renames or starts it. There is no other use for it.

Example
    assets/logo.png begins with the headers of a Windows program

What to do
    Do not run anything of the package; look for what opens the file.

False alarms
    Test data of programs that recognise file types: below a folder of tests it is context only.

References
    ATT&CK T1036.007 (double extension), T1036.008 (masquerade file type).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.exe_facts import Format
from lazaretto.parse.executable import Executable

_ASSETS = frozenset({
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".svg", ".avif", ".tiff", ".woff", ".woff2", ".ttf",
    ".otf", ".eot", ".mp3", ".mp4", ".wav", ".ogg", ".webm", ".mov", ".avi", ".txt", ".md", ".rst", ".csv", ".tsv",
    ".json", ".yaml", ".yml", ".xml", ".html", ".css", ".scss", ".less", ".log", ".ini", ".cfg", ".conf", ".toml",
    ".env", ".lock", ".pem", ".crt", ".key", ".pub", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".rtf",
    ".sqlite", ".sqlite3", ".sql", ".js", ".mjs", ".cjs", ".ts", ".py", ".sh", ".map", ".zip", ".gz", ".ds_store",
})  # fmt: skip
_DOUBLE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|rtf|txt|jpe?g|png|gif|mp[34]|zip|csv|html?)[\s_]{0,80}\.(?:exe|scr|com|pif|lnk|msi)$",
    re.IGNORECASE,
)
_RARE = frozenset({".scr", ".pif"})
"""Suffixes that Windows starts as a program and that few people know as one; nothing honest in a package has them."""
_PROGRAMS = frozenset({Format.ELF, Format.PE, Format.MACHO, Format.SHORTCUT})


def check(view: Executable) -> Iterator[Match | Signal]:
    """Yield the signal `disguised` and the finding.

    Raises:
        ParseError: the header is damaged.
    """
    if view.format not in _PROGRAMS:
        return
    name = view.path.rpartition("/")[2]
    double = _DOUBLE.search(name) is not None
    if view.blob.suffix not in _ASSETS and view.blob.suffix not in _RARE and not double:
        return
    if view.format is not Format.SHORTCUT and not view.image.machine:
        return
    tests = in_tests(view.path)
    if not double and not tests and view.blob.suffix in _ASSETS:
        yield Signal("disguised", "exe", view.path)
    yield Match(
        N_("{name} promises a document or an asset, the content is a program ({format})"),
        params={"name": name, "format": view.format.value},
        severity=Severity.LOW if tests else Severity.HIGH,
    )


RULE = Rule(
    id="binary/disguised-executable",
    title=N_("A program under the name of a document or an asset"),
    view=Executable,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008", "T1036.007"),
)
