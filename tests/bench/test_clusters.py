"""The rules of the bench that decide what counts: families, placeholders, and what of an archive is laid out."""

import io
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    for name in ("clusters", "corpora", "unpack"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("from setuptools import setup\nsetup(name='a', long_description=open('README').read())\n", True),
        ("class C(install):\n    def run(self):\n        install.run(self)\n        print('hello')\n", True),
        ("def greet(name):\n    return 'hello ' + name\n", True),
        (
            "class I(install):\n    def run(self):\n        if not getattr(self, 'dry', 0):\n            raise RuntimeError('no')\n",
            True,
        ),
        ("import os, re\nPATH = os.path.join(os.getcwd(), re.sub('a', 'b', 'c'))\n", True),
        ("import base64\nTEXT = base64.b64decode('aGVsbG8=')\n", True),
        ("import subprocess\nsubprocess.run(['true'])\n", False),
        ("import subprocess\n", True),
        ("from os import system as s\ns('true')\n", False),
        ("import os\nos.system('true')\n", False),
        ("import os\ngetattr(os, 'sys' + 'tem')('true')\n", False),
        ("from pathlib import Path\nPath('a').write_text('b')\n", False),
        ("__builtins__['ex' + 'ec']('1')\n", False),
        ("import something_else\n", False),
        ("open('a', 'w')\n", False),
        ("@exec\nclass C: pass\n", False),
        ("print 'Python 2'\n", False),
    ],
)
def test_only_what_does_nothing_is_inert(text: str, inert: bool) -> None:
    import clusters

    assert clusters.is_inert(text) is inert


def test_a_family_differs_in_names_numbers_and_strings_only() -> None:
    import clusters

    first = "import os\ndef start(a):\n    x = os.environ.get('ONE', 1)\n    return os.path.join(x, a)\n" * 3
    second = first.replace("start", "begin").replace("ONE", "TWO").replace("x", "value").replace("1", "99") + "# new\n"
    third = "import json\nfor row in json.loads(text):\n    rows.append(row['name'].strip())\n" * 3
    sketches = [clusters.sketched([text]) for text in (first, second, third)]
    assert clusters.alike(sketches[0], sketches[1])
    assert not clusters.alike(sketches[0], sketches[2])


def test_an_archive_without_code_is_a_placeholder_and_an_unreadable_one_is_not(tmp_path: Path) -> None:
    import clusters

    empty = tmp_path / "a-1.0-py3-none-any.whl"
    with zipfile.ZipFile(empty, "w") as zipped:
        zipped.writestr("a-1.0.dist-info/METADATA", "Name: a\n")
    broken = tmp_path / "b-1.0.tar.gz"
    broken.write_bytes(b"neither of them")
    assert clusters.describe(empty) == ([], True)
    assert clusters.describe(broken) == ([], False)


def test_files_stay_below_the_folder_and_are_not_executable(tmp_path: Path) -> None:
    import unpack

    archive = tmp_path / "a-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("../../up.py", "/top.py", "a-1.0/in.py"):
            info = tarfile.TarInfo(name)
            info.size, info.mode = 4, 0o777
            tar.addfile(info, io.BytesIO(b"pass"))
    place = tmp_path / "here" / "there"
    unpack.unpack(archive, place)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")) == [
        "here/there/a-1.0/in.py",
        "here/there/top.py",
        "here/there/up.py",
    ]
    assert {path.stat().st_mode & 0o777 for path in place.rglob("*.py")} == {0o600}


@pytest.mark.parametrize("kind", ["pypi", "npm"])
def test_no_held_out_name_is_listed(kind: str) -> None:
    import corpora

    rows = [line.split("\t") for line in (BENCH / f"benign_{kind}.tsv").read_text("utf-8").splitlines()]
    assert len(rows) > 500
    assert all(len(row) == 4 and corpora.part_of(row[0]) for row in rows)
    assert rows == sorted(rows)
