"""Whether counts are those of the bins that they are compared in."""

from __future__ import annotations

from collections.abc import Sequence

from mlexporter.errors import BinMismatchError
from mlexporter.records import Reference, WindowCounts
from mlexporter.statistics.subject_groups import Subject


def check_cells(reference: Reference, windows: Sequence[WindowCounts]) -> None:
    """Check that profile and windows have one count for each cell of the bins.

    Raises:
        BinMismatchError: one has another number of counts; it says whose.
    """
    subjects: tuple[Subject, ...] = (*reference.features, *reference.outputs)
    for subject in subjects:
        cells = subject.distribution
        _check_length(f"the profile of {subject.name!r}", len(cells.counts), cells.n_cells)
    n_features = len(reference.features)
    for window in windows:
        for counts, expected in (
            (window.feature_cells, reference.feature_offsets[-1]),
            (window.output_cells, reference.output_offsets[-1]),
            (window.out_of_range, n_features),
            (window.type_mismatches, n_features),
        ):
            _check_length(f"window {window.name}", counts.size, expected)


def _check_length(owner: str, found: int, expected: int) -> None:
    if found != expected:
        raise BinMismatchError(
            f"{owner} has {found} counts where the bins ask for {expected}; learn the profile again"
        )
