"""Rows of each season and segment."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from mlexporter.state.sides.slots import Slots

NEW_YORK = ZoneInfo("America/New_York")
DAYS = [0] * 24 + [1] * 96 + [2] * 48  # Monday, Tuesday to Friday, the weekend
SEGMENTS = [1, 0, 2, 2, 2, 2]  # of the cells a, b, other, unseen, missing, invalid


def counted(reference, rows):
    cells = np.zeros(reference.slots.n_slots, dtype=np.int64)
    Slots(reference).count(rows, cells)
    return cells.tolist()


def test_seasons_and_segments_are_told_apart_and_merged(new_reference, new_slots, new_rows):
    """A brute-force loop over a year of rows, where the weekend has one slot for all segments."""
    table = (0, 1, 2, 3, 4, 5, 6, 6, 6)
    reference = new_reference(new_slots(DAYS, SEGMENTS, table), time_zone="America/New_York")
    generator = np.random.default_rng(3)
    times = generator.uniform(1.76e9, 1.80e9, 3000)
    codes = generator.integers(0, 6, 3000)
    expected = Counter()
    for seconds, code in zip(times, codes, strict=True):
        moment = datetime.fromtimestamp(seconds, NEW_YORK)
        season = DAYS[moment.weekday() * 24 + moment.hour]
        expected[table[season * 3 + SEGMENTS[code]]] += 1

    found = counted(reference, new_rows(np.zeros((3000, 2)), codes, timestamps=times))
    assert found == [expected[slot] for slot in range(7)]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 8, tzinfo=NEW_YORK), 23), (datetime(2026, 11, 1, tzinfo=NEW_YORK), 25)],
    ids=["begin of daylight saving", "end of it"],
)
def test_a_day_on_which_the_clock_is_moved(new_reference, new_slots, new_rows, day, hours):
    """A row each minute of that Sunday: the day has 23 or 25 hours, and Monday begins when it does."""
    reference = new_reference(new_slots([0] * 144 + [1] * 24, (), (0, 1)), time_zone="America/New_York")
    begin = day.timestamp()
    minutes = begin + 60.0 * np.arange(-60, 27 * 60)

    found = counted(reference, new_rows(np.zeros((len(minutes), 2)), [0] * len(minutes), timestamps=minutes))
    assert found == [len(minutes) - hours * 60, hours * 60]


def test_rows_without_times_are_of_when_they_came(new_reference, new_slots, new_rows):
    """All of them in one stroke; one of them has a time of its own."""
    reference = new_reference(new_slots([0] * 144 + [1] * 24, (), (0, 1)))
    sunday = 3.5 * 86_400

    assert counted(reference, new_rows(np.zeros((4, 2)), [0] * 4, now=sunday)) == [0, 4]
    times = np.array([0.0, np.nan])
    assert counted(reference, new_rows(np.zeros((2, 2)), [0] * 2, now=sunday, timestamps=times)) == [1, 1]


def test_segments_without_seasons(new_reference, new_slots, new_rows):
    """By hand: a, b and what is neither."""
    reference = new_reference(new_slots((), SEGMENTS, (0, 1, 2)))

    assert counted(reference, new_rows(np.zeros((5, 2)), [0, 0, 1, 4, 5])) == [1, 2, 2]
    assert counted(reference, new_rows(np.zeros((0, 2)), [])) == [0, 0, 0]


def test_a_profile_without_slots_has_none(new_reference):
    """There is nothing to be made of it."""
    with pytest.raises(ValueError, match="has none to count"):
        Slots(new_reference())
