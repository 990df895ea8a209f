"""ELF, PE, Mach-O and shortcuts: what is read of them, and what damage does."""

import random
import struct
import sys
import time
from pathlib import Path

import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.exe_facts import NAMES, Format, entropy
from lazaretto.parse.executable import Executable, format_of
from lazaretto.parse.views import ParseError


def see(data: bytes, path: str = "x.bin") -> Executable:
    assert Executable.accepts(Blob(path, data))
    return Executable.of(Blob(path, data))


def test_a_windows_program(build):
    file = see(
        build.pe({"KERNEL32.dll": ["WinExec", "Sleep"], "urlmon.dll": ["URLDownloadToFileW"]}, debug="C:\\a\\b.pdb")
    )
    assert file.format is Format.PE
    assert file.image.machine == "x86-64"
    assert file.image.libraries == ("KERNEL32.dll", "urlmon.dll")
    assert file.image.imports == ("WinExec", "Sleep", "URLDownloadToFileW")
    assert [section.name for section in file.image.sections] == [".text", ".rdata"]
    assert file.image.debug_path == "C:\\a\\b.pdb"
    assert (file.is_program, file.packer, file.init_symbol, file.image.cut) == (True, "", "", False)
    assert not file.image.signed
    assert file.image.overlay == 0


def test_a_signed_windows_module_with_an_overlay(build):
    file = see(build.pe(exports=["PyInit_fast"], dll=True, signed=True, managed=True, tail=b"payload"))
    assert (file.is_program, file.init_symbol) == (False, "PyInit_fast")
    assert (file.image.signed, file.image.managed, file.image.overlay) == (True, True, 7)


def test_an_elf_module(build):
    file = see(build.elf(["dlopen"], ["PyInit_fast", "helper"]))
    assert (file.format, file.image.machine) == (Format.ELF, "x86-64")
    assert file.image.libraries == ("libc.so.6",)
    assert file.image.imports == ("dlopen",)
    assert file.image.exports == ("PyInit_fast", "helper")
    assert (file.is_program, file.init_symbol, file.image.cut) == (False, "PyInit_fast", False)


def test_an_elf_program(build):
    file = see(build.elf(["execve"], program=True, tail=b"more"))
    assert file.is_program
    assert file.image.overlay == 4


def test_a_mach_o_module(build):
    file = see(build.macho(["napi_register_module_v1"], signed=True))
    assert (file.format, file.image.machine) == (Format.MACHO, "arm64")
    assert file.image.libraries == ("/usr/lib/libSystem.B.dylib",)
    assert (file.init_symbol, file.image.signed, file.is_program) == ("napi_register_module_v1", True, False)
    assert see(build.macho(program=True)).is_program


def test_a_fat_file_is_not_a_java_class(build):
    thin = build.macho(["PyInit_a"])
    fat = struct.pack(">IIIIIII", 0xCAFEBABE, 1, 0x100000C, 0, 64, len(thin), 0).ljust(64, b"\0") + thin
    assert see(fat).init_symbol == "PyInit_a"
    assert format_of(b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 40) is Format.CLASS


def test_a_node_module_that_registers_itself(build):
    assert see(build.pe({"node.exe": ["napi_module_register"]}, dll=True)).init_symbol == "napi_module_register"


def test_packers_by_section_and_by_density(build):
    assert see(build.pe(sections=(("UPX0", b""), ("UPX1", build.RET * 512)))).packer == "UPX"
    assert see(build.pe(sections=((".vmp0", build.RET * 512),))).packer == "VMProtect"
    assert see(build.elf(marker=b"UPX!\r\x16\x02\x0a")).packer == "UPX"
    noise = random.Random(1).randbytes(20_000)
    assert see(build.pe({"k.dll": ["LoadLibraryA"]}, sections=((".text", noise),))).packer == "unknown"
    many = {"k.dll": [f"Function{number}" for number in range(60)]}
    assert see(build.pe(many, sections=((".text", noise),))).packer == ""


def test_a_shortcut(build):
    link = see(build.lnk("..\\cmd.exe", "/c true", hidden=True)).shortcut
    assert (link.target, link.arguments, link.hidden, link.command) == (
        "..\\cmd.exe",
        "/c true",
        True,
        "..\\cmd.exe /c true",
    )
    with pytest.raises(ParseError):
        _ = see(build.lnk("cmd.exe", "/c true")[:80]).shortcut
    with pytest.raises(ParseError):
        _ = see(build.elf()).shortcut


@pytest.mark.parametrize(
    "data", [b"MZ is how this text begins, and it is long enough to be looked at", b"", b"\x7fELF", b"PK\3\4" * 20]
)
def test_near_misses(data):
    assert not Executable.accepts(Blob("a.exe", data))


def test_more_names_than_are_read(build):
    image = see(build.pe({"k.dll": [f"F{number}" for number in range(NAMES + 5)]})).image
    assert len(image.imports) == NAMES
    assert image.cut


def test_an_init_symbol_behind_the_bound_is_found(build):
    names = [*(f"f{number}" for number in range(NAMES + 5)), "PyInit_late"]
    assert see(build.pe(exports=names, dll=True)).init_symbol == "PyInit_"


def test_a_damaged_header_is_a_parse_error(build):
    with pytest.raises(ParseError):
        _ = see(build.pe()[:120]).image


def test_entropy():
    assert entropy(b"") == 0.0
    assert entropy(b"a" * 100) == 0.0
    assert entropy(bytes(range(256)) * 200) == pytest.approx(8.0)


def test_mutated_files_give_an_image_or_a_parse_error_quickly(build):
    noise = random.Random(7)
    seeds = [
        build.pe({"k.dll": ["A", "B"]}, ["PyInit_a"], dll=True, debug="x.pdb", signed=True),
        build.elf(["a"], ["b"], program=True),
        build.macho(["c"], signed=True),
        build.lnk("a.exe", "b"),
    ]
    started = time.process_time()
    for number in range(2000):
        data = bytearray(seeds[number % 4])
        for _ in range(noise.randrange(1, 12)):
            data[noise.randrange(min(len(data), 900))] = noise.choice((0, 1, 0x7F, 0x80, 0xFF, noise.randrange(256)))
        if number % 3 == 0:
            del data[noise.randrange(len(data)) :]
        blob = Blob("x.bin", bytes(data))
        if Executable.accepts(blob):
            file = Executable(blob)
            try:
                _ = (file.image, file.packer, file.init_symbol, file.is_program)
                if file.format is Format.SHORTCUT:
                    _ = file.shortcut
            except ParseError:
                pass
    assert time.process_time() - started < 20


def test_real_libraries_are_read_as_lief_reads_them():
    lief = pytest.importorskip("lief")
    lief.logging.disable()
    import msgspec
    import rapidfuzz

    folders = {Path(module.__file__).parent for module in (msgspec, rapidfuzz)}
    files = [file for folder in folders for file in folder.glob("*.so")] + [Path(sys.executable).resolve()]
    checked = 0
    for file in files:
        data = file.read_bytes()
        image = see(data, file.name).image
        if image.format is not Format.ELF or image.cut:
            continue
        oracle = lief.parse(data)
        symbols = [symbol for symbol in oracle.dynamic_symbols if symbol.name]
        assert list(image.libraries) == list(oracle.libraries)
        assert set(image.imports) == {symbol.name for symbol in symbols if not symbol.shndx}
        assert set(image.exports) == {symbol.name for symbol in symbols if symbol.shndx}
        assert {s.name for s in image.sections} == {section.name for section in oracle.sections}
        checked += 1
    assert checked or sys.platform != "linux"
