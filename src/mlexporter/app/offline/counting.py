"""Counts rows of a file with the very code that serves, whole or period by period."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.app.explicit import Monitor
from mlexporter.app.offline.options import OfflineOptions
from mlexporter.errors import FitError
from mlexporter.profile.sources import Source
from mlexporter.profile.timestamps import read_timestamps
from mlexporter.records import Counts, ProfileCounts, Reference
from mlexporter.settings import parse_duration
from mlexporter.state.columns import Column
from mlexporter.state.track import lengths_of, vector_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.app.exporter import Exporter
    from mlexporter.profile import Profile

PIECE_ROWS: Final = 1_000
"""Rows of one batch: what is sampled of each batch is then a quarter of the rows."""

Progress = Callable[[int, int], None]
"""Called with the rows that were counted, and all."""


class OfflineCounter:
    """Counts the rows of a source into an exporter of its own.

    Args:
        exporter: Strict, without a directory; nobody else counts into it.
        profile: What the rows are compared with.
        source: The rows.
        options: How they are read.

    Attributes:
        first: Time of the earliest row, Unix seconds; None without times.
        last: Time of the latest row.
        by_period: What was counted in each period, by its number since 1970: vectors as of ``state.track``.
        lengths: Lengths of the parts of these vectors.
    """

    def __init__(self, exporter: Exporter, profile: Profile, source: Source, options: OfflineOptions) -> None:
        reference = profile.reference
        self._exporter = exporter
        self._source = source
        self._options = options
        self._period_seconds = parse_duration(options.every) if options.every else 0.0
        self._features = [name for name in reference.feature_names if name in source.names]
        self._outputs = [options.column_of(output, source) for output in reference.outputs]
        self._reference = reference
        _check_columns(reference, self._features, source)
        self._monitor = Monitor(
            exporter=exporter, model=reference.model_name, version=reference.model_version, profile=profile,
            timestamp=options.timestamp or None,
        )  # fmt: skip
        self.first: float | None = None
        self.last: float | None = None
        self.by_period: dict[int, Counts] = {}
        self.lengths: tuple[int, ...] = ()

    def count(self, progress: Progress | None = None) -> None:
        """Read and count all rows."""
        columns = [*self._features, *(column for column in self._outputs if column)]
        if self._options.timestamp:
            columns.append(self._options.timestamp)
        n_read = 0
        for batch in self._source.batches(tuple(dict.fromkeys(columns))):
            n_rows = len(next(iter(batch.values()), ()))
            for number, rows in self._periods(batch, n_rows):
                self._count_rows(batch, rows, number)
            n_read += n_rows
            if progress is not None:
                progress(n_read, self._source.row_count)

    def _periods(
        self, batch: Mapping[str, Column], n_rows: int
    ) -> Iterator[tuple[int | None, npt.NDArray[np.intp]]]:
        """Yield the rows of each period with its number, and the others, which are in none, with None."""
        every_row = np.arange(n_rows)
        if not self._options.timestamp:
            yield None, every_row
            return
        times = read_timestamps(batch[self._options.timestamp], self._options.timestamp)
        known = np.isfinite(times)
        if known.any():
            earliest, latest = float(times[known].min()), float(times[known].max())
            self.first = earliest if self.first is None else min(self.first, earliest)
            self.last = latest if self.last is None else max(self.last, latest)
        if not self._period_seconds:
            yield None, every_row
            return
        numbers = np.floor_divide(np.where(known, times, 0.0), self._period_seconds).astype(np.int64)
        for number in np.unique(numbers[known]):
            yield int(number), every_row[known & (numbers == number)]
        if not known.all():
            yield None, every_row[~known]

    def _count_rows(
        self, batch: Mapping[str, Column], rows: npt.NDArray[np.intp], number: int | None
    ) -> None:
        before = None if number is None else self._counted()
        for start in range(0, len(rows), PIECE_ROWS):
            piece = {name: _taken(column, rows[start : start + PIECE_ROWS]) for name, column in batch.items()}
            names = [*self._features, *([self._options.timestamp] if self._options.timestamp else [])]
            self._monitor.record_batch({name: piece[name] for name in names}, self._predictions(piece))
        if number is not None and before is not None:
            counts = self._counted()
            self.lengths = lengths_of(counts)
            risen = vector_of(counts) - vector_of(before)
            self.by_period[number] = self.by_period.get(number, 0) + risen

    def _predictions(self, piece: Mapping[str, Column]) -> Any:
        columns = [None if column is None else piece[column] for column in self._outputs]
        if not any(column is not None for column in columns):
            return None
        outputs = self._reference.outputs
        if len(outputs) == 1:
            return columns[0]
        n_rows = len(next(column for column in columns if column is not None))
        filled = [[None] * n_rows if column is None else list(column) for column in columns]
        if outputs[0].class_name:
            return np.column_stack([_numbers(column) for column in filled])
        return [
            dict(zip((output.name for output in outputs), row, strict=True))
            for row in zip(*filled, strict=True)
        ]

    def _counted(self) -> ProfileCounts:
        view = self._exporter.view(include_process=False)
        counts = view.models[0].snapshot.profile
        if counts is None:
            raise FitError("the profile could not be opened; see the log")
        return counts


def _check_columns(reference: Reference, found: list[str], source: Source) -> None:
    if reference.features and not found:
        raise FitError(
            f"none of the {len(reference.features)} features of the profile is a column of these rows; "
            f"the columns are: {', '.join(list(source.names)[:20])}"
        )


def _numbers(column: Column | list[None] | list[Any]) -> npt.NDArray[np.float64]:
    """Return scores as numbers; what is none becomes infinite, which counts as invalid."""
    try:
        return np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        return np.array([_number(value) for value in column], dtype=np.float64)


def _number(value: Any) -> float:
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError):
        return math.inf


def _taken(column: Column, rows: npt.NDArray[np.intp]) -> Column:
    if isinstance(column, np.ndarray):
        taken: Column = column[rows]
        return taken
    listed = list(column)
    return [listed[place] for place in rows.tolist()]
