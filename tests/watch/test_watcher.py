"""The engine: trees, blame, numbers that are used again, bounds, repetitions, hostile input."""

from dataclasses import replace

import pytest

from lazaretto.detect.live.intake import Intake
from lazaretto.detect.live.tree import MOST_NODES, MOST_SIGHTS, cut
from lazaretto.detect.live.watcher import ALERTS_PER_RULE, EVENTS_PER_SECOND, LINGER
from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.behaviour.catalog import RULES
from lazaretto.model.finding import Phase
from lazaretto.model.host import Kind, Lost, Observed

from .scene import HOME, NODE, PROJECT, PYTHON, SETTINGS, SH, Scene, muted

LOGIN = f"{HOME}/.config/google-chrome/Default/Login Data"


def test_an_alert_names_package_phase_chain_and_target():
    scene = Scene()
    scene.connect(scene.script(), "c2.test:443")
    (alert,) = scene.tick()
    assert (alert.tool, alert.phase, alert.package, alert.script, alert.how, alert.repository) == (
        "npm", "install", "npm:graph-x@2.2.9", "postinstall", "lifecycle", PROJECT,
    )  # fmt: skip
    assert [step.path.rpartition("/")[2] for step in alert.chain] == ["bash", "node", "dash", "node"]
    assert alert.targets == ("c2.test:443",)
    text = "npm:graph-x@2.2.9 postinstall -> node -> dash -> node connected to c2.test:443 during the installation"
    assert alert.finding.message.english() == text
    assert 0 <= alert.told - alert.at <= 1.0


def test_the_same_is_told_once_and_counted_after_a_restart():
    scene = Scene()
    node = scene.script()
    scene.connect(node, "c2.test:443")
    (alert,) = scene.tick()
    scene.connect(node, "c2.test:443")
    assert scene.tick() == []
    again = Scene(known=[alert.id])
    again.connect(again.script(), "c2.test:443")
    assert again.tick() == []
    assert again.watcher.repeated == [alert.id]


def test_a_number_that_is_used_again_is_another_program():
    scene = Scene()
    node = scene.script()
    scene.run("/usr/bin/firefox", "firefox", pid=node, started=999_999)  # its end was not seen
    scene.read(node, LOGIN)
    assert scene.told() == []


def test_an_event_of_a_program_that_is_gone_is_not_another_ones():
    scene = Scene()
    node = scene.script()
    scene.feed(Kind.READ, node, path=LOGIN, started=77)
    assert scene.told() == []


def test_a_detached_child_still_belongs_to_its_tree():
    scene = Scene()
    npm = scene.npm()
    node = scene.script(npm=npm)
    child = scene.run(NODE, "node", "agent.js", parent=node)
    scene.end(node, npm)
    scene.connect(child, "c2.test:443")
    assert ("run/install-connects", "MEDIUM") in scene.told()


def test_a_fork_that_does_not_exec_acts_as_its_parent():
    scene = Scene()
    node = scene.script()
    scene.feed(Kind.FORK, 5000, parent=node)
    scene.read(5000, LOGIN)
    assert ("run/browser-data-read", "HIGH") in scene.told()


def test_what_nobody_developed_is_not_kept():
    scene = Scene()
    shell = scene.run("/usr/bin/bash", "bash")
    curl = scene.run("/usr/bin/curl", "curl", "https://c2.test", parent=shell)
    scene.read(curl, LOGIN)
    scene.connect(curl, "c2.test:1224")
    assert scene.told() == []
    assert not scene.watcher.trees
    assert scene.watcher.counts["outside"] == 4


def test_bait_is_told_whoever_touches_it():
    scene = Scene()
    scene.read(scene.run("/usr/bin/cat", "cat", "x"), f"{HOME}/.config/solana/id.json")
    scene.feed(Kind.DECOY, 0, path=f"{HOME}/.config/solana/id.json")
    assert scene.told() == [("run/decoy-read", "HIGH")]
    assert len(scene.alerts) == 2


def test_a_tool_in_an_editor_has_a_tree_of_its_own_and_knows_its_editor():
    scene = Scene()
    code = scene.run("/usr/share/code/code", "code", cwd=HOME)
    shell = scene.run("/usr/bin/bash", "bash", parent=code)
    npm = scene.run(NODE, "npm install", parent=shell)
    tree = scene.watcher.tree_of(npm)
    assert tree.tool.name == "npm"
    assert tree.phase is Phase.INSTALL
    record, _ = tree.record(scene.now, frozenset())
    assert [one.tool for one in record.programs] == ["editor", "", "npm"]
    assert record.outside == 2
    assert scene.watcher.tree_of(shell).tool.name == "editor"


def test_a_python_build_is_blamed_on_its_package():
    scene = Scene()
    pip = scene.run(PYTHON, "python3", "-m", "pip", "install", "x", parent=scene.run("/usr/bin/bash", "bash"))
    folder = "/tmp/pip-install-abc123/colourama_" + "0123456789abcdef" * 2
    build = scene.run(
        PYTHON, "python3", "/usr/lib/python3/dist-packages/pip/_vendor/pyproject_hooks/_in_process/_in_process.py",
        "build_wheel", "/tmp/x", parent=pip, cwd=folder, env=(("PIP_BUILD_TRACKER", "/tmp/t"),),
    )  # fmt: skip
    scene.connect(build, "c2.test:443")
    (alert,) = scene.tick()
    assert (alert.package, alert.script, alert.phase, alert.tool) == ("pypi:colourama", "build_wheel", "build", "pip")


def test_a_build_folder_without_a_name_is_named_by_its_metadata():
    scene = Scene()
    pip = scene.run("/usr/bin/pip3", "pip3", "install", ".")
    build = scene.run(
        PYTHON, "python3", "/x/pyproject_hooks/_in_process/_in_process.py", "build_wheel", parent=pip,
        cwd="/tmp/pip-req-build-x", detail="Name: mine\nVersion: 1.2",
    )  # fmt: skip
    scene.connect(build, "c2.test:443")
    assert scene.tick()[0].package == "pypi:mine@1.2"


def test_names_of_hosts_are_told():
    scene = Scene()
    scene.feed(Kind.RESOLVE, 0, path="C2.Test.", detail="192.0.2.7 2001:db8::7")
    scene.feed(Kind.NAME, 0, path="198.51.100.9", detail="sni.test")
    node = scene.script()
    for target in ("192.0.2.7:443", "[2001:db8::7]:443", "198.51.100.9:443", "203.0.113.1:443"):
        scene.connect(node, target)
    assert {one.targets[0] for one in scene.tick()} == {"c2.test:443", "sni.test:443", "203.0.113.1:443"}


def test_in_a_drill_a_loopback_network_is_outside():
    scene = Scene(replace(SETTINGS, drill=True))
    node = scene.script()
    scene.connect(node, "127.66.0.6:8443")
    scene.connect(node, "127.0.0.1:8443")
    assert [one.targets for one in scene.tick()] == [("host-0-6.drill.test:8443",)]


def test_a_muted_rule_is_silent_and_a_broken_one_is_named():
    def broken(view):
        raise ZeroDivisionError("x")

    rule = replace(RULES[0], id="run/broken", check=broken)
    assert isinstance(rule, Rule)
    scene = Scene(muted(SETTINGS, "run/install-connects"), rules=(rule, *RULES))
    scene.connect(scene.script(), "api.trongrid.io:443")
    assert scene.told() == [("run/chain-node-asked", "HIGH")]
    assert "run/broken" in scene.watcher.gaps


def test_a_full_tree_keeps_the_important_and_says_what_it_left_out():
    scene = Scene()
    node = scene.script()
    scene.read(node, LOGIN)
    for number in range(MOST_SIGHTS * 2):
        scene.feed(Kind.RESOLVE, node, path=f"n{number}.test")
    tree = scene.watcher.tree_of(node)
    assert len(tree.sights) <= MOST_SIGHTS
    assert any(one.target == LOGIN for one in tree.sights)
    (gap,) = tree.gaps()
    assert "resolve" in gap.reason.english()


def test_fifty_thousand_short_programs_are_bounded():
    scene = Scene()
    npm = scene.npm()
    for number in range(20_000):
        pid = 10_000 + number % 30_000
        scene.watcher.feed(Observed(scene.now, "t", Kind.FORK, pid, npm))
        scene.watcher.feed(
            Observed(scene.now, "t", Kind.EXEC, pid, npm, number + 1, 1000, "/bin/true", ("true",), PROJECT)
        )
        scene.watcher.feed(Observed(scene.now, "t", Kind.EXIT, pid))
    tree = scene.watcher.tree_of(npm)
    assert len(tree.nodes) <= MOST_NODES
    assert tree.left_out["exec"] > 18_000
    assert len(scene.watcher.watched) == 1
    before = scene.watcher.left_out()
    assert before["exec"] == tree.left_out["exec"]
    scene.watcher._drop(tree)
    assert scene.watcher.left_out() == before


def test_one_rule_does_not_flood():
    scene = Scene()
    node = scene.script()
    for number in range(50):
        scene.connect(node, f"h{number}.test:443")
    assert len([one for one in scene.tick() if one.finding.rule == "run/install-connects"]) == ALERTS_PER_RULE
    assert scene.watcher.lost["watch", "alerts of one rule"] == 40


def test_trees_are_forgotten_after_their_end():
    scene = Scene()
    npm = scene.npm()
    scene.end(npm)
    scene.tick()
    assert scene.watcher.trees
    scene.wait(LINGER + 1)
    scene.tick()
    assert not scene.watcher.trees


def test_a_clock_that_goes_back_stops_nothing():
    scene = Scene()
    node = scene.script()
    scene.tick()
    scene.now -= 86_400
    scene.connect(node, "c2.test:443")
    scene.now += 0.3
    assert [one.finding.rule for one in scene.watcher.tick(scene.now)] == ["run/install-connects"]


def test_a_huge_command_line_is_cut():
    words = cut([*(["x" * 100_000] * 3), *["y"] * 1000])
    assert sum(map(len, words)) < 10_000
    assert words[-1] == "[+939 words]"


@pytest.mark.parametrize("name", ["\x1b[2Jnode", "a\nb", "\u202etxt.js", "\udcff\udcfe", "x" * 5000])
def test_hostile_names_pass_through(name):
    scene = Scene()
    node = scene.script("node", name, path=f"/tmp/{name}")
    scene.connect(node, "c2.test:1224")
    scene.read(node, f"{HOME}/.ssh/{name[:70]}")
    assert ("run/c2-port", "HIGH") in scene.told()
    assert not scene.watcher.gaps


def test_what_sensors_lost_is_counted():
    scene = Scene()
    scene.watcher.lose(Lost("ebpf", 7, "queue"))
    scene.watcher.lose(Lost("ebpf", 3, "queue"))
    assert scene.watcher.lost["ebpf", "queue"] == 10


def test_under_load_the_least_important_goes_first():
    intake = Intake(100)
    for number in range(200):
        intake.put(Observed(number, "t", Kind.READ, 1))
    for number in range(200):
        intake.put(Observed(number, "t", Kind.EXEC, 1))
    intake.put(Observed(1, "t", Kind.DECOY, 1))
    taken = intake.take(1000)
    assert [one.kind for one in taken].count(Kind.READ) == 50
    assert [one.kind for one in taken].count(Kind.EXEC) == 50
    assert {lost.sensor: lost.count for lost in intake.shed()} == {
        "watch (read)": 150, "watch (exec)": 150, "watch (decoy)": 1,
    }  # fmt: skip
    assert intake.shed() == []


def test_rules_over_single_events_have_a_bound():
    looked = []

    def event_rule(seen, program, above):
        looked.append(seen)
        return ()

    scene = Scene()
    scene.watcher._event_rules = (event_rule,)
    for _ in range(EVENTS_PER_SECOND + 50):
        scene.feed(Kind.EXEC, 77, path="/bin/true")
    assert len(looked) == EVENTS_PER_SECOND
    assert scene.watcher.lost["watch (rules over single events)", "shed"] == 50


def test_a_shell_is_not_blamed_on_a_package_by_its_own_word():
    scene = Scene()
    node = scene.script()
    claim = (("npm_lifecycle_event", "postinstall"), ("npm_package_name", "innocent"), ("npm_package_version", "1.0.0"))
    other = scene.run(SH, "sh", "-c", "x", parent=node, env=claim)
    scene.connect(other, "c2.test:443")
    assert scene.tick()[0].package == "npm:graph-x@2.2.9"
