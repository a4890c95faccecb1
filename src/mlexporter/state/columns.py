"""What a frame holds: columns of pandas, polars, Arrow and numpy as arrays or lists.

Libraries are recognised by the module of a type, so that nothing heavy is ever imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from mlexporter.state.coded import CodedColumn

if TYPE_CHECKING:
    import numpy.typing as npt

Column: TypeAlias = "npt.NDArray[Any] | list[object] | CodedColumn"

_NUMBER_KINDS = frozenset("iuf")
_PANDAS_ARROW_ARRAYS = frozenset({"ArrowStringArray", "ArrowExtensionArray"})
_FULL_TYPES = {"i": "int64", "u": "uint64", "f": "float64", "b": "bool"}


def to_column(series: Any) -> Column:
    """Return one column as an array of numbers or booleans, or as a list of objects.

    Args:
        series: n values: a Series of pandas or polars, an Arrow array, an array of shape (n,) or
            (n, 1), a list, or anything that numpy makes an array of.

    Returns:
        A numpy array of shape (n,) of numbers, booleans or times, else a list, or what behaves like
        one; missing values are None or NaN. Arrays may share their memory with ``series``.

    Raises:
        TypeError: it is no column.
    """
    if isinstance(series, np.ndarray):
        return _from_numpy(series)
    if isinstance(series, list | tuple):
        return list(series)
    read = _READERS.get(_library(series))
    if read is not None:
        return read(series)
    if hasattr(series, "__array__"):
        return _from_numpy(np.asarray(series))
    # What can be gone through only once is not ours to go through.
    if isinstance(series, str | bytes | Mapping | Iterator) or not isinstance(series, Iterable):
        raise TypeError(f"a value of type {type(series).__name__} is no column; a list or an array is needed")
    return list(series)


def split_frame(frame: Any, *, with_vectors: bool = False) -> dict[str, Column] | None:
    """Return the columns of ``frame`` by name, or None where it is no frame.

    Args:
        frame: A DataFrame of pandas or polars, an Arrow table or record batch, a structured numpy
            array, or a mapping of equally long columns. A mapping of single values is one row,
            and a list of rows is for ``split_rows``: neither is a frame.
        with_vectors: True takes a matrix beside columns of a mapping as a column of vectors.

    Raises:
        ValueError: two columns have one name.
    """
    library, kind = _library(frame), type(frame).__name__
    if library == "pandas" and kind != "Series" and hasattr(frame, "columns"):
        return _named((name, frame.iloc[:, index]) for index, name in enumerate(frame.columns))
    if library == "polars" and hasattr(frame, "get_columns"):
        return _named(zip(frame.columns, frame.get_columns(), strict=True))
    if library == "pyarrow" and hasattr(frame, "column_names"):
        return _named((name, frame.column(index)) for index, name in enumerate(frame.column_names))
    if isinstance(frame, np.ndarray) and frame.dtype.names is not None:
        return _named((name, frame[name]) for name in frame.dtype.names)
    if isinstance(frame, Mapping) and is_mapping_of_columns(frame, with_vectors=with_vectors):
        return _named((name, _rows_of(column)) for name, column in frame.items())
    return None


def split_array(array: npt.NDArray[Any], names: Sequence[str]) -> dict[str, Column]:
    """Return the columns of an array of shape (n, len(names)) by name.

    Raises:
        ValueError: the shape does not fit the names.
    """
    if array.ndim != 2 or array.shape[1] != len(names):
        raise ValueError(
            f"an array of shape (n, {len(names)}) is needed for {len(names)} names, not {array.shape}"
        )
    return _named((name, array[:, index]) for index, name in enumerate(names))


def split_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, Column]:
    """Return the columns of a list of rows, by first appearance; an absent key is None."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _named((name, [row.get(name) for row in rows]) for name in names)


def is_mapping_of_columns(candidate: Mapping[Any, Any], *, with_vectors: bool = False) -> bool:
    """Return True where every value is a column and all are equally long.

    Args:
        candidate: Any mapping.
        with_vectors: True takes a matrix beside a column as one, too.
    """
    lengths = set()
    has_column = False
    for column in candidate.values():
        try:
            is_column = isinstance(column, list | tuple) or getattr(column, "ndim", None) == 1
            is_column = is_column or _library(column) == "pyarrow"
            if not (is_column or (with_vectors and _is_matrix(column))) or not hasattr(column, "__len__"):
                return False
            has_column |= is_column
            lengths.add(len(column))
        except Exception:  # noqa: BLE001 - the methods of a user's value can raise anything: it is no column
            return False
    return has_column and len(lengths) == 1


def _is_matrix(column: object) -> bool:
    return isinstance(column, np.ndarray) and column.ndim == 2 and column.shape[1] > 1


def _rows_of(column: object) -> object:
    return list(column) if isinstance(column, np.ndarray) and _is_matrix(column) else column


def _named(pairs: Iterable[tuple[object, object]]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, series in pairs:
        text = str(name)
        if text in columns:
            raise ValueError(f"two columns are called {text!r}; rename or drop one of them")
        columns[text] = to_column(series)
    return columns


def _library(thing: object) -> str:
    return type(thing).__module__.partition(".")[0]


def _from_numpy(array: npt.NDArray[Any]) -> Column:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array.reshape(-1)
    if array.ndim != 1:
        raise TypeError(f"an array of shape {array.shape} is no column; shape (n,) is needed")
    if isinstance(array, np.ma.MaskedArray) or array.dtype.kind not in "biufmM":
        listed: list[object] = array.tolist()
        return listed
    return array


def _from_pandas(series: Any) -> Column:
    if not hasattr(series, "to_numpy"):
        return list(series)
    if isinstance(series.dtype, np.dtype):
        return _from_numpy(series.to_numpy())
    coded = _coded_pandas(series)
    if coded is not None:
        return coded
    kind = getattr(series.dtype, "kind", "O")
    has_gaps = bool(series.isna().any())
    if kind in _NUMBER_KINDS or (kind == "b" and not has_gaps):
        gaps = {"dtype": "float64", "na_value": np.nan} if has_gaps else {"dtype": _FULL_TYPES[kind]}
        return _from_numpy(series.to_numpy(**gaps))
    listed: list[object] = series.tolist()
    return listed


def _coded_pandas(series: Any) -> CodedColumn | None:
    array = getattr(series, "array", series)
    if type(series.dtype).__name__ == "CategoricalDtype":
        return CodedColumn(np.array(array.codes), array.categories.tolist())
    return _coded_arrow(array.__arrow_array__()) if type(array).__name__ in _PANDAS_ARROW_ARRAYS else None


def _from_polars(series: Any) -> Column:
    if series.dtype.is_decimal():
        series = series.cast(float)
    if series.dtype.is_numeric() or (str(series.dtype) == "Boolean" and series.null_count() == 0):
        return _from_numpy(series.to_numpy())
    listed: list[object] = series.to_list()
    return listed


def _from_arrow(array: Any) -> Column:
    import pyarrow as pa  # noqa: PLC0415 - whoever hands over an Arrow array has loaded it

    kind = array.type
    if pa.types.is_decimal(kind):
        array = array.cast(pa.float64())
        kind = array.type
    coded = _coded_arrow(array)
    if coded is not None:
        return coded
    is_full_boolean = pa.types.is_boolean(kind) and array.null_count == 0
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or is_full_boolean:
        return _from_numpy(array.to_numpy(zero_copy_only=False))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _from_numpy(array.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False))
    if _is_list_of_numbers(kind):
        return _vectors_of_arrow(array)
    listed: list[object] = array.to_pylist()
    return listed


def _is_list_of_numbers(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415 - as above

    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(is_list and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)))


def _vectors_of_arrow(array: Any) -> list[object]:
    """Return one array of numbers a row: as Python objects vectors would take eight times the room."""
    chunks = array.chunks if hasattr(array, "chunks") else [array]
    found: list[object] = []
    for chunk in chunks:
        lengths = chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        ends = np.cumsum(lengths)
        flat = chunk.flatten().to_numpy(zero_copy_only=False)
        is_there = chunk.is_valid().to_numpy(zero_copy_only=False)
        spans = zip(is_there, ends - lengths, ends, strict=True)
        found += [flat[start:end] if there else None for there, start, end in spans]
    return found


def _coded_arrow(array: Any) -> CodedColumn | None:
    """Return an Arrow array of texts or with a dictionary by its distinct values, any other as None."""
    import pyarrow as pa  # noqa: PLC0415 - whoever hands over an Arrow array has loaded it

    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        array = array.dictionary_encode()
    if not pa.types.is_dictionary(array.type):
        return None
    chunks = array.unify_dictionaries().chunks if isinstance(array, pa.ChunkedArray) else [array]
    if not chunks:
        return CodedColumn(np.zeros(0, dtype=np.int64), [])
    places = [chunk.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False) for chunk in chunks]
    return CodedColumn(np.concatenate(places), chunks[0].dictionary.to_pylist())


_READERS: dict[str, Callable[[Any], Column]] = {
    "pandas": _from_pandas,
    "polars": _from_polars,
    "pyarrow": _from_arrow,
}
