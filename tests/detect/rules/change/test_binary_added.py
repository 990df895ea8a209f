from lazaretto.detect.rules.change.binary_added import RULE


def test_the_first_compiled_files(change, told):
    new = {"files": {"a.js": "1", "build/b.node": "x", "build/a.node": "y"}}
    assert told(RULE, change({"files": ["a.js"]}, new)) == [
        ("LOW", "LOW", "build/a.node", 1, "new in this version: compiled files (2) in a package that had none")
    ]


def test_one_more_compiled_file(change, told):
    assert told(RULE, change({"files": ["a.so"]}, {"files": {"a.so": "1", "b.so": "2"}})) == []
