"""Read a column of times, however it was written, as Unix seconds."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.state.coded import CodedColumn
from mlexporter.state.columns import Column
from mlexporter.state.values import ValueClass, read_value

Times = npt.NDArray[np.float64]

LARGEST_SECONDS: Final = 1e11
"""Beyond it (the year 5138) a number is no second, but a millisecond, microsecond or nanosecond."""

_EPOCH: Final = np.datetime64(0, "s")
_SECOND: Final = np.timedelta64(1, "s")
_FINER_UNITS: Final = (
    (1e17, "nanoseconds", "1e9"),
    (1e14, "microseconds", "1e6"),
    (0.0, "milliseconds", "1000"),
)
_WAY_OUT: Final = (
    "give Unix seconds, times of numpy, pandas or Arrow, or ISO texts such as 2024-05-01T13:00:00Z"
)


def read_timestamps(column: Column, name: str) -> Times:
    """Return the times of a column as Unix seconds.

    Numbers are Unix seconds. Times and texts without a zone are UTC.

    Args:
        column: n values, as ``state.columns`` gives them: times of numpy (also what Arrow and pandas
            make of theirs), numbers, ISO 8601 texts, or objects with a ``timestamp()``.
        name: What messages call the column.

    Returns:
        float64, shape (n,), NaN where a value is missing or infinite.

    Raises:
        FitError: a value is no time, or the numbers are finer than seconds.
    """
    if isinstance(column, CodedColumn):
        known = np.append(_read_each(column.values, name), math.nan)  # -1 is the last
        return _checked(known[column.codes], name)
    if not isinstance(column, np.ndarray):
        return _checked(_read_each(column, name), name)
    if column.dtype.kind == "M":
        return _seconds_of(column)
    if column.dtype.kind not in "iuf":
        raise FitError(f"timestamp: column {name!r} holds {column.dtype} values; {_WAY_OUT}")
    return _checked(column.astype(np.float64), name)


def _seconds_of(times: npt.NDArray[Any]) -> Times:
    seconds: Times = (times - _EPOCH) / _SECOND
    return seconds


def _checked(seconds: Times, name: str) -> Times:
    seconds[np.isinf(seconds)] = math.nan
    with np.errstate(invalid="ignore"):
        beyond = seconds[np.abs(seconds) >= LARGEST_SECONDS]
    if len(beyond):
        largest = float(np.abs(beyond).max())
        unit, factor = next((unit, factor) for least, unit, factor in _FINER_UNITS if largest >= least)
        raise FitError(
            f"timestamp: column {name!r} holds {beyond[0]:.17g}, which looks like {unit}; divide it by {factor}: "
            "Unix seconds are needed"
        )
    return seconds


def _read_each(values: Iterable[object], name: str) -> Times:
    readers: dict[type, Callable[[Any], float]] = {
        str: _of_text,
        dt.datetime: _of_datetime,
        dt.date: _of_date,
    }
    found = []
    for value in values:
        read = readers.get(type(value), _of_other)
        try:
            found.append(read(value))
        except OverflowError:
            found.append(math.nan)
        except (ValueError, TypeError, AttributeError):
            raise FitError(
                f"timestamp: column {name!r} holds {_shown(value)}, which is no time; {_WAY_OUT}"
            ) from None
    return np.array(found, dtype=np.float64)


def _of_text(text: str) -> float:
    return _of_datetime(dt.datetime.fromisoformat(text.strip())) if text.strip() else math.nan


def _of_datetime(moment: dt.datetime) -> float:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)).timestamp()


def _of_date(day: dt.date) -> float:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()


def _of_other(value: object) -> float:
    kind, content = read_value(value)
    if kind is ValueClass.MISSING:
        return math.nan
    if kind is ValueClass.NUMBER and isinstance(content, int | float):
        return float(content)
    if isinstance(value, np.datetime64):
        return float((value - _EPOCH) / _SECOND)
    if isinstance(value, dt.datetime):  # pandas has a class of its own
        return _of_datetime(value)
    raise TypeError(type(value).__name__)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:60] + "…"
