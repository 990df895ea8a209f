"""Outlook's own files: saved messages and winmail.dat. olefile, a reader of compound files, is the oracle for ours."""

import importlib.util
import io
import sys
from pathlib import Path

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse.mail import rtf
from lazaretto.parse.mail.cfb import Compound, CompoundError
from lazaretto.parse.mail.read import Box, read

_spec = importlib.util.spec_from_file_location("outlook_files", Path(__file__).with_name("outlook_files.py"))
assert _spec is not None
assert _spec.loader is not None
made = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("outlook_files", made)
_spec.loader.exec_module(made)

HEADERS = (
    "Received: from out.corp.test (out.corp.test [192.0.2.7]) by mx.home.test; Tue, 24 Nov 2026 10:00:00 +0900\r\n"
    'From: "Jiwoo" <hr@corp.test>\r\nReply-To: other@else.test\r\nSubject: =?utf-8?B?7LGE7Jqp?=\r\n'
)


def saved(**more: bytes) -> bytes:
    inner = {
        **made.properties(24, {}),
        **made.text(0x0037, "inner subject"),
        **made.text(0x1000, "inner text"),
        **made.text(0x0C1A, "Boss"),
        **made.text(0x5D01, "boss@corp.test"),
    }
    return made.compound(
        {
            **made.properties(32, {0x0039: (0x40, 134_400_000_000_000_000), 0x3FDE: (3, 65001)}),
            **made.text(0x007D, HEADERS),
            **made.text(0x1000, "안녕하세요\r\n과제입니다 https://code.test/x"),
            **made.binary(0x1013, "<p>안녕하세요 과제입니다</p><i style='display:none'>hidden</i>".encode()),
            "__recip_version1.0_#00000000": {
                **made.properties(8, {}),
                **made.text(0x3001, "Me"),
                **made.text(0x39FE, "me@home.test"),
            },
            "__attach_version1.0_#00000000": {
                **made.properties(8, {}),
                **made.text(0x3707, "과제.zip"),
                **made.text(0x370E, "application/zip"),
                **made.binary(0x3701, b"PK\x03\x04" + bytes(5000)),
            },
            "__attach_version1.0_#00000001": {**made.properties(8, {}), "__substg1.0_3701000D": inner},
            **more,
        }
    )


def test_a_saved_message() -> None:
    (mail,) = read("a.msg", saved()).mails
    assert (mail.sender.name, mail.sender.address, mail.subject) == ("Jiwoo", "hr@corp.test", "채용")
    assert mail.reply_to[0].address == "other@else.test"
    assert mail.to[0].address == "me@home.test"
    assert mail.hops[0].address == "192.0.2.7"
    assert mail.text == "안녕하세요\n과제입니다 https://code.test/x"
    assert mail.hidden == "hidden"
    assert [(part.name, part.sniffed, part.size) for part in mail.attachments] == [("과제.zip", "zip", 5004)]
    assert [(one.sender.address, one.subject, one.text) for one in mail.inner] == [
        ("boss@corp.test", "inner subject", "inner text")
    ]
    assert mail.inner[0].name == "a.msg!/message-1"
    assert (mail.raw, mail.gaps) == (b"", ())


def test_streams_are_those_that_olefile_reads() -> None:
    data = saved(big=bytes(range(256)) * 400)
    ours = Compound(data)
    theirs = olefile.OleFileIO(io.BytesIO(data))
    for path in theirs.listdir():
        entry = ours.root
        for name in path:
            entry = entry.children[name]
        assert ours.read(entry, 1 << 30) == theirs.openstream(path).read()


def test_broken_compound_files() -> None:
    data = saved()
    for cut in (0, 8, 600, 1536, 4000, len(data) - 600):
        box = read("a.msg", data[:cut].ljust(8, b"\0"))
        assert isinstance(box, Box)
    box = read("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    assert box.mails == ()
    assert "cannot be read" in box.gaps[0].reason.english()
    with pytest.raises(CompoundError):
        Compound(b"no")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=12))
def test_damaged_compound_files(damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(saved())
    for at, what in damage:
        at %= len(data)
        data[at : at + len(what)] = what
    read("a.msg", bytes(data))


def winmail() -> bytes:
    mail = made.packed({(0x1F, 0x0037): "제목\0".encode("utf-16-le"), (0x1F, 0x1000): "본문\0".encode("utf-16-le")})
    inner = made.tnef(made.attribute(1, 0x8004, b"deep\0"))
    return made.tnef(
        made.attribute(1, 0x9007, (949).to_bytes(4, "little") + bytes(4)),
        made.attribute(1, 0x9003, mail),
        made.attribute(2, 0x9002, bytes(14)),
        made.attribute(2, 0x8010, "과제.exe\0".encode("cp949")),
        made.attribute(2, 0x800F, b"MZ" + bytes(100)),
        made.attribute(2, 0x9002, bytes(14)),
        made.attribute(2, 0x9005, made.packed({(0x102, 0x3701): bytes(16) + inner})),
    )


def test_winmail_in_a_mail() -> None:
    import base64

    packed = base64.encodebytes(winmail())
    data = (
        b"From: a@b.test\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        + packed
    )
    (mail,) = read("a.eml", data).mails
    assert mail.text == "본문"
    assert [(part.name, part.sniffed) for part in mail.attachments] == [("winmail.dat", "tnef"), ("과제.exe", "exe")]
    assert [one.subject for one in mail.inner] == ["deep"]
    assert mail.gaps == ()
    (alone,) = read("winmail.dat", winmail()).mails
    assert (alone.subject, alone.text) == ("제목", "본문")
    (cut,) = read("winmail.dat", winmail()[:-30]).mails
    assert cut.attachments[0].name == "과제.exe"
    assert "ends in the middle" in cut.gaps[0].reason.english()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 600), st.binary(min_size=1, max_size=6))
def test_damaged_winmail(at: int, what: bytes) -> None:
    data = bytearray(winmail())
    data[at % len(data) : at % len(data) + len(what)] = what
    read("winmail.dat", bytes(data))


def test_rtf() -> None:
    # the examples of MS-OXRTFCP, 3.1 and 3.2
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert rtf.unpacked(simple) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert rtf.unpacked(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert rtf.unpacked(b"short") == b""
    html = (
        b"{\\rtf1\\ansi\\ansicpg949\\fromhtml1{\\fonttbl{\\f0 Arial;}}{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 \\'b0\\'a1 "
        b"\\u44032 ?{\\*\\htmltag72 </p>}\\htmlrtf }\\htmlrtf0 }"
    )
    assert rtf.text(html) == ("<p>가 가</p>", "")
    assert rtf.text(b"{\\rtf1 a\\par b\\{c\\}}") == ("", "a\nb{c}")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_rtf(data: bytes) -> None:
    rtf.text(data)
    rtf.unpacked(bytes(4) + b"\xff\xff\0\0LZFu" + data)
