"""Plain rows: dicts with exactly the features of a profile, copied by a call and read by a drain.

A call of one row has little to do with its features: it copies the dict and goes on. What the copy
holds is looked at when a chunk is drained, many rows in one stroke. Rows that turn out not to be
plain are read one by one, in the careful way, and counted into the same bins.
"""

from __future__ import annotations

import datetime as dt
import math
import struct
from collections.abc import Callable, Collection, Sequence
from itertools import starmap
from typing import Any, Final

import numpy as np

from mlexporter.instrument.row_times import seconds_of_all
from mlexporter.instrument.rows import RowReader, getter
from mlexporter.instrument.scalars import KEPT_TYPES
from mlexporter.state.binning import read_numbers
from mlexporter.state.entries import Call, PlainRow, PlainRows
from mlexporter.state.lane import Lane
from mlexporter.state.matrix import LARGEST, finite
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.values import MAXIMUM_TEXT_LENGTH

VALUE_TYPES: Final = KEPT_TYPES | {str}
"""Exact types of values that are immutable and, but for texts and integers, small."""

_HARMLESS_TYPES: Final = VALUE_TYPES | {dt.datetime, dt.date, np.datetime64}
_INTEGER_BITS: Final = 64
_LOOK_EVERY: Final = 4
_FLOAT: Final = struct.Struct("<d")


class PlainReader:
    """Reads the rows of one inlet.

    Args:
        lane: Where they are counted.
        block: The block of the profile.
        careful: Reads any row.
        beside: Keys that rows may have beside the features.
        time_key: The key of the time of a row; None where nobody wants to know.
        on_hazard: Told where values were held that ought not to be: large, or not immutable.
    """

    def __init__(
        self, lane: Lane, block: ProfileBlock, careful: RowReader, *, beside: Sequence[str] = (),
        time_key: str | None = None, on_hazard: Callable[[], None],
    ) -> None:  # fmt: skip
        names = tuple(block.reference.feature_names[place] for place in block.row_order)
        self._lane = lane
        self._careful = careful
        self._beside = beside
        self._time_key = time_key
        self._n_features = len(names)
        self._on_hazard = on_hazard
        self._n_looks = 0
        self._n_outputs = len(block.reference.outputs)
        self._coded = block.coded
        self._has_score = block.has_one_number_output
        self._numbers = getter(names[: block.n_numbers])
        self._others = getter(names[block.n_numbers :])
        self._pack = struct.Struct(f"<{block.n_numbers}f").pack

    def unpack(self, entries: Sequence[PlainRow]) -> tuple[PlainRows | None, list[Call]]:
        """Return the columns of plain rows, and a call for each row that is none."""
        if not entries:
            return None, []
        self._n_looks = (self._n_looks + 1) % _LOOK_EVERY
        if self._n_looks == 1 and not _is_harmless_row(entries[0][0].values()):
            # A function that is given such values once is given them often: few looks will do.
            self._on_hazard()
            return None, list(map(self._call, entries))
        try:
            return self._columns(entries), []
        except Exception:  # noqa: BLE001 - one row that is not plain; methods of its values can raise anything
            plain = [entry for entry in entries if self._is_plain(entry)]
            known = set(map(id, plain))
            calls = [self._call(entry) for entry in entries if id(entry) not in known]
            return (self._columns(plain) if plain else None), calls

    def _columns(self, entries: Sequence[PlainRow]) -> PlainRows:
        rows, elapsed, results = zip(*entries, strict=True)
        try:
            numbers = b"".join(starmap(self._pack, map(self._numbers, rows)))
        except (struct.error, OverflowError):
            numbers = b"".join(map(self._pack_with_care, rows))
        return PlainRows(
            len(rows),
            struct.pack(f"{len(rows)}q", *elapsed),
            numbers,
            _packed(results) if self._has_score else b"",
            (self._coded(zip(*map(self._others, rows), strict=True)),),
            () if self._has_score else (self._outputs(results),),
            self._times(rows) if self._beside or self._time_key is not None else b"",
        )

    def _times(self, rows: Sequence[dict[str, object]]) -> bytes:
        """Return the times of rows.

        Raises:
            ValueError: a row has a key that is neither a feature nor one of those beside them.
        """
        if any(len(row) != self._n_features + sum(key in row for key in self._beside) for row in rows):
            raise ValueError("a key that is not known")
        if self._time_key is None:
            return b""
        found = [row.get(self._time_key) for row in rows]
        return b"" if all(each is None for each in found) else seconds_of_all(found).tobytes()

    def _pack_with_care(self, row: dict[str, object]) -> bytes:
        values = self._numbers(row)
        try:
            return self._pack(*map(_none_as_nan, values))
        except OverflowError:
            return self._pack(*map(_within_float32, values))

    def _outputs(self, results: Sequence[Any]) -> Sequence[Sequence[object]]:
        if self._n_outputs == 1:
            return (results,)
        return list(zip(*results, strict=True))

    def _is_plain(self, entry: PlainRow) -> bool:
        try:
            self._columns((entry,))
        except Exception:  # noqa: BLE001 - methods of a user's values can raise anything
            return False
        return True

    def _call(self, entry: PlainRow) -> Call:
        """Return the call of a row that is read in the careful way; it is counted as plain already."""
        row, elapsed, result = entry
        captured = self._careful.read(row)
        call = captured if isinstance(captured, Call) else Call(self._lane, rows=(captured,))
        call.elapsed_nanoseconds = elapsed
        if self._n_outputs:
            call.outputs = ((result,) if self._n_outputs == 1 else result,)  # type: ignore[assignment]  # several are a tuple
        return call


def _packed(results: Sequence[Any]) -> bytes:
    try:
        return struct.pack(f"<{len(results)}f", *results)
    except Exception:  # noqa: BLE001 - not a number, or one beyond float32: it is counted as what it is
        return finite(read_numbers(list(results))[0]).tobytes()


def _none_as_nan(value: Any) -> Any:
    return math.nan if value is None else value


def _within_float32(value: Any) -> float:
    """Return the nearest number that can be packed; only the infinite stay infinite."""
    if value is None:
        return math.nan
    number: float = _FLOAT.unpack(_FLOAT.pack(value))[0]  # takes what can be packed, and no text
    if math.isinf(number) or not abs(number) > LARGEST:
        return number
    return math.copysign(LARGEST, number)


def _is_harmless_row(values: Collection[object]) -> bool:
    if not set(map(type, values)) <= _HARMLESS_TYPES:
        return False
    return all(_is_small(value) for value in values if type(value) is str or type(value) is int)


def _is_small(value: str | int) -> bool:
    return (
        len(value) <= MAXIMUM_TEXT_LENGTH if isinstance(value, str) else value.bit_length() <= _INTEGER_BITS
    )
