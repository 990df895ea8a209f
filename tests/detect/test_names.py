import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.detect.names import Likeness, imitated, is_known, popular, summary_mark


@pytest.mark.parametrize(
    ("world", "name", "other", "likeness"),
    [
        ("pypi", "requeests", "requests", Likeness.TYPO),
        ("pypi", "websocktes", "websockets", Likeness.TYPO),
        ("pypi", "urlli3", "urllib3", Likeness.TYPO),
        ("npm", "typescirpt", "typescript", Likeness.TYPO),
        ("npm", "prettierr", "prettier", Likeness.TYPO),
        ("npm", "cr0ss-spawn", "cross-spawn", Likeness.LOOKALIKE),
        ("npm", "parser-body", "body-parser", Likeness.SWAPPED),
        ("pypi", "pythondateutil", "python-dateutil", Likeness.SEPARATOR),
    ],
)
def test_imitations(world, name, other, likeness):
    assert imitated(world, name) == (other, likeness)


@pytest.mark.parametrize(
    ("world", "name"),
    [
        ("npm", "react"),
        ("npm", "preact"),
        ("npm", "express"),
        ("npm", "lodash-es"),
        ("npm", "@my-company/prettierr"),
        ("npm", "express47"),
        ("npm", "frontend-of-my-shop"),
        ("npm", ""),
        ("pypi", "requests"),
        ("pypi", "httpx"),
        ("pypi", "my-thesis-code"),
        ("golang", "requeests"),
    ],
)
def test_innocent_names(world, name):
    assert imitated(world, name) is None


def test_lists_tell_their_date_and_are_long():
    for world in ("npm", "pypi"):
        known = popular(world)
        assert known.date == "2026-10"
        assert len(known.rank) == 5000
        assert all(is_known(world, name) for name in list(known.rank)[:500])


def test_unheard_of_names():
    strangers = [f"nobody-wrote-this-{number}" for number in range(1000)]
    assert sum(is_known("npm", name) for name in strangers) < 30


def test_summary_mark_ignores_case_space_and_full_stop():
    assert summary_mark("Fast  and small web framework.") == summary_mark("fast and small web framework")
    assert summary_mark("short") == ""


@given(st.text(max_size=300))
def test_any_name(name):
    imitated("npm", name)
    imitated("pypi", name)
