"""``TrainingRows``: the rows of a fit, read again by each section that needs them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.profile.option_checks import windows_of
from mlexporter.profile.options import FitOptions
from mlexporter.profile.sources import Source
from mlexporter.profile.time_counts import TimeCounts
from mlexporter.profile.timestamps import read_timestamps
from mlexporter.records import Reference
from mlexporter.state.binning import Binner
from mlexporter.state.columns import Column
from mlexporter.state.local_time import credible

_LOG: Final = logging.getLogger("mlexporter")


class TrainingRows:
    """What sections learn from.

    Args:
        source: The rows; can be read more than once, always in the same order.
        options: What the fit was asked for.
        columns: The column of each prediction, by output and class.

    Attributes:
        options: What the fit was asked for.
    """

    def __init__(self, source: Source, options: FitOptions, columns: Mapping[tuple[str, str], str]) -> None:
        self._source = source
        self._columns = columns
        self.options = options
        self._time_counts: TimeCounts | None = None

    @property
    def row_count(self) -> int:
        """All rows."""
        return self._source.row_count

    @property
    def names(self) -> Sequence[str]:
        """All columns of the rows, features or not."""
        return self._source.names

    @property
    def minimum_rows(self) -> int:
        """Rows behind everything that is published."""
        return self.options.get("minimum_bin_rows", 20)

    def output_columns(self, reference: Reference) -> tuple[str, ...]:
        """Return the column of each output of ``reference``, in its order."""
        return tuple(self._columns[output.name, output.class_name] for output in reference.outputs)

    def batches(self, names: Sequence[str]) -> Iterator[Mapping[str, Column]]:
        """Read the columns ``names`` from the first row to the last, some ten thousand rows at a time."""
        return self._source.batches(tuple(dict.fromkeys(names)))

    def plan_another(self) -> None:
        """Say that one pass more is to come than was planned."""
        self._source.plan_another()

    def times(self, batch: Mapping[str, Column]) -> npt.NDArray[np.float64]:
        """Return the times of the rows of a batch that holds the column of times.

        Returns:
            Unix seconds, shape (n,), NaN where a row has none, or one that is not between 1970 and 2100.

        Raises:
            FitError: a value is no time.
        """
        name = str(self.options.get("timestamp"))
        return credible(read_timestamps(batch[name], name))

    def check_times(self) -> None:
        """Read the times of the first batch, so that a wrong column is told before hours of reading.

        Raises:
            FitError: a value is no time.
        """
        name = self.options.get("timestamp")
        if name is not None:
            self.times(next(self.batches([name])))  # a source without rows is refused before

    def time_counts(self, reference: Reference) -> TimeCounts:
        """Return when the rows were, beside the segments of ``reference``; the rows are read once for all who ask.

        Raises:
            FitError: a value of the column of times is no time.
        """
        if self._time_counts is None:
            self._time_counts = self._count_times(reference)
        return self._time_counts

    def tell(self, sentence: str) -> None:
        """Say what these rows are too few for, to whoever asked for the fit."""
        told = self.options.get("tell")
        if told is None:
            _LOG.info("%s", sentence)
        else:
            told(sentence)

    def _count_times(self, reference: Reference) -> TimeCounts:
        segment = next(
            (each for each in reference.features if each.name == self.options.get("segment")), None
        )
        names = [str(self.options.get("timestamp")), *([] if segment is None else [segment.name])]
        n_cells = 1 if segment is None else segment.distribution.n_cells
        binner = None if segment is None else Binner(segment.distribution)
        counts = TimeCounts(reference.time_zone, windows_of(self.options), n_cells)
        for batch in self.batches(names):
            counts.update(self.times(batch), None if binner is None else binner.cells_of(batch[names[1]])[0])
        return counts
