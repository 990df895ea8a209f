import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.runfiles import Kind, RunFile
from lazaretto.parse.views import ParseError


def steps(path: str, text: str) -> list[tuple[str, int]]:
    blob = Blob(path, text.encode())
    assert RunFile.accepts(blob)
    return [(step.text, step.line) for step in RunFile(blob).steps]


def test_docker_steps() -> None:
    text = 'FROM x\nRUN a && \\\n    # note\n    b\nCMD ["node", "s.js"]\nRUN <<EOF\nc\nEOF\nCOPY . .\n'
    assert [line for _, line in steps("Dockerfile", text)] == [2, 5, 7]
    assert steps("Dockerfile", text)[2] == ("c", 7)
    assert steps("app.dockerfile", text)[1][0].split() == ['"node"', '"s.js"']


def test_make_recipes_and_shell_calls() -> None:
    text = "X := $(shell date)\nall: a\n\t@curl x \\\n\t| sh\nb:\n\t-echo $$HOME\n"
    assert steps("Makefile", text) == [("date", 1), ("curl x \\\n\t| sh", 3), ("echo $HOME", 6)]


def test_workflow_commands() -> None:
    text = "on: push\njobs:\n  a:\n    steps:\n      - name: x\n        run: |\n          one\n          two\n      - uses: y\n"
    assert steps(".github/workflows/x.yml", text) == [("one\ntwo\n", 6)]
    assert steps("docker-compose.yml", "services:\n  a:\n    command: [node, 'a b']\n") == [("node 'a b'", 3)]


def test_kinds() -> None:
    assert RunFile(Blob("x.bat", b"")).kind is Kind.BATCH
    assert RunFile(Blob(".envrc", b"")).kind is Kind.ENVRC
    assert RunFile.accepts(Blob("bin/tool", b"#!/usr/bin/env bash\n"))
    assert not RunFile.accepts(Blob("bin/tool", b"#!/usr/bin/env node\n"))
    assert not RunFile.accepts(Blob("data.yml", b"run: x"))
    assert steps("x.cmd", "@echo off\nREM curl x | sh\n") == [("echo off\n\n", 1)]


@pytest.mark.parametrize("path", ["Dockerfile", "Makefile", "x.sh", ".github/workflows/a.yml", "Procfile", "x.bat"])
@given(data=st.binary(max_size=300))
def test_any_bytes_give_steps_or_a_parse_error(path: str, data: bytes) -> None:
    with contextlib.suppress(ParseError):
        assert RunFile(Blob(path, data)).steps is not None
