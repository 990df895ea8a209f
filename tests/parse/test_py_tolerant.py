"""Python 2 and broken files: the tolerant parser gives what can be understood."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse import py_flow, py_tolerant


def names(text: str) -> list[str]:
    return [call.name for call in py_flow.read(py_tolerant.parse(text.encode())).calls]


def test_python_2():
    text = (
        "import urllib2, os as o\nfrom httplib import *\ndef f(a, b=1):\n    print 'x', a\n    try:\n        o.system('true')\n"
        "    except Exception, e:\n        print e\n    return urllib2.urlopen('http://h.test').read()\n"
        "exec f(1)\nclass A(object):\n    def g(self):\n        self.x = ur'\\d'\n        return `self.x`\n"
    )
    assert {"print", "os.system", "urllib2.urlopen().read", "~f", "exec"} <= set(names(text))


def test_a_broken_line_does_not_hide_the_others():
    assert "os.system" in names("import os\nx = = (\nos.system('true')\n")
    assert "os.system" in names("import os\nos.system('true')\ndef (:\n")


def test_lines_are_kept():
    (call,) = py_flow.read(py_tolerant.parse(b"import os\n\nprint 'a'\n")).calls
    assert call.line == 3


@given(st.binary(max_size=300))
def test_any_bytes(data):
    assert isinstance(py_tolerant.parse(data), ast.Module)
    py_flow.read(py_tolerant.parse(data))


@given(st.text(alphabet="deflambda:=()[]{}.,'\"\n if for in with as import print exec 0123+-*", max_size=150))
def test_any_program_like_text(text):
    py_flow.read(py_tolerant.parse(text.encode()))
