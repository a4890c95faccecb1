from __future__ import annotations

import sys
import weakref
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest

from mlexporter.records import FeatureReference

GOOD = {"size": 1.5, "colour": "red"}
Pair = namedtuple("Pair", ["size", "colour"])  # noqa: PYI024 - users have these


@dataclass(slots=True)
class Shirt:
    """A row as a dataclass with slots."""

    size: float
    colour: str


class Order(pydantic.BaseModel):
    """A row as a pydantic model."""

    size: float
    colour: str


class Listed(list):
    """A list that can be watched."""

    __slots__ = ("__weakref__",)


class Custom(dict):
    """A mapping of a class of its own."""


ONE_ROW = {
    "dict": GOOD,
    "mapping": Custom(GOOD),
    "dataclass": Shirt(1.5, "red"),
    "pydantic": Order(size=1.5, colour="red"),
    "namedtuple": Pair(1.5, "red"),
    "object": SimpleNamespace(size=1.5, colour="red"),
    "sequence": ["red", 1.5],
    "tuple": ("red", 1.5),
    "array": np.array(["red", 1.5], dtype=object),
    "series": pd.Series(GOOD),
    "pandas": pd.DataFrame([GOOD]),
    "polars": pl.DataFrame([GOOD]),
    "arrow": pa.Table.from_pylist([GOOD]),
    "structured": np.array([(1.5, "red")], dtype=[("size", "f8"), ("colour", "U8")]),
    "array2d": np.array([["red", 1.5]], dtype=object),
    "list": [GOOD],
    "columns": {"size": [1.5], "colour": ["red"]},
}


@pytest.mark.parametrize("container", ONE_ROW.values(), ids=ONE_ROW)
def test_every_container_of_one_row_is_read_alike(rig, container):
    """One row lands in the same bins whatever holds it."""
    rig.monitor.wrap(lambda row: 0.7)(container)

    assert rig.feature("size") == {"01": 1}
    assert rig.feature("colour") == {"01": 1}
    assert rig.output() == {"01": 1}
    assert rig.violations() == {}
    rig.assert_balanced()


MANY = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "arrow": pa.Table.from_pylist,
    "rows": lambda rows: rows,
    "dataclasses": lambda rows: [Shirt(**row) for row in rows],
    "sequences": lambda rows: [[row["colour"], row["size"]] for row in rows],
    "array2d": lambda rows: np.array([[row["colour"], row["size"]] for row in rows], dtype=object),
    "columns": lambda rows: {name: [row[name] for row in rows] for name in GOOD},
}


@pytest.mark.parametrize("n_rows", [2, 16, 17, 300])
@pytest.mark.parametrize("kind", MANY)
def test_every_container_of_many_rows_is_read_alike(rig, kind, n_rows):
    """Small batches are kept as scalars and large ones binned at once, with the same counts."""
    rows = [{"size": float(i % 4), "colour": ("red", "green")[i % 2]} for i in range(n_rows)]

    rig.monitor.wrap(lambda batch: np.linspace(0, 1, n_rows))(MANY[kind](rows))

    sizes = [sum(row["size"] <= 1 for row in rows), sum(row["size"] == 2 for row in rows)]
    assert sizes == [rig.feature("size").get("00"), rig.feature("size").get("01", 0)]
    assert {"01": (n_rows + 1) // 2, "unseen": n_rows // 2} == rig.feature("colour")
    assert n_rows == sum(rig.output().values())
    assert n_rows == rig.service.accepted
    assert rig.violations() == {}
    rig.assert_balanced()


def test_no_rows_are_no_rows(rig):
    """An empty batch is a call with no row."""
    rig.monitor.wrap(lambda batch: [])([])

    assert rig.service.accepted == 0
    assert rig.service.requests["ok"] == 1
    rig.assert_balanced()


def test_missing_and_extra_features_are_violations(rig):
    """A row counts once for each reason, however many keys are wrong."""
    predict = rig.monitor.wrap(lambda row: [0.7] * len(row) if isinstance(row, list) else 0.7)
    predict({"size": 1.5})
    predict({"size": 1.5, "colour": "red", "a": 1, "b": 2})
    predict({})
    predict([{"colour": "red"}, GOOD, {**GOOD, "a": 1}])

    assert rig.violations() == {"missing_feature": 3, "extra_feature": 2}
    assert rig.feature("colour") == {"01": 4, "missing": 2}
    rig.assert_balanced()


@pytest.mark.parametrize("container", [None, 3, "text", b"bytes", object(), [1.0], np.zeros((2, 3)), {1, 2}])
def test_an_unreadable_row_is_invalid_in_every_feature(rig, container):
    """What cannot be read is one violation a row and in no other bin than ``invalid``."""
    rig.monitor.wrap(lambda row: [0.7, 0.7] if isinstance(row, np.ndarray) else 0.7)(container)

    n_rows = 2 if isinstance(container, np.ndarray) else 1
    assert {"unreadable_row": n_rows} == rig.violations()
    assert {"invalid": n_rows} == rig.feature("size")
    rig.assert_balanced()


def test_what_the_function_does_to_its_input_changes_nothing(rig):
    """Features are what the caller gave, for rows, batches and arrays alike."""

    def spoil(batch):
        if isinstance(batch, dict):
            batch["size"] = 99.0
            return 0.7
        batch["size"] = 99.0
        return [0.7] * len(batch)

    rig.monitor.wrap(spoil)(dict(GOOD))
    rig.monitor.wrap(spoil)(pd.DataFrame([GOOD] * 3))
    rig.monitor.wrap(spoil)(pd.DataFrame([GOOD] * 40))

    assert rig.feature("size") == {"01": 44}


def test_huge_and_mutable_values_are_not_held(rig):
    """The buffer holds at most 256 characters of a text and no list of a user."""
    held = []
    rig.monitor.wrap(lambda row: 0.7)({"size": held, "colour": "x" * 10_000_000})

    row = _kept(rig)
    assert all(value is not held for value in row)
    assert max(len(value) for value in row if isinstance(value, str)) == 256


def test_values_that_ought_not_to_be_held_are_held_once_and_then_no_more(rig):
    """A function whose rows were taken for plain is read with care again, for 1,024 calls."""
    predict = rig.monitor.wrap(lambda row: 0.7)

    def is_held_by_a_call():
        value = Listed()
        alive = weakref.ref(value)
        predict({"size": value, "colour": "red"})
        del value
        return alive() is not None

    for _ in range(16):
        assert not is_held_by_a_call()
    assert is_held_by_a_call()  # nobody looks before the drain
    rig.state.drain()
    for _ in range(1023):
        predict(GOOD)
    assert not is_held_by_a_call()
    assert rig.feature("size") == {"01": 1023, "invalid": 18}
    assert is_held_by_a_call()
    rig.assert_balanced()


def _kept(rig):
    """Values that calls have left in the buffer for the next drain."""
    return [
        value
        for call in rig.state._calls
        for rows in (call.rows, call.outputs)
        for row in rows
        for value in row
    ]


def test_numbers_of_numpy_and_others_are_numbers(rig):
    """Scalars of numpy, Decimal and zero-dimensional arrays land where the float does."""
    from decimal import Decimal

    predict = rig.monitor.wrap(lambda row: 0.7)
    for value in (np.float32(1.5), np.float64(1.5), Decimal("1.5"), np.array(1.5), 1.5):
        predict({"size": value, "colour": "red"})

    assert rig.feature("size") == {"01": 5}
    assert rig.snapshot.profile.type_mismatches.sum() == 0


def test_booleans_in_numbers_are_zero_or_one_row_by_row_and_in_batches(rig):
    """A value is binned the same way on every path, and a boolean is of no other type than a number."""
    row = {"size": True, "colour": "red"}
    rig.monitor.wrap(lambda row: 0.7)(row)
    rig.monitor.wrap(lambda batch: [0.7] * 20)([row] * 20)

    assert rig.feature("size") == {"00": 21}
    assert rig.snapshot.profile.type_mismatches.tolist() == [0, 0]


@pytest.mark.parametrize("others", [(), (None,)], ids=["alone", "beside a missing value"])
def test_huge_integers_are_not_held_in_the_common_row(new_rig, new_reference, distributions, others):
    """A million digits become a small number at the same end, in features and in the prediction."""
    names = ["size", *(f"size{index}" for index, _ in enumerate(others))]
    features = tuple(FeatureReference(name, distributions["number"]) for name in names)
    rig = new_rig(new_reference(features=features))
    huge = 1 << 3_000_000
    predict = rig.monitor.wrap(lambda row: huge)
    predict(dict(zip(names, (huge, *others), strict=True)))
    predict(dict(zip(names, (-huge, *others), strict=True)))

    largest = sys.float_info.max
    assert [value for value in _kept(rig) if value is not None] == [largest, largest, -largest, largest]
    assert rig.feature("size") == {"00": 1, "02": 1}
    assert rig.output() == {"01": 2}
    rig.assert_balanced()


def test_a_column_that_a_batch_lacks_is_missing_in_every_row(rig):
    """Absent or short, for more rows than a call keeps as scalars."""
    predict = rig.monitor.wrap(lambda frame: [0.7] * 20)
    predict(pd.DataFrame({"size": [1.5] * 20}))

    assert rig.feature("colour") == {"missing": 20}
    assert rig.violations() == {"missing_feature": 20}
    rig.assert_balanced()
