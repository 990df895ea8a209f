"""Candidates by the ten thousand are candidates."""

import pytest

from lazaretto.ecosystems.candidates import draft
from lazaretto.model.gate import Candidate, Listing

FIELDS = (
    Listing("npm", "x"),
    "1.0.0",
    "x-1.0.0.tgz",
    "https://registry.example.test/x",
    (("sha1", "a"),),
    1,
    None,
    ("install",),
    True,
    "",
    "no",
    True,
    False,
    "a",
    "b",
    "MIT",
)


def test_a_thawed_one_is_the_candidate_that_it_describes() -> None:
    made, built = draft(*FIELDS), Candidate(*FIELDS)
    made.__class__ = Candidate
    assert (made, hash(made), repr(made)) == (built, hash(built), repr(built))
    assert type(made) is Candidate
    assert Candidate.__slots__ == draft.__slots__  # type: ignore[attr-defined]


def test_it_cannot_be_changed_any_more() -> None:
    made = draft(*FIELDS)
    made.__class__ = Candidate
    with pytest.raises(AttributeError):
        made.version = "2"  # type: ignore[misc]
