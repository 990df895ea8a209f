import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import PARSE_BYTES, JavaScriptModule
from lazaretto.parse.views import ParseError


def module(text, path="a.js"):
    return JavaScriptModule.of(Blob(path, text if isinstance(text, bytes) else text.encode()))


@pytest.mark.parametrize(
    ("path", "data", "wanted"),
    [
        ("a.js", b"x", True),
        ("a.TSX", b"x", True),
        ("a.js", b"\0\0", False),
        ("bin/tool", b"#!/usr/bin/env node\nx", True),
        ("bin/tool", b"#!/bin/sh\nnode x", False),
        ("README", b"const a = 1; function b() {} require('x'); module.exports = 1", False),
        ("a.woff2", b"const a = 1; function b() {} require('x'); module.exports = 1", True),
        ("a.json", b"const a = 1; function b() {} require('x'); module.exports = 1", False),
    ],
)
def test_accepts(path, data, wanted):
    assert JavaScriptModule.accepts(Blob(path, data)) is wanted


def test_disguised():
    assert not module("x").disguised
    assert module("const a = require('x'); module.exports = a;", "a.png").disguised
    assert module("const a = require('x'); module.exports = a;", "a.png").asset_named
    assert not module("#!/usr/bin/env node\n", "bin/a").disguised


def test_utf16_is_read_as_text():
    seen = module("const a = require('./ä');\n".encode("utf-16"))
    assert seen.imports == (("./ä", 1),)
    assert seen.root.named_child_count == 1


def test_component_keeps_lines():
    seen = module(
        "<template>\n<b>{{ require('no') }}</b>\n</template>\n<script>\nimport a from './a'\n</script>\n", "A.vue"
    )
    assert seen.imports == (("./a", 5),)
    assert seen.source.count(b"\n") == 6


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("a.ts", "let a: number = <number>b;", "typescript"),
        ("a.tsx", "const a: X = <b />;", "tsx"),
        ("a.js", "const a = <b />;", "javascript"),
        ("a.vue", "<script lang='ts'>let a: number</script>", "tsx"),
    ],
)
def test_grammars(path, text, wanted):
    seen = module(text, path)
    assert seen.language == wanted
    assert not seen.root.has_error


def test_positions_and_quotes():
    seen = module("a;\n  const  b =\n 1;\n")
    at = seen.source.index(b"const")
    assert seen.position(at) == (2, 3)
    assert seen.line_of(at) == 2
    assert seen.quote(at) == "const b = 1;"


def test_minified():
    assert module("a" * 6000).minified
    assert module("x", "a.min.js").minified
    assert not module("const a = 1;\n" * 1000).minified


def test_too_long_to_parse():
    seen = module(b" " * (PARSE_BYTES + 1))
    with pytest.raises(ParseError):
        _ = seen.root


@given(st.binary(max_size=400))
def test_any_bytes(data):
    seen = module(data)
    assert seen.root.end_byte <= len(seen.source)
    assert all(line >= 1 for _, line in (*seen.imports, *seen.env_names))
    assert isinstance(seen.executions, tuple)


@given(st.text(alphabet="(){}[]=>,;.`'\"$ \neval Function(require)axios.get(https://x.test)then", max_size=300))
def test_any_text_that_looks_like_a_script(text):
    assert isinstance(module(text).executions, tuple)
