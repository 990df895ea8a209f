"""Names that are put together from characters."""

from lazaretto.detect.rules.python.assembled_name import RULE


def test_a_module_and_its_function(scan):
    text = """
def run(value):
    module = __import__("".join(map(chr, [111, 115])))
    getattr(module, "".join([chr(c) for c in (115, 121, 115, 116, 101, 109)]))(value)
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run"), (4, "HIGH", "HIGH", "run")]


def test_letters_cut_out_of_an_alphabet(scan):
    text = "import string\na = string.ascii_lowercase\n__import__(a[14] + a[18])\n"
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]


def test_a_built_in_out_of_a_table(scan):
    text = "f = globals()['__builtins__'].get('cexe'[::-1])\ndef go(t):\n    f(t)\n"
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_names_that_nobody_can_tell(scan):
    text = """
import importlib
def call(codes, more):
    getattr(importlib.import_module("".join(chr(c) for c in codes)), "".join(chr(c) for c in more))()
"""
    assert scan(RULE, text) == [(4, "HIGH", "HIGH", "run")]


def test_near_miss_a_visitor(scan):
    text = """
def visit(self, node):
    return getattr(self, "visit_" + "".join(["N", "ame"]), None)(node)
def load(name):
    return getattr(__import__(name), "run")()
"""
    assert scan(RULE, text) == []


def test_near_miss_a_beginning_that_tells_what_it_is(scan):
    text = """
def true_intents(var):
    joined = "".join(var)
    for intent in var["intent"]:
        f = globals()[f"isintent_{intent}"]
        if f(var):
            yield f
"""
    assert scan(RULE, text) == []


def test_a_beginning_that_the_standard_library_shares_tells_nothing(scan):
    text = """
import subprocess
def run(codes, value):
    getattr(subprocess, "check_" + "".join(chr(c) for c in codes))(value)
"""
    assert len(scan(RULE, text)) == 1


def test_a_table_of_handlers_is_no_spelling(scan):
    text = "def run(kinds):\n    for kind in ''.join(kinds)[::-1]:\n        globals()[f'{prefix}{kind[::-1]}'](kinds)\n"
    assert scan(RULE, text.replace("{prefix}", "handle_")) == []
