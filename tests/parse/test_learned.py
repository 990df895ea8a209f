"""Sets of words that rules ask for give the answer of `in`, before and after they are compiled."""

from lazaretto.parse.prefilter import Learned


def test_sets_are_numbered_once_enough_was_seen() -> None:
    learned = Learned((10,))
    words = (b"alpha", b"beta")
    assert learned.held(b"alpha") is None
    assert learned.number(words) is None
    assert learned.held(b"a beta b" * 4) == (0, {0})
    assert learned.number(words) == 0
    assert learned.held(b"gamma") == (0, set())
    assert learned.number((b"gamma",)) is None


def test_words_that_are_no_good_to_the_search_are_left_to_in() -> None:
    learned = Learned((4,))
    for words in ((b"_____",), (b"ab", b"alpha")):
        assert learned.number(words) is None
    assert learned.held(b"alpha _____") is None
