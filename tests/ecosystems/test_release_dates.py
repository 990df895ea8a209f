from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.ecosystems.release_dates import Dates, dates, instant

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00", "2026-11-20T13:00:00+01:00"])
def test_times_as_registries_write_them(text):
    assert instant(text) == NOON


@pytest.mark.parametrize("text", [None, 5, "", "yesterday", "2026-13-20T12:00:00Z", "9" * 1000, {}])
def test_anything_else_is_not_told(text):
    assert instant(text) is None


def test_a_version_among_others():
    times = {
        "1.0": NOON - timedelta(days=90), "1.1": NOON - timedelta(minutes=50), "1.2": NOON,
        "1.3": NOON + timedelta(days=1),
    }  # fmt: skip
    assert dates(times, "1.2") == Dates(NOON, times["1.0"], times["1.1"], 2)
    assert dates(times, "1.0") == Dates(times["1.0"], times["1.0"], None, 1)
    assert dates(times, "9") == Dates(None, times["1.0"], None, 0)
    assert dates({}, "9") == Dates(None, None, None, 0)
