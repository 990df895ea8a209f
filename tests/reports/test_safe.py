import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.reports.safe import HIDDEN, cells, clean, defang, fit, plain, safe, shorten, shorten_path

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)


@given(ANY_TEXT)
def test_nothing_hidden_is_left(text):
    shown = safe(text)
    assert not re.search(f"[{HIDDEN}]", shown)
    assert "\n" not in shown
    assert len(shown) <= 400
    shown.encode()


@given(ANY_TEXT, st.sampled_from(["ascii", "cp949", "utf-8", "latin-1", "no-such-encoding"]))
def test_everything_fits_every_encoding(text, encoding):
    shown = fit(safe(text), encoding)
    shown.encode("ascii" if encoding == "no-such-encoding" else encoding)


@given(ANY_TEXT, st.integers(12, 80))
def test_shortened_text_fits(text, width):
    text = clean(text)
    assert cells(shorten(text, width)) <= width
    assert cells(shorten_path(text, width)) <= width


@given(ANY_TEXT)
def test_plain_text_is_utf8(text):
    plain(text).encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("\x1b]0;title\x07x", "\\x1b]0;title\\x07x"),
        ("a\u202egpj.exe", "a\\u202egpj.exe"),
        ("two\nlines\tand tab", "two lines and tab"),
        ("x" + "\ufe01" * 50 + "y", "x\\ufe01\\ufe01\\ufe01[+47 hidden]y"),
        ("cmd" + " " * 200 + "node x", "cmd  [200 blanks]  node x"),
        ("\udcff.txt", "\\udcff.txt"),
        ("\U000e0041", "\\U000e0041"),
        ("가나다 ok", "가나다 ok"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
    ],
)
def test_clean(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://c2.example.invalid/a.js?x=1.2", "see hxxps://c2[.]example[.]invalid/a.js?x=1.2"),
        ("hxxps://c2[.]example[.]invalid", "hxxps://c2[.]example[.]invalid"),
        ("https://c2[.]example.invalid", "hxxps://c2[.]example[.]invalid"),
        ("ws://a.test wss://b.test", "wxs://a[.]test wxss://b[.]test"),
        ("from 192.0.2.7:8080", "from 192.0.2[.]7:8080"),
        ("version 1.2.3 of a.b", "version 1.2.3 of a.b"),
        ("HTTP://A.TEST", "hxxp://A[.]TEST"),
    ],
)
def test_defang(text, shown):
    assert defang(text) == shown


def test_width_counts_cells():
    assert cells("가나다abc") == 9
    assert cells("e\u0301") == 1
    assert shorten("가나다라마", 7) == "가나다…"


def test_paths_are_cut_in_the_middle():
    shown = shorten_path("src/components/very/deep/folder/file.js", 24)
    assert shown.startswith("src/")
    assert shown.endswith("file.js")
    assert "…" in shown


def test_fit_uses_stand_ins():
    assert fit("✗ a · b → c …", "ascii") == "[X] a - b -> c ..."
    assert fit("✗ 악성 · b", "cp949") == "[X] 악성 · b"
    assert fit("가", "latin-1") == "\\uac00"
