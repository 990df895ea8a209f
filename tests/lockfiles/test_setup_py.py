import contextlib

import pytest

from lazaretto.lockfiles.setup_py import FORMAT
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

RESOLVED = '''\
import os, setuptools
reqs = ["Aa_b==1", "ranged>=2"]
if os.name == "nt":
    reqs += ["windows==3"]
reqs.append("appended==4")
extras = {"x": ["extra==5"]}
extras["y"] = ("other",)
extras["all"] = sum(extras.values(), [])
def lines(name): return list(open(name))
more = dict(setup_requires="""
first==7
second
""", tests_require=lines("test-requirements.txt"))
setuptools.setup(install_requires=reqs + [r for r in ["z==6"] if r], extras_require=extras, **more)
'''


def test_constants_are_followed(read):
    answer = read(FORMAT, "setup.py", RESOLVED, {"test-requirements.txt": ""})
    assert answer.pairs == [
        ("aa-b", "1"),
        ("ranged", ""),
        ("windows", "3"),
        ("appended", "4"),
        ("z", "6"),
        ("extra", "5"),
        ("other", ""),
        ("first", "7"),
        ("second", ""),
    ]
    assert [row.line for row in answer.packages] == [2, 2, 4, 5, 14, 6, 7, 11, 12]
    assert answer.gaps == []


def test_what_only_running_would_tell_is_a_gap(read):
    text = 'from setuptools import setup\nv = 1\nsetup(install_requires=["a==1", f"b=={v}", "%s==2"], tests_require=load())\n'
    answer = read(FORMAT, "setup.py", text)
    assert answer.pairs == [("a", "1")]
    assert len(answer.gaps) == 3
    assert "install_requires is not written out" in answer.reasons[0]


def test_requirements_file_under_another_name(read):
    text = "setup(install_requires=[l.strip() for l in open('require/base.txt')])"
    assert read(FORMAT, "p/setup.py", text, {"p/require/base.txt": "a==1"}).pairs == [("a", "1")]
    assert "it is not there" in read(FORMAT, "p/setup.py", text).reasons[0]


def test_python_2(read):
    text = "print 'hello'\nsetup(\n  install_requires=[\n    'a==1',  # 'no==2'\n    \"b>=2\"],\n)\n"
    answer = read(FORMAT, "setup.py", text)
    assert [(row.name, row.version, row.line) for row in answer.packages] == [("a", "1", 4), ("b", "", 5)]
    assert "only requirements that stand in plain lists" in answer.reasons[0]


@pytest.mark.parametrize("text", ["", "import os\n", "setup()", "setup(install_requires=None)"])
def test_nothing(read, text):
    answer = read(FORMAT, "setup.py", text)
    assert answer.pairs == []
    assert answer.gaps == []


@pytest.mark.parametrize("text", ["setup(install_requires=" + "[" * 5000, "x = " + "-" * 100_000 + "1"])
def test_hostile_nesting(text):
    with contextlib.suppress(ParseError):
        list(FORMAT.read(Blob("setup.py", text.encode()), lambda _: None))


def test_circles_end(read):
    text = "a = b\nb = a\na += [b]\nsetup(install_requires=a + b, extras_require=a)"
    assert read(FORMAT, "setup.py", text).pairs == []


def test_a_packed_program_does_not_hide_the_requirements():
    packed = b"    exec(b64decode('" + b"A" * (2 << 20) + b"'))\n"
    text = b"from setuptools import setup\ntry:\n" + packed + b"except Exception:\n    pass\n"
    text += b"setup(install_requires=['requests>=2'])\n"
    rows = list(FORMAT.read(Blob("setup.py", text), lambda _path: None))
    assert len(rows) == 1
    assert "requests" in str(rows[0])
