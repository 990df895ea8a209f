"""Which project a request or a file name means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion

from lazaretto.ecosystems import registry_names as names
from lazaretto.ecosystems.pypi import normalize


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("lodash", "lodash"),
        ("@types%2fnode", "@types/node"),
        ("@types%2Fnode", "@types/node"),
        ("@types/node", "@types/node"),
        ("JSONStream", "JSONStream"),
        ("%40types%2fnode", "@types/node"),
        ("..", ""),
        ("@types/..", ""),
        ("@types/.hidden", ""),
        ("@../node", ""),
        ("@types%252fnode", ""),
        ("a%2f..%2fb", ""),
        ("a%00", ""),
        ("a%5cb", ""),
        ("lоdash", ""),  # Cyrillic
        ("%ef%bc%8e%ef%bc%8e", ""),
        ("a//b", ""),
        ("", ""),
        ("@", ""),
        ("@/a", ""),
        ("a" * 215, ""),
    ],
)
def test_npm_names_in_paths(path: str, name: str) -> None:
    assert names.npm_name(path) == name


@pytest.mark.parametrize(
    ("name", "filename", "version"),
    [
        ("@types/node", "node-20.1.0.tgz", "20.1.0"),
        ("a-1.0.0", "a-1.0.0-2.0.0.tgz", "2.0.0"),
        ("a", "a-1.0.0-2.0.0.tgz", "1.0.0-2.0.0"),
        ("a", "b-1.0.0.tgz", ""),
        ("a", "a-1.0.0.tgz.tgz", ""),
        ("a", "a-../x.tgz", ""),
        ("a", "a-.tgz", ""),
        ("a", "a-1.0.0\n.tgz", ""),
        ("a", "a-1.0.0", ""),
    ],
)
def test_npm_tarballs_tell_their_version(name: str, filename: str, version: str) -> None:
    assert names.npm_version(name, filename) == version


def test_npm_order_is_that_of_semver() -> None:
    rising = ["1.0.0-0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0beta", "2.0.0"]  # fmt: skip
    orders = [names.npm_order(version) for version in rising]
    assert None not in orders
    assert sorted(orders) == orders  # type: ignore[type-var]
    assert names.npm_order("1.0.0+a") == names.npm_order("1.0.0+b")


@pytest.mark.parametrize(
    "version", ["", "1", "1.0", "v1.0.0", "1.0.0\n", "1.0.0-a..b/c", "latest", "1.0.0-\u0661", "..", "9" * 400]
)
def test_what_is_no_npm_version(version: str) -> None:
    assert names.npm_order(version) is None


@pytest.mark.parametrize(
    ("version", "channel"),
    [
        ("1.0.0", ""),
        ("1.0.0-0", "0"),
        ("1.0.0-beta.3", "beta"),
        ("1.0.0-insiders20240101", "insiders"),
        ("1.0.0-Next", "next"),
    ],
)
def test_channels(version: str, channel: str) -> None:
    assert names.npm_channel(names.npm_order(version)) == channel  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("project", "filename", "version"),
    [
        ("idna", "idna-3.10-py3-none-any.whl", "3.10"),
        ("zope-interface", "zope.interface-5.0-cp311-cp311-win32.whl", "5.0"),
        ("zope-interface", "zope.interface-4.0.3-py2.7-win32.egg", "4.0.3"),
        ("zope-interface", "zope.interface-4.0.3-py2.7.egg", "4.0.3"),
        ("zope-interface", "zope-interface-5.0.tar.gz", "5.0"),
        ("zope-interface", "zope.interface-5.0.zip", "5.0"),
        ("a", "a-1.0-1.tar.gz", "1.0.post1"),
        ("a-b", "a--b-1.0.tar.gz", "1.0"),
        ("torch", "torch-2.1.0+cu118-cp311-cp311-linux_x86_64.whl", "2.1.0+cu118"),
        ("a", "a-1!2.0-py3-none-any.whl", "1!2.0"),
        ("a", "a-1.0-1-py3-none-any.whl", "1.0"),
        ("a", "a-1.0-1_x-py3-none-any.whl", "1.0"),
        ("a", "a-1.0-x-py3-none-any.whl", ""),
        ("a", "b-1.0-py3-none-any.whl", ""),
        ("a", "a-1.0-py3-none-any.whl.exe", ""),
        ("a", "a-1.0.win32-py2.6.exe", ""),
        ("a", "a-2004d.tar.gz", ""),
        ("a", "a-b-1.0.tar.gz", ""),
        ("a", "../a-1.0.tar.gz", ""),
        ("a", "a-1.0/../../x.tar.gz", ""),
        ("a", "a-1.0\x00.tar.gz", ""),
        ("a", "a-1.0.tar.gz\n", ""),
        ("a", "а-1.0.tar.gz", ""),  # Cyrillic
        ("a", "a-1.0-py3-none.whl", ""),
        ("a", "a-1.0--py3-none-any.whl", ""),
        ("a", ".whl", ""),
        ("a", "a.whl", ""),
        ("a", "", ""),
    ],
)
def test_python_files_tell_their_version(project: str, filename: str, version: str) -> None:
    assert names.pypi_version(project, filename) == version
    assert names.sorter(project)(filename) == version


PARTS = st.sampled_from(
    ["a", "a-b", "a_b", "A.b", "1.0", "2.0rc1", "1.0+x.1", "1", "py3", "none", "any", "-", "_", "2004d", "1!1"]
)


@given(st.lists(PARTS, min_size=1, max_size=7).map("-".join), st.sampled_from([".whl", ".tar.gz", ".zip"]))
def test_standard_names_are_read_as_packaging_reads_them(stem: str, ending: str) -> None:
    filename = stem + ending
    try:
        name, version = parse_wheel_filename(filename)[:2] if ending == ".whl" else parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return
    if names.is_file(filename):
        # A name with a dash and a version after it is cut where the project's name ends: packaging cuts at the last.
        assert names.pypi_version(name, filename) == str(version)


@given(st.lists(PARTS, max_size=7).map("-".join), st.sampled_from([".whl", ".tar.gz", ".egg", ".exe"]), PARTS)
def test_many_files_at_once_are_read_like_one(stem: str, ending: str, project: str) -> None:
    project = normalize(project)
    assert names.sorter(project)(stem + ending) == names.pypi_version(project, stem + ending)


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_raises(one: str, other: str) -> None:
    names.pypi_version(one, other)
    names.npm_version(one, other)
    names.npm_name(other)
    names.npm_order(other)
