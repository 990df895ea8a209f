"""Windows shortcuts (.lnk): what they start, with which arguments.

Source: Microsoft, [MS-SHLLINK], sections 2.1 (header), 2.2 (item list), 2.3 (link info), 2.4 (strings).
"""

from dataclasses import dataclass

from lazaretto.parse.exe_facts import Cursor

MAGIC = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F"
CHARS = 4096
"""Characters of one string that are kept."""

_ITEMS, _INFO, _NAME, _RELATIVE, _FOLDER, _ARGUMENTS, _ICON, _UNICODE = 1, 2, 4, 8, 16, 32, 64, 128


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a shortcut says. Empty strings: it does not say."""

    target: str
    arguments: str
    icon: str
    hidden: bool
    """Asks for a minimised window."""

    @property
    def command(self) -> str:
        """The command line that opening it runs."""
        return f"{self.target} {self.arguments}".strip()


def read(data: bytes) -> Shortcut:
    """Read a shortcut.

    Raises:
        struct.error: it ends too early.
    """
    at = Cursor(data)
    (flags,) = at.get("I", 20)
    (show,) = at.get("I", 60)
    place = 76
    if flags & _ITEMS:
        place += 2 + at.get("H", place)[0]
    local = ""
    if flags & _INFO:
        length, _, kinds, _, base = at.get("IIIII", place)
        if kinds & 1 and base:
            local = at.text(place + base)
        place += length
    wide = bool(flags & _UNICODE)
    strings: dict[int, str] = {}
    for kind in (_NAME, _RELATIVE, _FOLDER, _ARGUMENTS, _ICON):
        if not flags & kind:
            continue
        (count,) = at.get("H", place)
        length = count * (2 if wide else 1)
        raw = data[place + 2 : place + 2 + length]
        strings[kind] = raw.decode("utf-16-le" if wide else "latin-1", "replace")[:CHARS]
        place += 2 + length
    return Shortcut(
        target=local or strings.get(_RELATIVE, ""),
        arguments=strings.get(_ARGUMENTS, ""),
        icon=strings.get(_ICON, ""),
        hidden=show == 7,
    )
