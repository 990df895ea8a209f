import pytest

from lazaretto.lockfiles.go_sum import FORMAT
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

SUM = "a.test/b v1.0.0 h1:x=\na.test/b v1.0.0/go.mod h1:y=\nbroken\n"


def test_alone(read):
    answer = read(FORMAT, "go.sum", SUM)
    assert [(row.name, row.version, row.integrity) for row in answer.packages] == [("a.test/b", "1.0.0", "h1:x=")]
    assert len(answer.gaps) == 1


def test_go_mod_is_the_better_list(read):
    assert read(FORMAT, "go.sum", SUM, {"go.mod": ""}).pairs == []


def test_not_go_sum():
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob("go.sum", b"hello\n"), lambda _: None))
