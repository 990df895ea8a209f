import json

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.detect.own_package import as_packages, is_own_document, own_packages
from lazaretto.detect.project import FileInfo, Project
from lazaretto.parse.blob import Blob


def project(files):
    blobs = {path: Blob(path, data if isinstance(data, bytes) else data.encode()) for path, data in files.items()}
    return Project({path: FileInfo(len(blob.data), "") for path, blob in blobs.items()}, read=blobs.get)


def manifest(**more):
    return json.dumps({"name": "thing", "version": "1.0.0", "main": "index.js", **more}, indent=1)


def test_npm_archive():
    text = manifest(description="A thing.", repository={"url": "git+https://github.com/someone/Thing-Lib.git"})
    files = {"package/package.json": text, "package/README.md": "# Other Thing\n", "package/index.js": ""}
    (own,) = own_packages(project(files))
    assert (own.world, own.name, own.line, own.summary, own.links, own.title) == (
        "npm", "thing", 2, "A thing.", ("thing-lib",), "other thing",
    )  # fmt: skip


def test_applications_are_no_packages():
    assert not list(own_packages(project({"package.json": manifest(private=True)})))
    assert not list(own_packages(project({"package.json": '{"name": "shop", "version": "1.0.0"}'})))
    assert not list(own_packages(project({"client/package.json": manifest(), "server/a.js": ""})))
    assert not list(own_packages(project({"package.json": "{"})))
    assert not list(own_packages(project({"package.json": "[" * 5000})))


def test_sdist_and_wheel():
    text = "Metadata-Version: 2.1\nName: My_Thing\nVersion: 1\nSummary: does things\nHome-page: https://github.com/a/b\n\n# Title\n"
    (own,) = own_packages(project({"my_thing-1/PKG-INFO": text}))
    assert (own.world, own.name, own.line, own.links, own.title) == ("pypi", "my-thing", 2, ("b",), "title")
    assert [one.name for one in own_packages(project({"my_thing-1.dist-info/METADATA": text}))] == ["my-thing"]


def test_fetched_archives():
    files = {"thing.tgz": "", "thing.tgz!/package/package.json": manifest(), "thing.tgz!/package/index.js": ""}
    assert [own.name for own in own_packages(project(files))] == ["thing"]
    assert not list(own_packages(project({**files, "README.md": ""})))
    wheel = {"a.whl": "", "a.whl!/a-1.dist-info/METADATA": "Name: a\nVersion: 1\n"}
    assert [own.name for own in own_packages(project(wheel))] == ["a"]


def test_people_places_and_forks():
    text = manifest(
        author="Ada B <Ada@mail.invalid> (http://a.invalid)",
        maintainers=[{"name": "C D", "email": "c@mail.invalid"}, 5],
        homepage="https://www.Thing.invalid/docs/",
        repository="github:someone/thing",
        bugs={"url": "https://github.com/someone/thing/issues"},
    )
    (own,) = own_packages(
        project({"package.json": text, "index.js": "", "README.md": "# T\n\nThis is a fork of that.\n"})
    )
    assert own.authors == ("ada@mail.invalid", "ada b", "c d", "c@mail.invalid")
    assert (own.homes, own.repositories, own.forked) == (("thing.invalid/docs",), ("someone/thing",), True)


def test_what_an_archive_keeps():
    assert is_own_document("thing-1.0/PKG-INFO")
    assert is_own_document("thing.tgz!/package/README.md")
    assert not is_own_document("thing-1.0/docs/old/README.md")


def test_as_inventory_rows():
    (row,) = as_packages(project({"package/package.json": manifest(), "package/index.js": ""}))
    assert (row.purl, row.source, row.line) == ("pkg:npm/thing@1.0.0", "package/package.json", 2)


@given(st.binary(max_size=500))
def test_any_bytes(data):
    list(own_packages(project({"package.json": data, "PKG-INFO": data, "README.md": data})))
