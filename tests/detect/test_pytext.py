"""Python as lines: blocks, callers, conditions."""

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.detect.pytext import PythonText

TEXT = '''"""def no(): inside text"""
import os


def helper(x):
    return deep(x)


def deep(x):
    run(x)


class Graph:
    def __init__(self, mode=None):
        if mode == "x":
            if self.ok:
                helper(mode)

    async def other(self):
        pass


start()
if __name__ == "__main__":
    never()
'''


def test_blocks_and_callers():
    text = PythonText(TEXT)
    assert [block.name for block in text.blocks if block.kind == "def"] == [
        "helper",
        "deep",
        "Graph.__init__",
        "Graph.other",
    ]
    assert text.around(10).name == "deep"
    assert text.around(23) is None
    assert text.reaching(10) == {"deep", "helper", "Graph"}
    assert text.reaching(23) == set()


def test_what_runs_at_import():
    names = PythonText(TEXT).at_import()
    assert "start" in names
    assert "never" not in names
    assert "helper" not in names


def test_conditions():
    assert PythonText(TEXT).condition(17) == 'self.ok and mode == "x"'


@given(st.text(max_size=300))
def test_any_text(text):
    lines = PythonText(text)
    for number in range(1, min(len(lines.lines), 5) + 1):
        lines.reaching(number)
        lines.condition(number)
    lines.at_import()
