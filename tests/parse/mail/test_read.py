"""Mails out of bytes: well-formed ones as the standard library writes them, and those that mail is made of."""

import base64
import time
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.model.mail import Mailbox
from lazaretto.parse.mail.mime import MailLimits
from lazaretto.parse.mail.read import is_mail, read


def letter(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = '"Kim, Jiwoo" <hr@corp.test>'
    mail["To"] = "me@home.test"
    mail["Subject"] = "채용 제안드립니다"
    mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0900"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail


def one(data: bytes, **more: object) -> object:
    box = read("a.eml", data, **more)  # type: ignore[arg-type]
    assert len(box.mails) == 1
    return box.mails[0]


def reasons(mail: object) -> str:
    return " | ".join(gap.reason.english() for gap in mail.gaps)  # type: ignore[attr-defined]


def test_a_letter_with_everything() -> None:
    mail = letter(Reply_To="Recruit <recruit@other.test>")
    mail.set_content("안녕하세요.\n코드: https://code.test/task.\n")
    mail.add_alternative(
        "<p>안녕하세요.</p><a href='https://elsewhere.test/'>https://code.test</a><div style='display:none'>나중에</div>",
        subtype="html",
    )
    mail.add_attachment(
        b"PK\x03\x04\x14\x00\x01\x00" + b"\0" * 40, maintype="application", subtype="zip", filename="과제.zip"
    )
    read_ = one(mail.as_bytes())
    assert read_.sender == Mailbox("Kim, Jiwoo", "hr@corp.test")
    assert read_.reply_to == (Mailbox("Recruit", "recruit@other.test"),)
    assert read_.subject == "채용 제안드립니다"
    assert read_.date is not None
    assert read_.date.isoformat() == "2026-11-24T10:00:00+09:00"
    assert read_.text == "안녕하세요.\n코드: https://code.test/task.\n"
    assert [(link.text, link.target, link.line) for link in read_.links] == [
        ("https://code.test/task", "https://code.test/task", 2),
        ("https://code.test", "https://elsewhere.test/", 1),
    ]
    assert read_.hidden == "나중에"
    (part,) = read_.attachments
    assert (part.name, part.media_type, part.sniffed, part.encrypted, part.size) == (
        "과제.zip",
        "application/zip",
        "zip",
        True,
        48,
    )
    assert read_.gaps == ()
    assert read_.line("subject") == 3


def test_korean_whatever_is_declared() -> None:
    text = "안녕하세요, 저희 회사 채용 담당자입니다. 코딩 과제를 보내드립니다."
    for real, declared in (
        ("euc-kr", "ks_c_5601-1987"),
        ("cp949", "euc-kr"),
        ("cp949", "utf-8"),
        ("euc-kr", "us-ascii"),
        ("iso2022_kr", "iso-2022-kr"),
        ("iso2022_kr", ""),
        ("utf-8", "euc-kr"),
        ("utf-8", "rot13"),
        ("cp949", "nonsense"),
    ):
        kind = f"text/plain; charset={declared}" if declared else "text/plain"
        data = b"From: a@b.test\nSubject: x\nContent-Type: " + kind.encode() + b"\n\n" + text.encode(real)
        assert one(data).text == text, (real, declared)


def encoded(text: str, encoding: str) -> bytes:
    return b"=?" + encoding.encode() + b"?B?" + base64.b64encode(text.encode(encoding)) + b"?="


def test_korean_in_headers() -> None:
    for subject in (
        encoded("채용 ", "euc-kr") + b" " + encoded("제안드립니다", "euc-kr"),
        "채용 제안드립니다".encode("cp949"),
        "채용 제안드립니다".encode(),
        encoded("채용", "utf-8") + b"\n =?utf-8?Q?_=EC=A0=9C?= =?utf-8?Q?=EC=95=88?=" + "드립니다".encode(),
    ):
        assert one(b"From: a@b.test\nSubject: " + subject + b"\n\nx").subject == "채용 제안드립니다"
    whole = "채용".encode()
    cut = b" ".join(b"=?utf-8?B?" + base64.b64encode(piece) + b"?=" for piece in (whole[:4], whole[4:]))
    assert one(b"From: a@b.test\nSubject: " + cut + b"\n\nx").subject == "채용"  # one character in two words
    sender = one(b"From: " + encoded('김지우, HR" <x@evil.test>', "utf-8") + b" <hr@corp.test>\n\nx").sender
    assert sender.address == "hr@corp.test"  # what is encoded makes no syntax


def test_a_file_name_in_pieces() -> None:
    data = (
        b"From: a@b.test\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: application/octet-stream\n"
        b"Content-Disposition: attachment; filename*0*=utf-8''%EA%B3%BC; filename*1*=%EC%A0%9C; filename*2=.zip\n\nabc\n--B--\n"
    )
    (part,) = one(data).attachments
    assert (part.name, part.data) == ("과제.zip", b"abc")


def test_broken_mime_gives_what_is_there() -> None:
    no_end = b"From: a@b.test\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n--B\nContent-Type: application/zip\n\nPK\x03\x04"
    mail = one(no_end)
    assert mail.text == "hello"
    assert [part.sniffed for part in mail.attachments] == ["zip"]
    lost = one(b"From: a@b.test\nContent-Type: multipart/mixed; boundary=Z\n\n--B\n\nhello\n--B--\n")
    assert "hello" in lost.text
    assert "boundary" in reasons(lost)
    odd = one(b"From: a@b.test\nthis is no field\nReply-To: c@d.test\n\nhello")
    assert odd.reply_to == ()
    assert "Reply-To: c@d.test" in odd.text
    assert "breaks off" in reasons(odd)


def test_control_characters_in_headers() -> None:
    mail = one(b"From: a@b.test\nSubject: x\rReply-To: c@d.test\x1b]0;t\x07\n\nhello")
    assert mail.reply_to == ()
    assert mail.subject == "x Reply-To: c@d.test ]0;t"
    assert "control characters" in reasons(mail)


def test_mails_in_mails_are_bounded() -> None:
    data = b"From: z@z.test\nSubject: core\n\ncore"
    for number in range(40):
        data = b"From: a%d@b.test\nContent-Type: message/rfc822\n\n" % number + data
    mail = one(data)
    depth, told = 0, ""
    while True:
        told += reasons(mail)
        if not mail.inner:
            break
        mail, depth = mail.inner[0], depth + 1
    assert depth == MailLimits().nested
    assert "more mails within mails" in reasons(one(data))
    assert mail.name.count("!/message-1") == depth


def test_parts_in_parts_are_bounded() -> None:
    data = b"Content-Type: text/plain\n\ncore"
    for number in range(60):
        data = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n%s\n--b%d--\n' % (number, number, data, number)
    mail = one(b"From: a@b.test\n" + data)
    assert "nested deeper" in reasons(mail)
    many = b"".join(b"--B\n\nx\n" for _ in range(5000))
    assert "more parts" in reasons(one(b"From: a@b.test\nContent-Type: multipart/mixed; boundary=B\n\n" + many))


def test_thousands_of_received_lines() -> None:
    line = b"Received: from a.test (a.test [192.0.2.1]) by b.test with ESMTP; Tue, 24 Nov 2026 10:00:00 +0000\n"
    begin = time.process_time()
    mail = one(b"From: a@b.test\n" + line * 20_000 + b"\nhello")
    assert time.process_time() - begin < 2
    assert len(mail.hops) == 200
    assert "Received" in reasons(mail)
    assert (mail.hops[0].host, mail.hops[0].address, mail.hops[0].by) == ("a.test", "192.0.2.1", "b.test")


def test_a_large_attachment() -> None:
    payload = base64.encodebytes(b"PK\x03\x04" + bytes(50 << 20))
    data = (
        b"From: a@b.test\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n--B\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
        + payload
        + b"\n--B--\n"
    )
    begin = time.process_time()
    mail = one(data)
    assert time.process_time() - begin < 3
    assert mail.attachments[0].size == (50 << 20) + 4 == len(mail.attachments[0].data)
    assert mail.gaps == ()
    small = one(data, limits=MailLimits(part_bytes=1 << 20))
    assert small.text == "hello"
    assert (small.attachments[0].sniffed, small.attachments[0].data) == ("zip", b"")
    assert small.attachments[0].size > 50 << 20
    assert "larger than what is kept" in reasons(small)


def test_a_mailbox() -> None:
    data = b"".join(
        b"From x@y.test Tue Nov 24 10:00:00 2026\nFrom: a%d@b.test\nSubject: s\n\nFrom here on\n\nFrom now 2026\n\n" % n
        for n in range(3)
    )
    box = read("in.mbox", data)
    assert [mail.sender.address for mail in box.mails] == ["a0@b.test", "a1@b.test", "a2@b.test"]
    assert [mail.name for mail in box.mails] == ["in.mbox!/1", "in.mbox!/2", "in.mbox!/3"]
    assert box.mails[1].line("subject") == 11
    assert len(read("in.mbox", data, MailLimits(messages=2)).mails) == 2
    assert "more mails" in read("in.mbox", data, MailLimits(messages=2)).gaps[0].reason.english()


def test_nothing_that_is_a_mail() -> None:
    for data in (b"", b"\n\n", b"just words", b"\0" * 500, b"\xef\xbb\xbf"):
        mail = one(data)
        assert "no header" in reasons(mail)
    assert not is_mail("a.txt", b"hello: world\n")
    assert is_mail("paste", b"From: a@b.test\nTo: c@d.test\nSubject: x\n\nhi")
    assert is_mail("a.EML", b"")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    read("a.eml", data)
    read("a.eml", b"From x 2026\n" + data)


_PIECES = [
    b"From: ", b"a@b.test", b"\n", b"\r\n", b"\n\n", b"Content-Type: multipart/mixed; boundary=B\n", b"--B\n", b"--B--", b"--", b"\r",
    b"Content-Type: text/html; charset=euc-kr\n", b"Content-Transfer-Encoding: base64\n", b"<a href='", b"<div style='font-size:0'>",
    b"Content-Type: message/rfc822\n\n", b"=?utf-8?B?", b"?=", b"\xb0\xa1", b"\x1b$)C", b"(", b"\"", b"<", b">", b",", b";",
    b"Received: from ", b"Authentication-Results: ", b"spf=pass ", b"by x.test", b"=", b"<!--", b"<style>", b".a{display:none}",
    b"x\x9f\x3e\x22", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Content-Transfer-Encoding: quoted-printable\n", b"begin 644 a\n",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=20)), max_size=60))
def test_any_pieces_of_mails(pieces: list[bytes]) -> None:
    read("a.eml", b"".join(pieces))
