"""What lies in a folder that an editor trusts: opened is one thing, started another."""

import json

from lazaretto.app.hunt_trust import starts, trusted_hits
from lazaretto.model.finding import Confidence
from lazaretto.model.text import Message
from lazaretto.model.trace import FOLDER, Hit, Reason, Rung, Standing, Trace
from lazaretto.traces.editors import TRUSTED

FOUND = Hit(
    Trace("npm", "evil-graph", "1.0.1", Rung.RESOLVED, "project", "/home/x/work/a/package-lock.json", 3),
    Reason(Standing.RECORDED),
)
TOLD = Message.of(TRUSTED, {"folder": "/home/x/work"})
TRUST = Trace(FOLDER, "/home/x/work", "", Rung.FETCHED, "editor-state", "/home/x/state.vscdb", detail=TOLD)
LURE = Hit(
    Trace("repository-name", "work", "", Rung.FETCHED, "editor-state", "/home/x/state.vscdb", detail=TOLD),
    Reason(Standing.RECORDED),
)


def test_a_trusted_folder_without_a_task_raises_nothing():
    (more,) = trusted_hits([FOUND], [TRUST], lambda folder: False)
    assert (more.trace.rung, more.trace.place, more.trace.path) == (
        Rung.RESOLVED,
        "editor-state",
        "/home/x/state.vscdb",
    )


def test_a_folder_that_starts_a_task_may_have_run_it():
    (more,) = trusted_hits([FOUND], [TRUST], lambda folder: folder == "/home/x/work")
    assert (more.trace.rung, more.trace.confidence) == (Rung.EXECUTED, Confidence.LOW)


def test_a_folder_that_is_the_lure_itself():
    assert [*trusted_hits([LURE], [TRUST], lambda folder: False)] == []
    (more,) = trusted_hits([LURE], [TRUST], lambda folder: True)
    assert (more.trace.name, more.trace.rung) == ("work", Rung.EXECUTED)


def test_folders_that_were_only_opened_say_nothing():
    opened = Trace(FOLDER, "/home/x/work", "", Rung.FETCHED, "editor-state", "/home/x/state.vscdb")
    assert [*trusted_hits([FOUND], [opened], lambda folder: True)] == []


def test_other_folders_say_nothing():
    other = Trace(FOLDER, "/home/x/wo", "", Rung.FETCHED, "editor-state", "/home/x/state.vscdb", detail=TOLD)
    assert [*trusted_hits([FOUND], [other], lambda folder: True)] == []


def test_which_folders_start_something(tmp_path):
    assert not starts(str(tmp_path))
    tasks = tmp_path / ".vscode/tasks.json"
    tasks.parent.mkdir()
    for document, expected in (
        ({"tasks": [{"label": "x", "command": "true", "runOptions": {"runOn": "folderOpen"}}]}, True),
        ({"tasks": [{"label": "x", "command": "true"}]}, False),
    ):
        tasks.write_text(json.dumps(document))
        assert starts(str(tmp_path)) is expected
    tasks.write_bytes(b"\x00{{{")
    assert not starts(str(tmp_path))
