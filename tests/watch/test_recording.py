"""Recordings: a replay gives the same alerts; any line gives an observation or a named error."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.app.watch import replay
from lazaretto.detect.live.recording import NotObservedError, head, line_of, observed, settings_of
from lazaretto.detect.live.watcher import Settings
from lazaretto.model.host import Kind, Lost, Observed

from .scene import HOME, SETTINGS, Scene


def lines(scene, settings=SETTINGS):
    return [json.dumps(head(settings)).encode(), *(json.dumps(line_of(one)).encode() for one in scene.seen)]


def test_a_replay_tells_what_was_told_live():
    scene = Scene()
    node = scene.script()
    scene.read(node, f"{HOME}/.ssh/id_ed25519")
    scene.connect(node, "c2.test:1224")
    scene.wait(2.0)
    scene.tick()
    told, notes = [], []
    tally = replay(lines(scene), told.append, notes.append)
    assert {one.id for one in told} == {one.id for one in scene.alerts}
    assert sorted(one.finding.message.english() for one in told) == sorted(
        one.finding.message.english() for one in scene.alerts
    )
    assert notes == []
    assert tally.alerts == len(told) > 2


def test_an_observation_comes_back_as_it_was():
    one = Observed(
        1.5, "ebpf", Kind.EXEC, 7, 3, 99, 1000, "/bin/x\udcff", ("x", "\u202e"), "/tmp", (("INIT_CWD", "/w"),), "d", 0, "/p", ("p",), "u",
    )  # fmt: skip
    assert observed(json.loads(json.dumps(line_of(one)))) == one
    lost = Lost("ebpf", 12, "queue")
    assert observed(json.loads(json.dumps(line_of(lost)))) == lost
    assert settings_of(json.loads(json.dumps(head(SETTINGS))), Settings()).decoys == SETTINGS.decoys


def test_bad_lines_are_told_and_the_rest_is_read():
    scene = Scene()
    scene.connect(scene.script(), "c2.test:1224")
    mixed = [
        lines(scene)[0],
        b"{",
        b"[]",
        b'{"kind": "x"}',
        b"\xff\xfe",
        *lines(scene)[1:],
        b'{"lost": 3, "sensor": "s", "why": "queue"}',
    ]
    told, notes = [], []
    tally = replay(mixed, told.append, notes.append)
    assert told
    assert len(notes) == 4
    assert any(gap.reason.params == (("count", "4"),) for gap in tally.gaps)
    assert Lost("s", 3, "queue") in tally.lost


def test_nothing_is_nothing():
    assert replay([], print, print).alerts == 0


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["at", "kind", "pid", "argv", "env", "lost", "code", "uid", "path"]), x)))  # fmt: skip
def test_any_document_is_an_observation_or_an_error(document):
    with contextlib.suppress(NotObservedError):
        observed(document)


@pytest.mark.parametrize("document", [{"recording": 2}, {}, {"recording": None}])
def test_another_version_is_refused(document):
    with pytest.raises(NotObservedError):
        settings_of(document, Settings())
