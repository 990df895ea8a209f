import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.archive_names import decode_name, leads_outside, member_path, printable


@pytest.mark.parametrize(
    ("name", "path", "odd"),
    [
        ("a/b.txt", "a/b.txt", ()),
        ("./a//b.txt", "a/b.txt", ()),
        ("a/../b.txt", "b.txt", ()),
        ("../../etc/x", "../../etc/x", ("escaping-path",)),
        ("a/../../x", "../x", ("escaping-path",)),
        ("/etc/x", "etc/x", ("absolute-path",)),
        ("C:/x", "C:/x", ("absolute-path",)),
        ("a\\..\\..\\x", "../x", ("backslash-path", "escaping-path")),
        ("a\x1b[2Jb", "a\\x1b[2Jb", ("control-name",)),
        ("a\u202etxt.exe", "a\\u202etxt.exe", ("control-name",)),
        ("./", "", ()),
    ],
)
def test_member_paths(name, path, odd):
    assert member_path(name) == (path, odd)


@pytest.mark.parametrize(
    ("raw", "text", "plain"),
    [
        ("과제.js".encode(), "과제.js", True),
        ("과제.js".encode("cp949"), "과제.js", False),
        ("ソース.js".encode("cp932"), "ソース.js", False),
        (b"caf\x82.js", "café.js", False),
    ],
)
def test_undeclared_encodings_are_guessed(raw, text, plain):
    assert decode_name(raw) == (text, plain)


def test_a_declared_encoding_that_does_not_hold_is_kept_as_bytes():
    text, plain = decode_name(b"a\xff.js", utf8=True)
    assert (printable(text), plain) == ("a\\xff.js", False)


@pytest.mark.parametrize(
    ("path", "target", "outside"),
    [
        ("a/b", "c", False),
        ("a/b", "../c", False),
        ("a/b", "../../c", True),
        ("b", "../c", True),
        ("b", "/etc/passwd", True),
        ("a/b", "x/../../../c", True),
    ],
)
def test_links(path, target, outside):
    assert leads_outside(path, target) is outside


@given(st.text())
def test_every_name_becomes_printable(name):
    assert printable(name).isprintable()
    assert member_path(name)[0].isprintable()


@given(st.binary(max_size=80), st.booleans())
def test_every_byte_string_is_some_name(raw, utf8):
    assert printable(decode_name(raw, utf8=utf8)[0]).isprintable()
