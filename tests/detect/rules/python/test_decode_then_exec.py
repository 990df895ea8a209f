"""Decoded text that is executed."""

import marshal

from lazaretto.detect.rules.python.decode_then_exec import RULE


def test_base64(scan):
    text = r"""import base64
exec(base64.b64decode("cHJpbnQoJ2hlbGxvJyk7aW1wb3J0IG9zO29zLnN5c3RlbSgndHJ1ZScp"))
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_a_chain_of_three_behind_a_lambda(scan):
    text = r"""_ = lambda __: __import__('marshal').loads(__import__('zlib').decompress(__import__('base64').b64decode(__[::-1])))
exec((_)(b'=='+b'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'))
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_characters(scan):
    text = r"""exec("".join(chr(c) for c in [112,114,105,110,116,40,39,104,101,108,108,111,44,32,119,111,114,108,100,32,111,102,32,116,101,115,116,115,39,41]))
"""
    assert scan(RULE, text) == [(1, "HIGH", "HIGH", "import")]


def test_xor_in_a_loop(scan):
    text = r"""secret = "0123456789abcdef0123456789abcdef0123456789"
out = ""
for i in range(len(secret)):
    out += chr(ord(secret[i]) ^ 7)
exec(out)
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "import")]


def test_an_encrypted_constant(scan):
    text = r"""from fernet import Fernet
exec(Fernet(b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").decrypt(b"gAAAAABm0123456789012345678901234567890"))
"""
    assert scan(RULE, text, "setup.py") == [(2, "HIGH", "HIGH", "install")]


def test_a_command(scan):
    text = r"""import os, base64
def plain(text):
    return base64.b64decode(text.encode("ascii")).decode()
os.system(plain("ZWNobyBoZWxsbyAmJiBlY2hvIHdvcmxk"))
"""
    assert scan(RULE, text) == [(4, "HIGH", "HIGH", "import")]


def test_a_key_that_the_caller_brings(scan):
    text = r"""from Crypto.Cipher import AES
def load(key, data):
    exec(AES.new(key, AES.MODE_ECB).decrypt(data))
"""
    assert scan(RULE, text) == [(3, "HIGH", "MEDIUM", "run")]


def test_near_miss_a_code_generator(scan):
    text = r"""TEMPLATE = "class {name}:\n    pass\n# zlib"
def make(name):
    exec(TEMPLATE.replace("{name}", name), globals())
"""
    assert scan(RULE, text) == []


def test_near_miss_decoding_without_execution(scan):
    text = r"""import base64, zlib
TABLE = zlib.decompress(base64.b64decode("eJwLAAAA"))
def look(i): return eval("TABLE")[i]
"""
    assert scan(RULE, text) == []


def test_near_miss_a_word_in_a_text(scan):
    text = r"""import base64
HELP = "malware often uses exec(base64.b64decode(...))"
print(HELP)
"""
    assert scan(RULE, text) == []


def test_a_cache_of_compiled_code_is_context(scan):
    text = "import marshal\ndef load(data):\n    exec(marshal.loads(data))\n"
    assert scan(RULE, text) == [(3, "LOW", "MEDIUM", "run")]


def test_compiled_code_tells_its_names(run):
    data = marshal.dumps(compile("import subprocess\nsubprocess.run('true')", "x", "exec"))
    (found,) = run(RULE, f"import marshal\nexec(marshal.loads({data!r}))\n").findings
    assert found.message.english() == (
        "executes compiled code that is hidden in a constant (marshal); it uses subprocess"
    )
    assert found.layers == ("marshal",)


def test_the_path_of_decodings(run):
    text = "import base64, zlib\nexec(zlib.decompress(base64.b64decode('eJzLzC3ILypRyC/myi/WK64sLknN1VAvKSpNVdcEAI7rCbw=')))\n"
    (found,) = run(RULE, text).findings
    assert found.layers == ("base64", "zlib")


def test_numbers_that_spell_a_program(scan):
    program = b"import os;os.system('true');os.system('true')"
    assert scan(RULE, f"exec(int.to_bytes({int.from_bytes(program, 'big')}, {len(program)}, 'big').decode())\n") == [
        (1, "HIGH", "HIGH", "import")
    ]
    assert scan(RULE, f"exec(bytes({list(program)}).decode())\n") == [(1, "HIGH", "HIGH", "import")]
    assert scan(RULE, f"send(bytes({list(program)}))\nexec(text)\n") == []
