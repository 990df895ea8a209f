"""Programs with the name of something else."""

from lazaretto.detect.rules.binary.disguised_executable import RULE


def test_a_program_named_like_an_image(scan, run, build):
    data = build.pe({"k.dll": ["Sleep"]})
    assert scan(RULE, data, "assets/logo.png") == [
        ("HIGH", "MEDIUM", "logo.png promises a document or an asset, the content is a program (PE)")
    ]
    assert [(s.kind, s.value) for s in run(RULE, data, "assets/logo.png").signals] == [("disguised", "exe")]


def test_a_double_suffix(scan, build):
    assert scan(RULE, build.pe(), "offer/Contract.pdf  .exe")[0][:2] == ("HIGH", "MEDIUM")
    assert scan(RULE, build.lnk("cmd.exe"), "Offer.pdf.lnk")[0][:2] == ("HIGH", "MEDIUM")


def test_a_screen_saver(scan, run, build):
    assert scan(RULE, build.pe(), "pkg/setup.scr")[0][:2] == ("HIGH", "MEDIUM")
    assert not run(RULE, build.pe(), "pkg/setup.scr").signals


def test_test_data_is_context(scan, run, build):
    assert scan(RULE, build.elf(), "tests/data/elf.txt")[0][0] == "LOW"
    assert not run(RULE, build.elf(), "tests/data/elf.txt").signals


def test_near_misses(scan, build):
    assert scan(RULE, build.elf(program=True), "bin/tool") == []
    assert scan(RULE, build.pe(), "cli-64.exe") == []
    assert scan(RULE, build.elf(), "libfoo.so.1.2") == []
    assert scan(RULE, b"MZ is the beginning of a text about DOS headers, not of a program.", "notes.txt") == []
