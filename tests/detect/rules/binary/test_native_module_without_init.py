"""Native modules by name only."""

from lazaretto.detect.rules.binary.native_module_without_init import RULE


def test_a_program_named_like_a_module(scan, build):
    data = build.pe({"k.dll": ["Sleep"]})
    assert scan(RULE, data, "pkg/_speedups.pyd") == [
        ("HIGH", "MEDIUM", "is named like a native module, but is a program of its own (PE)")
    ]
    assert scan(RULE, build.elf(program=True), "build/addon.node")[0][:2] == ("HIGH", "MEDIUM")
    assert scan(RULE, data, "tests/data/x.pyd")[0][0] == "LOW"


def test_a_library_that_cannot_be_loaded(scan, build):
    assert scan(RULE, build.elf(["system"], ["run"]), "pkg/_a.cpython-311-x86_64-linux-gnu.so") == [
        ("MEDIUM", "LOW", "is named like a native module, but has no function to load it by")
    ]


def test_near_misses(scan, build):
    assert scan(RULE, build.elf([], ["PyInit__a"]), "pkg/_a.abi3.so") == []
    assert scan(RULE, build.pe(exports=["init_old"], dll=True), "pkg/_old.pyd") == []
    assert scan(RULE, build.pe({"node.exe": ["napi_module_register"]}, dll=True), "a.node") == []
    assert scan(RULE, build.macho(["napi_register_module_v1"]), "a.node") == []
    assert scan(RULE, build.elf(["system"]), "pkg/libhelper.so") == []
    assert scan(RULE, b"not a program, but long enough to be looked at twice or so", "a.node") == []
