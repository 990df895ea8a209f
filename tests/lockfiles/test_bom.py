import pytest

from lazaretto.lockfiles.bom import from_purl


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkg:npm/%40gar%2Fpromisify@1.1.3", ("npm", "@gar/promisify", "1.1.3")),
        ("pkg:npm/%40a/b@1", ("npm", "@a/b", "1")),
        ("pkg:pypi/Zope.Interface@6", ("pypi", "zope-interface", "6")),
        ("pkg:golang/github.com/a/b@v1.0.0?goos=linux#sub", ("golang", "github.com/a/b", "1.0.0")),
        ("pkg:maven/org.example/tool@1", ("maven", "org.example:tool", "1")),
        ("pkg:deb/debian/curl@7.50.3-1?arch=i386", ("deb", "curl", "7.50.3-1")),
        ("npm/a@1", None),
        ("pkg:", None),
        ("pkg:npm", None),
        ("pkg:npm/", None),
    ],
)
def test_from_purl(text, expected):
    assert from_purl(text) == expected
