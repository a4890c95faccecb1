"""Histograms and amounts of generations as cells: a sum is whole units and billionths, so that none overflows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mlexporter.catalogue import (
    FINISH_REASONS,
    FIRST_TOKEN_BOUNDS_SECONDS,
    GENERATION_BOUNDS_SECONDS,
    OUTPUT_TOKEN_BOUNDS_SECONDS,
    RATINGS,
    TOKEN_BOUNDS,
    TOKEN_TYPES,
    TOOL_CALL_STATUSES,
)
from mlexporter.state.layout import CellKind, Layout

if TYPE_CHECKING:
    from mlexporter.records import Counts, HistogramCounts

BILLION: Final = 1_000_000_000

Steps = list[tuple[int, int]]
"""Cells of a block, and what is added to each."""


class Amount:
    """A sum of parts of a unit: one cell of whole units, one of billionths.

    Args:
        name: Of its cells.
    """

    def __init__(self, name: str) -> None:
        self.groups = ((f"{name}_units", CellKind.AMOUNT, 1), (f"{name}_billionths", CellKind.AMOUNT, 1))

    def steps(self, layout: Layout, billionths: int) -> Steps:
        """Return what an amount of so many billionths adds."""
        (units, *_), (rest, *_) = self.groups
        whole, left = divmod(billionths, BILLION)
        return [(layout.index(units), whole), (layout.index(rest), left)]

    def read(self, layout: Layout, cells: Counts) -> float:
        """Return the sum."""
        (units, *_), (rest, *_) = self.groups
        return (int(cells[layout.index(units)]) * BILLION + int(cells[layout.index(rest)])) / BILLION


class Histogram:
    """Cells of one histogram: its buckets, then its sum.

    Args:
        name: Of its cells.
        bounds: Upper bounds, ascending.
        units: How many whole numbers of ``count`` make one of a bound: a billion, or 1 for what is whole.
    """

    def __init__(self, name: str, bounds: Sequence[float], units: int) -> None:
        self._name = name
        self._bounds = tuple(bounds)
        self._units = units
        self._whole = [round(bound * units) for bound in bounds]
        self._sum = Amount(f"{name}_sum")
        self.groups = ((name, CellKind.COUNT, len(self._bounds) + 1), *self._sum.groups)

    def steps(self, layout: Layout, value: int | None) -> Steps:
        """Return what one observation adds; nothing where it is None."""
        if value is None:
            return []
        bucket = layout.index(self._name, bisect_left(self._whole, value))
        return [(bucket, 1), *self._sum.steps(layout, value * (BILLION // self._units))]

    def read(self, layout: Layout, cells: Counts) -> HistogramCounts:
        """Return the histogram."""
        from mlexporter.records import HistogramCounts  # noqa: PLC0415 - needed by readers only

        return HistogramCounts(cells[layout[self._name]].copy(), self._sum.read(layout, cells), self._bounds)


TOKENS: Final = {name: Histogram(f"{name}_tokens", TOKEN_BOUNDS, 1) for name in TOKEN_TYPES}
FIRST_TOKEN: Final = Histogram("first_token", FIRST_TOKEN_BOUNDS_SECONDS, BILLION)
PER_TOKEN: Final = Histogram("per_token", OUTPUT_TOKEN_BOUNDS_SECONDS, BILLION)
DURATION: Final = Histogram("duration", GENERATION_BOUNDS_SECONDS, BILLION)
COST: Final = Amount("cost")

CALLS: Final = Layout(
    (*(group for each in TOKENS.values() for group in each.groups), *FIRST_TOKEN.groups, *PER_TOKEN.groups)
)
DURATIONS: Final = Layout(DURATION.groups)
ENDS: Final = Layout(
    (
        ("finish", CellKind.COUNT, len(FINISH_REASONS)),
        ("refusals", CellKind.COUNT, 1),
        ("tool_calls", CellKind.COUNT, len(TOOL_CALL_STATUSES)),
    )
)
COSTS: Final = Layout(COST.groups)
RATED: Final = Layout((("ratings", CellKind.COUNT, len(RATINGS)),))
