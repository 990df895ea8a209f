"""The prefilter may only leave out rules that cannot be true; and the cost does not grow with the rules."""

import random
import time

import pytest

from lazaretto.detect.sigma.index import Index, Needle, needles
from lazaretto.detect.sigma.log import log
from lazaretto.detect.sigma.rules import Matcher, SigmaRule
from lazaretto.detect.sigma.tree import All, Compare, Kind, Not, Some
from lazaretto.model.finding import Severity


def ends(text):
    return Compare("Image", Kind.ENDS, text)


def has(text, cased=False):
    return Compare("CommandLine", Kind.CONTAINS, text, cased)


def test_needles_of_an_alternative_are_all_needed_and_of_a_conjunction_the_rarest():
    assert needles(Some((ends("/a"), ends("/b")))) == {
        Needle("Image", Kind.ENDS, "/a"),
        Needle("Image", Kind.ENDS, "/b"),
    }
    assert needles(All((ends("/sh"), has("a long text"), Not(ends("/x"))))) == {
        Needle("CommandLine", Kind.CONTAINS, "a long text")
    }
    assert needles(Some((ends("/a"), Not(ends("/b"))))) is None
    assert needles(Compare("Image", Kind.PARTS, ("/x", "longest", ""))) == {Needle("Image", Kind.CONTAINS, "longest")}
    assert needles(has("ABC", cased=True)) == {Needle("CommandLine", Kind.CONTAINS, "abc")}


def test_every_kind_of_needle_is_found():
    wanted = [
        frozenset({Needle("Image", kind, text)})
        for kind, text in [
            (Kind.EQUALS, "/bin/x"),
            (Kind.STARTS, "/bin"),
            (Kind.ENDS, "x"),
            (Kind.CONTAINS, "in"),
            (Kind.CONTAINS, "bin/"),
        ]
    ]
    index = Index(
        [*wanted, None, frozenset({Needle("", Kind.CONTAINS, "bin")}), frozenset({Needle("Image", Kind.ENDS, "y")})]
    )
    assert index.candidates(log("linux", "file_event", {"Image": "/bin/x"})) == {0, 1, 2, 3, 4, 5, 6}
    assert index.candidates(log("linux", "file_event", {"Image": ("q", "/bin/y")})) == {1, 3, 4, 5, 6, 7}
    assert index.candidates(log("linux", "file_event", {"Other": "q"})) == {5}


def test_cost_does_not_grow_with_the_number_of_rules():
    def matcher(count):
        trees = [All((ends(f"/tool{n}"), has(f"--option-{n} "))) for n in range(count)]
        return Matcher(
            SigmaRule(str(n), "", "", "linux", "process_creation", Severity.LOW, "", "", "", "", (), (), (), tree)
            for n, tree in enumerate(trees)
        )

    record = log(
        "linux", "process_creation", {"Image": "/usr/bin/tool7", "CommandLine": "tool7 --option-7 " + "x " * 60}
    )

    def cost(one):
        assert [rule.path for rule in one.match(record)] == ["7"]
        best = 1.0
        for _ in range(5):
            began = time.process_time()
            for _ in range(200):
                one.match(record)
            best = min(best, (time.process_time() - began) / 200)
        return best

    few, many = cost(matcher(50)), cost(matcher(10_000))
    assert many < max(20 * few, 0.002)


@pytest.mark.parametrize("count", [3, 60, 400])
def test_contained_texts_are_found_however_many_there_are(count):
    rng = random.Random(count)
    wanted = ["".join(rng.choices("abcd/", k=rng.randint(1, 6))) for _ in range(count)]
    index = Index([frozenset({Needle("Image", Kind.CONTAINS, text)}) for text in wanted])
    for size in (0, 1, 2, 3, 9, 40, 300):
        text = "".join(rng.choices("abcde/", k=size))
        expected = {number for number, needle in enumerate(wanted) if needle in text}
        assert index.candidates(log("linux", "file_event", {"Image": text})) == expected
