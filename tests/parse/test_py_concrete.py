"""Decoders, loops and comprehensions computed without running them; bounds."""

import ast
import base64
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse import py_flow
from lazaretto.parse.blob import Blob
from lazaretto.parse.py_concrete import Machine, Ref, Unable
from lazaretto.parse.py_facts import Facts
from lazaretto.parse.python import PythonModule


def facts(text: str) -> Facts:
    return PythonModule(Blob("package/module.py", text.encode())).facts


def executed(text: str) -> object:
    """What the only `exec` of a text is given."""
    return next(call.args[0].const for call in facts(text).calls if call.name == "exec" and not call.layer)


def nothing(_name: str) -> object:
    raise Unable


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("''.join(chr(x ^ 7) for x in [111, 110])", "hi"),
        ("''.join([y for x in 'ab' for y in x * 2 if y != 'b'])", "aa"),
        ("bytes([104, 105]).decode()", "hi"),
        ("'%s-%d' % ('a', 3)", "a-3"),
        ("{'a': 'b'}['a'] + dict([('x', 'y')])['x']", "by"),
        ("(26729).to_bytes(2, 'big').decode()", "hi"),
        ("'abc'.translate(str.maketrans('abc', 'xyz'))", "xyz"),
        ("(lambda s, k: ''.join(chr(ord(c) - k) for c in s))('ij', 1)", "hi"),
        ("''.join(sorted('ba', reverse=True))", "ba"),
        ("f'{1 + 1}{\"x\"}'", "2x"),
        ("[a + b for a, b in zip('ab', 'cd')]", ["ac", "bd"]),
        ("max(3, 1) if not [] else 0", 3),
        ("'a-b'.split('-')[::-1]", ["b", "a"]),
        ("base64.b64decode('aGk=').decode()", "hi"),
        ("hashlib.md5(b'x').hexdigest()[:4]", "9dd4"),
        ("struct.unpack('<H', b'hi')[0]", 26984),
    ],
)
def test_expressions(expression, value):
    tree = ast.parse(expression, mode="eval")
    assert Machine().value(tree.body, Ref) == value


@pytest.mark.parametrize(
    "expression",
    [
        "open('/etc/passwd')",
        "().__class__",
        "'{0.__class__}'.format(1)",
        "9 ** 9 ** 9",
        "'a' * 99999999",
        "[0] * 9999999999",
        "1 << 99999999",
        "'%999999d' % 1",
        "getattr('x', 'upper')()",
        "[x for x in range(10 ** 7)]",
        "os.system('true')",
        "(lambda f: f(f))(lambda f: f(f))",
        "int('9' * 6000)",
        "1 / 0",
    ],
)
def test_what_is_not_computed(expression):
    tree = ast.parse(expression, mode="eval")
    with pytest.raises(Unable):
        Machine().value(tree.body, Ref)


def test_a_decoder_of_the_file_is_computed():
    text = """
def plain(text, keys):
    out = ""
    for place, sign in enumerate(text):
        out += chr(ord(sign) ^ keys[place % len(keys)])
    return out
exec(plain("qwe", [1, 2]))
"""
    assert executed(text) == "pud"


def test_a_loop_that_builds_text():
    assert executed("r = ''\ni = 0\nwhile i < 3:\n    r += chr(112 + i)\n    i += 1\nexec(r)") == "pqr"


def test_a_table_of_letters():
    text = "d = {'1': 'p', '2': 'q'}\nexec(''.join([v for c in '12' for k, v in d.items() if k == c]))"
    assert executed(text) == "pq"


def test_an_encoder_that_returns_its_text():
    text = "import codecs, base64\nexec(base64.b64decode(codecs.getencoder('utf-8')('cHE=')[0]))"
    assert executed(text) == b"pq"


def test_a_method_that_is_called_later():
    assert executed("j = ''.join\nexec(j(['p', 'q']))") == "pq"


def test_names_in_tables():
    found = facts("globals()['__builtins__'].get(''.join(map(chr, [101, 120, 101, 99])))('pq')")
    assert [(call.name, call.hidden) for call in found.calls][-1] == ("exec", True)


def test_thirty_layers_are_read_and_the_path_is_kept():
    text = "import os\nos.system('true')"
    for _ in range(30):
        packed = base64.b64encode(zlib.compress(text.encode()))[::-1]
        text = (
            "_ = lambda __: __import__('zlib').decompress(__import__('base64').b64decode(__[::-1]));"
            f"exec((_)({packed!r}))"
        )
    found = facts(text)
    call = next(call for call in found.calls if call.name == "os.system")
    assert call.layers[:6] == ("reverse", "base64", "zlib", "reverse", "base64", "zlib")
    assert not found.partial


def test_too_many_layers_are_a_gap():
    many = "\n".join(f"exec('a{number} = 1')" for number in range(80))
    assert facts(many).partial


def test_a_thread_is_a_call_of_its_target():
    found = facts("import threading, os\nthreading.Thread(target=os.system, args=('true',)).start()")
    assert ("os.system", "true") in [(call.name, call.args[0].const) for call in found.calls if call.args]


def test_budget_is_kept():
    machine = Machine(budget=100)
    with pytest.raises(Unable):
        machine.value(ast.parse("[x for x in range(1000)]", mode="eval").body, Ref)
    assert machine.spent


_PARTS = st.sampled_from(
    ["chr(", "ord(", "'ab'", "b'\\x01'", "[1, 2]", ")", "]", "[", "^", "+", "*", "%", "join(", ".", "for x in", "x", "if",
     "lambda y:", "y", "{'a': 1}", "::-1", "9999", ",", "'%d'", "range(", "map(", "while x:", "\n", "    ", "def f(a):",
     "return", "exec(", "=", "zlib.decompress(", "b64decode(", "getattr(", "globals()", "try:", "except: pass"]
)  # fmt: skip


@settings(max_examples=300, deadline=5000)
@given(st.lists(_PARTS, max_size=40))
def test_any_text_gives_facts(parts):
    text = " ".join(parts)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    assert isinstance(py_flow.read(tree, deep=True), Facts)


@settings(max_examples=200, deadline=5000)
@given(st.text(max_size=200))
def test_any_text_gives_facts_through_the_view(text):
    assert isinstance(facts("exec(b64decode('x'))\n" + text), Facts)


@pytest.mark.parametrize(
    "text",
    [
        "import node\nwhile True:\n    node = node.parent\nexec(b64decode(node))",
        "s = 'a' * 100000\nn = 0\nwhile n < 999999:\n    n += 'b' in s\nexec(b64decode(s))",
        "s = []\nfor i in range(9999):\n    s = s + [i]\nexec(b64decode(s))",
        "n = 3\nwhile n:\n    n = n * n\nexec(b64decode(n))",
        "x = list(range(5000))\nexec(''.join(map(lambda i: chr(x[i % 5000] % 99), range(8000))))",
        "def f(n):\n    return f(n - 1) + f(n - 2) if n > 1 else chr(n + 60)\nexec(b64decode(f(40)))",
    ],
)
def test_work_is_bounded(text):
    started = time.process_time()
    facts(text)
    assert time.process_time() - started < 4
