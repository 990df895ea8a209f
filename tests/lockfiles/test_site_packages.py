import pytest

from lazaretto.lockfiles.site_packages import FORMAT, accepts
from lazaretto.model.package import Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

METADATA = "Metadata-Version: 2.1\nname: Zope.Interface\nVersion: 6.0\n\nName: not this\n"
ORIGIN = '{"url": "https://git.example.test/z.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'


def test_reads(read):
    path = "lib/site-packages/zope.interface-6.0.dist-info/METADATA"
    (row,) = read(FORMAT, path, METADATA, {path.replace("METADATA", "direct_url.json"): ORIGIN}).packages
    assert (row.name, row.version, row.line, row.relation) == ("zope-interface", "6.0", 2, Relation.INSTALLED)
    assert row.url == "git+https://git.example.test/z.git@abc"


def test_no_name():
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob("a.egg-info", b"\nName: a\nVersion: 1\n"), lambda _: None))


def test_accepts():
    assert accepts("a.egg-info/PKG-INFO")
    assert accepts("EGG-INFO/PKG-INFO")
    assert accepts("pycups-2.0.1-py3.12.egg-info")
    assert not accepts("PKG-INFO")
    assert not accepts("METADATA")
