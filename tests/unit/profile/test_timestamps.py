"""Times are read as Unix seconds however they were written, and what is no time is refused by name."""

import datetime as dt
import decimal
import math
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlexporter.errors import FitError
from mlexporter.profile.timestamps import read_timestamps
from mlexporter.state.columns import to_column

SECONDS = 1_714_568_400.0
"""2024-05-01 13:00 UTC, 15:00 in Berlin."""
NAIVE = dt.datetime(2024, 5, 1, 13)  # noqa: DTZ001 - that it has no zone is the point
UTC = NAIVE.replace(tzinfo=dt.UTC)
BERLIN = UTC.astimezone(ZoneInfo("Europe/Berlin"))

COLUMNS = {
    "seconds": [SECONDS, None],
    "whole seconds": np.array([int(SECONDS), int(SECONDS)]),
    "float32 array": np.array([SECONDS, np.nan]),
    "infinite": np.array([SECONDS, np.inf]),
    "decimals": [decimal.Decimal(int(SECONDS)), pd.NA],
    "datetimes": [UTC, None],
    "datetimes elsewhere": [BERLIN, pd.NaT],
    "datetimes without zone": [NAIVE, None],
    "datetime64": np.array(["2024-05-01T13:00", "NaT"], dtype="datetime64[m]"),
    "list of datetime64": [np.datetime64("2024-05-01T13:00"), np.datetime64("NaT")],
    "texts": ["2024-05-01T13:00:00Z", ""],
    "texts elsewhere": ["2024-05-01 15:00+02:00", None],
    "texts without zone": ["2024-05-01T13:00", None],
    "pandas": pd.Series([NAIVE, None]),
    "pandas with zone": pd.Series([BERLIN, None]),
    "pandas in seconds": pd.Series([NAIVE, None]).astype("datetime64[s]"),
    "pandas categories": pd.Series(["2024-05-01T13:00", None], dtype="category"),
    "pandas timestamps": [pd.Timestamp(BERLIN), pd.NaT],
    "arrow": pa.array([NAIVE, None]),
    "arrow with zone": pa.array([BERLIN, None], pa.timestamp("us", "Europe/Berlin")),
    "arrow texts": pa.array(["2024-05-01T13:00:00+00:00", None]),
    "polars": pl.Series([NAIVE, None]),
    "polars with zone": pl.Series([BERLIN, None]),
}


@pytest.mark.parametrize("form", COLUMNS)
def test_every_form_of_time_is_one_number(form):
    """One moment is one number of seconds; a missing or infinite value is NaN."""
    first, second = read_timestamps(to_column(COLUMNS[form]), "at").tolist()
    assert first == SECONDS
    assert math.isnan(second) or form == "whole seconds"


def test_days_begin_at_midnight_in_utc():
    """A date is its first second, as an object and as an Arrow date."""
    day = dt.date(2024, 5, 1)
    for column in ([day], pa.array([day])):
        assert read_timestamps(to_column(column), "at").tolist() == [SECONDS - 13 * 3600]


@pytest.mark.parametrize(
    ("factor", "unit", "way_out"),
    [(1e3, "milliseconds", "by 1000"), (1e6, "microseconds", "by 1e6"), (1e9, "nanoseconds", "by 1e9")],
)
def test_finer_units_are_named(factor, unit, way_out):
    """Numbers that can be no seconds are refused with their unit and what to divide by."""
    with pytest.raises(FitError, match=f"column 'at' holds .* looks like {unit}; divide it {way_out}:"):
        read_timestamps(np.array([np.nan, SECONDS * factor]), "at")


class Hostile:
    """Cannot even be shown."""

    def __repr__(self):
        """Fail."""
        raise RuntimeError


@pytest.mark.parametrize(
    "column",
    [[True], np.array([True]), ["12/31/2024"], ["x" * 500], [b"2024"], [[1]], [object()], [Hostile()], np.array([1], "m8[s]")],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_time_is_refused(column):
    """The error names the column, the value and the forms that are read, in a line of bounded length."""
    with pytest.raises(FitError, match=r"timestamp: column 'at' holds .*; give Unix seconds") as caught:
        read_timestamps(to_column(column), "at")
    assert len(str(caught.value)) < 300


def test_numbers_beyond_floats_are_missing():
    """An integer that no float holds is no time, and no reason to stop."""
    assert math.isnan(read_timestamps([10**400], "at")[0])
