import io

from lazaretto.cli.progress import Line, wanted
from lazaretto.reports.i18n import Translator


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_short_work_shows_nothing():
    stream, clock = Terminal(), Clock()
    line = Line(stream, Translator(), 80, clock)
    line.start("x", None)
    for _ in range(100):
        clock.now += 0.009
        line.advance(1)
    line.done()
    assert stream.getvalue() == ""


def test_long_work_shows_one_line_and_clears_it():
    stream, clock = Terminal(), Clock()
    line = Line(stream, Translator(), 80, clock)
    line.start("./a\x1b[31m", None)
    for _ in range(1000):
        clock.now += 0.01
        line.advance(3)
    line.done()
    writes = stream.getvalue().split("\r\x1b[K")
    assert 80 <= len(writes) <= 100
    assert writes[1][2:].startswith("checking ./a\\x1b[31m: 3")
    assert stream.getvalue().endswith("\r\x1b[K")
    assert "\n" not in stream.getvalue()


def test_lists_count_targets():
    stream, clock = Terminal(), Clock()
    line = Line(stream, Translator(), 80, clock)
    line.start("", 10)
    clock.now = 2.0
    line.advance(4)
    assert "4/10 targets checked, 2 s" in stream.getvalue()


def test_only_where_somebody_looks():
    assert wanted(Terminal(), {})
    assert not wanted(Terminal(), {"CI": "true"})
    assert not wanted(Terminal(), {"TERM": "dumb"})
    assert not wanted(io.StringIO(), {})
