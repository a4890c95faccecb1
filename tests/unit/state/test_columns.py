"""Columns of every library become the same arrays and lists."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlexporter.records import Distribution, Kind, TrainingType
from mlexporter.state.binning import Binner
from mlexporter.state.columns import split_array, split_frame, split_rows, to_column

DATA = {
    "number": [1.5, None, 3.0], "whole": [1, 2, 3], "gap": [1, None, 3], "flag": [True, False, True],
    "text": ["a", None, "c"], "maybe": [True, None, False],
}  # fmt: skip


def _frames():
    return {
        "pandas": pd.DataFrame(DATA),
        "pandas-nullable": pd.DataFrame(DATA).convert_dtypes(),
        "pandas-arrow": pd.DataFrame(DATA).convert_dtypes(dtype_backend="pyarrow"),
        "polars": pl.DataFrame(DATA),
        "arrow": pa.table(DATA),
        "batch": pa.RecordBatch.from_pydict(DATA),
        "chunked": pa.concat_tables([pa.table(DATA).slice(0, 1), pa.table(DATA).slice(1)]),
        "mapping": DATA,
        "series": {name: pd.Series(values) for name, values in DATA.items()},
        "rows": None,
    }


def _plain(column):
    listed = column.tolist() if isinstance(column, np.ndarray) else column
    return [None if value is None or value is pd.NA or value != value else value for value in listed]  # noqa: PLR0124


@pytest.mark.parametrize("library", _frames())
def test_every_library_gives_the_same_columns(library):
    """Names, order, values and gaps of a frame survive, whoever made it."""
    frame = _frames()[library]
    rows = [dict(zip(DATA, row, strict=True)) for row in zip(*DATA.values(), strict=True)]
    columns = split_rows(rows) if library == "rows" else split_frame(frame)
    assert list(columns) == list(DATA)
    for name, values in DATA.items():
        assert _plain(columns[name]) == values


@pytest.mark.parametrize("library", ["pandas", "pandas-nullable", "pandas-arrow", "polars", "arrow"])
def test_numbers_and_booleans_are_arrays(library):
    """Full columns of numbers and booleans come as typed arrays, gaps in numbers as NaN."""
    columns = split_frame(_frames()[library])
    kinds = {name: column.dtype.kind for name, column in columns.items() if isinstance(column, np.ndarray)}
    assert kinds == {"number": "f", "whole": "i", "gap": "f", "flag": "b"}


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (pl.Series(["a", "b"], dtype=pl.Categorical), ["a", "b"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array([1, 2], pa.decimal128(5, 1)), [1.0, 2.0]),
        (pl.Series([1, 2], dtype=pl.Decimal(5, 1)), [1.0, 2.0]),
        (pa.array([1, 2], pa.float32()), [1.0, 2.0]),
        (pa.array([[1], [2]]), [[1], [2]]),
        (pa.array([True, None]), [True, None]),
        (np.ma.array([1.0, 2.0], mask=[False, True]), [1.0, None]),
        (np.array([[1.0], [2.0]]), [1.0, 2.0]),
        (np.array(["a", "b"]), ["a", "b"]),
        (pd.Index([1, 2]), [1, 2]),
        (range(2), [0, 1]),
        ((1, "x"), [1, "x"]),
        (pd.Series([1, 2], dtype="uint8"), [1, 2]),
        (pd.array([2**64 - 1], dtype="UInt64"), [2**64 - 1]),
    ],
)
def test_single_columns(series, expected):
    """Dictionaries are decoded, decimals become floats, masks become None."""
    assert _plain(to_column(series)) == expected


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]), pa.array([dt.date(2024, 1, 1)]),
        pa.array([dt.datetime(2024, 1, 1)]), pl.Series([dt.date(2024, 1, 1)]),  # noqa: DTZ001
        np.array(["2024-01-01"], dtype="M8[ns]"), pd.Series([pd.Timestamp(0)]),
    ],
)  # fmt: skip
def test_times_stay_times(series):
    """A column of times never turns into a column of integers."""
    column = to_column(series)
    first = column[0]
    assert not isinstance(first, int | float | np.integer)


@pytest.mark.parametrize("thing", ["text", b"bytes", {"a": 1}, 3, None, np.zeros((2, 2)), np.zeros(())])
def test_what_is_no_column_says_so(thing):
    """A text, a mapping, a number or a matrix is no column."""
    with pytest.raises(TypeError, match="column"):
        to_column(thing)


@pytest.mark.parametrize(
    "thing",
    [{"a": 1.0, "b": [1]}, {"a": 1.0}, {}, [1, 2], [{"a": 1}], np.zeros((2, 2)), pd.Series([1]), "text", None,
     {"a": [1], "b": [1, 2]}, {"a": "text"}],
)  # fmt: skip
def test_what_is_no_frame_is_none(thing):
    """A row, a list, a matrix or columns of unequal length are no frame."""
    assert split_frame(thing) is None


def test_structured_arrays_are_frames():
    """The fields of a structured array are columns."""
    frame = np.array([(1, "a"), (2, "b")], dtype=[("x", "i4"), ("y", "U1")])
    columns = split_frame(frame)
    assert columns["x"].tolist() == [1, 2]
    assert columns["y"] == ["a", "b"]


@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame([[1, 2]], columns=[1, "1"]),
     pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])],
)  # fmt: skip
def test_one_name_twice_is_refused(frame):
    """Two columns of one name cannot be told apart and are named in the error."""
    with pytest.raises(ValueError, match=r"two columns are called '[a1]'"):
        split_frame(frame)


def test_arrays_need_as_many_names_as_columns():
    """A matrix is split by the given names, and only by as many as it has columns."""
    columns = split_array(np.array([[1.0, 2.0], [3.0, 4.0]]), ["x", "y"])
    assert columns["y"].tolist() == [2.0, 4.0]
    with pytest.raises(ValueError, match=r"shape \(n, 1\)"):
        split_array(np.zeros((2, 2)), ["x"])


def test_rows_need_not_agree():
    """Rows with unequal keys give one column for each key, with None where it is absent."""
    assert split_rows([{"a": 1}, {"b": 2}]) == {"a": [1, None], "b": [None, 2]}


def _texts(values):
    return {
        "pandas": pd.Series(values), "object": pd.Series(values, dtype=object),
        "category": pd.Series(values, dtype="category"), "categorical": pd.Categorical(values),
        "index": pd.CategoricalIndex(values), "python": pd.Series(values, dtype=pd.StringDtype("python")),
        "pyarrow": pd.Series(values, dtype=pd.StringDtype("pyarrow")),
        "arrow dtype": pd.Series(values, dtype=pd.ArrowDtype(pa.string())),
        "arrow dictionary": pd.Series(values, dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
        "arrow": pa.array(values, pa.string()), "large": pa.array(values, pa.large_string()),
        "dictionary": pa.array(values, pa.string()).dictionary_encode(),
        "chunks": pa.chunked_array([pa.array(values[:2], pa.string()), pa.array(values[2:], pa.string())]),
        "dictionaries": pa.chunked_array([pa.array(part, pa.string()).dictionary_encode() for part in (values[:2], values[2:])]),
        "unsigned": pa.DictionaryArray.from_arrays(pa.array([{"b": 0, "a": 1, "c": 2, None: None}[each] for each in values], pa.uint8()), ["b", "a", "c"]),
        "polars": pl.Series(values, dtype=pl.String), "polars category": pl.Series(values, dtype=pl.Categorical),
        "list": values,
    }  # fmt: skip


@pytest.mark.parametrize("values", [["a", None, "c", "a", "b"], ["a", "b", "c"], [None, None], []])
@pytest.mark.parametrize("kind", _texts([]))
def test_texts_are_the_same_however_they_are_kept(kind, values):
    """Categories, dictionaries and texts give one list of values, whole, in part and by place."""
    column = to_column(_texts(values)[kind])
    assert _plain(column) == values
    assert _plain(column[1:3]) == values[1:3]
    assert [_plain([column[place]])[0] for place in range(len(column))] == values
    assert len(column) == len(values)
    binner = Binner(Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("a", "b")))
    expected = [values.count("a"), values.count("b"), 0, values.count("c"), values.count(None), 0]
    assert binner.count(column).cells.tolist() == expected


def test_no_chunks_are_no_values():
    """A chunked column without chunks is an empty column."""
    empty = pa.chunked_array([], pa.dictionary(pa.int8(), pa.string()))
    assert list(to_column(empty)) == []


def test_categories_need_not_be_texts():
    """Categories of numbers and booleans keep their values."""
    assert _plain(to_column(pd.Series([1, 2, None], dtype="category"))) == [1, 2, None]
    assert list(to_column(pd.Series([True, False], dtype="category"))) == [True, False]


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.list_(pa.float32(), 2), pa.large_list(pa.int64())], ids=str
)
def test_arrow_lists_of_numbers_are_arrays(kind):
    """Vectors of an Arrow column stay numbers, row by row, also where chunks begin in their middle."""
    whole = pa.array([[1, 2], None, [3, 4]], type=kind)
    column = to_column(pa.chunked_array([whole.slice(1), whole]))
    assert [None if row is None else row.tolist() for row in column] == [None, [3, 4], [1, 2], None, [3, 4]]
    assert column[1].dtype.kind in "if"


def test_a_matrix_beside_columns_is_a_column_of_vectors_where_these_are_wanted():
    """A mapping of a list and a matrix is a frame for training; a lone matrix, or an image beside a number, is none."""
    matrix = np.arange(6.0).reshape(3, 2)
    columns = split_frame({"a": [1, 2, 3], "vector": matrix}, with_vectors=True)
    assert [row.tolist() for row in columns["vector"]] == matrix.tolist()
    assert split_frame({"a": [1, 2, 3], "vector": matrix}) is None
    assert split_frame({"vector": matrix}, with_vectors=True) is None
    assert split_frame({"a": 1, "vector": matrix}, with_vectors=True) is None
    assert split_frame({"a": [1, 2], "vector": matrix}, with_vectors=True) is None
