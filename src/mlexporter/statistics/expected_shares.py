"""Which shares of bad rows to expect of a window, from the training rows or from those of its slots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mlexporter.records import Reference, Scores, WindowCounts
from mlexporter.statistics.expected_counts import expected_cells, slot_rows

_LARGEST_UNKNOWN_SHARE = 0.5


class ExpectedRows(NamedTuple):
    """Rows to expect in every cell of every feature.

    Attributes:
        cells: At ``Reference.feature_offsets``, shape (n_windows, n_cells).
        rows: Training rows that they are known from, missing ones included, shape (n_windows, n_features).
    """

    cells: Scores
    rows: Scores


def expected_rows(reference: Reference, windows: Sequence[WindowCounts]) -> ExpectedRows:
    """Return what to expect of each window: training itself, or the mix of the slots of its rows.

    Training itself also where a window does not count slots, where more than half of its rows are in slots
    that training does not know, and for the feature that tells segments apart: its missing and unknown
    values are of one segment, and would be expected to be as many as they are.

    Source: kish1965 (the effective number of rows).
    """
    counts = [np.asarray(feature.distribution.counts, dtype=np.float64) for feature in reference.features]
    training = np.concatenate([np.zeros(0), *counts])
    totals = np.array([found.sum() for found in counts])
    cells = np.broadcast_to(training, (len(windows), training.size)).copy()
    rows = np.broadcast_to(totals, (len(windows), totals.size)).copy()
    in_slots = slot_rows(reference, windows)
    if reference.slots is None or in_slots is None:
        return ExpectedRows(cells, rows)
    known = np.asarray(reference.slots.rows, dtype=np.float64)
    usable = in_slots * (known > 0)
    mass = usable.sum(axis=1)
    is_mixed = (mass > 0) & (mass >= _LARGEST_UNKNOWN_SHARE * in_slots.sum(axis=1))
    cells[is_mixed] = expected_cells(reference, usable[is_mixed])[:, : training.size]
    effective = mass[is_mixed] ** 2 / (usable[is_mixed] ** 2 / np.maximum(known, 1.0)).sum(axis=1)
    rows[is_mixed] = np.minimum(effective[:, None], totals)
    if reference.slots.segment in reference.feature_names:
        place = reference.feature_names.index(reference.slots.segment)
        own = slice(*reference.feature_offsets[place : place + 2])
        cells[:, own], rows[:, place] = training[own], totals[place]
    return ExpectedRows(cells, rows)
