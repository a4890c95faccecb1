"""Seasons and segments are told apart where rows allow it, and merged with neighbours where not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.profile.hour_rings import EVERY_DAY, WEEKENDS, WORKDAYS, Hours, merged_ring
from mlexporter.profile.slot_plan import RowsByTime, plan_slots
from mlexporter.records import Distribution, Kind, TrainingType

CARRIERS = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("UA", "AA", "B6"))


def _known(rows_of_hours, n_days=28, shares=(1.0,)):
    """Rows of each hour of a day, alike on all days of the week, split over cells by shares."""
    rows = np.outer(np.tile(rows_of_hours, 7), shares).astype(np.int64)
    return RowsByTime(rows, np.full(168, n_days // 7), n_days)


def _plan(known, segment=None, **options):
    return plan_slots(known, segment, **{"n_cells": 100, "least_rows": 500, **options})


def test_hours_of_workdays_and_weekends_are_told_apart():
    """Two weeks with 500 rows in each of 48 parts give 48 seasons."""
    plan = _plan(_known([250] * 24, n_days=14))
    assert len(plan.names) == 48
    assert plan.names[8] == "Mon–Fri 08"
    assert plan.names[47] == "Sat–Sun 23"
    hours = plan.season_of_hours
    assert (hours[0], hours[4 * 24 + 23], hours[5 * 24], hours[167]) == (0, 23, 24, 47)
    assert plan.table == tuple(range(48))


def test_less_than_two_weeks_give_hours_of_the_day():
    """Without a second weekend nobody knows weekends."""
    plan = _plan(_known([1000] * 24, n_days=13))
    assert plan.names == tuple(f"{hour:02d}" for hour in range(24))
    assert plan.season_of_hours == tuple(range(24)) * 7


def test_thin_hours_are_merged_with_their_neighbours():
    """A night without 500 rows an hour becomes parts that have them, over midnight too."""
    plan = _plan(_known([30] * 4 + [1000] * 18 + [30] * 2, n_days=7))
    assert len(plan.names) == 20
    assert {name for name in plan.names if "–" in name} == {"22–00", "01–03"}


def test_too_few_rows_or_days_give_no_slots():
    """One part of the day is no season, and what was seen on one day may never be again."""
    assert _plan(_known([4] * 24)) is None
    assert _plan(RowsByTime(np.full((168, 1), 9_999), np.ones(168, dtype=np.int64), 1)) is None
    assert _plan(RowsByTime(np.array([[10_000]]), np.zeros(1, dtype=np.int64), 0)) is None


def test_an_hour_that_was_once_is_no_season():
    """A part of the day needs rows from two days, however many rows one day has."""
    days = np.zeros(168, dtype=np.int64)
    days[:24] = 1
    rows = np.zeros((168, 1), dtype=np.int64)
    rows[:24] = 5_000
    assert _plan(RowsByTime(rows, days, 2)) is None


def test_segments_are_the_large_categories_and_the_rest():
    """Categories with 500 rows have a segment of their own; all other cells are one."""
    counts = np.array([[5_000, 900, 400, 100, 50, 30, 0]])
    plan = _plan(RowsByTime(counts, np.zeros(1, dtype=np.int64), 0), ("carrier", CARRIERS))
    assert plan.seasons == ()
    assert plan.season_of_hours == ()
    assert plan.segments == (0, 1, 2, 2, 2, 2, 2)
    assert plan.names == ("carrier=UA", "carrier=AA", "carrier: all others")


def test_a_small_rest_joins_the_largest_segment():
    """What has no 500 rows changes the largest segment least."""
    counts = np.array([[900, 5_000, 10, 0, 0, 30, 0]])
    plan = _plan(RowsByTime(counts, np.zeros(1, dtype=np.int64), 0), ("carrier", CARRIERS))
    assert plan.segments == (0, 1, 1, 1, 1, 1, 1)
    assert plan.names == ("carrier=UA", "carrier=AA and all others")


def test_hidden_names_stay_hidden():
    """Names of slots do not tell categories that a profile hides."""
    hidden = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("UA", "AA"), expose_names=False)
    counts = np.array([[900, 800, 0, 0, 0, 0]])
    plan = _plan(RowsByTime(counts, np.zeros(1, dtype=np.int64), 0), ("carrier", hidden))
    assert plan.names == ("carrier=category 00", "carrier=category 01")


def test_seasons_of_a_small_segment_are_merged():
    """Each slot of season x segment keeps 500 rows: fewer parts of the day for a small segment."""
    plan = _plan(_known([1000] * 24, shares=(0.9, 0.08, 0.02, 0, 0, 0, 0)), ("carrier", CARRIERS))
    table = np.reshape(plan.table, (48, 3))
    assert len(set(table[:, 0])) == 48
    assert plan.names[0] == "Mon–Fri 00, carrier=UA"
    assert 2 < len(set(table[:, 1])) < 48
    assert {plan.names[slot].split(", ")[0].split()[0] for slot in table[:24, 2]} == {"Mon–Fri"}
    rows = np.zeros(len(plan.names))
    known = _known([1000] * 24, shares=(0.9, 0.08, 0.02)).rows
    np.add.at(rows, table[np.array(plan.season_of_hours)], known)
    assert rows.min() >= 500


def test_wide_models_get_fewer_slots():
    """All slots together have at most four million counts, so that a file stays within its limit."""
    plan = _plan(_known([1000] * 24), n_cells=400_000)
    assert 2 <= len(plan.names) <= 10


def test_slots_without_seasons_keep_their_segments():
    """Where hours turn out to be alike, the slots of a segment are one."""
    plan = _plan(_known([1000] * 24, shares=(0.5, 0.5, 0, 0, 0, 0, 0)), ("carrier", CARRIERS))
    kept = plan.without_seasons
    assert (kept.seasons, kept.table, kept.names) == ((), (0, 1), ("carrier=UA", "carrier=AA"))
    assert plan.segment_of_slots.tolist() == [0] * 48 + [1] * 48
    assert _plan(_known([1000] * 24)).without_seasons is None


def test_names_of_long_categories_are_cut_and_told_apart():
    """A name is at most 64 characters long, and no two are equal."""
    long = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("x" * 200 + "1", "x" * 200 + "2"))
    counts = np.array([[900, 800, 0, 0, 0, 0]])
    plan = _plan(RowsByTime(counts, np.zeros(1, dtype=np.int64), 0), ("c", long))
    assert len(set(plan.names)) == 2
    assert all(len(name) <= 64 for name in plan.names)


@pytest.mark.parametrize(
    ("hours", "name"),
    [
        (Hours(WORKDAYS, (8,)), "Mon–Fri 08"), (Hours(WEEKENDS, (20, 21, 22, 23)), "Sat–Sun 20–23"), (Hours(EVERY_DAY, (23, 0)), "23–00"),
        (Hours(WORKDAYS, tuple(range(24))), "Mon–Fri"), (Hours(EVERY_DAY, tuple(range(24))), ""),
    ],
)  # fmt: skip
def test_names_of_hours(hours, name):
    """People read days and hours."""
    assert hours.name == name


@given(st.lists(st.integers(0, 300), min_size=1, max_size=24), st.integers(1, 400))
@settings(max_examples=examples(80), deadline=None)
def test_rings_are_merged_to_enough_rows(rows, least_rows):
    """Parts hold every member once, neighbours only, each with enough rows; none where the sum is too small."""
    parts = merged_ring(len(rows), rows, lambda part: sum(rows[each] for each in part) >= least_rows, 1)
    if sum(rows) < least_rows:
        assert parts == []
        return
    assert sorted(member for part in parts for member in part) == list(range(len(rows)))
    for part in parts:
        assert sum(rows[member] for member in part) >= least_rows
        assert [(member - part[0]) % len(rows) for member in part] == list(range(len(part)))
