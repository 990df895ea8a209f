import pytest

from lazaretto.detect.rules.javascript.destroys_files import RULE


def test_the_home_folder(look):
    source = (
        "const fs = require('fs'), os = require('os');\nfs.rmSync(os.homedir(), { recursive: true, force: true });\n"
    )
    assert look(RULE, source) == [(2, "HIGH", "HIGH", "deletes the user's files: os.homedir()")]


@pytest.mark.parametrize(
    "source",
    [
        "const os = require('os'); const home = os.homedir(); require('fs').rmSync(home, { recursive: true })",
        "require('child_process').exec('rm -rf ~/ && curl https://x.example.test')",
        "require('fs-extra').emptyDirSync(process.env.HOME)",
    ],
)
def test_variants(look, source):
    assert [fact[1:3] for fact in look(RULE, source)] == [("HIGH", "HIGH")]


@pytest.mark.parametrize(
    "source",
    [
        "fs.rmSync(path.join(os.homedir(), '.cache', 'tool'), { recursive: true })",
        "require('child_process').exec('rm -rf ~/.cache/tool && curl https://x.example.test')",
        "require('child_process').exec('rm -rf /tmp/x; curl https://x.example.test')",
        "if (target === os.homedir()) throw new Error('refusing to rm -rf your home')",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


def test_a_command_in_a_module_that_hears_nothing(look):
    assert [fact[1:3] for fact in look(RULE, 'require("child_process").execSync("rm -rf ~/*");\n')] == [
        ("HIGH", "HIGH")
    ]
    assert look(RULE, 'require("child_process").execSync("rm -rf ./dist");\n') == []
