"""The page names every category, field, modifier and stream."""

from pathlib import Path

from sigma.modifiers import modifier_mapping

from lazaretto.adapters.streams.catalog import STREAMS
from lazaretto.detect.sigma.fields import Actor, records
from lazaretto.detect.sigma.own import own_rules
from lazaretto.detect.sigma.rules import CATEGORIES
from lazaretto.model.host import Kind, Observed

PAGE = (Path(__file__).parents[3] / "docs" / "watch-sigma.md").read_text(encoding="utf-8")


def test_the_page_is_whole():
    for word in (*CATEGORIES, *modifier_mapping, *(one.id for one in STREAMS)):
        assert f"`{word}`" in PAGE, word
    actor = Actor("/a", ("a",), "/", "/b", ("b",), "u", ("a.invalid",), (("md5", "1"), ("sha1", "2"), ("sha256", "3")))
    seen = [
        Observed(1, "t", Kind.EXEC, 1, 2, path="/a", argv=("a",), cwd="/"),
        *(Observed(1, "t", kind, 1, path="/x") for kind in (Kind.READ, Kind.WRITE, Kind.DELETE)),
        Observed(1, "t", Kind.CONNECT, 1, path="192.0.2.1:1"),
        Observed(1, "t", Kind.RESOLVE, 1, path="a.invalid", detail="192.0.2.1"),
    ]
    fields = {name for one in seen for log in records(one, "linux", actor) for name in log.raw}
    for field in fields:
        assert f"`{field}`" in PAGE, field


def test_the_number_of_own_rules_is_the_one_that_the_page_says():
    assert len(own_rules()) == 15
    assert "Fifteen rules" in PAGE
