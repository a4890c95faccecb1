"""What is to be expected of a window when its rows come from other slots than the training rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from mlexporter.errors import BinMismatchError
from mlexporter.records import Reference, Scores, WindowCounts
from mlexporter.records.sides import SLOTS
from mlexporter.statistics.subject_groups import SubjectGroup

_RATES: Final = "rates of slots"
_LARGEST_UNKNOWN_SHARE: Final = 0.5
"""Share of a window's rows in slots that training does not know, from which on no slots are told apart."""


def slot_rows(reference: Reference, windows: Sequence[WindowCounts]) -> Scores | None:
    """Return the rows of each slot in each window.

    Args:
        reference: The profile in use.
        windows: Counts; those without ``side_cells`` have no rows in any slot.

    Returns:
        Shape (n_windows, n_slots); None where the profile tells no slots apart.

    Raises:
        BinMismatchError: the side cells are not those of the profile.
    """
    if reference.slots is None:
        return None
    rows = np.zeros((len(windows), reference.slots.n_slots))
    places = reference.side_places
    n_cells = max(place.stop for place in places.values())
    for row, window in zip(rows, windows, strict=True):
        if window.side_cells.size not in {0, n_cells}:
            raise BinMismatchError(
                f"window {window.name} has {window.side_cells.size} counts beside the bins where the profile "
                f"asks for {n_cells}; learn the profile again"
            )
        if window.side_cells.size:
            row[:] = window.side_cells[places[SLOTS]]
    return rows


def expected_cells(reference: Reference, rows: Scores) -> Scores:
    """Return how many rows to expect in every cell, missing and invalid ones included.

    They add: over workers, and over windows that follow each other.

    Args:
        reference: A profile with slots.
        rows: Rows of each slot, shape (n_windows, n_slots).

    Returns:
        Cells of all features, then those of all outputs, shape (n_windows, n_cells); without the rows
        of slots that training does not know.

    Raises:
        BinMismatchError: the profile has no slots.
    """
    rates: Scores | None = reference.computed.get(_RATES)
    if rates is None:
        slots = reference.slots
        if slots is None:
            raise BinMismatchError("the profile tells no slots apart; fit it with seasons or a segment")
        training_rows = np.asarray(slots.rows, dtype=np.float64)[:, None]
        rates = reference.computed[_RATES] = np.asarray(slots.cells, dtype=np.float64) / np.maximum(
            training_rows, 1.0
        )
    return _mixed(rows, rates)


def effective_reference(group: SubjectGroup, rows: Scores | None) -> Scores:
    """Return what to compare each window with: shares of the mix of its slots, times effective rows.

    The share of a subject's rows that slot h contributes is w_h, and m_h are its training rows there:
    the mix is known as well as from 1 / sum(w_h^2 / m_h) rows. Rows of slots in which the subject has
    no training rows are left out; where they are more than half of a window, and where a window does
    not count slots, the whole training data are what it is compared with.

    Args:
        group: Subjects with equally many bins.
        rows: Rows of each slot, shape (n_windows, n_slots); None without slots.

    Returns:
        Shape (n_windows, n_members, n_bins), or (1, n_members, n_bins) where all windows have the same.

    Source: kish1965 (the effective number of rows).
    """
    if rows is None or group.slots is None:
        return group.reference[None]
    slots = group.slots
    expected, mass, squares = (
        _mixed(rows, slots.bin_rates), _mixed(rows, slots.row_rates), _mixed(rows**2, slots.squared_rates)
    )  # fmt: skip
    unknown = _mixed(rows, slots.is_unknown)
    is_known = (mass > 0) & (unknown <= _LARGEST_UNKNOWN_SHARE * rows.sum(axis=1)[:, None])
    # The mix has mass^2 / squares effective rows; expected sums to mass.
    scale = np.divide(mass, squares, out=np.zeros_like(mass), where=is_known)
    return np.where(is_known[:, :, None], expected * scale[:, :, None], group.reference)


def _mixed(rows: Scores, by_slot: Scores) -> Scores:
    # Not "@": threads of a linear algebra library that wait for each other took 40 times as long.
    mixed: Scores = np.einsum("wh,h...->w...", rows, by_slot)
    return mixed
