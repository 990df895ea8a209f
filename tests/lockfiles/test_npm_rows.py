from lazaretto.lockfiles.npm_rows import cut, declared, in_node_modules, name_of_place, usable, with_fetched
from lazaretto.model.package import Package, Relation


def test_paths():
    assert in_node_modules("node_modules/a")
    assert in_node_modules("a/node_modules/b/c")
    assert not in_node_modules("a_node_modules/b")
    assert name_of_place("a/@s/b") == "@s/b"
    assert name_of_place("a/b") == "b"
    assert name_of_place("b") == "b"


def test_texts():
    assert usable("a b")
    assert not usable("")
    assert not usable("a\n")
    assert not usable("a\u202e")
    assert not usable("a" * 500)
    assert len(cut("a" * 10_000)) == 4096


def test_declared():
    assert declared("a", "npm:b@1.0.0", "p", 3, dev=True) == Package(
        "npm", "b", "1.0.0", "p", 3, Relation.DECLARED, requirement="npm:b@1.0.0", alias="a", dev=True
    )


def test_the_address_is_only_believed_when_it_names_a_package():
    def names(url: str) -> list[str]:
        return [row.name for row in with_fetched(Package("npm", "a", "1.0.0", "p", url=url))]

    assert names("https://registry.example.test/b/-/b-1.0.0.tgz") == ["a", "b"]
    assert names("https://registry.example.test/A/-/a-1.0.0.tgz") == ["a"]
    assert names("https://host.test/download/b/1.0.0") == ["a"]
