"""Seasons and segments: which kinds of rows there are, and how each looked in training.

Counts of a slot are written as they are, also small ones. A slot has 500 rows or more, and what its
counts are about, intervals and names, rests on ``minimum_bin_rows`` rows of the whole: a count of 1 says
that one of 500 rows lay in an interval that many rows share, of one column. Cells of two columns are
never counted together, but for the columns of times and segments, so that no row can be put together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.errors import ProfileFormatError
from mlexporter.profile.subjects import slices_of, subjects_of
from mlexporter.records import FeatureReference, Kind, Reference
from mlexporter.records.slots import HOURS_OF_A_WEEK, Slots

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows

MAXIMUM_SLOTS: Final = 10_000
_WAY_OUT: Final = "fit the profile again"


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with the seasons of ``timestamp`` and the segments of ``segment``.

    Raises:
        FitError: the column of segments is not monitored, or a value of the column of times is no time.
    """
    has_seasons = rows.options.get("timestamp") is not None and rows.options.get("seasons", True)
    if not has_seasons and rows.options.get("segment") is None:
        return reference
    from mlexporter.profile.slot_learning import learn_slots  # noqa: PLC0415 - who reads profiles fits none

    return learn_slots(reference, rows)


def identity(reference: Reference) -> object:
    """Return what decides in which slot a row is counted: the tables, and the time zone of seasons."""
    slots = reference.slots
    if slots is None:
        return None
    zone = reference.time_zone if slots.seasons else ""
    return [zone, list(slots.seasons), slots.segment, list(slots.segments), list(slots.table)]


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    slots = reference.slots
    if slots is None:
        return None
    return {
        "seasons": list(slots.seasons),
        "segment": slots.segment,
        "segments": list(slots.segments),
        "table": list(slots.table),
        "slots": [
            {"name": name, "rows": rows, "cells": list(cells)}
            for name, rows, cells in zip(slots.names, slots.rows, slots.cells, strict=True)
        ],
    }


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing or impossible, or does not fit the bins and their counts.
    """
    seasons = fields.wholes("seasons", maximum=HOURS_OF_A_WEEK - 1)
    if len(seasons) not in {0, HOURS_OF_A_WEEK} or not _is_numbered(seasons):
        fields.refuse("seasons", f"no season or that of each of {HOURS_OF_A_WEEK} hours, numbered from 0,")
    if seasons:
        _check_zone(reference.time_zone)
    segments, segment = _read_segments(fields, reference)
    table = fields.wholes("table", maximum=MAXIMUM_SLOTS - 1)
    n_slots = max(table, default=-1) + 1
    if len(table) != (max(seasons, default=0) + 1) * (max(segments, default=0) + 1) or not _is_numbered(
        table
    ):
        fields.refuse("table", "the slot of each season and segment, numbered from 0,")
    names, rows, cells = [], [], []
    n_cells = reference.feature_offsets[-1] + reference.output_offsets[-1]
    for item in fields.objects("slots", MAXIMUM_SLOTS):
        names.append(item.name("name"))
        rows.append(item.whole("rows", minimum=1, maximum=reference.row_count))
        cells.append(item.wholes("cells", length=n_cells))
        item.refuse_others()
    if len(names) != n_slots:
        fields.refuse("slots", f"a list of {n_slots} slots, one for each number in table,")
    _check_counts(cells, rows, reference)
    slots = Slots(seasons, segment, segments, table, tuple(names), tuple(cells), tuple(rows))
    return replace(reference, slots=slots)


def _read_segments(fields: Fields, reference: Reference) -> tuple[tuple[int, ...], str]:
    name = fields.text("segment")
    if not name:
        return fields.wholes("segments", length=0), ""
    feature = _feature(name, reference)
    if feature is None or feature.distribution.kind in {Kind.NUMERIC, Kind.EMBEDDING}:
        fields.refuse("segment", "the name of a feature with categories")
    n_cells = feature.distribution.n_cells
    segments = fields.wholes("segments", length=n_cells, maximum=n_cells)
    if not _is_numbered(segments):
        fields.refuse("segments", "the segment of each cell, numbered from 0,")
    return segments, name


def _feature(name: str, reference: Reference) -> FeatureReference | None:
    return next((feature for feature in reference.features if feature.name == name), None)


def _is_numbered(numbers: tuple[int, ...]) -> bool:
    return set(numbers) == set(range(max(numbers, default=-1) + 1))


def _check_counts(cells: list[tuple[int, ...]], rows: list[int], reference: Reference) -> None:
    counts: npt.NDArray[np.int64] = np.array(cells, dtype=np.int64).reshape(len(rows), -1)
    for subject, place in zip(subjects_of(reference), slices_of(reference), strict=True):
        own = counts[:, place]
        of_slots = own.sum(axis=1)
        # Rows that the clusters of an embedding were fitted on are not counted.
        is_wrong = of_slots > rows if subject.distribution.kind is Kind.EMBEDDING else of_slots != rows
        if is_wrong.any() or (own.sum(axis=0) > subject.distribution.counts).any():
            raise ProfileFormatError(
                f"slots: the cells of {subject.name!r} do not add up to the rows of each slot, or are more than "
                f"its counts; {_WAY_OUT}"
            )


def _check_zone(name: str) -> None:
    if name == "UTC":
        return
    import zoneinfo  # noqa: PLC0415 - it reads tables of paths, and hardly a profile needs it

    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ProfileFormatError(
            f"time_zone {name!r} is not known on this machine, and seasons are told in it; "
            "install the tables of time zones (pip install tzdata)"
        ) from None
