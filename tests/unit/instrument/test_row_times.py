"""When rows were, as users tell it, and in which slot that puts them."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
import math
import zoneinfo
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mlexporter.instrument.row_times import seconds_of, seconds_of_all, seconds_of_column
from mlexporter.records import FeatureReference, Slots
from mlexporter.records.sides import SLOTS

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
MONDAY = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)
SUNDAY = dt.datetime(2026, 6, 7, 10, tzinfo=dt.UTC)


class Hostile:
    """A value whose methods raise."""

    def __float__(self):
        """Raise."""
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1.5, 1.5),
        (3, 3.0),
        (np.float32(2.0), 2.0),
        (decimal.Decimal(7), 7.0),
        (MONDAY, 1_780_308_000.0),
        (MONDAY.replace(tzinfo=None), 1_780_308_000.0),
        (MONDAY.astimezone(BERLIN), 1_780_308_000.0),
        (pd.Timestamp(MONDAY), 1_780_308_000.0),
        (dt.date(1970, 1, 2), 86_400.0),
        (np.datetime64("1970-01-02T00:00:01"), 86_401.0),
        ("2026-06-01T10:00:00Z", 1_780_308_000.0),
        (" 2026-06-01 12:00+02:00", 1_780_308_000.0),
    ],
)
def test_what_is_a_time(value, seconds):
    """Numbers are Unix seconds; times and texts without a zone are UTC."""
    assert seconds_of(value) == seconds
    assert seconds_of_all([value]).tolist() == [seconds]
    assert seconds_of_column([value, value], 2).tolist() == [seconds] * 2
    assert seconds_of_column(value, 2).tolist() == [seconds] * 2


@pytest.mark.parametrize(
    "value", ["yesterday", "", "1.5", np.datetime64("NaT"), pd.NaT, math.nan, Hostile(), [1.0], b"x", 1j]
)
def test_what_is_none(value):
    """Rubbish is unknown, and nothing raises."""
    assert math.isnan(seconds_of(value))
    assert np.isnan(seconds_of_all([value, 2.0])).tolist() == [True, False]


@pytest.mark.parametrize("value", [-1, 1.7e12, math.inf, 10**400])
def test_what_is_not_believed(value):
    """Before 1970 and after 2100, as milliseconds are."""
    assert np.isnan(seconds_of_all([value])).all()


@pytest.mark.parametrize(
    "column",
    [
        np.array([5, 6]),
        np.array(["1970-01-01T00:00:05", "1970-01-01T00:00:06"], dtype="datetime64[ns]"),
        pd.Series([5.0, 6.0]),
        pd.to_datetime(pd.Series([5, 6]), unit="s"),
        pd.to_datetime(pd.Series([5, 6]), unit="s", utc=True).dt.tz_convert(BERLIN),
        pd.Series(["1970-01-01T00:00:05", "1970-01-01T00:00:06"], dtype="category"),
        pa.array(["1970-01-01T00:00:05", "1970-01-01T00:00:06"]),
        pa.array([5, 6], pa.timestamp("s", "UTC")),
        [5, dt.datetime(1970, 1, 1, 0, 0, 6, tzinfo=dt.UTC)],
    ],
)
def test_columns_of_times(column):
    """Of numpy, pandas, Arrow and lists; what a column is short of is unknown."""
    found = seconds_of_column(column, 3)

    assert found[:2].tolist() == [5.0, 6.0]
    assert math.isnan(found[2])
    assert seconds_of_column(column, 1).tolist() == [5.0]


def test_nothing_says_nothing():
    """No column, and what is no column."""
    assert seconds_of_column(None, 3) is None
    assert seconds_of_column({"a": 1}, 3) is None


@pytest.fixture
def seasonal(new_reference):
    """A profile that tells weekdays (slot 0) and weekends (slot 1) apart; rows arrive on a Thursday."""
    slots = Slots((0,) * 120 + (1,) * 48, "", (), (0, 1), ("a", "b"), ((0,), (0,)), (1, 1))
    return replace(new_reference(), slots=slots)


def slots_of(rig):
    """Rows of weekdays and weekends; each row is in one of them."""
    profile = rig.snapshot.profile
    found = profile.side_cells[rig.reference.side_places[SLOTS]].tolist()

    rig.assert_balanced()
    assert sum(found) == profile.drained
    return found


ROW = {"colour": "blue", "size": 1.5}


@dataclass
class Flight:
    """A row with a time."""

    colour: str
    size: float
    at: object


@pytest.mark.parametrize(
    "container",
    [
        {**ROW, "at": SUNDAY},
        Flight("blue", 1.5, SUNDAY.timestamp()),
        [{**ROW, "at": SUNDAY.isoformat()}],
        pd.DataFrame({"colour": ["blue"], "size": [1.5], "at": [SUNDAY]}),
        SimpleNamespace(colour="blue", size=1.5, at=SUNDAY, other=object()),
        [SimpleNamespace(colour="blue", size=1.5, at=SUNDAY, other=object())],
    ],
    ids=["dict", "dataclass", "list", "frame", "object", "objects"],
)
def test_a_row_brings_its_time(new_rig, seasonal, container):
    """However it comes, the season is told by it; no key breaks the schema."""
    rig = new_rig(seasonal, timestamp="at")
    rig.monitor.wrap(lambda row: 0.5)(container)

    assert slots_of(rig) == [0, 1]
    assert rig.violations() == {}


def test_a_row_with_a_time_is_plain_like_any_other(new_rig, seasonal):
    """It is copied and read later, as its features are; so is one with an id, or with neither."""
    rig = new_rig(seasonal, timestamp="at", id="key")
    seen = []
    predict = rig.monitor.wrap(lambda row: seen.append(row) or 0.5)
    rows = [{**ROW, "at": SUNDAY.timestamp(), "key": place} for place in range(40)]
    for row in rows:
        predict(row)
    accounting = rig.monitor._wrapped[0].accounting
    assert accounting.way.n_keys == 4
    assert len(accounting.way.waiting) > 0

    mixed = [ROW, {**ROW, "at": SUNDAY}, {**ROW, "key": 1}, {**ROW, "at": "soon", "key": 2}]
    for row in mixed * 10:
        predict(row)
    assert slots_of(rig) == [30, 50]
    assert seen == rows + mixed * 10
    assert rig.violations() == {}


def test_other_keys_still_break_the_schema(new_rig, seasonal):
    """Of as many keys as a plain row has one may be a stranger: it is found at the drain."""
    rig = new_rig(seasonal, timestamp="at")
    predict = rig.monitor.wrap(lambda row: 0.5)
    for _ in range(40):
        predict({**ROW, "at": SUNDAY})
    for _ in range(10):
        predict({**ROW, "weight": 5.0})

    assert rig.violations() == {"extra_feature": 10}
    assert slots_of(rig) == [10, 40]


def test_a_callable_gets_the_arguments_of_the_call(new_rig, seasonal):
    """What it returns is the time of all rows of the call; where it fails they are of now."""
    rig = new_rig(seasonal, features=lambda row, at: row, timestamp=lambda row, at: at / 1000)
    predict = rig.monitor.wrap(lambda row, at: 0.5)
    for _ in range(40):
        predict(ROW, SUNDAY.timestamp() * 1000)
    predict(ROW, None)
    predict([ROW] * 3, SUNDAY.timestamp() * 1000)

    assert slots_of(rig) == [1, 43]


def test_a_parameter_may_be_the_time(new_rig, seasonal):
    """Features that are parameters, and the time beside them."""
    rig = new_rig(seasonal, timestamp="at")
    predict = rig.monitor.wrap(lambda colour, size, at=None: 0.5)
    for _ in range(40):
        predict("blue", 1.5, SUNDAY)
    predict("blue", 1.5)

    assert slots_of(rig) == [1, 40]


def test_records_have_a_time(new_rig, seasonal):
    """Given by hand, for one row or for all of a batch, as a column of times, or found in the rows."""
    rig = new_rig(seasonal, timestamp="at")
    rig.monitor.record(ROW, 0.5, timestamp=SUNDAY.timestamp())
    rig.monitor.record({**ROW, "at": MONDAY}, 0.5, timestamp=SUNDAY)
    rig.monitor.record({**ROW, "at": SUNDAY}, 0.5)
    rig.monitor.record([ROW] * 20, [0.5] * 20, timestamp=SUNDAY)
    rig.monitor.record([ROW] * 2, [0.5] * 2, timestamp=[SUNDAY, MONDAY])
    rig.monitor.record(ROW, 0.5, timestamp="soon")

    assert slots_of(rig) == [2, 24]


def test_a_callable_is_given_what_was_recorded(new_rig, seasonal):
    """By hand as in a call: it gets the row."""
    rig = new_rig(seasonal, timestamp=lambda row: row["at"])
    rig.monitor.record({**ROW, "at": SUNDAY}, 0.5)
    rig.monitor.record("rubbish", 0.5)

    assert slots_of(rig) == [1, 1]


def test_a_time_may_be_a_feature(new_rig, seasonal, distributions):
    """It is binned, and told by."""
    features = (*seasonal.features, FeatureReference("at", distributions["number"]))
    rig = new_rig(replace(seasonal, features=features), timestamp="at")
    predict = rig.monitor.wrap(lambda row: 0.5)
    for _ in range(40):
        predict({**ROW, "at": SUNDAY.timestamp()})

    assert slots_of(rig) == [0, 40]
    assert rig.feature("at") == {"02": 40}


def test_rows_that_cannot_be_read_arrive_now(new_rig, seasonal):
    """They are in a slot too."""
    rig = new_rig(seasonal, timestamp="at")
    for rubbish in (None, 5, pd.DataFrame({0: [1] * 40, 1: [2] * 40}), object()):
        rig.monitor.record(rubbish, 0.5)

    assert slots_of(rig) == [rig.snapshot.profile.drained, 0]


def test_without_seasons_nobody_asks_for_a_time(new_rig, new_reference):
    """A callable of a user is not called in vain, and rows stay plain."""
    rig = new_rig(new_reference(), timestamp=lambda row: 1 / 0)
    predict = rig.monitor.wrap(lambda row: 0.5)
    for _ in range(40):
        predict(ROW)

    assert rig.monitor._wrapped[0].accounting.way.n_keys == 2
    rig.assert_balanced()


def test_chunks_of_calls_with_and_without_times(new_rig, seasonal):
    """They are counted together: the others are of now."""
    rig = new_rig(seasonal, timestamp="at")
    for timed in itertools.islice(itertools.cycle([True, False]), 31):
        rig.monitor.record({**ROW, **({"at": SUNDAY} if timed else {})}, 0.5)

    assert slots_of(rig) == [15, 16]
