import pytest

from lazaretto.lockfiles.declared import declared, guessed_name, is_local_folder
from lazaretto.model.package import Package, Relation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".", True),
        (".[dev]", True),
        ("./lib", True),
        ("file:///${PROJECT_ROOT}/sub#egg=sub", True),
        ("./wheels/a-1-py3-none-any.whl", False),
        ("requests", False),
    ],
)
def test_is_local_folder(text, expected):
    assert is_local_folder(text) is expected


def test_guessed_name():
    assert guessed_name("git+https://h.test/team/tool.git@v1#x") == "tool"
    assert guessed_name("git+git@h.test:team/tool.git") == "tool"


def test_declared():
    assert list(declared("A_b>=1", "setup.py", 3, dev=True)) == [
        Package("pypi", "a-b", "", "setup.py", 3, Relation.DECLARED, requirement=">=1", dev=True)
    ]
    assert list(declared(" ", "setup.py", 3)) == []
