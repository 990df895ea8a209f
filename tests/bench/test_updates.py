"""The pairs that the bench makes of a list."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "bench"))
    monkeypatch.delitem(sys.modules, "updates", raising=False)


def test_every_new_version_meets_the_old_one_of_another_package_of_its_world() -> None:
    from updates import strangers

    rows = [{"world": world, "old": f"{name}1", "new": f"{name}2"} for world, name in ("na", "pb", "nc", "pd")]
    assert [(row["new"], row["old"]) for row in strangers(rows)] == [
        ("a2", "c1"),
        ("c2", "a1"),
        ("b2", "d1"),
        ("d2", "b1"),
    ]
