"""The short way of plain rows and the careful way of all others count the same, bit for bit."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import types
import warnings
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.instrument import accounting
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
from mlexporter.state.ledger import PLAIN
from mlexporter.state.model import ModelState

NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue", "red"), counts=(9, 6, 0, 0, 0, 0)
)
CODE = Distribution(Kind.CATEGORICAL, TrainingType.INTEGER, categories=("1", "2"), counts=(9, 6, 0, 0, 0, 0))
FLAG = Distribution(
    Kind.BOOLEAN, TrainingType.BOOLEAN, categories=("true", "false"), counts=(9, 6, 0, 0, 0, 0)
)
FEATURES = tuple(
    FeatureReference(name, distribution)
    for name, distribution in (("text", TEXT), ("a", NUMBER), ("flag", FLAG), ("b", NUMBER), ("code", CODE))
)
NUMBERS_ALONE = (FeatureReference("a", NUMBER), FeatureReference("b", NUMBER))
OUTPUTS = {
    "a number": (OutputReference("prediction", NUMBER),),
    "a label": (OutputReference("prediction", TEXT),),
    "two outputs": (OutputReference("price", NUMBER), OutputReference("colour", TEXT)),
    "class scores": tuple(OutputReference("prediction", NUMBER, class_name=name) for name in ("no", "yes")),
    "none": (),
}
CLEAN = {"text": "blue", "a": 0.5, "flag": True, "b": 1.5, "code": 1}


class Colour(enum.StrEnum):
    """A text that is more than one."""

    BLUE = "blue"


class FloatingText(str):
    """A text that says which number it is."""

    __slots__ = ()

    def __float__(self):
        return 1.5


class BrokenText(str):
    """A text whose methods fail."""

    __slots__ = ()

    def _refuse(self, *_):
        raise RuntimeError

    __hash__ = __eq__ = __len__ = __str__ = _refuse


class LyingFloat(float):
    """A number that says it is another one."""

    def __float__(self):
        return 99.0


class BrokenFloat(float):
    """A number whose methods fail."""

    def _refuse(self, *_):
        raise RuntimeError

    __float__ = __hash__ = __eq__ = _refuse


class BrokenNumber:
    """Promises to be a number."""

    def __float__(self):
        raise RuntimeError


class ListedNumber(list):
    """A container that says which number it is."""

    def __float__(self):
        return 1.5


class HugeNumber:
    """A number that is too large for a float."""

    def __float__(self):
        raise OverflowError

    def __gt__(self, other):
        return True


class Broken:
    """Nothing works."""

    def _refuse(self, *_):
        raise RuntimeError

    __str__ = __float__ = __int__ = __index__ = __bool__ = __eq__ = __hash__ = __len__ = _refuse
    __iter__ = __getattr__ = _refuse
    __repr__ = object.__repr__


class Unprintable(Broken):
    """Nor does this."""

    __repr__ = Broken._refuse


class UnprintableFloat(BrokenFloat):
    """A number that cannot even be shown."""

    __repr__ = BrokenFloat._refuse


class Indexed:
    """Counts by ``__index__`` alone."""

    def __index__(self):
        return 2


ODD = (
    Broken(), BrokenText("blue"), FloatingText("blue"), LyingFloat(1.5), BrokenFloat(1.5), BrokenNumber(), HugeNumber(),
    ListedNumber(), Indexed(), Colour.BLUE, "x" * 10_000, "\ud800", "", "1.5", "blue\0", b"1.5", bytearray(b"1"), 10**400,
    -(10**400), 2**64, 2**2048, 2**2049, 1j, 1 + 0j, [1.5], (), [[1.5]], {}, {"a": 1}, {1}, object(), object, len, ...,
    float("nan"), float("inf"), -float("inf"), -0.0, 1e308, 1e300, True, False, None,
    decimal.Decimal("1.5"), decimal.Decimal("1e400"), decimal.Decimal("-1e400"), decimal.Decimal("NaN"),
    decimal.Decimal("sNaN"), decimal.Decimal("Infinity"), fractions.Fraction(1, 3), fractions.Fraction(10**400),
    np.float64(1.5), np.float32(1.1), np.float16(1.1), np.longdouble(1.5), np.longdouble("1e400"), np.float64("nan"),
    np.int8(1), np.int64(2), np.uint64(2**63), np.bool_(True), np.complex64(1.5 + 2j), np.complex128(2), np.str_("blue"),
    np.str_("1.5"), np.bytes_(b"1.5"), np.void(b"ab"), np.array(1.5), np.array("1.5"), np.array("blue"), np.array(None),
    np.array(1.5, dtype=object), np.array(True), np.array(1 + 1j), np.array([1.5]), np.array([[1.5]]), np.array(["1.5"]),
    np.array([True]), np.array([]), np.array([1.0, 2.0]), np.ma.masked, np.ma.array(1.0, mask=True),
    np.ma.array([1.5], mask=[True]), np.ma.array([1.5], mask=[False]), np.datetime64("2024-01-01"),
    np.datetime64("2024-01-01", "ns"), np.datetime64("NaT"), np.datetime64("NaT", "ns"), np.timedelta64(3, "s"),
    np.timedelta64(3, "ns"), np.timedelta64(3), np.timedelta64("NaT", "ns"), pd.NA, pd.NaT, pd.Timestamp(0),
    pd.Timedelta(3), pd.Series([1.5]), pd.Series(["blue"]), dt.date(2024, 1, 1), dt.timedelta(1), range(3), iter([1]),
    types.SimpleNamespace(a=1),
)  # fmt: skip

EVERY = (*ODD, Unprintable(), UnprintableFloat(1.5))  # Hypothesis has to show what it draws

odd = st.integers(0, len(ODD) - 1).map(ODD.__getitem__)
values = st.one_of(
    st.sampled_from([0.5, 1.0, 1.5, 2, 7.0, "blue", "red", "green", True, 1, 2]), odd, odd, st.floats(), st.integers(),
    st.text(max_size=3), st.decimals(), st.floats(width=32).map(np.float32),
)  # fmt: skip
clean_rows = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["blue", "red", "green", None]), "a": st.floats() | st.none() | st.integers(-9, 9),
        "flag": st.booleans() | st.none(), "b": st.floats(-1, 4), "code": st.integers(0, 3),
    }
)  # fmt: skip
odd_rows = st.builds(
    lambda row, changed: {**row, **changed}, clean_rows, st.dictionaries(st.sampled_from(list(CLEAN)), values)
)
other_keys = st.builds(
    lambda row, gone, added: {**{key: row[key] for key in row if key not in gone}, **added},
    clean_rows,
    st.sets(st.sampled_from(list(CLEAN)), max_size=2),
    st.dictionaries(st.sampled_from(["x", "y", 3, None, "", ("a",)]), values, max_size=2),
)
other_containers = st.one_of(
    clean_rows.map(types.MappingProxyType), clean_rows.map(lambda row: types.SimpleNamespace(**row)),
    st.lists(clean_rows, max_size=3), clean_rows.map(lambda row: pd.DataFrame([row])), values,
    clean_rows.map(lambda row: {key: [value] for key, value in row.items()}), clean_rows.map(lambda row: list(row.values())),
)  # fmt: skip
rows = st.one_of(clean_rows, clean_rows, odd_rows, odd_rows, other_keys, other_containers)
results = st.one_of(
    st.floats(), st.floats(), st.sampled_from(["blue", 1.5, None, [0.2, 0.8], np.array([[0.2, 0.8]]), {"score": 0.5}]), values,
    st.fixed_dictionaries({"price": values, "colour": values}), st.fixed_dictionaries({"no": values, "yes": values}),
    st.dictionaries(st.sampled_from(["score", "label", "prediction", "price"]), values, max_size=2),
    st.lists(values, max_size=2), st.sampled_from([ValueError, RuntimeError, asyncio.CancelledError]),
)  # fmt: skip


@dataclasses.dataclass
class Service:
    """A monitored function that answers what it is told, and everything that was counted of it."""

    reference: Reference
    is_coroutine: bool
    selection: Selection

    def __post_init__(self):
        counter = ExporterCounter()
        self.state = ModelState(
            ModelKey("m", "1"), latency_bounds=(0.1,), buffer_rows=8, buffer_limit_rows=10_000,
            wall_clock=lambda: 0.0, counter=counter, strict=True,
        )  # fmt: skip
        self.monitor = Monitor(
            self.state,
            selection=self.selection,
            reference=self.reference,
            strict=True,
            on_error=counter.on_error,
        )
        answer = self._answer

        async def coroutine(row):
            return answer(row)

        def function(row):
            return answer(row)

        self.predict = self.monitor.wrap(coroutine if self.is_coroutine else function)
        self.accounting = self.monitor._wrapped[0].accounting

    def _answer(self, row):
        if isinstance(self.result, type) and issubclass(self.result, BaseException):
            raise self.result
        return self.result

    def __call__(self, row, result):
        """Call once; whatever the function gives or raises is what the caller gets."""
        self.result = result
        try:
            if self.is_coroutine:
                with pytest.raises(StopIteration) as stopped:
                    self.predict(row).send(None)
                answered = stopped.value.value
            else:
                answered = self.predict(row)
            assert answered is result
        except BaseException as error:
            if type(error) is not result:
                raise

    def counts(self):
        """Return every count but durations."""
        snapshot = self.state.snapshot(0.0)
        service, profile = snapshot.service, snapshot.profile
        return {
            "requests": service.requests, "accepted": service.accepted, "errors": service.errors,
            "in progress": service.in_progress, "violations": service.schema_violations, "dropped": service.dropped,
            "durations": {status: int(each.buckets.sum()) for status, each in service.durations.items()},
            "batch rows": service.batch_rows.buckets.tolist(), "rows": (profile.accepted, profile.drained, profile.dropped),
            "cells": profile.feature_cells.tolist(), "out of range": profile.out_of_range.tolist(),
            "type mismatches": profile.type_mismatches.tolist(), "outputs": profile.output_cells.tolist(),
        }  # fmt: skip


def counted(calls, service, *, is_trusted, n_between, action):
    """Return the counts after ``calls`` of (row, result), drained every ``n_between`` calls."""
    with warnings.catch_warnings(), mock.patch.multiple(
        accounting, _TRUSTED_AFTER=0 if is_trusted else 10**9, _DISTRUST_CALLS=0 if is_trusted else 10**9
    ):  # fmt: skip
        warnings.simplefilter(action)
        service.monitor.adopt(service.reference)
        short = service.accounting._trusted
        for number, (row, result) in enumerate(calls):
            if is_trusted and short is not None:
                service.accounting._take(short)
            service(row, result)
            if number % n_between == n_between - 1:
                service.state.drain()
        return service.counts()


def reference(features, outputs):
    """Return a profile."""
    return Reference("m", "1", features, outputs, "0a1b2c3d", "0" * 16, 15, 0.0)


@settings(max_examples=examples(250), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    calls=st.lists(st.tuples(rows, results), max_size=40), n_between=st.sampled_from([1, 2, 7, 50]),
    outputs=st.sampled_from(list(OUTPUTS)), is_coroutine=st.booleans(), action=st.sampled_from(["ignore", "error"]),
    features=st.sampled_from([FEATURES, NUMBERS_ALONE]), allowed=st.sampled_from([None, "x"]),
)  # fmt: skip
def test_both_ways_count_the_same(*, calls, n_between, outputs, is_coroutine, action, features, allowed):
    """Whatever rows and results come: requests, rows, cells, ranges, types, outputs and violations."""
    if features is NUMBERS_ALONE:
        calls = [
            ({key: row[key] for key in row if key in {"a", "b"}} if type(row) is dict else row, result)
            for row, result in calls
        ]
    found = [
        counted(
            calls,
            Service(reference(features, OUTPUTS[outputs]), is_coroutine, Selection(id=allowed)),
            is_trusted=is_trusted, n_between=n_between, action=action,
        )
        for is_trusted in (False, True)
    ]  # fmt: skip

    assert found[0] == found[1]
    assert found[0]["in progress"] == 0
    assert found[0]["rows"][0] == sum(found[0]["rows"][1:])


@pytest.mark.parametrize(
    "calls",
    [
        [(CLEAN, 0.5), *(({**CLEAN, key: value}, 0.5) for value in EVERY for key in CLEAN)],
        [(CLEAN, value) for value in EVERY],
    ],
    ids=["in every feature", "as a result"],
)
def test_all_odd_values_count_the_same_at_once(calls):
    """In one chunk, among each other."""
    found = [
        counted(
            calls, Service(reference(FEATURES, OUTPUTS["a number"]), False, Selection()),
            is_trusted=is_trusted, n_between=10_000, action="ignore",
        )
        for is_trusted in (False, True)
    ]  # fmt: skip

    assert found[0] == found[1]
    assert found[0]["requests"]["ok"] == len(calls)


@pytest.mark.slow
@pytest.mark.parametrize("key", list(CLEAN))
@pytest.mark.parametrize("place", range(len(EVERY)))
def test_each_odd_value_counts_the_same_alone(place, key):
    """Beside clean rows, first of a chunk or in the middle, with warnings as errors or without."""
    others = {name: CLEAN[name] for name in CLEAN if name != key}
    calls = [({**CLEAN, key: EVERY[place]}, 0.5), ({key: EVERY[place], **others}, 0.5), (CLEAN, 0.5)]
    found = [
        counted(
            order, Service(reference(FEATURES, OUTPUTS["a number"]), False, Selection()),
            is_trusted=is_trusted, n_between=10, action=action,
        )
        for order in (calls, calls[::-1])
        for is_trusted in (False, True)
        for action in ("ignore", "error")
    ]  # fmt: skip

    assert all(each == found[0] for each in found[1:])


def test_the_short_way_is_really_taken():
    """A test that compares one way with itself would prove nothing."""
    service = Service(reference(FEATURES, OUTPUTS["a number"]), False, Selection())
    counted([(CLEAN, 0.5)] * 20, service, is_trusted=True, n_between=50, action="error")

    assert service.state.lane.ledger[PLAIN] == 20
