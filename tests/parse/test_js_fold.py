from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse import js_fold


def test_decoders():
    assert js_fold.from_base64("aGVsbG8=") == "hello"
    assert js_fold.from_base64("aGVsbG8") == "hello"
    assert js_fold.from_base64("a-_/") is not None
    assert js_fold.from_hex("68656c6c6fzz") == "hello"
    assert js_fold.from_percent("%68%65%u006clo") == "hello"
    assert js_fold.from_codes(["104", "0x69"]) == "hi"
    assert js_fold.from_codes(["104", "x"]) is None
    assert js_fold.from_codes(["99999999"]) is None


def test_numbers():
    assert [js_fold.number_of(text) for text in ("10", "0x10", "010", "1_0", "a", "1.5", "9" * 40)] == [
        10,
        16,
        10,
        10,
        None,
        None,
        None,
    ]


def test_hidden_urls():
    assert js_fold.decoded_url("aHR0cHM6Ly9hLmV4YW1wbGUudGVzdC9i") == "https://a.example.test/b"
    assert js_fold.decoded_url(b"https://a.example.test".hex()) == "https://a.example.test"
    assert js_fold.decoded_url("aGVsbG8gd29ybGQgaGVsbG8=") is None
    assert js_fold.decoded_url("https://a.example.test") is None


def test_long_input_is_left_alone():
    long = "a" * (js_fold.MAX_CHARS + 1)
    assert [f(long) for f in (js_fold.from_base64, js_fold.from_hex, js_fold.from_percent)] == [None, None, None]


@given(st.text(max_size=200))
def test_any_text(text):
    for decode in (js_fold.from_base64, js_fold.from_hex, js_fold.from_percent, js_fold.number_of, js_fold.decoded_url):
        decode(text)
    js_fold.from_codes([text])
