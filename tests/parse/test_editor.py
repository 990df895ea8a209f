import contextlib

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.editor import EditorSettings, EditorTasks
from lazaretto.parse.views import ParseError

TASKS = b"""{
  // comment
  "version": "2.0.0",
  "tasks": [
    {"label": "prep", "type": "shell", "command": "node", "args": ["a b.js"], "options": {"cwd": "${workspaceFolder}/s"},
     "windows": {"command": "cmd"}, "presentation": {"reveal": "never"}},
    {"type": "npm", "script": "watch"},
    {"label": "go", "dependsOn": ["prep", {"type": "npm", "script": "watch"}], "runOptions": {"runOn": "folderOpen"},},
  ]
}"""


def test_tasks_variants_and_chains() -> None:
    view = EditorTasks.of(Blob("web/.vscode/tasks.json", TASKS))
    prep, watch, go = view.tasks
    assert prep.texts == (("", "cd ./s && node 'a b.js'"), ("windows", "cd ./s && cmd 'a b.js'"))
    assert prep.hidden
    assert (view.line(prep), prep.automatic, go.automatic) == (5, False, True)
    assert watch.texts == (("", "npm run watch"),)
    assert {task.label for task in view.chain(go)} == {"prep", "npm: watch", "go"}


def test_an_input_may_be_a_command() -> None:
    data = b"""{"tasks": [{"label": "a", "command": "echo ${input:x}", "runOptions": {"runOn": "folderOpen"}}, {"label": "b", "command": "ls"}],
    "inputs": [{"id": "x", "type": "command", "command": "shellCommand.execute", "args": {"command": "node ${workspaceFolder}/x.js"}},
               {"id": "y", "type": "command", "command": "c", "args": "other"}]}"""
    a, b = EditorTasks.of(Blob(".vscode/tasks.json", data)).tasks
    assert a.texts == (("", "echo ${input:x}"), ("", "node ./x.js"))
    assert b.texts == (("", "ls"),)


def test_a_dependency_loop_ends() -> None:
    view = EditorTasks.of(
        Blob(".vscode/tasks.json", b'{"tasks": [{"label": "a", "dependsOn": "b"}, {"label": "b", "dependsOn": "a"}]}')
    )
    assert len(view.chain(view.tasks[0])) == 2


def test_a_damaged_file_is_read_roughly() -> None:
    view = EditorTasks.of(
        Blob(".vscode/tasks.json", b'{"tasks": [{"command": "node \\"x\\"", "runOn": "folderOpen" oops')
    )
    assert view.damaged
    assert view.tasks[0].texts == (("", 'node "x"'),)
    assert view.tasks[0].automatic


def test_workspace_files_hold_tasks_and_settings() -> None:
    blob = Blob("x.code-workspace", b'{"settings": {"a": 1}, "tasks": {"tasks": [{"command": "ls"}]}}')
    assert EditorTasks.accepts(blob)
    assert EditorTasks.of(blob).tasks[0].texts == (("", "ls"),)
    assert EditorSettings.of(blob).settings == {"a": 1}
    assert not EditorTasks.accepts(Blob("src/tasks.json", b""))


@given(
    st.binary(max_size=200) | st.sampled_from([b"[]", b'{"tasks": {}}', b'{"tasks": [1, null, {"dependsOn": [[]]}]}'])
)
def test_any_bytes_give_tasks(data: bytes) -> None:
    assert EditorTasks.of(Blob(".vscode/tasks.json", data)).tasks is not None
    with contextlib.suppress(ParseError):
        EditorSettings.of(Blob(".vscode/settings.json", data))
