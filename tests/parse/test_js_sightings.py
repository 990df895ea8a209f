"""Names that stand in a script hundreds of times are found by a pattern: it gives what looking at each gives."""

import random

import pytest

from lazaretto.parse import js_functions, js_names

PIECES = [
    b"e",
    b"ee",
    b"$",
    b"_",
    b".",
    b"...",
    b"e=",
    b"e(",
    b"(e,",
    b".e(",
    b"e.call(",
    b" e?.(",
    b"1",
    b" ",
    b"\n",
    b"\xc3",
]


def text(seed: int) -> bytes:
    """A few hundred pieces in some order."""
    chosen = random.Random(seed)
    return b"".join(chosen.choice(PIECES) for _ in range(600))


@pytest.mark.parametrize("word", [b"e", b"ee", b"$", b"_e"])
@pytest.mark.parametrize("seed", range(8))
def test_a_pattern_finds_the_names_that_looking_at_each_finds(
    monkeypatch: pytest.MonkeyPatch, word: bytes, seed: int
) -> None:
    source = text(seed)
    monkeypatch.setattr(js_names, "FEW", 0)
    by_pattern = list(js_names._sightings(source, word))
    monkeypatch.setattr(js_names, "FEW", 1 << 30)
    by_hand = [at for at in js_names._sightings(source, word) if not source[at + len(word) :][:1].isalnum()]
    assert by_pattern == by_hand


@pytest.mark.parametrize("method", [True, False])
@pytest.mark.parametrize("word", [b"e", b"ee"])
@pytest.mark.parametrize("seed", range(8))
def test_a_pattern_finds_the_calls_that_looking_at_each_finds(
    monkeypatch: pytest.MonkeyPatch, seed: int, word: bytes, *, method: bool
) -> None:
    source = text(seed)
    monkeypatch.setattr(js_functions, "FEW", 0)
    by_pattern = list(js_functions._called(source, word, method=method))
    monkeypatch.setattr(js_functions, "FEW", 1 << 30)
    assert by_pattern == list(js_functions._called(source, word, method=method))
