"""Local hours of Unix times."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.state import local_time
from mlexporter.state.local_time import END_OF_TIMES, LocalTime, credible

ZONES = ["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


def by_hand(seconds, name):
    moment = datetime.fromtimestamp(int(seconds), zoneinfo.ZoneInfo(name))
    return moment.weekday() * 24 + moment.hour


@settings(max_examples=examples(50), deadline=None)
@given(
    name=st.sampled_from(ZONES),
    seconds=st.lists(st.floats(0, END_OF_TIMES - 1, exclude_max=True), min_size=1, max_size=20),
)
def test_every_hour_is_that_of_a_datetime(name, seconds):
    """Any moment in any zone, in one array or one by one: what the standard library says."""
    local = LocalTime(name)
    expected = [by_hand(each, name) for each in seconds]

    assert local.hours_of_week(np.array(seconds)).tolist() == expected
    assert [local.hour_of_week(each) for each in seconds] == expected


@pytest.mark.parametrize(
    ("change", "hours"),
    [
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), [6 * 24 + 1, 6 * 24 + 3]),  # 1:59:59 is followed by 3:00
        (datetime(2026, 11, 1, 6, 0, tzinfo=UTC), [6 * 24 + 1, 6 * 24 + 1]),  # 1:59:59 by 1:00 again
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), [6 * 24 + 1, 6 * 24 + 2]),
    ],
    ids=["begin of daylight saving", "end of it", "an hour after"],
)
def test_the_clock_is_moved_at_the_very_second(change, hours):
    """By hand for New York in 2026: both changes of daylight saving, to the second."""
    seconds = change.timestamp()

    assert LocalTime("America/New_York").hours_of_week(np.array([seconds - 1, seconds])).tolist() == hours


def test_what_is_no_time_of_a_row_is_not_believed():
    """Before 1970, after 2100 (milliseconds), not finite."""
    given_times = np.array([-1.0, 0.0, 1.7e9, 1.7e12, np.nan, np.inf, END_OF_TIMES])

    assert np.isnan(credible(given_times)).tolist() == [True, False, False, True, True, True, True]
    assert LocalTime("America/New_York").hours_of_week(np.array([-5.0, 9e15])).shape == (2,)


def test_a_machine_without_data_of_the_zone_tells_utc_and_says_so_once(monkeypatch, caplog):
    """Seasons are wrong by hours then, which somebody has to know; no row is lost."""
    monkeypatch.setattr(local_time, "_told", set())

    for _ in range(2):
        local = LocalTime("Mars/Olympus_Mons")
        assert local.hour_of_week(0.0) == 72
    assert caplog.text.count("no data of the time zone Mars/Olympus_Mons") == 1


def test_no_rows_have_no_hours():
    """An empty array is one."""
    assert LocalTime("Europe/Berlin").hours_of_week(np.zeros(0)).tolist() == []
