from lazaretto.detect.rules.change.install_script_added import RULE
from lazaretto.model.finding import Phase, Role


def script(finding, command):
    return finding(
        "npm/lifecycle-script", "package/package.json", Role.TRIGGER, phase=Phase.INSTALL, line=5, name="postinstall",
        command=command,
    )  # fmt: skip


def test_a_new_script(change, finding, told):
    new = {"files": {"package/package.json": "2"}, "findings": [script(finding, "node a.js")]}
    assert told(RULE, change({"files": {"package/package.json": "1"}}, new)) == [
        (
            "LOW", "MEDIUM", "package/package.json", 5,
            "new in this version: postinstall: node a.js, which an installation runs by itself",
        )
    ]  # fmt: skip


def test_a_build_description_that_npm_compiles(change, told):
    ((_, _, path, _, words),) = told(RULE, change({}, {"files": ["package/binding.gyp", "package/a.cc"]}))
    assert (path, words.startswith("new in this version: binding.gyp")) == ("package/binding.gyp", True)


def test_an_old_script(change, finding, told):
    both = {"files": {"package/package.json": "1"}, "findings": [script(finding, "node a.js")]}
    assert told(RULE, change(both, both)) == []
