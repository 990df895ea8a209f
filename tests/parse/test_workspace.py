import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError
from lazaretto.parse.workspace import AgentConfig, DevContainer, Notebook, line_of, shell_text


def test_commands_of_every_shape_become_one_text() -> None:
    assert shell_text("node", ["a b.js", {"value": "--x", "quoting": "weak"}]) == "node 'a b.js' --x"
    assert shell_text({"value": "run"}) == "run"
    assert shell_text("${workspaceFolder}/x.sh") == "./x.sh"


def test_devcontainer_commands_and_mounts() -> None:
    view = DevContainer.of(
        Blob(
            ".devcontainer/devcontainer.json",
            b'{\n// c\n"initializeCommand": ["sh", "x.sh"],\n"postCreateCommand": {"a": "one", "b": ["two", "3"]},\n'
            b'"mounts": [{"source": "s", "target": "t"}, "source=u,target=v"]}',
        )
    )
    assert [(c.name, c.text, c.line) for c in view.commands] == [
        ("initializeCommand", "sh x.sh", 3),
        ("postCreateCommand", "one", 4),
        ("postCreateCommand", "two 3", 4),
    ]
    assert view.mounts[:2] == ("source=s,target=t", "source=u,target=v")


def test_agent_commands_and_urls() -> None:
    blob = Blob(
        ".claude/settings.json",
        b'{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "sh a.sh"}]}]},'
        b' "mcpServers": {"x": {"command": "npx", "args": ["-y", "pkg"]}, "y": {"url": "https://a.test/m"}}}',
    )
    assert AgentConfig.accepts(blob)
    view = AgentConfig.of(blob)
    assert {c.text for c in view.commands} == {"sh a.sh", "npx -y pkg"}
    assert [u.text for u in view.urls] == ["https://a.test/m"]
    assert not AgentConfig.accepts(Blob("src/settings.json", b'{"hooks": 1}'))


def test_notebook_cells_have_lines() -> None:
    view = Notebook.of(Blob("x.ipynb", b'{"cells": [\n{"cell_type": "code",\n"source": ["!ls -la\\n", "x = 1"]}]}'))
    assert list(view.cells()) == [("!ls -la\nx = 1", 3)]


def test_line_of_escaped_text() -> None:
    assert line_of(Blob("x.json", b'{\n"a": "say \\"x\\""}'), 'say "x"') == 2
    assert line_of(Blob("x.json", b"{}"), "absent") == 1


@pytest.mark.parametrize("kind", [AgentConfig, DevContainer])
@given(
    data=st.binary(max_size=200)
    | st.sampled_from([b"[]", b"{}", b'{"mcp": [[[]]], "mounts": 3}', b'{"hooks": {"a": "b"}}'])
)
def test_any_bytes_are_a_value_or_a_parse_error(kind, data: bytes) -> None:
    try:
        view = kind.of(Blob("x.json", data))
    except ParseError:
        return
    assert view.commands is not None
