"""Which seasons and segments a reference tells apart, from the rows that each would have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.profile.hour_rings import (
    EVERY_DAY,
    HOURS_OF_A_DAY,
    WEEKENDS,
    WORKDAYS,
    Hours,
    merged_ring,
)
from mlexporter.records import Distribution
from mlexporter.records.slots import HOURS_OF_A_WEEK

Whole = npt.NDArray[np.int64]

LEAST_ROWS: Final = 500
"""Rows of a slot: a share of 2 % is then known to a third of itself."""
LEAST_ROWS_BY_MINIMUM: Final = 25
"""A slot also has so many times the rows behind every published name."""
DAYS_OF_HOURS: Final = 2
"""Days below which an hour of the day is no season: what was once may never be again."""
DAYS_OF_WEEKENDS: Final = 14
MAXIMUM_SLOTS: Final = 1_000
MAXIMUM_SLOT_CELLS: Final = 4_000_000
"""Counts of all slots together: a quarter of the longest file."""
_NAME_LENGTH: Final = 60


@dataclass(frozen=True)
class SlotPlan:
    """Seasons and segments, before their rows are counted.

    Attributes:
        seasons: Hours of each season; empty where none are told apart.
        segments: Segment of each cell of the feature of segments; empty where none are told apart.
        table: The slot of season x segment, flat, as in ``records.Slots``.
        names: What each slot is called.
        labels: What each segment is called; one empty text where none are told apart.
    """

    seasons: tuple[Hours, ...]
    segments: tuple[int, ...]
    table: tuple[int, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def season_of_hours(self) -> tuple[int, ...]:
        """The season of each hour of a week, 168 numbers; empty where none are told apart."""
        if not self.seasons:
            return ()
        found = np.zeros(HOURS_OF_A_WEEK, dtype=np.int64)
        for season, hours in enumerate(self.seasons):
            found[hours.of_the_week] = season
        return tuple(found.tolist())

    @property
    def without_seasons(self) -> SlotPlan | None:
        """The same segments at any time; None where there are none."""
        if not self.segments:
            return None
        return SlotPlan((), self.segments, tuple(range(len(self.labels))), self.labels, self.labels)

    @property
    def segment_of_slots(self) -> Whole:
        """The segment of each slot, int64, shape (n_slots,): no slot holds rows of two."""
        found = np.zeros(len(self.names), dtype=np.int64)
        table = np.reshape(self.table, (-1, len(self.labels)))
        for place in range(len(self.labels)):
            found[table[:, place]] = place
        return found


@dataclass(frozen=True)
class RowsByTime:
    """What a plan is made from.

    Attributes:
        rows: Rows of each hour of a week (168, or 1 where there are no times) in each cell of the
            feature of segments (or 1), int64, shape (n_hours, n_cells).
        days: On how many days each hour of a week had a row, shape (n_hours,).
        n_days: Days with a row; 0 where there are no times.
    """

    rows: Whole
    days: Whole
    n_days: int


def plan_slots(
    known: RowsByTime, segment: tuple[str, Distribution] | None, *, n_cells: int, least_rows: int
) -> SlotPlan | None:
    """Return the seasons and segments that can be told apart, or None where there are fewer than two slots.

    Seasons are the 24 hours of workdays and those of weekends where there are two weeks of rows and
    each has ``least_rows``; else the 24 hours; else neighbouring hours merged until they have them.
    Where season x segment has fewer rows, neighbouring hours of the segment are merged.

    Args:
        known: Rows by time and segment.
        segment: Name and bins of the feature of segments.
        n_cells: Cells of all features and outputs; a wide model gets fewer slots.
        least_rows: Rows of each slot.
    """
    while True:
        plan = _plan(known, segment, least_rows)
        if plan is None or len(plan.names) <= min(MAXIMUM_SLOTS, MAXIMUM_SLOT_CELLS // max(n_cells, 1)):
            return plan
        least_rows *= 2


def _plan(known: RowsByTime, segment: tuple[str, Distribution] | None, least_rows: int) -> SlotPlan | None:
    seasons = _seasons(known, least_rows)
    labels, segments = _segments(known.rows.sum(axis=0), segment, least_rows)
    n_segments = len(labels)
    table = np.zeros((max(len(seasons), 1), n_segments), dtype=np.int64)
    names: list[str] = []
    for place, label in enumerate(labels):
        rows = known.rows[:, [each == place for each in segments] if segments else slice(None)].sum(axis=1)
        for part in _parts(seasons, rows, known.days, least_rows):
            table[part, place] = len(names)
            names.append(", ".join(filter(None, (_name([seasons[each] for each in part if seasons]), label))))
    if len(names) < 2:
        return None
    return SlotPlan(seasons, segments, tuple(table.ravel().tolist()), _told_apart(names), _told_apart(labels))


def _seasons(known: RowsByTime, least_rows: int) -> tuple[Hours, ...]:
    rows = known.rows.sum(axis=1)
    if known.n_days >= DAYS_OF_WEEKENDS:
        hours = range(HOURS_OF_A_DAY)
        both = [Hours(days, (hour,)) for days in (WORKDAYS, WEEKENDS) for hour in hours]
        if all(_is_enough([each], rows, known.days, least_rows) for each in both):
            return tuple(both)
    if known.n_days < DAYS_OF_HOURS:
        return ()
    ring = [Hours(EVERY_DAY, (hour,)) for hour in range(HOURS_OF_A_DAY)]
    return tuple(_joined(ring, part) for part in _ring_parts(ring, rows, known.days, least_rows, 2))


def _segments(
    rows: Whole, segment: tuple[str, Distribution] | None, least_rows: int
) -> tuple[list[str], tuple[int, ...]]:
    """Return what each segment is called and the segment of each cell; one name and no cells without any."""
    if segment is None:
        return [""], ()
    name, distribution = segment
    own = [cell for cell in range(len(distribution.categories)) if rows[cell] >= least_rows]
    rest = int(rows.sum() - rows[own].sum())
    if len(own) + (rest >= least_rows) < 2:
        return [""], ()
    labels = [f"{name}={distribution.bin_ranges[cell]}" for cell in own]
    of_rest = len(own)
    if rest >= least_rows:
        labels.append(f"{name}: all others")
    else:  # the largest segment is changed least by them
        of_rest = max(range(len(own)), key=lambda place: int(rows[own[place]]))
        labels[of_rest] += " and all others" if rest else ""
    found = [of_rest] * distribution.n_cells
    for place, cell in enumerate(own):
        found[cell] = place
    return labels, tuple(found)


def _parts(seasons: Sequence[Hours], rows: Whole, days: Whole, least_rows: int) -> list[list[int]]:
    """Return the seasons of one segment in parts that have enough rows; one part where they have not."""
    if not seasons:
        return [[0]]
    places = {hours: place for place, hours in enumerate(seasons)}
    rings = [[each for each in seasons if each.days == kind] for kind in (EVERY_DAY, WORKDAYS, WEEKENDS)]
    parts: list[list[int]] = []
    for ring in filter(None, rings):
        found = _ring_parts(ring, rows, days, least_rows, 1)
        if not found:
            return _both_parts(seasons, rows, days, least_rows)
        parts += [[places[ring[member]] for member in part] for part in found]
    return parts


def _both_parts(seasons: Sequence[Hours], rows: Whole, days: Whole, least_rows: int) -> list[list[int]]:
    n_hours = HOURS_OF_A_DAY
    if len(seasons) == 2 * n_hours:
        ring = [Hours(EVERY_DAY, (hour,)) for hour in range(n_hours)]
        found = _ring_parts(ring, rows, days, least_rows, 1)
        if found:
            return [[*part, *(hour + n_hours for hour in part)] for part in found]
    return [list(range(len(seasons)))]


def _ring_parts(
    ring: Sequence[Hours], rows: Whole, days: Whole, least_rows: int, least_parts: int
) -> list[list[int]]:
    return merged_ring(
        len(ring),
        [int(rows[each.of_the_week].sum()) for each in ring],
        lambda part: _is_enough([ring[member] for member in part], rows, days, least_rows),
        least_parts,
    )


def _is_enough(hours: Sequence[Hours], rows: Whole, days: Whole, least_rows: int) -> bool:
    n_rows = sum(int(rows[each.of_the_week].sum()) for each in hours)
    return n_rows >= least_rows and max(each.days_with_rows(days) for each in hours) >= DAYS_OF_HOURS


def _joined(ring: Sequence[Hours], part: Sequence[int]) -> Hours:
    return Hours(ring[part[0]].days, tuple(hour for member in part for hour in ring[member].hours))


def _name(seasons: Sequence[Hours]) -> str:
    kinds = list(dict.fromkeys(each.days for each in seasons))
    if not kinds:
        return ""
    if len(kinds) == 1:
        return _joined(seasons, range(len(seasons))).name
    return Hours(
        EVERY_DAY, tuple(hour for each in seasons if each.days == kinds[0] for hour in each.hours)
    ).name


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return names cut to a length, with a number where two would be one."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        short = name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"
        seen[short] = seen.get(short, 0) + 1
        found.append(short if seen[short] == 1 else f"{short} ({seen[short]})")
    return tuple(found)
