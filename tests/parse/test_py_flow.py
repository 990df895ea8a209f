"""The reader of Python: names, constants, origins, functions, files. Nothing is executed."""

import ast

import pytest

from lazaretto.parse.py_flow import read


def calls(text: str):
    return read(ast.parse(text)).calls


def last(text: str):
    return calls(text)[-1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import os as o\no.system(1)", "os.system"),
        ("from os import system as s\ns(1)", "os.system"),
        ("from os import *\nsystem(1)", "os.system"),
        ("__import__('os').system(1)", "os.system"),
        ("import importlib\nimportlib.import_module('os').system(1)", "os.system"),
        ("getattr(__import__('os'), 'sys' + 'tem')(1)", "os.system"),
        ("__builtins__['exec'](1)", "exec"),
        ("globals()['exec'](1)", "exec"),
        ("eval('exec')(1)", "exec"),
        ("import sys\nsys.modules['os'].system(1)", "os.system"),
        ("x = y = print\ny(1)", "print"),
        ("import socket\ns = socket.socket()\ns.recv(1)", "socket.socket().recv"),
        ("with open('a') as f:\n  f.read()", "open().read"),
        ("import requests\nwith requests.Session() as s:\n  s.get(1)", "requests.Session().get"),
        (
            "class A:\n  def __init__(self):\n    import os\n    self.o = os\n  def f(self):\n    self.o.system(1)",
            "os.system",
        ),
    ],
)
def test_names(text, name):
    assert last(text).name == name


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a' + 'b' * 3", "abbb"),
        ("''.join(['a', 'b'])", "ab"),
        ("'cba'[::-1]", "abc"),
        ("'%s-%d' % ('a', 1)", "a-1"),
        ("'{}-{x}'.format('a', x='b')", "a-b"),
        ("f'{1}{\"a\"}'", "1a"),
        ("chr(97) + chr(0x62)", "ab"),
        ("''.join(map(chr, [97, 98]))", "ab"),
        ("''.join(chr(c ^ 1) for c in b'`c')", "ab"),
        ("bytes.fromhex('6162').decode()", "ab"),
        ("__import__('base64').b64decode('YWI=').decode('utf-8')", "ab"),
        ("__import__('codecs').decode('no', 'rot13')", "ab"),
        ("__import__('zlib').decompress(bytes.fromhex('789c4b4c02000126 00c4'.replace(' ', ''))).decode()", "ab"),
        ("'axb'.replace('x', '')", "ab"),
        ("(lambda t: t.lower())('AB')", "ab"),
        ("str(oct)[1:9]", "built-in"),
        ("[x for x in ('a', 'b')][1] if 0 else 'b'", "b"),
    ],
)
def test_constants(expression, value):
    assert last(f"print({expression})").args[0].const == value


def test_a_function_of_the_file_is_entered_with_its_arguments():
    text = "import base64\ndef plain(t, n=1):\n    return base64.b64decode(t).decode()\nprint(plain('YWI='))"
    assert last(text).args[0].const == "ab"


def test_shapes_of_partly_known_texts():
    assert last("import os\nprint('https://h.test/' + os.name + '/x')").args[0].shape == "https://h.test/\0/x"


def test_a_decoded_program_is_read_as_well():
    facts = read(ast.parse("import base64\nx = 1\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgndHJ1ZScp'))"))
    inner = [call for call in facts.calls if call.layer]
    assert [(call.name, call.line, call.args[0].const) for call in inner] == [("os.system", 3, "true")]
    assert facts.layers == [("import os;os.system('true')", 3)]


def test_origins_follow_values():
    text = "import requests\ndef get():\n    return requests.get('https://h.test').json()\nprint(get()['a'].strip())"
    assert "net" in last(text).args[0].tags
    text = "import requests\nprint('v=' + requests.get('https://h.test').text)"
    assert last(text).args[0].tags == {"net~"}
    text = "import os\nd = {}\nd['e'] = os.environ\nprint(d)"
    assert "envall" in last(text).args[0].tags
    text = "import os\nprint(os.environ['A'], os.environ.get('B'))"
    assert all(value.tags == {"env"} for value in last(text).args)


def test_files_remember_what_was_written():
    text = (
        "import requests, os\np = os.path.join('/tmp', 'x.bin')\nf = open(p, 'wb')\n"
        "for c in requests.get('https://h.test').iter_content():\n    f.write(c)\nprint(p)"
    )
    facts = read(ast.parse(text))
    assert "file:net" in facts.calls[-1].args[0].tags
    assert facts.files == {"/tmp/x.bin": frozenset({"file:net"})}


def test_threads_and_handlers_are_reached():
    facts = read(ast.parse("import threading\ndef f(): x()\ndef g(): y()\nthreading.Thread(target=f).start()\nh = g\n"))
    assert "f" in facts.at_import
    assert "g" not in facts.at_import


@pytest.mark.parametrize(
    "text",
    [
        "def f(x): return f(x)\nf('a')",
        "def f(x): return g(x)\ndef g(x): return f(x)\nf('a')",
        "f = lambda x: f(x)\nf('a')",
        "x = 'a' * 10**9\nprint(x)",
        "x = 9 ** 9 ** 9\nprint(x)",
        "print('%1000000000d' % 1)",
        "print('{:>1000000000}'.format(1))",
        "print(1 << 10**9)",
        "x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n" + "x = x.replace('a', 'aaaaaaaaaa')\n" * 20,
        "exec('exec(\"exec(1)\")')",
        "print([y for y in range(10**9)])",
        "print(int('9' * 5000))",
        "import base64\nx = 'eJw'\n" + "x = base64.b64decode(x)\n" * 50,
        "match x:\n  case {'a': b}: print(b)\n  case _: pass",
        "async def f():\n  async with a as b:\n    async for c in b: await c\n  return [d async for d in e]",
        "try: pass\nexcept* ValueError: print(1)",
        "class A(B, metaclass=C):\n  x: int = 1\n  y += 1\n  del z\n  global w",
        "(a := print(1)); x[1:2, ...] = *b, = c",
    ],
)
def test_bounds(text):
    assert read(ast.parse(text)) is not None


def test_the_budget_ends_a_file():
    body = "".join(f"def f{n}(x):\n    return f{n - 1}(x + 'a') + f{n - 1}(x + 'b')\n" for n in range(1, 60))
    facts = read(ast.parse("def f0(x): return x\n" + body + "f59('a')\n"))
    assert facts is not None


def executed(text: str) -> set[str]:
    return {tag for call in calls(text) if call.name == "exec" for tag in call.args[0].tags}


@pytest.mark.parametrize(
    "text",
    [
        # the same call again, after what it reads has changed
        "import requests\nx = ''\ndef f(a):\n  exec(x)\nf(1)\nx = requests.get('u').text\nf(1)",
        "import requests\ndef f(a):\n  global x\n  exec(x)\n  x = requests.get('u').text\nx = ''\nf(1)\nf(1)",
        (
            "import requests\nclass A:\n  def f(self, a):\n    exec(self.x)\n    self.x = requests.get('u').text\n"
            "  def g(self):\n    self.x = ''\n    self.f(1)\n    self.f(1)"
        ),
        "import requests\ndef o():\n  x = ''\n  def f(a):\n    exec(x)\n  f(1)\n  x = requests.get('u').text\n  f(1)",
        "import requests\ndef f(a):\n  exec(''.join(x))\nx = []\nf(1)\nx.append(requests.get('u').text)\nf(1)",
    ],
)
def test_a_repeated_call_sees_what_has_changed(text):
    assert "net" in executed(text)


def test_a_repeated_call_is_read_once():
    found = calls("def f(a):\n  work(a)\n" + "f('same')\n" * 5)
    assert len([call for call in found if call.attr == "work"]) == 1
