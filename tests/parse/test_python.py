"""The view of Python files: what is accepted, how it is parsed, when what runs."""

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.model.finding import Phase
from lazaretto.parse.blob import Blob
from lazaretto.parse.prefilter import Terms
from lazaretto.parse.python import PythonModule, is_disguised, python_source


def module(text: str | bytes, path: str = "package/module.py") -> PythonModule:
    return PythonModule.of(Blob(path, text if isinstance(text, bytes) else text.encode()))


@pytest.mark.parametrize(
    ("path", "data", "accepted"),
    [
        ("a.py", b"", True),
        ("a.PYW", b"", True),
        ("tool", b"#!/usr/bin/env python3\nprint(1)\n", True),
        ("tool", b"#!/bin/sh\n", False),
        ("font.woff2", b"import os\nprint(os.name)\n", True),
        ("font.woff2", b"wOF2\0\1", False),
        ("README.md", b"import os\nprint(os.name)\n", False),
        ("LICENSE", b"from the authors import nothing at all\n", False),
    ],
)
def test_what_is_accepted(path, data, accepted):
    assert PythonModule.accepts(Blob(path, data)) is accepted


def test_disguise_needs_a_program():
    assert is_disguised(Blob("a.dat", b"import os\nprint(1)\n"))
    assert not is_disguised(Blob("a.dat", b"import os\nthis reads like prose\n"))
    assert not is_disguised(Blob("a.py", b"import os\nprint(1)\n"))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = '\xe9'\n"),
        (b"# coding: nonsense\nx\n", "# coding: nonsense\nx\n"),
    ],
)
def test_source_encoding(data, text):
    assert python_source(Blob("a.py", data)) == text


def test_phases():
    view = module("def a(): x()\ndef b(): y()\na()\nif __name__ == '__main__':\n    b()\n")
    phases = {call.attr: view.phase(call.scope) for call in view.facts.calls}
    assert phases == {"a": Phase.IMPORT, "x": Phase.IMPORT, "b": Phase.RUN, "y": Phase.RUN}


def test_setup_commands_run_at_installation():
    text = (
        "from setuptools import setup\nfrom setuptools.command.install import install\n"
        "class C(install):\n    def run(self):\n        act()\ndef other():\n    idle()\nsetup(cmdclass={'install': C})\n"
    )
    view = module(text, "setup.py")
    phases = {call.attr: view.phase(call.scope) for call in view.facts.calls}
    assert phases["act"] is Phase.INSTALL
    assert phases["idle"] is Phase.RUN


@pytest.mark.parametrize(
    "data",
    [
        b"(" * 5000,
        b"-" * 100_000 + b"1",
        b"a" + b".a" * 50_000,
        b"x = " + b"1+" * 50_000 + b"1\n",
        b"\0\0\0",
        b"if x:\n" + b" if x:\n" * 300,
        b"[" * 90 + b"]" * 90,
        b"lambda: " * 3000 + b"1",
        b"# coding: utf-16\nimport os\n",
        b"# coding: rot13\nvzcbeg bf\n",
    ],
)
def test_hostile_shapes_give_facts(data):
    assert module(data).facts.calls is not None


def test_a_table_of_numbers_is_cut():
    view = module(b"T = [" + b"123456, " * 120_000 + b"]\nimport os\nos.system('true')\n")
    assert [call.name for call in view.facts.calls] == ["os.system"]
    assert view.facts.calls[0].line == 3


def test_a_dense_file_is_read_in_part():
    view = module(b"x = f(g(h.i[j]), k)\n" * 100_000)
    assert view.facts.partial


@given(st.binary(max_size=400))
def test_any_bytes_give_facts(data):
    assert module(data).facts is not None


@given(st.text(alphabet="exec()[]{}'\"\\\n\t :=+-*%.,0123abclambdforin", max_size=200))
def test_any_program_like_text_gives_facts(text):
    assert module(text).facts is not None


def test_words_are_cheap_and_exact():
    assert not module("cursor.execute('x')\nmodel.eval()\n").speaks("exec")
    assert module("exec(x)\n").speaks("exec")
    assert module("run = exec\n").speaks("exec")
    assert module("exec x\n").speaks("exec")


def test_the_end_of_a_dense_file_is_read():
    view = module(b"x = f(g(h.i[j]), k)\n" * 100_000 + b"import os\nos.system('true')\n")
    (call,) = [call for call in view.facts.calls if call.name == "os.system"]
    assert call.line == 100_002
    assert view.facts.partial


@given(st.binary(max_size=400))
def test_mentions_are_what_the_bytes_hold(data):
    words = Terms((b"a", b"os.x", b"[::", b"\\x65", b"ab_1", b" ^ "))
    assert module(data).mentions(words) == any(word in data for word in words.words)


@pytest.mark.parametrize(
    "text", ["x = ord(c)^k", "x = (ord(a)\n     ^ key)", "x = a \\\n ^ b", "x = a ^\\\n b", "x ^= 3"]
)
def test_exclusive_or_is_an_operator(text):
    assert module(text).speaks("disguise")


@pytest.mark.parametrize(
    "text", ["re.match('^a')", "'''\n  f(x)\n    ^^^^\n    ^\nError'''", "'[^abc]'", "b'\\x89PNG'"]
)
def test_near_miss_carets_and_binary_escapes(text):
    assert not module(text).speaks("disguise")


def test_the_collector_is_left_as_it_was():
    assert gc.isenabled()
    assert module("x = 1").facts.calls == []
    assert gc.isenabled()


def test_what_was_read_is_freed_without_the_collector():
    module = PythonModule(Blob("a.py", b"import os\ndef f():\n    return [os.getcwd() for _ in (1, 2)]\nf()\n"))
    gc.collect()
    gc.disable()
    try:
        assert module.facts.calls
        tree = weakref.ref(module.tree)
        del module
        assert tree() is None
    finally:
        gc.enable()
