"""What people and programs read: nothing of another's reaches a terminal unescaped."""

import json

from lazaretto.reports.context import Context
from lazaretto.reports.i18n import translator
from lazaretto.reports.watch import chain, document, lines, ocsf, stamp

from .scene import HOME, Scene

EVIL = "\x1b[2J\u202eevil\n\x9d"


def alert(name="setup.js", target="192.0.2.7:1224"):
    scene = Scene()
    node = scene.script("node", name, path="/usr/bin/node")
    scene.connect(node, target)
    scene.tick()
    return next(one for one in scene.alerts if one.finding.rule == "run/c2-port")


def test_an_alert_in_lines():
    text = list(lines(alert(), Context()))
    assert text[0].split()[1:3] == ["HIGH", "run/c2-port"]
    joined = "\n".join(text)
    assert "npm:graph-x@2.2.9 postinstall" in joined
    assert "192.0.2[.]7:1224" in joined
    assert "phase: install (npm)" in joined


def test_it_speaks_korean():
    assert any("패키지" in line for line in lines(alert(), Context(translate=translator("ko"))))


def test_hostile_words_are_escaped():
    scene = Scene()
    node = scene.script("node", EVIL, path=f"/tmp/{EVIL}")
    scene.read(node, f"{HOME}/.ssh/{EVIL}")
    scene.connect(node, f"{EVIL}:1224")
    scene.tick()
    assert scene.alerts
    for one in scene.alerts:
        text = "\n".join(lines(one, Context()))
        assert not any(mark in text for mark in ("\x1b", "\u202e", "\x9d"))
        assert "\n" not in chain(one)
        assert "\x1b" not in json.dumps(document(one))


def test_json_and_ocsf_say_the_same():
    one = document(alert())
    assert one["type"] == "alert"
    assert one["latency_ms"] < 1000
    assert one["targets"] == ["192.0.2.7:1224", "1224"]
    told = ocsf(json.loads(json.dumps(one)), "1")
    assert (told["class_uid"], told["severity_id"], told["type_uid"]) == (2004, 4, 200401)
    process = told["evidences"][0]["process"]
    assert process["file"]["name"] == "node"
    assert process["parent_process"]["file"]["name"] == "dash"
    assert told["unmapped"]["package"] == "npm:graph-x@2.2.9"


def test_times_beyond_reason_are_bounded():
    assert stamp(-1.0) == "1970-01-01T00:00:00.000Z"
    assert stamp(1e300).startswith("2096")
