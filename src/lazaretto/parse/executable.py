"""Compiled programs and what Windows starts like one: ELF, PE, Mach-O, Java classes, shortcuts, OLE containers.

    Blob -> Executable -> .format (first bytes) -> .image (headers and tables, bounded) -> .packer, .init_symbol

Read by our own bounded parsers (`exe_elf`, `exe_pe`, `exe_macho`). `lief` reads the same and survived 2,000 mutated
binaries, but importing it costs every worker that meets a binary 0.35 s and 52 MB; it is the oracle of the tests.
"""

import struct
from functools import cached_property
from typing import ClassVar

from lazaretto.parse import exe_elf, exe_macho, exe_pe, exe_shortcut
from lazaretto.parse.blob import Blob
from lazaretto.parse.exe_facts import Format, Image, entropy
from lazaretto.parse.layer import EXECUTABLE
from lazaretto.parse.views import FileView, ParseError

_FIRST = frozenset({0x4D, 0x7F, 0xCF, 0xCE, 0xFE, 0xCA, 0x4C, 0xD0})
_READERS = {Format.ELF: exe_elf.read, Format.PE: exe_pe.read, Format.MACHO: exe_macho.read}

_PACKERS = {
    "UPX0": "UPX", "UPX1": "UPX", "UPX2": "UPX", ".UPX0": "UPX", ".UPX1": "UPX", ".aspack": "ASPack",
    ".MPRESS1": "MPRESS", ".MPRESS2": "MPRESS", ".petite": "Petite", ".nsp0": "NsPack", ".nsp1": "NsPack",
    "PEC2": "PECompact", "PEC2TO": "PECompact", "pec1": "PECompact", ".packed": "RLPack", ".RLPack": "RLPack",
    ".themida": "Themida", ".winlice": "Themida", "Themida": "Themida", ".vmp0": "VMProtect", ".vmp1": "VMProtect",
    ".vmp2": "VMProtect", ".enigma1": "Enigma", ".enigma2": "Enigma", ".sforce3": "StarForce", "FSG!": "FSG",
    ".kkrunchy": "kkrunchy", ".yP": "Y0da", ".yC": "Y0da", "MEW": "MEW", ".obsidiu": "Obsidium",
}  # fmt: skip
"""Section names that packers and protectors leave behind (Ero Carrera's and Hexacorn's public lists)."""
PROTECTORS = frozenset({"Themida", "VMProtect", "Enigma", "StarForce", "Obsidium"})
"""Packers that exist to resist analysis, rather than to save bytes."""

DENSE = 7.2
"""Entropy of machine code, in bits a byte, that no compiler reaches: code lies between 5.5 and 6.8."""
_DENSE_BYTES = 4096

_INIT = ("PyInit", "napi_register_module_v", "node_register_module_v")
_REGISTERS = frozenset({"napi_module_register", "node_module_register"})
_INIT_BYTES = (b"PyInit_", b"napi_register_module_v", b"node_register_module_v", b"napi_module_register")


class Executable(FileView):
    """A compiled program, a library, or another file that a system starts by itself."""

    title: ClassVar[str] = "executable"
    layer_kinds: ClassVar[frozenset[str]] = frozenset({EXECUTABLE})
    any_length: ClassVar[bool] = True

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By the first bytes alone; the name does not matter."""
        return format_of(blob.data) is not None

    @cached_property
    def format(self) -> Format:
        """The container."""
        return format_of(self.blob.data) or Format.PE

    @cached_property
    def image(self) -> Image:
        """Headers and tables; bare for formats without (`Java class`, `OLE container`).

        Raises:
            ParseError: the header itself is damaged.
        """
        reader = _READERS.get(self.format)
        if reader is None:
            return Image(self.format, library=self.format is Format.CLASS)
        try:
            return reader(self.blob.data)
        except struct.error:
            raise ParseError(f"damaged {self.format.value} header") from None

    @cached_property
    def shortcut(self) -> exe_shortcut.Shortcut:
        """What the shortcut starts.

        Raises:
            ParseError: it is no shortcut, or it ends too early.
        """
        if self.format is not Format.SHORTCUT:
            raise ParseError("not a shortcut")
        try:
            return exe_shortcut.read(self.blob.data)
        except struct.error:
            raise ParseError("damaged shortcut") from None

    @property
    def is_program(self) -> bool:
        """True for something that is started, not loaded: the only kind that runs by itself."""
        return self.format in _READERS and not self.image.library

    @cached_property
    def packer(self) -> str:
        """The packer's name, `unknown` when only its effect shows (dense code), or empty."""
        image = self.image
        for section in image.sections:
            if section.name in _PACKERS:
                return _PACKERS[section.name]
        data = self.blob.data
        if image.format is Format.ELF and b"UPX!" in data[:1024]:
            return "UPX"
        if not image.managed and len(image.imports) <= 24:
            # Whoever unpacks himself needs few imports; a large program with dense code and many is data-heavy.
            code = [section for section in image.sections if section.executable and section.size >= _DENSE_BYTES]
            if any(entropy(data[s.offset : s.offset + s.size]) >= DENSE for s in code[:4]):
                return "unknown"
        return ""

    @cached_property
    def init_symbol(self) -> str:
        """The exported or wanted name by which Python or Node loads it as a module, or empty.

        Node's older macro has the module register itself by a constructor, so the name is then an imported one.
        """
        image = self.image
        for name in image.exports:
            if name.startswith(_INIT):
                return name
        for name in image.exports:
            if name.startswith("init") and len(name) > 4:
                return name
        for name in image.imports:
            if name in _REGISTERS or "node_module_register" in name:  # mangled in Visual C++
                return name
        if image.cut:
            for mark in _INIT_BYTES:
                if mark in self.blob.data:
                    return mark.decode()
        return ""


def format_of(data: bytes) -> Format | None:
    """Return the container that the first bytes show, or None."""
    if len(data) < 32 or data[0] not in _FIRST:
        return None
    if data.startswith(b"\x7fELF") and data[4] in (1, 2) and data[5] in (1, 2):
        return Format.ELF
    if exe_pe.is_pe(data):
        return Format.PE
    if exe_macho.is_macho(data):
        return Format.MACHO
    if data.startswith(b"\xca\xfe\xba\xbe") and 45 <= int.from_bytes(data[6:8], "big") < 100:
        return Format.CLASS
    if data.startswith(exe_shortcut.MAGIC):
        return Format.SHORTCUT
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Format.OLE
    return None
