"""Sliding windows over counts of steps, and what ``evaluate`` says at each look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from calibration.references import KEY
from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY
from mlexporter.records import Counts, Reference, Scores, WindowCounts
from mlexporter.settings import Settings, parse_duration
from mlexporter.statistics.evaluate import evaluate

SHIPPED: Final = Settings()
WINDOWS: Final = {name: parse_duration(name) for name in SHIPPED.windows}
LONGEST_SECONDS: Final = max(WINDOWS.values())
WEEK_SECONDS: Final = 7 * 86_400.0
LOOK_SECONDS: Final = 300.0


def window_sums(steps: npt.NDArray[np.integer], step_seconds: float) -> Counts:
    """Return what each window holds at each look, once the longest one is full.

    Args:
        steps: Counts of each step, shape (n_steps, ...).
        step_seconds: Length of a step; there is a look at the end of each.

    Returns:
        Shape (n_looks, n_windows, ...).
    """
    sums = np.concatenate([np.zeros((1, *steps.shape[1:]), dtype=np.int64), np.cumsum(steps, axis=0)])
    first = round(LONGEST_SECONDS / step_seconds)
    ends = np.arange(first, len(sums))
    return np.stack([sums[ends] - sums[ends - round(s / step_seconds)] for s in WINDOWS.values()], axis=1)


def windows_of(reference: Reference, cells: Counts, sides: Counts | None = None) -> list[WindowCounts]:
    """Return the windows of one look.

    Args:
        reference: Of numeric features.
        cells: Rows in shape bins, shape (n_windows, n_features, n_bins); none are missing.
        sides: What is counted beside the bins, shape (n_windows, n_sides).
    """
    return [
        window_of(reference, name, counts, None if sides is None else sides[place])
        for place, (name, counts) in enumerate(zip(WINDOWS, cells, strict=True))
    ]


def window_of(
    reference: Reference, name: str, counts: Counts, side_cells: Counts | None = None
) -> WindowCounts:
    """Return a window with ``counts``, shape (n_features, n_bins), in the shape bins."""
    n_features, n_bins = counts.shape
    padded = np.zeros((n_features, reference.feature_offsets[1]), dtype=np.int64)
    padded[:, :n_bins] = counts
    zeros = np.zeros(n_features, dtype=np.int64)
    more = {} if side_cells is None else {"side_cells": side_cells}
    return WindowCounts(
        name=name, span_seconds=parse_duration(name), row_count=int(counts[0].sum()), feature_cells=padded.ravel(),
        out_of_range=zeros, type_mismatches=zeros, output_cells=np.zeros(0, dtype=np.int64), **more,
    )  # fmt: skip


def severities(reference: Reference, windows: Sequence[WindowCounts]) -> Scores:
    """Return what the shipped settings publish at one look, shape (n_windows, n_features)."""
    report = evaluate(
        reference, windows, key=KEY, evaluated_timestamp=0.0,
        required_observations=SHIPPED.required_observations, measures=SHIPPED.measures,
    )  # fmt: skip
    return np.stack([window.features.scores[FEATURE_DRIFT_SEVERITY.name] for window in report.windows])


def alarms(reference: Reference, sums: Counts, sides: Counts | None = None) -> npt.NDArray[np.bool_]:
    """Return at which looks the alert rule holds: severity above 1; what is absent does not.

    Args:
        reference: Of numeric features.
        sums: Shape (n_looks, n_windows, n_features, n_bins).
        sides: Beside them, shape (n_looks, n_windows, n_sides).

    Returns:
        Shape (n_looks, n_windows, n_features).
    """
    found = np.zeros(sums.shape[:3], dtype=np.bool_)
    for look, cells in enumerate(sums):
        windows = windows_of(reference, cells, None if sides is None else sides[look])
        found[look] = severities(reference, windows) > 1
    return found
