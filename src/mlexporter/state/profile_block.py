"""The block of one profile: every row in one cell of each feature, in the bins of the profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from mlexporter.records import Counts, Kind, ProfileCounts, Reference
from mlexporter.state.binning import Binner
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.synchronous import SYNCHRONOUS_LAYOUT

Column: TypeAlias = "Sequence[object] | np.ndarray"
"""Values of one feature or output, one a row."""


class ProfileBlock:
    """Drained cells of one life of one profile.

    Args:
        reference: The profile.
        epoch: Names this life of the counters.
        generation: Which of the synchronous cells of profiles belong to it.
        synchronous: Their values when the block was opened; its own counts begin there.

    Attributes:
        row_order: Features in the order in which a row's values are handed over: numbers first, so
            that a row can be checked in two strokes.
    """

    def __init__(self, reference: Reference, *, epoch: str, generation: int, synchronous: Counts) -> None:
        self.reference = reference
        self.epoch = epoch
        self.generation = generation
        features, outputs = reference.features, reference.outputs
        self.layout = Layout(
            (
                ("features", CellKind.COUNT, reference.feature_offsets[-1]),
                ("out_of_range", CellKind.COUNT, len(features)),
                ("type_mismatches", CellKind.COUNT, len(features)),
                ("outputs", CellKind.COUNT, reference.output_offsets[-1]),
                ("drained", CellKind.COUNT, 1),
            )
        )
        self.cells = self.layout.zeros()
        self._feature_binners = tuple(Binner(feature.distribution) for feature in features)
        self._output_binners = tuple(Binner(output.distribution) for output in outputs)
        numbers = [i for i, f in enumerate(features) if f.distribution.kind is Kind.NUMERIC]
        self.n_numbers = len(numbers)
        self.row_order = (*numbers, *(i for i in range(len(features)) if i not in set(numbers)))
        self._accepted_index = SYNCHRONOUS_LAYOUT.index("profile_accepted", generation)
        self._dropped_index = SYNCHRONOUS_LAYOUT.index("profile_dropped", generation)
        self._accepted_before = int(synchronous[self._accepted_index])
        self._dropped_before = int(synchronous[self._dropped_index])

    def add_features(self, delta: Counts, columns: Sequence[Column | None], n_rows: int) -> None:
        """Bin one column a feature into ``delta``; every one of ``n_rows`` lands in one cell.

        Args:
            delta: Array of this layout that is added to.
            columns: Columns in profile order; None where the rows lack the feature. Values beyond
                ``n_rows`` are left out, those that a column is short of are missing.
            n_rows: Rows to account for.
        """
        cells = delta[self.layout["features"]]
        out_of_range = delta[self.layout["out_of_range"]]
        type_mismatches = delta[self.layout["type_mismatches"]]
        starts = self.reference.feature_offsets
        for place, (binner, column) in enumerate(zip(self._feature_binners, columns, strict=True)):
            target = cells[starts[place] : starts[place + 1]]
            counted = _add_column(target, binner, column, n_rows)
            out_of_range[place] += counted[0]
            type_mismatches[place] += counted[1]

    def add_outputs(self, delta: Counts, columns: Sequence[Column | None], n_rows: int) -> None:
        """Bin one column an output into ``delta``, by the rules of ``add_features``."""
        cells = delta[self.layout["outputs"]]
        starts = self.reference.output_offsets
        for place, (binner, column) in enumerate(zip(self._output_binners, columns, strict=True)):
            _add_column(cells[starts[place] : starts[place + 1]], binner, column, n_rows)

    def add_unreadable_features(self, delta: Counts, n_rows: int) -> None:
        """Put ``n_rows`` rows that cannot be read into the cell ``invalid`` of every feature."""
        starts = self.reference.feature_offsets
        delta[self.layout["features"]][[start - 1 for start in starts[1:]]] += n_rows

    def add_unreadable_outputs(self, delta: Counts, n_rows: int) -> None:
        """Put ``n_rows`` predictions that cannot be read into the cell ``invalid`` of every output."""
        starts = self.reference.output_offsets
        delta[self.layout["outputs"]][[start - 1 for start in starts[1:]]] += n_rows

    def counts(self, cells: Counts, synchronous: Counts) -> ProfileCounts:
        """Return copies of both kinds of cells as a record."""
        layout = self.layout
        return ProfileCounts(
            fingerprint=self.reference.fingerprint,
            epoch=self.epoch,
            accepted=int(synchronous[self._accepted_index]) - self._accepted_before,
            drained=int(cells[layout.index("drained")]),
            dropped=int(synchronous[self._dropped_index]) - self._dropped_before,
            feature_cells=cells[layout["features"]].copy(),
            out_of_range=cells[layout["out_of_range"]].copy(),
            type_mismatches=cells[layout["type_mismatches"]].copy(),
            output_cells=cells[layout["outputs"]].copy(),
        )


def _add_column(target: Counts, binner: Binner, column: Column | None, n_rows: int) -> tuple[int, int]:
    values = () if column is None else column[:n_rows]
    missing = n_rows - len(values)
    if missing:
        target[binner.distribution.n_shape_bins] += missing
    if missing == n_rows:
        return 0, 0
    counted = binner.count(values)
    target += counted.cells
    return counted.out_of_range, counted.type_mismatches
