from lazaretto.detect.rules.name.typosquat import RULE
from lazaretto.model.package import Package, Relation


def test_own_name(examine):
    files = {"requeests-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: requeests\nVersion: 1.0\n"}
    assert examine(RULE, files) == [
        (
            "MEDIUM",
            "MEDIUM",
            "requeests-1.0/PKG-INFO",
            2,
            "requeests is one slip of the fingers away from requests (popular names of 2026-10)",
        )
    ]


def test_dependency_is_less_sure(examine):
    asked = Package("npm", "prettierr", "", "package.json", 4, Relation.DECLARED, "^4.0.0")
    locked = Package("npm", "prettierr", "4.0.0", "package-lock.json", 9)
    assert [row[:4] for row in examine(RULE, {}, [locked, asked])] == [("MEDIUM", "LOW", "package.json", 4)]


def test_near_misses(examine):
    rows = [
        Package("npm", "preact", "", "package.json", 4, Relation.DECLARED, "^10"),
        Package("npm", "prettierr", "", "package.json", 5, Relation.DECLARED, "workspace:*"),
        Package("npm", "@house/prettierr", "", "package.json", 6, Relation.DECLARED, "^1"),
        Package("terraform", "prettierr", "1", "x.hcl", 1),
    ]
    application = {"name": "prettierr", "private": True, "version": "1.0.0", "main": "a.js"}
    assert examine(RULE, {"package.json": application}, rows) == []
