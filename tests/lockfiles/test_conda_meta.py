import pytest

from lazaretto.lockfiles.conda_meta import FORMAT, accepts
from lazaretto.model.package import Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError


def test_reads(read):
    text = '{\n "build": "0",\n "name": "jupyterlab",\n "version": "3.1.12",\n "md5": "aa"\n}'
    (row,) = read(FORMAT, "envs/a/conda-meta/jupyterlab-3.1.12-0.json", text).packages
    assert (row.ecosystem, row.name, row.version, row.line) == ("conda", "jupyterlab", "3.1.12", 3)
    assert (row.relation, row.integrity) == (Relation.INSTALLED, "md5:aa")


@pytest.mark.parametrize("text", ["{}", '{"name": "a"}', "[]", "no"])
def test_unusable(text):
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob("conda-meta/a.json", text.encode()), lambda _: None))


def test_accepts():
    assert accepts("conda-meta/a.json")
    assert not accepts("conda-meta/history")
    assert not accepts("a.json")
