"""What is taken of a call before it runs: one strategy with a profile, one in warm-up, one without."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from mlexporter.instrument.containers import (
    Columns,
    Contents,
    Row,
    Rows,
    count_rows,
    read_container,
    read_row,
)
from mlexporter.instrument.outputs import OutputReader, free_prediction
from mlexporter.instrument.plain_rows import PlainReader
from mlexporter.instrument.plain_way import PlainWay
from mlexporter.instrument.rows import RowReader
from mlexporter.instrument.scalars import KEPT_TYPES, scalar
from mlexporter.instrument.selection import Chooser, Selection
from mlexporter.instrument.warmup import WarmUp
from mlexporter.records import Kind
from mlexporter.state.binning import flatten, read_numbers
from mlexporter.state.columns import Column
from mlexporter.state.entries import MISSING_FEATURE, UNREADABLE_PREDICTION, Call, Values
from mlexporter.state.lane import Lane
from mlexporter.state.matrix import finite
from mlexporter.state.model import ModelState
from mlexporter.state.profile_block import ProfileBlock

if TYPE_CHECKING:
    from mlexporter.records import Reference

_VALUE_TYPES: Final = KEPT_TYPES | {str}

NO_RESULT: Final = object()
"""Stands for the result of a call that answers by what it yields: there is no prediction to count."""

Captured = Values | Call
"""The scalars of one well-formed row, or a call with all that can be said about its rows."""


class Capture(Protocol):
    """Reads what one lane needs, before the call and after it."""

    lane: Lane

    def take(self, container: object, moment: object = None) -> Captured:
        """Return the rows of ``container``; no reference into it is kept.

        Args:
            container: The row or the rows.
            moment: When they were, where somebody says so: a time, or a column of times.
        """

    def take_nothing(self) -> Captured:
        """Return one row of which no feature is known."""

    def read_outputs(self, result: object) -> Values | None:
        """Return the outputs of one row, or None where ``complete`` has to look at them."""

    def complete(self, call: Call, result: object) -> None:
        """Add what ``result`` says about the rows of ``call``."""

    def plain_way(self, state: ModelState, place: int, on_hazard: Callable[[], None]) -> PlainWay | None:
        """Return the short way for plain rows at position ``place`` of the arguments, if there is one."""

    def plain_output(self, result: object) -> object:
        """Return what waits as the answer to a plain row, or ``NO_RESULT`` where it does not fit."""


class ServiceCapture:
    """Without a profile: rows are told apart, not read.

    Args:
        lane: A lane without a block.
    """

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    def take(self, container: object, moment: object = None) -> Captured:  # noqa: ARG002 - no seasons
        """Return how many rows there are."""
        if type(container) is dict and type(next(iter(container.values()), None)) in _VALUE_TYPES:
            return ()  # the common row; a dict of columns is many
        n_rows = count_rows(read_container(container, None))
        return () if n_rows == 1 else Call(self.lane, n_rows)

    def take_nothing(self) -> Captured:
        """Return one row."""
        return ()

    def read_outputs(self, result: object) -> Values | None:  # noqa: ARG002 - nothing to compare it with
        """Return nothing: there are no outputs to count."""
        return ()

    def complete(self, call: Call, result: object) -> None:
        """Do nothing: there are no outputs to count."""

    def plain_way(
        self,
        state: ModelState,  # noqa: ARG002 - there are no features to read
        place: int,  # noqa: ARG002 - likewise
        on_hazard: Callable[[], None],  # noqa: ARG002 - likewise
    ) -> PlainWay | None:
        """Return None."""
        return None

    def plain_output(self, result: object) -> object:  # noqa: ARG002 - no row is plain here
        """Return that it does not fit."""
        return NO_RESULT


class ProfileCapture:
    """With a profile: every row goes into one bin of each feature.

    Args:
        lane: The lane of the block.
        block: The block of the profile.
        selection: What the user chose.
        checks_extra: Whether keys beyond the features break the schema.
    """

    def __init__(self, lane: Lane, block: ProfileBlock, selection: Selection, *, checks_extra: bool) -> None:
        self.lane = lane
        self._block = block
        self._rows = RowReader(
            lane, block, allowed=allowed_keys(block.reference, selection), checks_extra=checks_extra,
            chosen=selection.feature_names, time_key=selection.timestamp_key,
        )  # fmt: skip
        self._beside = tuple(sorted(selection.allowed_keys.difference(block.reference.feature_names)))
        self._time_key = selection.timestamp_key if block.sides.wants_timestamps else None
        self._outputs = OutputReader(block.reference.outputs, selection.prediction)
        self._n_outputs = len(block.reference.outputs)
        self._sample = selection.sample
        self._chance = _chance() if selection.sample < 1.0 else _never

    def take(self, container: object, moment: object = None) -> Captured:
        """Return the rows of ``container``, or their number where ``sample=`` leaves them out."""
        if self._sample < 1.0 and self._chance() >= self._sample:
            n_rows = count_rows(read_container(container, self._block.reference.feature_names))
            return Call(self.lane, n_rows, drop_reason="sampled")
        return self._rows.read(container, moment)

    def take_nothing(self) -> Captured:
        """Return one row that lacks every feature."""
        if not self._block.reference.features:
            return ()
        call = Call(self.lane, rows=((None,) * len(self._block.reference.features),))
        call.violations[MISSING_FEATURE] = 1
        return call

    def read_outputs(self, result: object) -> Values | None:
        """Return the outputs of one row, or None where they do not fit."""
        if result is NO_RESULT:
            return None
        try:
            return self._outputs.read_one(result)
        except Exception:  # noqa: BLE001 - methods of a user's result can raise anything
            return None

    def complete(self, call: Call, result: object) -> None:
        """Add the outputs of the rows of ``call``; what does not fit is ``invalid`` and counted."""
        if result is NO_RESULT or call.drop_reason or not self._n_outputs or call.n_rows == 0:
            return
        if call.n_rows == 1:
            values = self.read_outputs(result)
            if values is not None:
                call.outputs = (values,)
                return
        delta = self._block.layout.zeros()
        try:
            columns = self._outputs.read_many(result, call.n_rows)
            self._block.add_outputs(delta, columns, call.n_rows)
            if self._block.sides.wants_scores and self._block.has_one_number_output:
                call.scores = finite(read_numbers(flatten(columns[0]))[0])
                self._block.add_answers(delta, call.held, call.scores)
        except Exception:  # noqa: BLE001 - methods of a user's result can raise anything
            delta = self._block.layout.zeros()
            call.scores = None
            self._block.add_unreadable_outputs(delta, call.n_rows)
            call.violations[UNREADABLE_PREDICTION] = call.n_rows
        call.delta = delta if call.delta is None else call.delta + delta

    def plain_way(self, state: ModelState, place: int, on_hazard: Callable[[], None]) -> PlainWay | None:
        """Return the way of rows that have exactly the features of the profile."""
        names = self._block.reference.feature_names
        kinds = {feature.distribution.kind for feature in self._block.reference.features}
        # A vector would be held as it is, and can be changed meanwhile.
        if self._sample < 1.0 or not names or not self._rows.wants_all or Kind.EMBEDDING in kinds:
            return None
        reader = PlainReader(
            self.lane, self._block, self._rows, beside=self._beside, time_key=self._time_key,
            on_hazard=on_hazard,
        )  # fmt: skip
        inlet = state.new_inlet(self.lane, reader.unpack)
        return PlainWay(
            self, place, len(names), names[0], inlet.lane.ledger, inlet.waiting.append, inlet.waiting,
            self._outputs.direct_type, len(self._beside),
        )  # fmt: skip

    def plain_output(self, result: object) -> object:
        """Return the outputs of one row: the only one as it is, several as a tuple."""
        values = self.read_outputs(result)
        if values is None:
            return NO_RESULT
        return values[0] if self._n_outputs == 1 else values


class WarmUpCall(Call):
    """A call whose rows may teach a profile once it has succeeded."""

    __slots__ = ("columns",)

    def __init__(self, lane: Lane, n_rows: int, columns: dict[str, Column]) -> None:
        super().__init__(lane, n_rows)
        self.columns = columns


class WarmUpCapture(ServiceCapture):
    """Before there is a profile: rows are read by whatever names they have.

    Args:
        lane: A lane without a block.
        warmup: Where rows go.
        selection: What the user chose.
    """

    def __init__(self, lane: Lane, warmup: WarmUp, selection: Selection) -> None:
        super().__init__(lane)
        self._warmup = warmup
        self._names = selection.feature_names
        self._ignored = selection.allowed_keys
        self._chooser: Chooser = selection.prediction

    def take(self, container: object, moment: object = None) -> Captured:  # noqa: ARG002 - no seasons
        """Return the rows of ``container`` as scalars, no more than the warm-up still wants."""
        contents = read_container(container, self._names)
        n_rows = count_rows(contents)
        wanted = min(n_rows, self._warmup.wanted_rows)
        if wanted == 0:
            return () if n_rows == 1 else Call(self.lane, n_rows)
        columns = {
            name: column
            for name, column in _first_rows(contents, wanted).items()
            if name not in self._ignored and (self._names is None or name in self._names)
        }
        return WarmUpCall(self.lane, n_rows, columns)

    def complete(self, call: Call, result: object) -> None:
        """Hand the rows of ``call`` and their prediction to the warm-up."""
        if not isinstance(call, WarmUpCall) or not call.columns:
            return
        columns, call.columns = call.columns, {}
        try:
            prediction = None if result is NO_RESULT else free_prediction(result, call.n_rows, self._chooser)
        except Exception:  # noqa: BLE001 - methods of a user's result can raise anything
            prediction = None
        self._warmup.add(columns, call.n_rows, prediction)


def _chance() -> Callable[[], float]:
    import random  # noqa: PLC0415 - most models count all of their calls

    return random.random


def _never() -> float:
    return 0.0


def allowed_keys(reference: Reference, selection: Selection) -> Collection[str]:
    """Return the keys that a row may have beside the features of ``reference``."""
    outputs = {output.name for output in reference.outputs}
    return selection.allowed_keys | set(reference.skipped) | outputs


def _first_rows(contents: Contents, n_rows: int) -> dict[str, Column]:
    """Return copies of the first ``n_rows`` rows by column."""
    if isinstance(contents, Columns):
        return {name: _copied(column[:n_rows]) for name, column in contents.columns.items()}
    if isinstance(contents, Row):
        return {str(name): [scalar(value)] for name, value in contents.values.items()}
    if not isinstance(contents, Rows):
        return {}
    found = [read_row(each, None) for each in contents.rows[:n_rows]]
    rows = [each.values if isinstance(each, Row) else {} for each in found]
    names = dict.fromkeys(name for row in rows for name in row)
    return {str(name): [scalar(row.get(name)) for row in rows] for name in names}


def _copied(column: Column) -> Column:
    return column.copy() if isinstance(column, np.ndarray) else [scalar(value) for value in column]
