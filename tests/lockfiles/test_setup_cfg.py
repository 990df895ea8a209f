import pytest

from lazaretto.lockfiles.setup_cfg import FORMAT
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

CFG = """\
[metadata]
name = demo

[options]
python_requires = >=3.8
install_requires =
    Requests>=2
    # a comment
    pinned==1.0 ; python_version < "3.12"
setup_requires = wheel==0.40; setuptools_scm
tests_require = pytest

[options.extras_require]
web =
    flask==2.0
files = file: deps.txt
"""


def test_reads(read):
    answer = read(FORMAT, "setup.cfg", CFG, {"deps.txt": "other==5\n"})
    assert answer.pairs == [
        ("requests", ""),
        ("pinned", "1.0"),
        ("wheel", "0.40"),
        ("setuptools-scm", ""),
        ("pytest", ""),
        ("flask", "2.0"),
        ("other", "5"),
    ]
    assert [row.line for row in answer.packages][:3] == [7, 9, 10]
    assert answer.one("pytest").dev
    assert answer.gaps == []


def test_not_ini():
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob("setup.cfg", b"hello\n"), lambda _: None))
