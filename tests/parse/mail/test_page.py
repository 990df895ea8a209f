"""What of an HTML part is seen, what is hidden, and where links lead."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse.mail.page import DEPTH, page


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : none !important",
        "visibility:hidden",
        "font-size:0",
        "font-size:0px",
        "font-size: 1px",
        "font-size:0.5pt",
        "opacity:0",
        "color:#fff",
        "color: white",
        "color:rgb(254, 254, 254)",
        "max-height:0;overflow:hidden",
        "text-indent:-9999px",
        "position:absolute;left:-5000px",
        "mso-hide:all",
        "color:transparent",
        "background:#123456;color:#123457",
    ],
)
def test_hidden_by_style(style: str) -> None:
    seen = page(f'<p>hello</p><div class=x style="{style}">run it <b>now</b></div><p>bye</p>')
    assert seen.hidden == "run it now"
    assert seen.text.split() == ["hello", "bye"]


@pytest.mark.parametrize(
    "style",
    [
        "color:#333",
        "font-size:12px",
        "font-size:0.9em",
        "opacity:0.9",
        "height:0",
        "background:#000;color:#fff",
        "left:-5px",
        "font-size:70%",
    ],
)
def test_not_hidden(style: str) -> None:
    assert page(f'<div style="{style}">run it</div>').hidden == ""


def test_hidden_by_sheet_attribute_and_font() -> None:
    html = "<style>p{margin:0} .pre, #z {display:none} @media print {.ok{display:none}} span.q{font-size:0}</style><p class='a pre'>one</p><p id=z>two</p><p hidden>three</p><span class=q>four</span><font color=white>five</font><p class=ok>six</p>"
    seen = page(html)
    assert seen.hidden.split() == ["one", "two", "three", "four", "five"]
    assert seen.text == "six"


def test_links_comments_and_silence() -> None:
    seen = page(
        '<head><title>T</title></head><!-- <a href="https://no.test">no</a> --><a\nhref="https://evil.test/?a=1&amp;b=2">https://corp.test/<img src=x></a>'
        "<div style='display:none'><a href=https://dark.test>x</a></div><script>var a = '<a href=1>';</script><form action=https://form.test><a href='https://open.test'>never closed"
    )
    assert [(link.text, link.target, link.hidden) for link in seen.links] == [
        ("https://corp.test/", "https://evil.test/?a=1&b=2", False),
        ("x", "https://dark.test", True),
        ("", "https://form.test", False),
        ("never closed", "https://open.test", False),
    ]
    assert seen.text.split() == ["https://corp.test/", "never", "closed"]


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<a ",
        "<a href='",
        "<!--",
        "<style>",
        "<",
        "&#",
        "<a href=x>",
        "</p>",
        "<p hidden ",
        '<x y="',
        "<script>",
        "</",
        "<![CDATA[",
        "a{",
        "<style>a{",
    ],
)
def test_repetition_takes_no_time(piece: str) -> None:
    begin = time.process_time()
    seen = page(piece * 60_000)
    assert time.process_time() - begin < 6
    if piece == "<div>":
        assert seen.cut
        assert DEPTH < 60_000


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "<a href=x>",
                    "</a>",
                    "<p style='",
                    "display:none",
                    "'>",
                    "<!--",
                    "-->",
                    "<style>",
                    "</style>",
                    "{",
                    "}",
                    ".a",
                    "&amp",
                    "<",
                    ">",
                    "hidden",
                ]
            ),
            st.text(max_size=8),
        )
    )
)
def test_any_text(pieces: list[str]) -> None:
    page("".join(pieces))
