"""Turns counts into the shares that a picture shows, and into the words that stand for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import short_name
from mlexporter.exposition.page.subjects import Subject
from mlexporter.records import Counts, Distribution, Kind

_LABEL_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One bin: its label and its share of the rows (0 to 1) now and in training, None if unknown."""

    label: str
    current: float | None
    reference: float | None

    @property
    def largest(self) -> float:
        """The larger share; 0 where none is known."""
        return max(self.current or 0.0, self.reference or 0.0)

    @property
    def change(self) -> float:
        """Share now less that in training; 0 where one is unknown."""
        if self.current is None or self.reference is None:
            return 0.0
        return self.current - self.reference

    @property
    def sentence(self) -> str:
        """Both shares in words."""
        return f"{self.label}: {words.share(self.current)} now, {words.share(self.reference)} in training"


@dataclass(frozen=True, slots=True)
class Shares:
    """All that a picture shows.

    Attributes:
        shape: The bins in their order; shares of the rows with a usable value.
        sides: ``missing`` and ``invalid``, where there are any; shares of all rows.
        edges: Bounds between the bins; empty for categories.
    """

    shape: tuple[Cell, ...]
    sides: tuple[Cell, ...]
    edges: tuple[float, ...]


def shares(subject: Subject, *, expose_names: bool = True) -> Shares:
    """Return the shares of the window to show; the current ones are None where it holds no rows.

    Args:
        subject: A feature or an output.
        expose_names: False puts numbers in place of the names of categories.
    """
    distribution = subject.distribution
    shown = subject.shown
    current = None if shown is None else shown.cells
    labels = _labels(distribution, expose_names=expose_names)
    n_shape = distribution.n_shape_bins
    now = _parts(current, n_shape)
    then = _parts(distribution.shape_counts, n_shape)
    shape = tuple(Cell(labels[i], now[i], then[i]) for i in range(n_shape))
    trained = [
        part / distribution.row_count if distribution.row_count else None for part in distribution.counts[-2:]
    ]
    total = 0 if current is None else int(current.sum())
    served = [int(part) / total for part in current[-2:]] if current is not None and total else [None, None]
    sides = [Cell(labels[n_shape + i], served[i], trained[i]) for i in range(2)]
    return Shares(shape, tuple(cell for cell in sides if cell.largest > 0), distribution.edges)


def _labels(distribution: Distribution, *, expose_names: bool) -> list[str]:
    ranges = distribution.bin_ranges
    if distribution.kind is Kind.NUMERIC:
        return list(ranges)
    n_named = len(distribution.categories)
    if not expose_names:
        return [*(f"category {index + 1}" for index in range(n_named)), *ranges[n_named:]]
    named = [short_name(name)[:_LABEL_LENGTH] for name in ranges[:n_named]]
    return [*named, *ranges[n_named:]]


def _parts(counts: Counts | None, n_shape: int) -> list[float | None]:
    if counts is None:
        return [None] * n_shape
    shape = counts[:n_shape]
    total = int(shape.sum())
    return [None] * n_shape if total == 0 else [float(part) for part in (shape / total).tolist()]


def alternative(subject: Subject, found: Shares) -> str:
    """Return the picture in words: what it compares and its largest change."""
    shown = subject.shown
    name = short_name(subject.name)
    trained = words.plural(subject.distribution.row_count, "training row")
    if shown is None or not shown.cells.any():
        return f"{name}: the shares of {trained}; there are no current rows to compare."
    start = f"{name}: {words.plural(int(shown.cells.sum()), 'row')} of {words.window(shown.window)} against {trained}."
    largest = max((*found.shape, *found.sides), key=lambda cell: abs(cell.change))
    if largest.change == 0:
        return start
    return f"{start} Largest change, {largest.sentence}."
