"""Ten thousand hostile rows change no result and lose no count."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    TrainingType,
)
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

ROWS_PER_EXAMPLE = 50
EXAMPLES = 200
NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue", "red"), counts=(9, 6, 0, 0, 0, 0)
)
REFERENCE = Reference(
    "m", "1",
    (FeatureReference("a", NUMBER), FeatureReference("b", TEXT), FeatureReference("c", NUMBER)),
    (OutputReference("prediction", NUMBER),), "0a1b2c3d", "0" * 16, 15, 0.0,
)  # fmt: skip
LONG_TEXT = "x" * 10_000_000


class BrokenError(Exception):
    """What broken objects raise."""


def _raise(*_args, **_kwargs):
    raise BrokenError


class Broken:
    """Nothing works."""

    __str__ = __repr__ = __float__ = __int__ = __index__ = __bool__ = __eq__ = __hash__ = __len__ = (
        __iter__
    ) = _raise


class BrokenText(str):
    """A text whose methods fail."""

    __slots__ = ()
    __str__ = __eq__ = __hash__ = __len__ = __getitem__ = _raise


class BrokenFloat(float):
    """A number whose methods fail."""

    __float__ = __eq__ = __hash__ = __bool__ = __repr__ = _raise


class BrokenMapping(dict):
    """A row whose methods fail."""

    __getitem__ = __contains__ = __iter__ = __len__ = items = keys = values = get = _raise


class BrokenAttributes:
    """An object that has no attributes to look at."""

    __getattribute__ = _raise


class LyingClass:
    """Says it is of another class."""

    @property
    def __class__(self):
        return dict


class BadArray:
    """Promises to be an array."""

    ndim = 2
    __array__ = _raise


HOSTILE = (
    Broken(), BrokenText("red"), BrokenFloat(1.5), BrokenMapping(a=1), BrokenAttributes(), LyingClass(), BadArray(),
    LONG_TEXT, "\ud800", "red\udfff", 10**5000, -(10**400), 1j, b"red", bytearray(b"red"), [1], {}, (), {1}, object(),
    np.array([1.0, 2.0]), np.array(1.5), np.array("red"), np.float32(1.5), np.datetime64("NaT"), np.str_("red"),
    np.ma.masked, pd.NA, pd.NaT, pd.Timestamp(0), decimal.Decimal("NaN"), decimal.Decimal("sNaN"),
    dt.date(2020, 1, 1), type, len, NotImplemented, ..., float("nan"), float("inf"), float("-inf"),
)  # fmt: skip

values = st.one_of(
    st.integers(0, len(HOSTILE) - 1).map(HOSTILE.__getitem__), st.none(), st.booleans(), st.integers(), st.floats(),
    st.text(st.characters(), max_size=5), st.sampled_from(["red", "blue", "1.5", 1.5, 1]),
)  # fmt: skip
rows = st.one_of(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), values),
    st.fixed_dictionaries({"a": values, "b": values, "c": values}),
    st.lists(values, min_size=3, max_size=3),
    values,
)
arguments = st.one_of(rows, rows, rows, st.lists(rows, max_size=4))
results = st.one_of(
    values, values, st.lists(values, max_size=3), st.dictionaries(st.sampled_from(["score", "x"]), values)
)


def new_state(counter):
    return ModelState(
        ModelKey("m", "1"), latency_bounds=(0.1,), buffer_rows=16, buffer_limit_rows=64,
        wall_clock=lambda: 0.0, counter=counter, strict=True,
    )  # fmt: skip


def assert_balanced(state):
    snapshot = state.snapshot(0.0)
    profile, service = snapshot.profile, snapshot.service
    starts = REFERENCE.feature_offsets
    binned = {int(profile.feature_cells[a:b].sum()) for a, b in itertools.pairwise(starts)}

    assert {profile.accepted - profile.dropped} == binned
    assert profile.accepted == service.accepted
    assert sum(service.dropped.values()) == profile.dropped
    assert profile.drained == int(profile.output_cells.sum())
    assert service.in_progress == 0


@pytest.mark.parametrize("sample", [1.0, 0.5])
@settings(
    max_examples=examples(EXAMPLES // 2), deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # shrinking 50 rows of rubbish takes minutes and tells little
)  # fmt: skip
@given(calls=st.lists(st.tuples(arguments, results), min_size=ROWS_PER_EXAMPLE, max_size=ROWS_PER_EXAMPLE))
def test_rubbish_changes_no_result_and_loses_no_count(sample, calls):
    """The very object comes back, nothing of ours fails, and every row is in one cell of each feature."""
    counter = ExporterCounter()
    state = new_state(counter)
    result = None

    def predict(row):
        return result

    monitor = Monitor(
        state, selection=Selection(sample=sample), reference=REFERENCE, strict=True, on_error=counter.on_error
    )
    wrapped = monitor.wrap(predict)
    for argument, result in calls:
        assert result is wrapped(argument)

    assert dict(counter.counts().internal_errors) == {}
    assert state.snapshot(0.0).service.requests["ok"] == ROWS_PER_EXAMPLE
    assert_balanced(state)


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_each_hostile_value_is_counted_on_every_path(place):
    """As a row's value, as a batch's, as a whole argument, as a result, and by hand."""
    value = HOSTILE[place]
    counter = ExporterCounter()
    state = new_state(counter)
    monitor = Monitor(
        state, selection=Selection(), reference=REFERENCE, strict=True, on_error=counter.on_error
    )
    wrapped = monitor.wrap(lambda row: value)
    row = {"a": value, "b": value, "c": value}
    for argument in (row, [row] * 3, [row] * 40, list(row.values()), value):
        assert value is wrapped(argument)
    monitor.record(row, value)
    monitor.record_batch([row] * 20, [value] * 20)

    assert dict(counter.counts().internal_errors) == {}
    assert_balanced(state)
