"""The walk over syntax trees gives what `ast.walk` gives."""

import ast
import inspect

from lazaretto.parse import py_flow
from lazaretto.parse.py_nodes import walk


def test_same_nodes_in_the_same_order():
    tree = ast.parse(inspect.getsource(py_flow))
    assert [id(node) for node in walk(tree)] == [id(node) for node in ast.walk(tree)]


def test_a_node_without_its_fields():
    assert len(list(walk(ast.Call()))) == 1
