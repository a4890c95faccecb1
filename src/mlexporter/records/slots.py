"""Slots: the kinds of rows that a reference tells apart, by season and by segment."""

from __future__ import annotations

from dataclasses import dataclass

HOURS_OF_A_WEEK = 168


@dataclass(frozen=True)
class Slots:
    """Every row belongs to one slot; what is expected of a window is the mix of its slots.

    Attributes:
        seasons: The season of each hour of a week in the time zone of the profile, Monday 0:00 first,
            168 numbers from 0; empty where seasons are not told apart.
        segment: The feature whose values are segments; empty where there is none.
        segments: The segment of each cell of that feature, numbers from 0; empty without one.
        table: The slot of season x segment, at ``season * n_segments + segment``, numbers from 0.
        names: What each slot is called, for people, such as ``Mon-Fri 08-09``.
        cells: Training rows of each slot in each cell: first those of all features at
            ``Reference.feature_offsets``, then those of all outputs at ``Reference.output_offsets``.
        rows: Training rows of each slot.
    """

    seasons: tuple[int, ...]
    segment: str
    segments: tuple[int, ...]
    table: tuple[int, ...]
    names: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    rows: tuple[int, ...]

    @property
    def n_slots(self) -> int:
        """How many slots there are."""
        return len(self.rows)

    @property
    def n_segments(self) -> int:
        """How many segments there are; 1 where none are told apart."""
        return max(self.segments, default=0) + 1
