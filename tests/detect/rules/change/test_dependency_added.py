import json

from lazaretto.detect.rules.change.dependency_added import RULE
from lazaretto.model.package import Package, Relation


def version(name, number, *needs):
    manifest = json.dumps({"name": name, "version": number, "main": "index.js"})
    packages = [Package("npm", need, "", "package/package.json", 4, Relation.DECLARED, "^1") for need in needs]
    return {"files": {"package/package.json": manifest}, "packages": packages}


def test_an_unheard_of_name_in_a_widely_used_package(change, told):
    both = change(version("express", "1.0.0"), version("express", "1.0.1", "zz-flatten-quux-helper"))
    assert told(RULE, both) == [
        (
            "MEDIUM", "MEDIUM", "package/package.json", 4,
            "new in this version: needs zz-flatten-quux-helper, which is in no list of downloaded packages",
        )
    ]  # fmt: skip


def test_known_names_relatives_and_small_packages(change, told):
    for name, need in (
        ("express", "lodash"),
        ("express", "express-zz-quux-part"),
        ("@babel/core", "@babel/zz-quux"),
        ("zz-nobody-knows-quux", "zz2-flatten-quux-helper"),
    ):
        ((severity, confidence, *_),) = told(RULE, change(version(name, "1.0.0"), version(name, "1.0.1", need)))
        assert (severity, confidence) == ("LOW", "LOW")


def test_what_was_needed_before(change, told):
    assert told(RULE, change(version("express", "1.0.0", "zz-q"), version("express", "1.0.1", "zz-q"))) == []


def test_a_name_that_is_days_old(change, told):
    old, new = version("zz-nobody-knows-quux", "1.0.0"), version("zz-nobody-knows-quux", "1.0.1", "zz-nobody-part")
    for days, weight in ((3, "MEDIUM"), (400, "LOW")):
        both = change(old, new, ages={("npm", "zz-nobody-part"): days})
        ((severity, confidence, _, _, words),) = told(RULE, both)
        assert (severity, confidence) == (weight, weight)
        assert ("first published 3 days ago" in words) == (days == 3)
