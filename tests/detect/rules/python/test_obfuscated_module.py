"""Code made unreadable."""

from lazaretto.detect.rules.python.obfuscated_module import RULE


def test_a_hidden_builtin(scan):
    text = r"""import builtins
getattr(builtins, "cexe"[::-1])("print(1)")
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_names_from_the_texts_of_builtins(scan):
    text = r"""k = ''.join(map(getattr(__builtins__, oct.__str__()[-3 << 0] + hex.__str__()[-1 << 2] + copyright.__str__()[4 << 0]), [101, 120, 101, 99]))
getattr(__builtins__, k)("print(1)")
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_alike(scan):
    text = r"""lIlIlIlIll = 0; lIlIlIlIll; lIlIlIlIll; lIlIlIlIll
IlIlIlIlIl = 1; IlIlIlIlIl; IlIlIlIlIl; IlIlIlIlIl
llIIllIIll = 2; llIIllIIll; llIIllIIll; llIIllIIll
IIllIIllII = 3; IIllIIllII; IIllIIllII; IIllIIllII
lIIIIIIIIl = 4; lIIIIIIIIl; lIIIIIIIIl; lIIIIIIIIl
IllllllllI = 5; IllllllllI; IllllllllI; IllllllllI
exec(str(lIlIlIlIll))
"""
    assert scan(RULE, text) == [(1, "HIGH", "HIGH", "import")]


def test_packed(scan):
    text = r"""from pyarmor_runtime_000000 import __pyarmor__
__pyarmor__(__name__, __file__, b'PY000000\x00\x03\x0b\x00\xa7\r\r\n\x80\x00\x01\x00\x08\x00\x00\x00\x04\x00\x00\x00@\x00\x00\x00000000000000000000000000000000000000000000000000000000000000000000000000')
"""
    assert scan(RULE, text) == [(1, "MEDIUM", "MEDIUM", "import")]


def test_near_miss_a_builtin_by_a_parameter(scan):
    text = r"""import builtins
def call(name, *args):
    return getattr(builtins, name)(*args)
"""
    assert scan(RULE, text) == []


def test_near_miss_numbers_and_tables(scan):
    text = r"""X0 = 0x00000; Y0 = "____________________"
X1 = 0x00001; Y1 = "____________________"
X2 = 0x00002; Y2 = "____________________"
X3 = 0x00003; Y3 = "____________________"
X4 = 0x00004; Y4 = "____________________"
X5 = 0x00005; Y5 = "____________________"
X6 = 0x00006; Y6 = "____________________"
X7 = 0x00007; Y7 = "____________________"
X8 = 0x00008; Y8 = "____________________"
X9 = 0x00009; Y9 = "____________________"
X10 = 0x000010; Y10 = "____________________"
X11 = 0x000011; Y11 = "____________________"
X12 = 0x000012; Y12 = "____________________"
X13 = 0x000013; Y13 = "____________________"
X14 = 0x000014; Y14 = "____________________"
X15 = 0x000015; Y15 = "____________________"
X16 = 0x000016; Y16 = "____________________"
X17 = 0x000017; Y17 = "____________________"
X18 = 0x000018; Y18 = "____________________"
X19 = 0x000019; Y19 = "____________________"
X20 = 0x000020; Y20 = "____________________"
X21 = 0x000021; Y21 = "____________________"
X22 = 0x000022; Y22 = "____________________"
X23 = 0x000023; Y23 = "____________________"
X24 = 0x000024; Y24 = "____________________"
X25 = 0x000025; Y25 = "____________________"
X26 = 0x000026; Y26 = "____________________"
X27 = 0x000027; Y27 = "____________________"
X28 = 0x000028; Y28 = "____________________"
X29 = 0x000029; Y29 = "____________________"
"""
    assert scan(RULE, text) == []


def test_identifiers_in_mathematical_letters(scan):
    text = "\U0001d5c9\U0001d5cb\U0001d5c2\U0001d5c7\U0001d5cd(1)\n"
    assert scan(RULE, text) == [(1, "HIGH", "HIGH", "import")]
    assert scan(RULE, "x = '\U0001d5c9\U0001d5cb\U0001d5c2'\n") == []


def test_the_old_way_to_spell_exec_for_two_pythons_hides_nothing(scan):
    text = """import os
exec_ = eval("exec")
def execfile(fn, globs):
    exec_(compile(open(fn).read(), fn, "exec"), globs)
"""
    assert scan(RULE, text) == []
    assert scan(RULE, text.replace('"exec")', 'r"exec"[::1])')) == [(4, "HIGH", "HIGH", "run")]


def test_built_ins_that_get_other_names(scan):
    text = "from builtins import *\na, b, c, d, e = exec, str, map, ord, globals\na(b(1))\n"
    assert (2, "HIGH", "HIGH", "import") in scan(RULE, text)
    assert scan(RULE, "a, b, c, d = str, int, float, bool\nexec('x = 1')\n") == []


def test_names_in_character_codes(scan):
    text = r"""
globals()['\x65\x76\x61\x6c']('1')
NAME = '\x7a\x6c\x69\x62'
"""
    assert (2, "HIGH", "HIGH", "import") in scan(RULE, text)
    assert scan(RULE, r"DATA = ['\x41\x42\x43', '\x44\x45\x46', '\x47\x48\x49']") == []


def test_climbing_to_all_classes(scan):
    text = "c = ().__class__.__bases__[0].__subclasses__()\nc[104]('x')\n"
    assert scan(RULE, text) == [(1, "HIGH", "MEDIUM", "import")]
    assert scan(RULE, "NOTE = '().__class__.__bases__[0].__subclasses__()'\n") == []
    assert scan(RULE, "def all(k):\n    return k.__subclasses__() or k.__base__\n") == []


def test_letters_out_of_a_table(scan):
    text = "t = 'abcdefghijklmnopqrstuvwxyz'\n__import__(t[14] + t[18] + t[2]).getcwd()\n"
    assert (2, "HIGH", "HIGH", "import") in scan(RULE, text)
    assert scan(RULE, "t = ['os']\n__import__(t[0]).getcwd()\n") == []


def test_one_text_and_a_line(scan):
    packed = "0f/1e" * 5000
    assert scan(RULE, f"run(x, by=eval, text='{packed}')\neval(x)\n") == [(1, "MEDIUM", "MEDIUM", "import")]
    assert scan(RULE, f"DATA = '{packed}'\n") == []


def test_a_call_whose_argument_is_spelled_in_codes(scan):
    spelled = "".join(f"\\x{ord(sign):02x}" for sign in "decode")
    assert scan(RULE, f"text = eval('{spelled}')\n") == [(1, "HIGH", "HIGH", "import")]
    assert scan(RULE, f"text = show('{spelled}')\n") == []


def test_letters_and_drawings_in_texts(scan):
    fancy = "\U0001d599\U0001d58a\U0001d598\U0001d599"
    assert scan(RULE, f'"""\nbold :\n{fancy} = {fancy}\n"""\n') == []
    assert scan(RULE, f'"""\nbold\n"""\nx = 1; {fancy}{fancy} = 2\n') == [(4, "HIGH", "HIGH", "import")]
    drawn = "".join(f"'{'_' * size} (', '{'_' * size} (', '{'_' * size} (',\n" for size in range(5, 15))
    assert scan(RULE, f"TABLE = [{drawn}]\n") == []


def test_a_packer_is_only_named(scan):
    text = "MARK = '__pyarmor__'\nTEMPLATE = '''\nfrom pyarmor_runtime import __pyarmor__\n'''\n" + "VALUE = 1\n" * 30
    assert scan(RULE, text) == []
    assert (
        scan(RULE, "from pyarmor_runtime import __pyarmor__\n__pyarmor__(__name__, __file__, b'" + "PY" * 100 + "')\n")
        != []
    )
