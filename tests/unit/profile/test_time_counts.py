"""Hours are those of the wall clock, on both sides of a change of the clocks."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from mlexporter.profile.time_counts import TimeCounts, blocks_of, hours_of_week, local_hours
from mlexporter.state.local_time import LocalTime

SPRING = dt.datetime(2024, 3, 31, 1, tzinfo=dt.UTC).timestamp()
"""The moment at which clocks in Berlin go from 2:00 to 3:00."""


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
def test_local_hours_are_those_of_datetime(zone):
    """Hour for hour over two years, the vectors say what the standard library says."""
    times = dt.datetime(2023, 1, 1, tzinfo=dt.UTC).timestamp() + 1800.0 * np.arange(2 * 365 * 48, step=7)
    found = local_hours(times, LocalTime(zone))
    epoch = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks have no zone
    walls = [dt.datetime.fromtimestamp(each, ZoneInfo(zone)).replace(tzinfo=None) for each in times.tolist()]
    assert found.tolist() == [(wall - epoch) // dt.timedelta(hours=1) for wall in walls]
    assert hours_of_week(found).tolist() == [24 * wall.weekday() + wall.hour for wall in walls]
    assert hours_of_week(found).tolist() == LocalTime(zone).hours_of_week(times).tolist()


def test_clocks_that_go_forward_leave_an_hour_out():
    """1:59 in Berlin is followed by 3:00; UTC has all hours."""
    times = np.array([SPRING - 1, SPRING])
    assert (hours_of_week(local_hours(times, LocalTime("Europe/Berlin"))) % 24).tolist() == [1, 3]
    assert (hours_of_week(local_hours(times, LocalTime("UTC"))) % 24).tolist() == [0, 1]


def test_the_first_hour_is_on_a_thursday():
    """1970-01-01 0:00 UTC is hour 72 of a week that begins on Monday."""
    assert hours_of_week(local_hours(np.array([0.0]), LocalTime("UTC"))).tolist() == [72]


def test_blocks_begin_with_unix_time():
    """A block of six hours holds the times from its beginning to before its end."""
    assert blocks_of(np.array([0.0, 21_599.9, 21_600.0]), 21_600).tolist() == [0, 0, 1]


def test_rows_are_counted_by_hour_block_and_cell():
    """Batches add up; rows without a time are in nothing."""
    counts = TimeCounts("UTC", {"1h": 3600.0, "2h": 7200.0}, n_cells=2)
    counts.update(np.array([0.0, 3600.0, np.nan]), np.array([0, 1, 1]))
    counts.update(np.array([3600.0 + 86_400]), np.array([1]))
    assert counts.hours == {0: 1, 1: 1, 25: 1}
    assert counts.n_days == 2
    assert counts.blocks == {"1h": {0: 1, 1: 1, 25: 1}, "2h": {0: 2, 12: 1}}
    assert counts.by_week[[72, 73, 97]].tolist() == [[1, 0], [0, 1], [0, 1]]
    assert counts.by_week.sum() == 3
    assert counts.days_of_hours()[[71, 72, 73]].tolist() == [0, 1, 1]
