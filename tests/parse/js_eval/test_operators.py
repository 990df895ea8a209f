"""Random expressions against an oracle: ours for whole numbers, and a real engine where there is one."""

import contextlib
import json
import math
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse.javascript import parsed
from lazaretto.parse.js_eval.machine import Machine
from lazaretto.parse.js_eval.statements import run_program
from lazaretto.parse.js_eval.values import Unresolved, number_text

INTEGERS = st.integers(-(2**31), 2**31 - 1)
NUMBERS = st.one_of(INTEGERS, st.integers(-20, 20), st.floats(allow_nan=False, allow_infinity=False, width=32))


def run(source: str) -> object:
    tree = parsed(source.encode())
    machine = Machine(tree.root_node, parsed)
    return machine.guarded(lambda: run_program(machine, tree.root_node, machine.top))


def wrapped(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value


ORACLE = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "&": lambda a, b: wrapped(a) & wrapped(b),
    "|": lambda a, b: wrapped(a) | wrapped(b),
    "^": lambda a, b: wrapped(a) ^ wrapped(b),
}


@st.composite
def expressions(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        value = draw(INTEGERS)
        return f"({value})", value
    sign = draw(st.sampled_from(sorted(ORACLE)))
    left, a = draw(expressions(depth - 1))
    right, b = draw(expressions(depth - 1))
    return f"({left} {sign} {right})", ORACLE[sign](a, b)


@given(expressions())
def test_whole_numbers(pair):
    source, value = pair
    assert run(source) == value


@given(st.text(max_size=30), st.text(max_size=30), st.integers(-3, 40), st.integers(-3, 40))
def test_texts(a, b, i, j):
    a, b = (t.encode("ascii", "ignore").decode() for t in (a, b))
    x, y = json.dumps(a), json.dumps(b)
    assert run(f"{x} + {y}") == a + b
    assert run(f"{x}.split('').reverse().join('')") == a[::-1]
    assert run(f"{x}.indexOf({y})") == a.find(b)
    low, high = sorted((max(0, min(i, len(a))), max(0, min(j, len(a)))))
    assert run(f"{x}.substring({i}, {j})") == a[low:high]


@settings(max_examples=300)
@given(st.text(alphabet="ab01[](){}+-*/!~^|&<>=?:;,.'\"`\\ function return var let eval new x\n$", max_size=120))
def test_any_text_gives_a_value_or_unresolved(source):
    with contextlib.suppress(Unresolved):
        run(source)


@given(NUMBERS)
def test_numbers_are_spelled_and_read_alike(value):
    spelled = number_text(value)
    again = run(f"Number('{spelled}')")
    assert again == value or (math.isnan(float(value)) and math.isnan(again))


@pytest.mark.client
def test_an_engine_agrees():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no JavaScript engine here")
    signs = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "<", ">", "<=", ">=", "==", "===", "!="]
    values = ["0", "-1", "7.5", "1e21", "4294967296", "'3'", "''", "'ab'", "true", "null", "undefined", "[]", "[2]",
              "({})", "-0", "NaN", "1e-7", "0.1", "123456789012345680000"]  # fmt: skip
    sources = [f"{a} {sign} {b}" for a in values for sign in signs for b in values]
    sources += [f"{sign}{a}" for sign in ("!", "+", "~", "typeof ", "- ") for a in values]
    sources += [f"({a}).toString()" for a in values if a not in ("null", "undefined")]
    sources += [f"parseInt({a}, {r})" for a in values for r in (0, 2, 10, 16)]
    program = f"console.log(JSON.stringify({json.dumps(sources)}.map((s) => String((0, eval)('(' + s + ')')))))"
    told = json.loads(subprocess.run([node, "-e", program], capture_output=True, text=True, check=True).stdout)
    wrong = []
    for source, said in zip(sources, told, strict=True):
        try:
            got = run(f"'' + ({source})")
        except Unresolved:
            continue
        if got != said:
            wrong.append((source, said, got))
    assert wrong == []
