import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse import documents
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import (
    KeyLines,
    as_mapping,
    as_sequence,
    as_text,
    load_json,
    load_jsonc,
    load_toml,
    load_yaml,
    load_yaml_all,
    need_mapping,
)
from lazaretto.parse.views import ParseError

LOADERS = [load_json, load_jsonc, load_yaml, load_yaml_all, load_toml]


def blob(text: str | bytes) -> Blob:
    return Blob("x", text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def failure(loader, text) -> ParseError:
    with pytest.raises(ParseError) as caught:
        loader(blob(text))
    return caught.value


@pytest.mark.parametrize("loader", LOADERS)
@given(data=st.one_of(st.binary(max_size=200), st.text("{}[]\":,&*a1 \n-<!%'\\#=.", max_size=60).map(str.encode)))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_value_or_the_declared_error(loader, data):
    reason, line = "read", 1
    try:
        loader(blob(data))
    except ParseError as error:
        reason, line = error.reason, error.line
    assert reason
    assert line >= 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
@settings(max_examples=100, deadline=None)
def test_json_agrees_with_the_standard_library(value):
    text = json.dumps(value)
    assert load_json(blob(text)) == json.loads(text)
    assert load_jsonc(blob(text)) == json.loads(text)


@pytest.mark.parametrize("loader", [load_json, load_jsonc])
def test_lone_surrogates_become_replacement_characters_and_pairs_stay(loader):
    assert loader(blob(r'{"a": "\ud800", "b": "\ud83d\ude00", "c": "\uDC00x"}')) == {"a": "�", "b": "😀", "c": "�x"}


@pytest.mark.parametrize("loader", [load_json, load_jsonc])
def test_a_byte_order_mark_is_no_part_of_the_document(loader):
    assert loader(blob(b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(
    ("loader", "text"),
    [
        (load_json, "[" * 100_000),
        (load_json, "[" * 400 + "]" * 400),
        (load_json, '{"a":' * 300 + "1" + "}" * 300),
        (load_jsonc, "[" * 400 + "]" * 400),
        (load_yaml, "[" * 100_000),
        (load_yaml, "- " * 100_000),
        (load_yaml, "\n".join(" " * depth + "a:" for depth in range(900))),
        (load_yaml, "a: {t: http://x.test}\nb: " + "[" * 5_000),
        (load_toml, "a = " + "[" * 10_000),
        (load_toml, ".".join("a" * 500) + " = 1"),
    ],
)
def test_deep_nesting_is_refused(loader, text):
    assert failure(loader, text).reason == "nested too deeply"


def test_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 10)
    assert failure(load_json, "[1, 2, 3, 4, 5]").reason == "longer than 10 bytes"


@pytest.mark.parametrize(
    ("loader", "text", "line"),
    [
        (load_json, '{\n"a": 1,\n"b" 2}', 3),
        (load_jsonc, '{\n"a": 1,\n"b" 2}', 3),
        (load_yaml, "a: 1\nb: [\n", 3),
        (load_yaml, "a: {t: http://x.test}\nb: [\n", 3),
        (load_toml, "a = 1\nb = \n", 2),
    ],
)
def test_errors_tell_the_line(loader, text, line):
    assert failure(loader, text).line == line


@pytest.mark.parametrize("loader", [load_json, load_toml])
def test_endless_integers_are_refused(loader):
    digits = "1" * 5_000
    assert failure(loader, f"a = {digits}" if loader is load_toml else digits)


def test_comments_and_trailing_commas_are_json_with_comments():
    assert load_jsonc(blob('// c\n{"a": [1, 2,], /* d */ "b": "//no"}')) == {"a": [1, 2], "b": "//no"}
    assert failure(load_json, '// c\n{"a": 1}').line == 1


def test_accessors_never_raise():
    assert as_mapping([1]) == {}
    assert as_sequence({"a": 1}) == ()
    assert [as_text(value) for value in ("a", 1, 1.5, True, None, [])] == ["a", "1", "1.5", "", "", ""]
    assert need_mapping({"a": 1}, "it") == {"a": 1}
    with pytest.raises(ParseError, match="it is not a mapping"):
        need_mapping([], "it")


def test_key_lines_are_taken_in_order():
    lines = KeyLines(blob('{\n"a": {\n"b": [1],\n"c": "a: {"\n},\n"x\\"y": {"a": {}}}'))
    assert [lines.take("a"), lines.take("a"), lines.take("a")] == [2, 6, 6]
    assert lines.take("b") == 3
    assert lines.take("c") == 1
    assert lines.take('x"y') == 6


def test_key_lines_after_a_line():
    lines = KeyLines(blob('{"s": {\n"a": "1"},\n"d": {\n"a": "2"}}'), texts=True)
    assert lines.after(1, "a") == 2
    assert lines.after(3, "a") == 4
    assert lines.after(5, "a") == 5
