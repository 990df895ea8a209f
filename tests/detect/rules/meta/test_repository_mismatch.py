from lazaretto.detect.rules.meta.repository_mismatch import RULE


def test_the_repository_of_a_popular_package(release, told):
    address = "git+https://github.com/networkx/networkx.git"
    assert told(RULE, release(ecosystem="pypi", name="zz-fast-quux", repository=address)) == [
        (
            "LOW", "MEDIUM", "subject", 1,
            "the package names a source repository that is called like another package: networkx",
        )
    ]  # fmt: skip


def test_related_names_and_unknown_repositories(release, told):
    for name, address in (
        ("zz-networkx-quux", "https://github.com/networkx/networkx"),
        ("zz-fast-quux", "https://github.com/a/zz-fast-quux"),
        ("zz-fast-quux", ""),
    ):
        assert told(RULE, release(ecosystem="pypi", name=name, repository=address)) == []
