"""Rows of the features of one profile: kept as scalars one by one, or binned many at a time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from mlexporter.catalogue import SCHEMA_REASONS
from mlexporter.instrument.containers import (
    Columns,
    Contents,
    Row,
    Rows,
    Unreadable,
    read_container,
    read_row,
)
from mlexporter.instrument.row_times import RowTimes, Times
from mlexporter.instrument.scalars import UNREADABLE, are_small, number, scalar, vector
from mlexporter.records import Kind
from mlexporter.state.binning import flatten
from mlexporter.state.columns import Column
from mlexporter.state.embedding_bins import length_of
from mlexporter.state.entries import EXTRA_FEATURE, MISSING_FEATURE, UNREADABLE_ROW, Call, Values
from mlexporter.state.lane import Lane
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.row_block import Beside
from mlexporter.state.values import MAXIMUM_TEXT_LENGTH

KEPT_ROWS: Final = 16
"""Calls of up to so many rows keep scalars; larger ones are binned on the spot."""

_NOT_CHOSEN: Final = "\0 not chosen"
"""Stands for a feature that ``features=`` leaves out: a key that no row has."""

_READERS: Final = {Kind.NUMERIC: number, Kind.EMBEDDING: vector}
"""What keeps a value of these kinds; ``scalar`` keeps all others."""

Getter: TypeAlias = Callable[[Any], tuple[Any, ...]]


class RowReader:
    """Reads containers into what a lane counts.

    Args:
        lane: The lane of the profile.
        allowed: Keys that are no features and yet break no schema.
        checks_extra: Whether any other key breaks it.
        chosen: The features that are looked for, all others are missing; None looks for all.
        time_key: The field of a row that is its time; None where rows bring none.
    """

    def __init__(
        self, lane: Lane, block: ProfileBlock, *, allowed: Collection[str], checks_extra: bool,
        chosen: Collection[str] | None = None, time_key: str | None = None,
    ) -> None:  # fmt: skip
        self._lane = lane
        self._block = block
        self._times = RowTimes(time_key if block.sides.wants_timestamps else None)
        self._tells_times = block.sides.wants_timestamps
        self._names = tuple(
            name if chosen is None or name in chosen else _NOT_CHOSEN
            for name in block.reference.feature_names
        )
        self._wanted = [name for name in self._names if name != _NOT_CHOSEN]
        self.wants_all = len(self._wanted) == len(self._names)
        self._row_names = tuple(self._names[place] for place in block.row_order)
        self._kinds = [block.reference.features[place].distribution.kind for place in block.row_order]
        self._readers = [
            (name, _READERS.get(kind, scalar))
            for name, kind in zip(self._row_names, self._kinds, strict=True)
        ]
        vectors = zip(self._row_names, self._kinds, strict=True)
        self._vector = next((name for name, kind in vectors if kind is Kind.EMBEDDING), None)
        self._known = frozenset(self._names) | frozenset(allowed)
        self._checks_extra = checks_extra
        self._numbers = getter(self._row_names[: block.n_numbers])
        self._texts = getter(self._row_names[block.n_numbers :])

    def read(self, container: object, moment: object = None) -> Values | Call:
        """Return the scalars of one well-formed row, or a call with all there is to say.

        Args:
            container: The row or the rows.
            moment: When they were, where somebody says so: a time, or a column of times.
        """
        if type(container) is dict and self.wants_all:
            # The common row in few strokes: every key is there, every value may be kept as it is.
            try:
                numbers = self._numbers(container)
                texts = self._texts(container)
                if (
                    are_small(numbers)
                    and len("".join(texts)) <= MAXIMUM_TEXT_LENGTH
                    and (len(container) == len(self._names) or not self._checks_extra)
                ):
                    return self._timed(numbers + texts, Row(container), moment)
            except (KeyError, TypeError):
                pass  # a key is absent or a category is no text: the careful way
            if self._vector is not None and length_of(container.get(self._vector)) is not None:
                return self._read_any(Row(container), moment)  # a dict of vectors may look like columns
        contents = read_container(container, self._block.reference.feature_names)
        if isinstance(contents, Row):
            moment = self._times.said_of(container, contents, moment)
        return self._read_any(contents, moment)

    def unreadable(self, n_rows: int) -> Call:
        """Return a call whose rows are ``invalid`` in every feature."""
        call = Call(self._lane, n_rows, delta=self._block.layout.zeros())
        self._block.add_unreadable_features(call.delta, n_rows)  # type: ignore[arg-type]
        call.violations[UNREADABLE_ROW] = n_rows
        return call

    def _read_any(self, contents: Contents, moment: object) -> Values | Call:
        if isinstance(contents, Row):
            violations = [0] * len(SCHEMA_REASONS)
            values = self._scalars(contents.values, violations)
            if not any(violations):
                return self._timed(values, contents, moment)
            call = Call(self._lane, rows=(values,), violations=violations)
        elif isinstance(contents, Columns):
            return self._read_columns(contents, moment)
        elif isinstance(contents, Rows):
            return self._read_rows(contents, moment)
        else:
            return self.unreadable(contents.n_rows)
        if self._tells_times:
            call.timestamps = self._times.of(contents, moment)
        return call

    def _timed(self, values: Values, row: Row, moment: object) -> Values | Call:
        """Return a well-formed row, with its time where seasons are told apart."""
        if not self._tells_times:
            return values
        times = self._times.of(row, moment)
        if times is None:
            return values
        call = Call(self._lane, rows=(values,))
        call.timestamps = times
        return call

    def _scalars(self, row: Mapping[Any, Any], violations: list[int]) -> Values:
        """Return the scalars of ``row`` in row order; a hostile mapping makes them unreadable."""
        try:
            values = [read(row[name]) if name in row else None for name, read in self._readers]
            is_lacking = any(name not in row for name in self._wanted)
            has_extra = self._checks_extra and any(key not in self._known for key in row)
        except Exception:  # noqa: BLE001 - methods of a user's mapping can raise anything
            violations[UNREADABLE_ROW] += 1
            return (UNREADABLE,) * len(self._row_names)
        violations[MISSING_FEATURE] += is_lacking
        violations[EXTRA_FEATURE] += has_extra
        return tuple(values)

    def _read_rows(self, contents: Rows, moment: object) -> Call:
        call = Call(self._lane, len(contents.rows))
        kept: list[Values] = []
        for each in contents.rows:
            row = read_row(each, self._block.reference.feature_names)
            if isinstance(row, Unreadable):
                call.violations[UNREADABLE_ROW] += 1
                kept.append((UNREADABLE,) * len(self._row_names))
            else:
                kept.append(self._scalars(row.values, call.violations))
        times = self._times.of(contents, moment) if self._tells_times else None
        if len(kept) <= KEPT_ROWS:
            call.rows, call.timestamps = tuple(kept), times
            return call
        columns = dict(zip(self._row_names, zip(*kept, strict=True), strict=True)) if self._row_names else {}
        self._bin(call, columns, times)
        return call

    def _read_columns(self, contents: Columns, moment: object) -> Values | Call:
        columns, n_rows = contents.columns, contents.n_rows
        call = Call(self._lane, n_rows)
        if any(name not in columns for name in self._wanted):
            call.violations[MISSING_FEATURE] = n_rows
        if self._checks_extra and any(name not in self._known for name in columns):
            call.violations[EXTRA_FEATURE] = n_rows
        times = self._times.of(contents, moment) if self._tells_times else None
        if n_rows > KEPT_ROWS:
            self._bin(call, columns, times)
            return call
        kept = [
            tuple(map(read, _padded(columns.get(name, ()), n_rows)))
            for name, read in self._readers
        ]  # fmt: skip
        rows = tuple(zip(*kept, strict=True)) if kept else ((),) * n_rows
        if n_rows == 1 and not any(call.violations) and times is None:
            return rows[0]
        call.rows, call.timestamps = rows, times
        return call

    def _bin(self, call: Call, columns: Mapping[str, Sequence[object] | Column], times: Times | None) -> None:
        call.delta = self._block.layout.zeros()
        beside = Beside(times, batches=((0, call.n_rows),), is_answered=False)
        placed = [columns.get(name) for name in self._names]
        call.held = self._block.add_features(call.delta, placed, call.n_rows, beside)


def _padded(column: Sequence[object] | Column, n_rows: int) -> list[object]:
    flat = flatten(column)
    values = flat if isinstance(flat, list) else flat.tolist()
    return [*values, *(None for _ in range(n_rows - len(values)))]


def getter(names: Sequence[str]) -> Getter:
    """Return what takes the values of ``names`` out of a mapping as a tuple, in one call."""
    if not names:
        return lambda _: ()
    if len(names) == 1:
        (name,) = names
        return lambda row: (row[name],)
    return operator.itemgetter(*names)
