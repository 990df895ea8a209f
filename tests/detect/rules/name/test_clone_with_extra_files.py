from lazaretto.detect.rules.name.clone_with_extra_files import RULE

INFO = "Metadata-Version: 2.1\nName: zebra-netlib\nVersion: 1.0\n"


def library(folder):
    return {f"{folder}/{name}.py": "" for name in ("__init__", "a", "b")}


def test_module_of_a_popular_project(examine):
    assert examine(RULE, {"zebra-1.0/PKG-INFO": INFO, **library("zebra-1.0/networkx")}) == [
        (
            "LOW",
            "MEDIUM",
            "zebra-1.0/PKG-INFO",
            2,
            "zebra-netlib installs a package networkx, which is the name of a popular project",
        )
    ]
    assert examine(RULE, {"zebra_netlib-1.0.dist-info/METADATA": INFO, **library("networkx")})


def test_near_misses(examine):
    assert examine(RULE, {"PKG-INFO": INFO, **library("zebra_netlib"), **library("tests")}) == []
    own = INFO.replace("zebra-netlib", "networkx-zebra-extras")
    assert examine(RULE, {"PKG-INFO": own, **library("networkx")}) == []
