from lazaretto.detect.rules.name.combosquat import RULE
from lazaretto.model.package import Package, Relation


def asked(name):
    return Package("npm", name, "", "package.json", 3, Relation.DECLARED, "^1")


def test_popular_name_with_a_word(examine):
    assert examine(RULE, {}, [asked("express-zebra-validator"), asked("chalk-extras")]) == [
        (
            "LOW",
            "LOW",
            "package.json",
            3,
            f"{name} is called after {other}, but no list of downloaded packages holds it",
        )
        for name, other in (("express-zebra-validator", "express"), ("chalk-extras", "chalk"))
    ]


def test_near_misses(examine):
    assert examine(RULE, {}, [asked("express-validator"), asked("zebra-validator"), asked("validator")]) == []
