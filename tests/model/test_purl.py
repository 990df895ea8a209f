"""Our package URLs are those of packageurl-python."""

import pytest
from packageurl import PackageURL

from lazaretto.model.purl import purl


@pytest.mark.parametrize(
    ("ecosystem", "namespace", "name", "version"),
    [
        ("npm", "", "lodash", "4.0.0+build"),
        ("npm", "@a", "b", "1.0.0-rc.1"),
        ("npm", "@a~b", "c:d", "1"),
        ("npm", "", "JSONStream", "1.3.5"),
        ("pypi", "", "zope-interface", "1.0+local.1"),
        ("pypi", "", "a", "1!2.0"),
        ("golang", "github.com/Foo", "Bar", "1.0.0+incompatible"),
        ("golang", "github.com/a~b/c", "v2", "0.0.0-20210630005230-0f9fa26af87c"),
        ("golang", "", "stdlib", "1.23"),
        ("terraform", "registry.example.test/ns", "aws", "5.0"),
        ("composer", "Foo", "Bar", "v1"),
        ("github", "Foo", "bar", "1"),
        ("cargo", "", "x", "1.0+2"),
        ("gem", "", "a_b", "1"),
        ("conda", "", "x", "1.0=py_0"),
        ("generic", "", "한글 a:b", "1 2"),
    ],
)
def test_agrees_with_packageurl(ecosystem, namespace, name, version):
    joined = f"{namespace}/{name}" if namespace else name
    assert purl(ecosystem, joined, version) == PackageURL(ecosystem, namespace, name, version).to_string()


def test_maven_and_empty_version():
    assert purl("maven", "org.example:tool", "1") == "pkg:maven/org.example/tool@1"
    assert purl("npm", "@a/b") == "pkg:npm/%40a/b"
