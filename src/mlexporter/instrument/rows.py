"""Rows of the features of one profile: kept as scalars one by one, or binned many at a time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from mlexporter.instrument.containers import (
    Columns,
    Contents,
    Row,
    Rows,
    Unreadable,
    read_container,
    read_row,
)
from mlexporter.instrument.scalars import UNREADABLE, are_small, number, scalar
from mlexporter.records import Counts
from mlexporter.state.binning import flatten
from mlexporter.state.columns import Column
from mlexporter.state.entries import EXTRA_FEATURE, MISSING_FEATURE, UNREADABLE_ROW, Call, Values
from mlexporter.state.lane import Lane
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.values import MAXIMUM_TEXT_LENGTH

KEPT_ROWS: Final = 16
"""Calls of up to so many rows keep scalars; larger ones are binned on the spot."""

_NOT_CHOSEN: Final = "\0 not chosen"
"""Stands for a feature that ``features=`` leaves out: a key that no row has."""

Getter: TypeAlias = Callable[[Any], tuple[Any, ...]]


class RowReader:
    """Reads containers into what a lane counts.

    Args:
        lane: The lane of the profile.
        allowed: Keys that are no features and yet break no schema.
        checks_extra: Whether any other key breaks it.
        chosen: The features that are looked for, all others are missing; None looks for all.
    """

    def __init__(
        self, lane: Lane, block: ProfileBlock, *, allowed: Collection[str], checks_extra: bool,
        chosen: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        self._lane = lane
        self._block = block
        self._names = tuple(
            name if chosen is None or name in chosen else _NOT_CHOSEN
            for name in block.reference.feature_names
        )
        self._wanted = [name for name in self._names if name != _NOT_CHOSEN]
        self.wants_all = len(self._wanted) == len(self._names)
        self._row_names = tuple(self._names[place] for place in block.row_order)
        n_texts = len(self._names) - block.n_numbers
        self._readers = [*zip(self._row_names, [number] * block.n_numbers + [scalar] * n_texts, strict=True)]
        self._known = frozenset(self._names) | frozenset(allowed)
        self._checks_extra = checks_extra
        self._numbers = getter(self._row_names[: block.n_numbers])
        self._texts = getter(self._row_names[block.n_numbers :])

    def read(self, container: object) -> Values | Call:
        """Return the scalars of one well-formed row, or a call with all there is to say."""
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
                    return numbers + texts
            except (KeyError, TypeError):
                pass  # a key is absent or a category is no text: the careful way
        return self._read_any(read_container(container, self._block.reference.feature_names))

    def unreadable(self, n_rows: int) -> Call:
        """Return a call whose rows are ``invalid`` in every feature."""
        call = Call(self._lane, n_rows, delta=self._block.layout.zeros())
        self._block.add_unreadable_features(call.delta, n_rows)  # type: ignore[arg-type]
        call.violations[UNREADABLE_ROW] = n_rows
        return call

    def _read_any(self, contents: Contents) -> Values | Call:
        if isinstance(contents, Row):
            call = Call(self._lane)
            values = self._scalars(contents.values, call.violations)
            if not any(call.violations):
                return values
            call.rows = (values,)
            return call
        if isinstance(contents, Columns):
            return self._read_columns(contents)
        if isinstance(contents, Rows):
            return self._read_rows(contents.rows)
        return self.unreadable(contents.n_rows)

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

    def _read_rows(self, rows: Sequence[object]) -> Call:
        call = Call(self._lane, len(rows))
        kept: list[Values] = []
        for each in rows:
            contents = read_row(each, self._block.reference.feature_names)
            if isinstance(contents, Unreadable):
                call.violations[UNREADABLE_ROW] += 1
                kept.append((UNREADABLE,) * len(self._row_names))
            else:
                kept.append(self._scalars(contents.values, call.violations))
        if len(kept) <= KEPT_ROWS:
            call.rows = tuple(kept)
            return call
        columns = dict(zip(self._row_names, zip(*kept, strict=True), strict=True)) if self._row_names else {}
        call.delta = self._binned(columns, len(rows))
        return call

    def _read_columns(self, contents: Columns) -> Values | Call:
        columns, n_rows = contents.columns, contents.n_rows
        call = Call(self._lane, n_rows)
        if any(name not in columns for name in self._wanted):
            call.violations[MISSING_FEATURE] = n_rows
        if self._checks_extra and any(name not in self._known for name in columns):
            call.violations[EXTRA_FEATURE] = n_rows
        if n_rows > KEPT_ROWS:
            call.delta = self._binned(columns, n_rows)
            return call
        kept = [
            tuple(map(read, _padded(columns.get(name, ()), n_rows)))
            for name, read in self._readers
        ]  # fmt: skip
        rows = tuple(zip(*kept, strict=True)) if kept else ((),) * n_rows
        if n_rows == 1 and not any(call.violations):
            return rows[0]
        call.rows = rows
        return call

    def _binned(self, columns: Mapping[str, Sequence[object] | Column], n_rows: int) -> Counts:
        delta = self._block.layout.zeros()
        self._block.add_features(delta, [columns.get(name) for name in self._names], n_rows)
        return delta


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
