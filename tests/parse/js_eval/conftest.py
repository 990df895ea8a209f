"""Evaluates one inert program."""

from collections.abc import Callable

import pytest

from lazaretto.parse.javascript import parsed
from lazaretto.parse.js_eval.machine import Machine
from lazaretto.parse.js_eval.statements import run_program


def run_source(source: str) -> object:
    tree = parsed(source.encode())
    machine = Machine(tree.root_node, parsed)
    return machine.guarded(lambda: run_program(machine, tree.root_node, machine.top))


@pytest.fixture
def value_of() -> Callable[[str], object]:
    return run_source
