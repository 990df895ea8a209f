"""Programs that unpack themselves."""

import random

from lazaretto.detect.rules.binary.packed_executable import RULE


def test_packers(scan, build):
    upx = build.pe(sections=(("UPX0", b""), ("UPX1", build.RET * 512)))
    assert scan(RULE, upx) == [("LOW", "MEDIUM", "unpacks itself when it runs: packed with UPX")]
    guarded = build.pe(sections=((".themida", build.RET * 512),))
    assert scan(RULE, guarded) == [("MEDIUM", "MEDIUM", "unpacks itself when it runs: packed with Themida")]
    assert scan(RULE, guarded, "tests/data/a.exe")[0][0] == "LOW"


def test_a_protected_module_is_context(scan, build):
    assert (
        scan(RULE, build.pe(exports=["PyInit_a"], dll=True, sections=((".vmp0", build.RET),)), "a.pyd")[0][0] == "LOW"
    )


def test_dense_code(scan, build):
    noise = random.Random(3).randbytes(9000)
    assert scan(RULE, build.pe({"k.dll": ["LoadLibraryA"]}, sections=((".text", noise),))) == [
        ("LOW", "MEDIUM", "unpacks itself when it runs: its code is as dense as compressed data")
    ]


def test_near_misses(scan, build):
    assert scan(RULE, build.pe({"k.dll": ["Sleep"]})) == []
    assert scan(RULE, build.elf(program=True)) == []
    assert scan(RULE, b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 60) == []
