"""The prefilter gives the answer of `in`, warm or cold, for any bytes."""

import random

import pytest

from lazaretto.detect.catalog import RULES
from lazaretto.detect.layers.catalog import LAYERS
from lazaretto.intel.index import index
from lazaretto.parse import prefilter
from lazaretto.parse.prefilter import Prefilter, Terms, Wish, Words

SEEKERS: list[Wish] = [
    *((rule.needles, rule.fold_case) for rule in RULES),
    *((source.needles, False) for source in LAYERS),
]
WISHES: list[Wish] = [
    ((), False),
    ((b"eval(", b"exec("), False),
    ((b"folderopen",), True),
    ((b"UpperCase",), True),
    ((b"!", b"\\x", b" " * 20, b"\n\"'\\"), False),
    (("\u3164".encode(), b"\x00\xff\x00"), False),
    ((b"https", b"fetch", b"eval("), False),
]


def by_in(wishes: list[Wish], data: bytes) -> set[int]:
    return {
        number
        for number, (needles, folded) in enumerate(wishes)
        if not needles or any(needle in (data.lower() if folded else data) for needle in needles)
    }


@pytest.fixture(params=["cold", "warm"])
def warm_up(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "WARM_UP", 0 if request.param == "warm" else 1 << 40)
    monkeypatch.setattr(prefilter, "FEWEST", 6)


@pytest.mark.usefixtures("warm_up")
@pytest.mark.parametrize("wishes", [WISHES, SEEKERS], ids=["some", "all rules"])
def test_any_bytes(wishes: list[Wish]) -> None:
    random_ = random.Random(7)
    needles = [needle for group, _ in wishes for needle in group]
    held = Prefilter(wishes)
    for turn in range(600):
        data = random_.randbytes(random_.randrange(40)) if turn % 2 else b" \t aA(" * random_.randrange(6)
        for _ in range(random_.randrange(4)):
            needle = random_.choice(needles)
            cut = needle[: random_.randrange(len(needle) + 1)] if random_.random() < 0.4 else needle
            data += random_.choice((cut, cut.upper(), cut.swapcase()))
        assert held.holding(data) == by_in(wishes, data), data


@pytest.mark.usefixtures("warm_up")
@pytest.mark.parametrize("data", [b"", b"a", b"eval(", b"EVAL(", b"FolderOpen", b"uppercase", b"UpperCase", b" " * 20])
def test_edges(data: bytes) -> None:
    assert Prefilter(WISHES).holding(data) == by_in(WISHES, data)


def test_the_set_is_compiled_only_after_some_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[int] = []
    monkeypatch.setattr(prefilter, "FEWEST", 6)
    compile_set = prefilter._compiled
    monkeypatch.setattr(prefilter, "_compiled", lambda wishes: compiled.append(1) or compile_set(wishes))
    held = Prefilter(WISHES)
    held.holding(b"x" * 1000)
    assert not compiled
    for _ in range(3):
        held.holding(b"x" * prefilter.WARM_UP)
    assert compiled == [1]


def test_few_needles_are_never_compiled() -> None:
    held = Prefilter([((b"eval(",), False)])
    assert held.holding(b"x" * (1 << 20) + b"eval(") == {0}
    assert held._scanner is None


def test_a_pass_that_takes_too_long_is_done_by_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "WARM_UP", 0)
    monkeypatch.setattr(prefilter, "FEWEST", 6)
    monkeypatch.setattr(prefilter, "_scan", lambda *_: False)
    assert Prefilter(WISHES).holding(b"fetch eval(") == {0, 1, 6}


def test_words_never_miss_what_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "WORDS_WARM_UP", 0)
    recorded = [*index().hosts, *index().tokens]
    words = Words(recorded)
    assert not words.may_stand_in(b"nothing of the kind " * 50)
    assert [one for one in recorded if not words.may_stand_in(b"\xff" + one.upper() + b"/x")] == []
    assert not Words(()).may_stand_in(b"abc")


def test_words_give_no_answer_before_they_are_compiled() -> None:
    words = Words([b"example.test"])
    assert words.may_stand_in(b"nothing")
    assert not words.may_stand_in(b"x" * (prefilter.WORDS_WARM_UP + 1))
    assert not words.may_stand_in(b"nothing")


def test_words_too_short_to_compile_are_always_possible() -> None:
    assert Words([b"ab"]).may_stand_in(b"x" * (prefilter.WORDS_WARM_UP + 1))


@pytest.fixture
def sifting(monkeypatch: pytest.MonkeyPatch) -> Prefilter:
    monkeypatch.setattr(prefilter, "WARM_UP", 10)
    monkeypatch.setattr(prefilter, "WORDS_WARM_UP", 40)
    monkeypatch.setattr(prefilter, "FEWEST", 3)
    return Prefilter(WISHES, lambda: ASKED, lambda: LATE)


ASKED = [Terms((b"alpha", b"C:")), Terms((b"_____", b"ab")), Terms((b"Beta", b"gamma"))]
LATE = [Terms((b"delta", b"omega"), folded=True)]


def test_terms_are_told_apart_once_enough_was_seen(sifting: Prefilter) -> None:
    assert sifting.sift(b"alpha") == ({0}, None)
    held = sifting.sift(b"eval( C: gamma")[1]
    assert held is not None
    assert [held.any_of(terms) for terms in (*ASKED, *LATE)] == [True, None, True, None]
    found, held = sifting.sift(b" " * 40 + b"OMEGA beta eval(")
    assert {number for number in found if number < len(WISHES)} == by_in(WISHES, b" " * 40 + b"eval(")
    assert held is not None
    assert [held.any_of(terms) for terms in (*ASKED, *LATE)] == [False, None, False, True]


def test_terms_that_nobody_announced_are_not_told(sifting: Prefilter) -> None:
    sifting.sift(b"x" * 20)
    held = sifting.sift(b"alpha")[1]
    assert held is not None
    assert held.any_of(Terms((b"alpha",))) is None
