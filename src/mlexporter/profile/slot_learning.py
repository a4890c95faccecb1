"""Learn seasons and segments: choose the slots by their rows, then count every cell in each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.profile.hour_rings import HOURS_OF_A_DAY
from mlexporter.profile.season_worth import REQUIRED_AGREEMENT, season_agreement
from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.profile.slot_plan import (
    LEAST_ROWS,
    LEAST_ROWS_BY_MINIMUM,
    RowsByTime,
    SlotPlan,
    plan_slots,
)
from mlexporter.profile.slot_reader import NO_SLOT, SlotReader
from mlexporter.profile.subject_cells import SubjectReader
from mlexporter.profile.subjects import slices_of
from mlexporter.profile.time_counts import local_hours
from mlexporter.records import FeatureReference, Reference
from mlexporter.records.slots import Slots
from mlexporter.state.local_time import LocalTime

Whole = npt.NDArray[np.int64]


def learn_slots(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with the slots of ``rows``; as it is where fewer than two can be told apart.

    Rows without a time are in no season, and are left out of the slots where there are seasons.

    Raises:
        FitError: the column of segments is not monitored, or a value of the column of times is no time.
    """
    segment = segment_of(reference, rows)
    has_seasons = rows.options.get("timestamp") is not None and rows.options.get("seasons", True)
    known = _rows_by_time(reference, rows, segment, has_seasons=has_seasons)
    least_rows = max(LEAST_ROWS, LEAST_ROWS_BY_MINIMUM * rows.minimum_rows)
    n_cells = reference.feature_offsets[-1] + reference.output_offsets[-1]
    bins = None if segment is None else (segment.name, segment.distribution)
    plan = plan_slots(known, bins, n_cells=n_cells, least_rows=least_rows)
    _tell(rows, plan, known, least_rows)
    if plan is None:
        return reference
    counted = _count(reference, rows, plan)
    if plan.seasons and not _are_seasons_worth(reference, plan, counted.cells):
        rows.tell("no seasons: hours do not differ from day to day in the same way, in any column")
        plan = plan.without_seasons
        if plan is None:
            return reference
        counted = _count(reference, rows, plan)  # rows without a time count now
    return replace(reference, slots=_slots_of(rows, plan, counted))


def segment_of(reference: Reference, rows: TrainingRows) -> FeatureReference | None:
    """Return the feature of segments, or None where none is asked for.

    Raises:
        FitError: the column is not monitored.
    """
    name = rows.options.get("segment")
    if name is None:
        return None
    for feature in reference.features:
        if feature.name == name:
            return feature
    reason = reference.skipped.get(name, "it is no feature")
    raise FitError(
        f"segment: column {name!r} is not monitored: {reason}; choose a column with few values, each of many rows"
    )


def _rows_by_time(
    reference: Reference, rows: TrainingRows, segment: FeatureReference | None, *, has_seasons: bool
) -> RowsByTime:
    if has_seasons:
        counts = rows.time_counts(reference)
        if not counts.hours:
            rows.tell("no seasons: no row has a time")
        else:
            return RowsByTime(counts.by_week, counts.days_of_hours(), counts.n_days)
    cells = (rows.row_count,) if segment is None else segment.distribution.counts
    return RowsByTime(np.array([cells], dtype=np.int64), np.zeros(1, dtype=np.int64), 0)


def _tell(rows: TrainingRows, plan: SlotPlan | None, known: RowsByTime, least_rows: int) -> None:
    if known.n_days and not (plan and plan.seasons):
        n_rows = int(known.rows.sum())
        rows.tell(
            f"no seasons: each part of a day needs {least_rows:,} rows from 2 days or more, and there are "
            f"{n_rows:,} rows with a time from {known.n_days}"
        )
    name = rows.options.get("segment")
    if name is not None and not (plan and plan.segments):
        rows.tell(f"no segments: no two values of {name!r} have {least_rows:,} rows each")


class _Counted(NamedTuple):
    """What was counted.

    Attributes:
        cells: Rows by half of the days, slot and cell, int64, shape (2, n_slots, cells of all columns).
        rows: Rows of each slot, int64, shape (n_slots,).
    """

    cells: Whole
    rows: Whole


def _count(reference: Reference, rows: TrainingRows, plan: SlotPlan) -> _Counted:
    segment = str(rows.options.get("segment")) if plan.segments else ""
    slots = SlotReader(
        reference, plan.season_of_hours, segment=segment, segments=plan.segments, table=plan.table
    )
    reader = SubjectReader(reference, rows)
    times_column = [str(rows.options.get("timestamp"))] if plan.seasons else []
    n_slots, local = len(plan.names), LocalTime(reference.time_zone)
    found = np.zeros((2 * n_slots, slices_of(reference)[-1].stop), dtype=np.int64)
    of_slots = np.zeros(2 * n_slots, dtype=np.int64)
    for batch in rows.batches([*reader.names, *times_column]):
        times = rows.times(batch) if plan.seasons else None
        places = slots.of(batch, times)
        is_known = places != NO_SLOT
        if times is not None:
            places[is_known] += n_slots * (local_hours(times[is_known], local) // HOURS_OF_A_DAY % 2)
        of_slots += np.bincount(places[is_known], minlength=2 * n_slots)
        for each in reader.next(batch, is_known):
            cells = (places * each.n_cells + each.cells)[each.is_counted]
            added = np.bincount(cells, minlength=2 * n_slots * each.n_cells)
            found[:, each.place] += added.reshape(-1, each.n_cells)
    return _Counted(found.reshape(2, n_slots, -1), of_slots.reshape(2, n_slots).sum(axis=0))


def _are_seasons_worth(reference: Reference, plan: SlotPlan, cells: Whole) -> bool:
    """Return whether hours of one segment differ in any column, the same way on even and odd days."""
    segments = plan.segment_of_slots
    return any(
        season_agreement(*cells[:, segments == segment, place]) > REQUIRED_AGREEMENT
        for segment in range(len(plan.labels))
        for place in slices_of(reference)
    )


def _slots_of(rows: TrainingRows, plan: SlotPlan, counted: _Counted) -> Slots:
    return Slots(
        seasons=plan.season_of_hours,
        segment=str(rows.options.get("segment")) if plan.segments else "",
        segments=plan.segments,
        table=plan.table,
        names=plan.names,
        cells=tuple(tuple(each) for each in counted.cells.sum(axis=0).tolist()),
        rows=tuple(counted.rows.tolist()),
    )
