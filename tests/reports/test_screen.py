"""What a stranger's program may do to the person's terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.reports.screen import Screen


def shown(data, *, interactive=True, colour=True):
    return Screen(colour=colour, interactive=interactive).feed(data)


@pytest.mark.parametrize(
    "data",
    [
        b"plain \xea\xb0\x80 \xf0\x9f\x98\x80\r\n\t",
        b"\x1b[31;1mred\x1b[0m",
        b"\x1b[2J\x1b[1;1H\x1b[?25l\x1b[?1049h\x1b[4 q\x1b7\x1b8\x1b(B",
        b"\x1b]0;title\x07",
    ],
)
def test_what_programs_draw_with_is_kept(data):
    assert shown(data) == data


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b]52;c;QUFB\x07",
        b"\x1b]52;c;QUFB\x1b\\",
        b"\x1b]8;;http://c2.test/\x07",
        b"\x1b]1337;File=name=x:AAAA\x07",
        b"\x1b]0;a\x1b]52;c;QUFB\x07",
        b"\x1bP+q544e\x1b\\",
        b"\x1b_G\x1b\\",
        b"\x1b^x\x1b\\",
        b"\x1bXx\x1b\\",
        b"\x1b[6n",
        b"\x1b[c",
        b"\x1b[>c",
        b"\x1b[21t",
        b"\x1b[5i",
        b"\xc2\x9d52;c;QUFB\xc2\x9c"[:2],
        b"\x9d",
        "\u202e".encode(),
        b"\x1b[" + b"1;" * 600 + b"m",
    ],
)
def test_what_makes_a_terminal_act_or_answer_is_dropped(data):
    assert b"\x1b" not in shown(b"a" + data).removeprefix(b"a").replace(b"\x1bb", b"")
    assert b"\x9d" not in shown(data)


def test_lines_of_text_have_colours_at_most():
    data = b"\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07\r\x07\n"
    assert shown(data, interactive=False) == b"\x1b[31mred\x1b[0m\n"
    assert shown(data, interactive=False, colour=False) == b"red\n"


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_pieces_make_no_difference(pieces):
    screen = Screen(colour=True, interactive=True)
    assert b"".join(map(screen.feed, pieces)) == shown(b"".join(pieces))


@given(st.binary(max_size=200))
def test_no_string_control_ever_passes(data):
    out = shown(data)
    for start in (b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x1b]52", b"\x1b]8", b"\x1b]1337"):
        assert start not in out
