"""Every value lands in exactly one cell, the same one however it arrives."""

import datetime as dt
import decimal
import fractions
import json
import math
import uuid

import numpy as np
import pandas as pd
import pytest

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.state import category_bins
from mlexporter.state.binning import Binner, canonical_category
from mlexporter.state.coded import CodedColumn

NUMBERS = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(-1.0, 0.0, 2.5), minimum=-2.0, maximum=5.0)
TEXTS = Distribution(
    Kind.CATEGORICAL, TrainingType.TEXT, categories=("JFK", "LGA", "3"), other_categories=("EWR",)
)
BOOLEANS = Distribution(Kind.BOOLEAN, TrainingType.BOOLEAN, categories=("false", "true"))

MISSING, INVALID = -2, -1


class _Broken:
    """Raises from every special method that reading could use."""

    def _refuse(self, *_):
        raise RuntimeError("broken")

    __str__ = __repr__ = __float__ = __hash__ = __eq__ = __len__ = __iter__ = __index__ = _refuse
    __bool__ = __int__ = _refuse

    @property
    def __class__(self):
        raise RuntimeError("broken")


class _BrokenText:
    def __str__(self):
        raise RuntimeError("broken")


class _BrokenString(str):
    __slots__ = ()

    def __hash__(self):
        raise RuntimeError("broken")

    def __eq__(self, other):
        raise RuntimeError("broken")


class _Float:
    def __float__(self):
        return 1.5


class _WrongFloat:
    def __float__(self):
        return "not a float"


def _deep_list():
    nested = []
    for _ in range(10_000):
        nested = [nested]
    return nested


def _rubbish():
    return [
        None, math.nan, math.inf, -math.inf, "x" * 10_000_000, "\ud800", "", b"1", bytearray(b"1"), memoryview(b"1"),
        _Broken(), _BrokenText(), _BrokenString("JFK"), _WrongFloat(), decimal.Decimal("1.5"), decimal.Decimal("1e400"),
        decimal.Decimal("NaN"), decimal.Decimal("sNaN"), fractions.Fraction(1, 3), fractions.Fraction(10**400),
        10**400, -(10**5000), True, 1 + 2j, np.complex64(1), np.float16(1), np.longdouble(1), np.float64("nan"),
        np.int64(3), np.bool_(True), np.str_("JFK"), np.bytes_(b"1"), np.array(1.5), np.array("JFK"), np.array([1.5]),
        np.array(None), np.ma.masked, np.datetime64("2024-01-01"), np.datetime64("NaT"), np.timedelta64(3, "s"),
        pd.NA, pd.NaT, pd.Timestamp(0), pd.Series([1.0]), dt.datetime(2024, 1, 1), dt.date(2024, 1, 1),  # noqa: DTZ001
        [], [[1.0]], _deep_list(), {}, {"a": 1}, {1}, (1,), object(), object, len, uuid.UUID(int=1), range(3), iter([1]),
    ]  # fmt: skip


RUBBISH = _rubbish()


@pytest.mark.parametrize("distribution", [NUMBERS, TEXTS, BOOLEANS], ids=["numbers", "texts", "booleans"])
@pytest.mark.parametrize("index", range(len(RUBBISH)))
def test_rubbish_lands_in_one_cell_and_never_raises(distribution, index):
    """Any object at all is counted exactly once, alone and beside good values."""
    value, binner = RUBBISH[index], Binner(distribution)
    alone = binner.count([value]).cells
    assert alone.sum() == 1
    assert alone[binner.cell_of(value)] == 1
    both = binner.count([1.0, value, "JFK"])
    assert both.cells.tolist() == (alone + binner.count([1.0]).cells + binner.count(["JFK"]).cells).tolist()


@pytest.mark.parametrize("distribution", [NUMBERS, TEXTS, BOOLEANS], ids=["numbers", "texts", "booleans"])
def test_all_rubbish_at_once_equals_one_by_one(distribution):
    """A column of rubbish counts as the sum of its values, as a list and as an object array."""
    binner = Binner(distribution)
    whole = binner.count(RUBBISH)
    array = np.empty(len(RUBBISH), dtype=object)
    array[:] = RUBBISH
    singles = [binner.count([value]) for value in RUBBISH]
    for counts in (whole, binner.count(array)):
        assert counts.cells.tolist() == sum(single.cells for single in singles).tolist()
        assert counts.type_mismatches == sum(single.type_mismatches for single in singles)
        assert counts.out_of_range == sum(single.out_of_range for single in singles)


@pytest.mark.parametrize(
    ("value", "cell", "mismatch"),
    [
        (-1.0, 0, 0), (-0.5, 1, 0), (0, 1, 0), (2.5, 2, 0), (2.6, 3, 0), (1e300, 3, 0), (-1e300, 0, 0),
        (10**400, 3, 0), (-(10**400), 0, 0), (decimal.Decimal("-1e400"), INVALID, 0), (fractions.Fraction(10**400), 3, 0),
        (_Float(), 2, 0), (np.float32(2.5), 2, 0), (np.array(0.0), 1, 0),
        (None, MISSING, 0), (math.nan, MISSING, 0), (pd.NA, MISSING, 0), (pd.NaT, MISSING, 0), (np.ma.masked, MISSING, 0),
        (math.inf, INVALID, 0), (-math.inf, INVALID, 0), ("1", INVALID, 1), (b"1", INVALID, 1), ([1.0], INVALID, 1),
        (1j, INVALID, 1), (_WrongFloat(), INVALID, 1), (True, 2, 0), (np.bool_(False), 1, 0),
        (np.array([1.0]), 2, 0), (np.array([1.0, 2.0]), INVALID, 1), (dt.date(2024, 1, 1), INVALID, 1),
    ],
)  # fmt: skip
def test_numbers_lie_where_the_contract_says(value, cell, mismatch):
    """Edges belong to the bin below; text, containers and infinities are invalid; None is missing."""
    counts = Binner(NUMBERS).count([value])
    assert counts.cells[cell] == 1
    assert counts.type_mismatches == mismatch


@pytest.mark.parametrize(
    ("value", "cell", "mismatch"),
    [
        ("JFK", 0, 0), (np.str_("LGA"), 1, 0), ("EWR", 3, 0), ("SFO", 4, 0), ("", 4, 0), (3, 2, 1), (3.0, 2, 1),
        (np.int8(3), 2, 1), (np.float32(3), 2, 1), (decimal.Decimal(3), 2, 1), (True, 4, 1), (None, MISSING, 0),
        (math.nan, MISSING, 0), (math.inf, INVALID, 1), (b"JFK", INVALID, 1), (["JFK"], INVALID, 1),
        (_BrokenText(), INVALID, 1), (uuid.UUID(int=1), 4, 1), (_BrokenString("JFK"), 0, 0),
    ],
)  # fmt: skip
def test_categories_lie_where_the_contract_says(value, cell, mismatch):
    """Known names have their bin, known rarer ones share other, all else is unseen or invalid."""
    counts = Binner(TEXTS).count([value])
    assert counts.cells[cell] == 1
    assert counts.type_mismatches == mismatch


@pytest.mark.parametrize(
    ("value", "cell", "mismatch"),
    [(False, 0, 0), (np.bool_(True), 1, 0), (1, 1, 1), (0.0, 0, 1), ("true", 1, 1), (2, 3, 1), ("yes", 3, 1)],
)
def test_booleans_are_known_as_numbers_and_names(value, cell, mismatch):
    """0 and 1 mean false and true in a boolean feature (a float matrix keeps its bins)."""
    counts = Binner(BOOLEANS).count([value])
    assert counts.cells[cell] == 1
    assert counts.type_mismatches == mismatch


def test_finite_numbers_beyond_float32_are_not_infinite():
    """1e300 lies in the open bin and out of range; an infinity is invalid and in no range."""
    counts = Binner(NUMBERS).count(np.array([1e300, -1e300, math.inf, -math.inf, math.nan, 0.0]))
    assert counts.cells.tolist() == [1, 1, 0, 1, 1, 2]
    assert counts.out_of_range == 2


def test_rows_outside_the_training_range_are_counted():
    """Strictly below the minimum or above the maximum is out of range; the limits are inside."""
    assert Binner(NUMBERS).count([-2.0, 5.0, -2.1, 5.1, 6, None, "x"]).out_of_range == 3


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f8", "longdouble", "i1", "i8", "u8", "O", "?"])
def test_arrays_count_like_lists(dtype):
    """An array of any type gives the counts of the list of its values."""
    array = np.array([0, 1, 1, 0, 1]).astype(dtype)
    binner = Binner(NUMBERS)
    assert (
        binner.count(array).cells.tolist()
        == binner.count(array.tolist()).cells.tolist()
        == [0, 2, 3, 0, 0, 0]
    )


@pytest.mark.parametrize("dtype", ["U3", "S3", "O", "i8", "f4", "?", "M8[s]", "m8[s]", "c8"])
@pytest.mark.parametrize("distribution", [NUMBERS, TEXTS, BOOLEANS], ids=["numbers", "texts", "booleans"])
def test_arrays_of_every_type_count_each_row_once(distribution, dtype):
    """Arrays of text, bytes, times, complex and booleans lose no row."""
    counts = Binner(distribution).count(np.array([0, 1, 1]).astype(dtype))
    assert counts.cells.sum() == 3


def test_shapes_other_than_one_column():
    """(n, 1) is a column, () is one value, a row of a wider array is one invalid value."""
    binner = Binner(NUMBERS)
    assert binner.count(np.zeros((4, 1))).cells.tolist() == [0, 4, 0, 0, 0, 0]
    assert binner.count(np.array(0.0)).cells.tolist() == [0, 1, 0, 0, 0, 0]
    assert binner.count(np.zeros((4, 3))).cells.tolist() == [0, 0, 0, 0, 0, 4]
    assert binner.count(np.zeros((0,))).cells.sum() == 0
    assert binner.count([]).cells.sum() == 0
    assert binner.count((0.0, 3.0)).cells.sum() == 2


def test_masked_values_are_missing():
    """A masked array counts its masked values as missing, not what lies below the mask."""
    masked = np.ma.array([0.0, 1.0, 9.0], mask=[False, True, False])
    assert Binner(NUMBERS).count(masked).cells.tolist() == [0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("n_values", [0, 1, 2, 3, 7, 14, 100])
@pytest.mark.parametrize("distribution", [TEXTS, BOOLEANS], ids=["texts", "booleans"])
def test_long_columns_are_counted_in_blocks(monkeypatch, distribution, n_values):
    """Blocks change nothing, wherever they end and however many cells there are."""
    monkeypatch.setattr(category_bins, "BLOCK_VALUES", 7)
    values = (["JFK", "LGA", None] if distribution is TEXTS else [True, False, None]) * 40
    values = values[:n_values]
    slow = [Binner(distribution).cell_of(value) for value in values]
    expected = np.bincount(np.array(slow, dtype=int), minlength=distribution.n_cells).tolist()
    assert Binner(distribution).count(values).cells.tolist() == expected
    assert Binner(distribution).count(tuple(values)).cells.tolist() == expected


def test_more_cells_than_a_byte_can_tell():
    """A feature of 400 categories is counted like one of four."""
    names = tuple(f"c{place}" for place in range(400))
    binner = Binner(Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=names))
    cells = binner.count([*names, "c399", None]).cells
    assert cells.tolist() == [1] * 399 + [2, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("values", "cells", "mismatches"),
    [
        ([3, 3.0, -7, 0, None], [2, 1, 1, 0, 0, 1, 0], 0),
        ([-0.0, 2.5, 9, math.nan, math.inf], [0, 0, 1, 0, 2, 1, 1], 0),
        ([True, 3, 10**300], [1, 0, 0, 0, 2, 0, 0], 1),
    ],
)
def test_categories_that_are_numbers(values, cells, mismatches):
    """Integers and integral floats are found by their value, everything else by its name."""
    numbers = Distribution(Kind.CATEGORICAL, TrainingType.INTEGER, categories=("3", "-7", "0"))
    counts = Binner(numbers).count(values)
    assert counts.cells.tolist() == cells
    assert counts.type_mismatches == mismatches


@pytest.mark.parametrize("name", ["03", "+3", "3.0", "\u0663", "-0", " 3", "1_0", "-"])
def test_only_the_name_of_a_number_stands_for_it(name):
    """A category that merely looks like a number is found by no number."""
    binner = Binner(Distribution(Kind.CATEGORICAL, TrainingType.INTEGER, categories=(name,)))
    assert binner.count([3, 0, 10]).cells[0] == 0
    assert binner.count([name]).cells[0] == 1


@pytest.mark.parametrize("distribution", [NUMBERS, TEXTS, BOOLEANS], ids=["numbers", "texts", "booleans"])
def test_coded_columns_count_like_lists(distribution):
    """A column by distinct values gives the counts of its values, hostile ones included."""
    values = [*RUBBISH, 1.0, "JFK", "JFK", 2.0, 1]
    codes = np.array([0, -1, len(values) - 1, len(values) - 2] * 3 + list(range(len(values))))
    column = CodedColumn(codes, values)
    binner = Binner(distribution)
    counts, expected = binner.count(column), binner.count(list(column))
    assert counts.cells.tolist() == expected.cells.tolist()
    assert counts.type_mismatches == expected.type_mismatches


def test_equal_numbers_of_unequal_types_stay_apart():
    """1, 1.0, True and "1" in one column are one name or two, and never swallow each other."""
    ones = Distribution(Kind.CATEGORICAL, TrainingType.INTEGER, categories=("1", "true"))
    counts = Binner(ones).count([1, True, 1.0, "1", True])
    assert counts.cells.tolist() == [3, 2, 0, 0, 0, 0]
    assert counts.type_mismatches == 3


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "true"), (np.bool_(False), "false"), (3, "3"), (3.0, "3"), (-0.0, "0"), (np.float32(3.1), "3.1"), (3.1, "3.1"),
        (10**20, "100000000000000000000"), (1e-60, "0"), (10**400, "integer of 1329 bits"), (-(10**400), "-integer of 1329 bits"),
        ("a\ud800b", "a\ufffdb"), ("é" * 300, "é" * 256), (decimal.Decimal("2.50"), "2.5"), (dt.date(2024, 2, 1), "2024-02-01"),
    ],
)  # fmt: skip
def test_categories_have_one_name(value, name):
    """The name of a category does not depend on the type that carries it."""
    assert canonical_category(value) == name


@pytest.mark.parametrize("value", [None, math.nan, math.inf, b"x", [], _BrokenText()])
def test_what_has_no_name_says_so(value):
    """Missing, infinite and opaque values raise TypeError instead of becoming a category."""
    with pytest.raises(TypeError):
        canonical_category(value)


def test_bins_do_not_depend_on_the_precision_of_a_client():
    """Edges at float64, float32 and JSON: a value on an edge stays in its bin."""
    edges = (0.1, 0.2, 0.3, 1 / 3, 2 / 3, 1e8 + 1)
    binner = Binner(Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=edges))
    for index, edge in enumerate(edges):
        forms = (
            edge,
            np.float32(edge),
            float(np.float32(edge)),
            json.loads(json.dumps(edge)),
            str(np.float32(edge)),
        )
        cells = {binner.cell_of(float(form)) for form in forms}
        assert cells == {index}
