"""In which cell of each feature and output the training rows lie, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.profile.fit_rows import FitRows
from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.profile.subjects import slices_of, subjects_of
from mlexporter.profile.vector_learner import MOST_FIT_ROWS
from mlexporter.records import Kind, Reference
from mlexporter.state.binning import Binner
from mlexporter.state.columns import Column


class SubjectCells(NamedTuple):
    """One subject in one batch.

    Attributes:
        place: Where its cells stand among those of all subjects.
        cells: The cell of each row, int64, shape (n,).
        is_counted: Rows that count, shape (n,).
    """

    place: slice
    cells: npt.NDArray[np.int64]
    is_counted: npt.NDArray[np.bool_]

    @property
    def n_cells(self) -> int:
        """Cells of the subject."""
        return int(self.place.stop - self.place.start)


class SubjectReader:
    """Reads one pass over the rows by the kernel that serves.

    Clusters of embeddings are counted of rows that they were not fitted on, here as in the profile.

    Args:
        reference: The bins.
        rows: The rows of the fit.

    Attributes:
        names: The column of each subject: of features, then of outputs.
    """

    def __init__(self, reference: Reference, rows: TrainingRows) -> None:
        subjects = subjects_of(reference)
        self.names = (*reference.feature_names, *rows.output_columns(reference))
        self._places = slices_of(reference)
        self._binners = [Binner(subject.distribution) for subject in subjects]
        self._is_embedding = [subject.distribution.kind is Kind.EMBEDDING for subject in subjects]
        self._fit_rows = FitRows(rows.row_count, MOST_FIT_ROWS)

    def next(self, batch: Mapping[str, Column], is_known: npt.NDArray[np.bool_]) -> Iterator[SubjectCells]:
        """Yield the cells of every subject in the next batch.

        Args:
            batch: All columns of n rows.
            is_known: Rows that count, shape (n,).
        """
        is_new = is_known
        if any(self._is_embedding):
            is_new = is_known & ~self._fit_rows.next(len(is_known))
        for name, place, binner, is_embedding in zip(
            self.names, self._places, self._binners, self._is_embedding, strict=True
        ):
            cells = binner.cells_of(batch[name])[0].astype(np.int64)
            yield SubjectCells(place, cells, is_new if is_embedding else is_known)
