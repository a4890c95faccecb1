"""When a row was: what users give as times, read as Unix seconds; what is none is unknown.

Numbers are Unix seconds. Times and texts without a zone are UTC, as in training.
"""

from __future__ import annotations

import datetime as dt
import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from mlexporter.instrument.containers import Columns, Contents, Row, Rows, count_rows, read_row
from mlexporter.instrument.scalars import is_scalar
from mlexporter.state.coded import CodedColumn
from mlexporter.state.columns import to_column
from mlexporter.state.local_time import END_OF_TIMES, credible

if TYPE_CHECKING:
    import numpy.typing as npt

Times: TypeAlias = "npt.NDArray[np.float64]"
"""Unix seconds, shape (n_rows,), NaN where a row has no time."""

_DOUBLE: Final = struct.Struct("<d")
_EPOCH: Final = np.datetime64(0, "s")
_SECOND: Final = np.timedelta64(1, "s")


class RowTimes:
    """Tells when the rows of a container were.

    Args:
        key: The field of a row that says so; None where none does.
    """

    def __init__(self, key: str | None) -> None:
        self._key = key

    def of(self, contents: Contents, moment: object) -> Times | None:
        """Return the times of the rows in ``contents``, None where nothing is known of any; never raises.

        Args:
            contents: The rows.
            moment: What somebody else says of them, which wins: a time, or a column of times.
        """
        if moment is None and self._key is None:
            return None
        if isinstance(contents, Row):
            return self._of_row(contents, moment)
        n_rows = count_rows(contents)
        found = seconds_of_column(moment, n_rows)
        if found is None and self._key is not None:
            found = seconds_of_column(_field(contents, self._key), n_rows)
        return None if found is None or np.isnan(found).all() else found

    def said_of(self, container: object, row: Row, moment: object) -> object:
        """Return what is said of the time of one row: ``moment``, else what its object has beside features.

        Args:
            container: What the row came as; of an object only the features are in ``row``.
            row: What was read of it.
            moment: What somebody else says.
        """
        if moment is not None or self._key is None:
            return moment
        try:
            return None if self._key in row.values else getattr(container, self._key, None)
        except Exception:  # noqa: BLE001 - methods of a user's object can raise anything: nothing is known
            return None

    def _of_row(self, row: Row, moment: object) -> Times | None:
        seconds = _credible(seconds_of(moment))
        if math.isnan(seconds) and self._key is not None:
            seconds = _credible(seconds_of(_field(row, self._key)))
        return None if math.isnan(seconds) else np.array([seconds])


def _credible(seconds: float) -> float:
    return seconds if 0 <= seconds < END_OF_TIMES else math.nan


def _field(contents: Contents, key: str) -> object:
    try:
        if isinstance(contents, Row):
            return contents.values.get(key)
        if isinstance(contents, Columns):
            return contents.columns.get(key)
        if isinstance(contents, Rows):
            rows = [read_row(each, None) for each in contents.rows]
            return [row.values.get(key) if isinstance(row, Row) else None for row in rows]
    except Exception:  # noqa: BLE001, S110 - methods of a user's mapping can raise anything: nothing is known
        pass
    return None


def seconds_of(value: object) -> float:
    """Return the Unix seconds of one value: a number, a time, or an ISO text; NaN where it is none of them."""
    try:
        return _seconds(value)
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        return math.nan


def seconds_of_all(values: Sequence[object]) -> npt.NDArray[np.float64]:
    """Return the credible Unix seconds of values, float64, shape (n,), NaN where one is no time."""
    try:
        packed = struct.pack(f"<{len(values)}d", *values)  # in one stroke, and no text is a number
    except Exception:  # noqa: BLE001 - not all are numbers, or a user's number raises: one by one
        return credible(np.array([seconds_of(value) for value in values], dtype=np.float64))
    return credible(np.frombuffer(packed))


def seconds_of_column(column: Any, n_rows: int) -> npt.NDArray[np.float64] | None:
    """Return the times of rows as ``seconds_of_all`` does, shape (n_rows,).

    Args:
        column: Anything that is a column of ``n_rows`` values, or one value that holds for all rows.
        n_rows: Rows; what the column is short of is unknown.

    Returns:
        None where it says nothing.
    """
    if column is None:
        return None
    try:
        if isinstance(column, dt.date | np.datetime64) or is_scalar(column):
            return np.repeat(seconds_of_all((column,)), n_rows)
        found = _column(to_column(column))
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        return None
    return np.append(found[:n_rows], np.full(max(0, n_rows - len(found)), math.nan))


def _column(column: Any) -> npt.NDArray[np.float64]:
    if isinstance(column, CodedColumn):
        return np.append(seconds_of_all(column.values), math.nan)[column.codes]  # -1 is the last
    if not isinstance(column, np.ndarray):
        return seconds_of_all(column)
    seconds = (column - _EPOCH) / _SECOND if column.dtype.kind == "M" else column.astype(np.float64)
    return credible(seconds)


def _seconds(value: Any) -> float:
    if isinstance(value, str):
        return _of_time(dt.datetime.fromisoformat(value.strip()))
    if isinstance(value, dt.datetime):
        return _of_time(value)
    if isinstance(value, dt.date):
        return _of_time(dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC))
    if isinstance(value, np.datetime64):
        return float((value - _EPOCH) / _SECOND)
    (number,) = _DOUBLE.unpack(_DOUBLE.pack(value))
    return float(number)


def _of_time(moment: dt.datetime) -> float:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)).timestamp()
