import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.js_sniff import has_node_shebang, is_asset_name, is_code_name, is_disguised, looks_like_javascript

SCRIPT = b"const a = require('x');\nfunction b() { return a; }\nmodule.exports = b;\n"


def test_names():
    assert is_code_name("src/a.MJS")
    assert not is_code_name("src/a.json")
    assert is_asset_name("a/b.WOFF2")
    assert is_asset_name("a/.svn/entries")
    assert is_asset_name(".DS_Store")
    assert not is_asset_name("a.txt")
    assert has_node_shebang(b"#!/usr/bin/env -S node --x\n")
    assert not has_node_shebang(b"#!/bin/bash\n# node\n")


@pytest.mark.parametrize(
    "data",
    [
        SCRIPT,
        b" " * 752 + SCRIPT,
        b"(function(a,b){while(!![]){try{const _0x12ab=parseInt(a);}catch(c){}}})();const x=process['env'];",
        b"!async function(){await import('x');const y=Buffer.from('');console.log(y)}()",
    ],
)
def test_scripts(data):
    assert looks_like_javascript(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"short",
        b"\0" + SCRIPT,
        b"<html><script>const a = require('x'); function b() {} module.exports = 1</script>",
        b'{"const": "function (a) { require(x) }", "b": "module.exports"}',
        b"# a shell or python comment\nconst a = require('x'); module.exports = function () {}",
        "약관에 동의합니다. const 와 function 은 예약어입니다.".encode() * 3,
        b"GIF89a" + SCRIPT,
    ],
)
def test_other_things(data):
    assert not looks_like_javascript(data)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.png", True),
        ("x/.svn/entries", True),
        ("bin/tool", True),
        ("Makefile", False),
        (".gitignore", False),
        ("a.md", False),
        (".git/hooks/pre-commit", False),
    ],
)
def test_disguise(path, wanted):
    assert is_disguised(path, SCRIPT) is wanted


@given(st.binary(max_size=300))
def test_any_bytes(data):
    assert looks_like_javascript(data) in (True, False)
