"""Droppers by what they import."""

from lazaretto.detect.rules.binary.downloader_imports import RULE

FETCH = {"urlmon.dll": ["URLDownloadToFileW"], "SHELL32.dll": ["ShellExecuteW"]}


def test_a_dropper(scan, build):
    assert scan(RULE, build.pe(FETCH)) == [
        (
            "HIGH",
            "MEDIUM",
            "a small unsigned program that downloads and starts something: URLDownloadToFileW, ShellExecuteW",
        )
    ]
    assert scan(RULE, build.pe({"wininet.dll": ["InternetOpenUrlA"], "k.dll": ["WinExec"]}))[0][0] == "MEDIUM"
    loader = {"winhttp.dll": ["WinHttpReadData"], "k.dll": ["VirtualAllocEx", "CreateRemoteThread"]}
    assert scan(RULE, build.pe(loader, dll=True))[0][0] == "HIGH"
    assert scan(RULE, build.pe(FETCH), "tests/data/a.exe")[0][0] == "LOW"


def test_near_misses(scan, build):
    assert scan(RULE, build.pe(FETCH, signed=True)) == []
    assert scan(RULE, build.pe({"k.dll": ["CreateProcessW"]})) == []  # a launcher
    assert scan(RULE, build.pe({"k.dll": ["VirtualAllocEx", "CreateRemoteThread"]})) == []  # a debugger's helper
    assert scan(RULE, build.pe(FETCH, ["PyInit_a"], dll=True), "a.pyd") == []
    assert scan(RULE, build.pe({**FETCH, "user32.dll": [f"Function{number}" for number in range(120)]})) == []
    assert scan(RULE, build.elf(["URLDownloadToFileW", "system"])) == []
